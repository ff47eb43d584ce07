#include "stat/passk.h"

#include <math.h>

/* C(n-c, k) / C(n, k): the chance that k of the n, drawn at random, are all
 * wrong. In the order of openai/human-eval's product, to the last digit. */
static double all_wrong(long long n, long long c, long long k)
{
    double product = 1;
    if (n - c < k)
        return 0;
    for (long long i = n - c + 1; i <= n; i++)
        product *= 1.0 - (double)k / (double)i;
    return product;
}

double sq_stat_pass_k(long long n, long long c, long long k)
{
    if (k < 1 || k > n || c < 0 || c > n)
        return NAN;
    return 1.0 - all_wrong(n, c, k);
}

double sq_stat_pass_k_variance(long long n, long long c, long long k)
{
    if (k < 1 || 2 * k > n || c < 0 || c > n)
        return NAN;
    double q = all_wrong(n, c, k);
    return q * q - all_wrong(n, c, 2 * k);
}
