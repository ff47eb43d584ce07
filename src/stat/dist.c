#include "stat/dist.h"

#include <math.h>
#include <stddef.h>

double sq_normal_cdf(double z)
{
    return 0.5 * erfc(-z / sqrt(2));
}

/* By halving: slow next to a rational approximation, and as exact as the
 * function it inverts. */
double sq_normal_quantile(double p)
{
    double lo = -39, hi = 39;
    for (int i = 0; i < 80; i++) {
        double mid = (lo + hi) / 2;
        if (sq_normal_cdf(mid) < p)
            lo = mid;
        else
            hi = mid;
    }
    return (lo + hi) / 2;
}

/* The continued fraction of the incomplete beta function, DLMF 8.17.22, by
 * Lentz's method as modified by Thompson and Barnett, J. Comput. Phys. 64
 * (1986) 490-509. */
static double beta_fraction(double x, double a, double b)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double f = d;
    for (int m = 1; m < 1000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd =
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double step = 1;
        for (int half = 0; half < 2; half++) {
            double term = half ? odd : even;
            d = 1 + term * d;
            c = 1 + term / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            step = c * d;
            f *= step;
        }
        if (fabs(step - 1) < 1e-15)
            break;
    }
    return f;
}

/* I_x(a, b), Abramowitz and Stegun 26.5. */
static double beta_inc(double x, double a, double b)
{
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    double front =
        exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double sq_student_tail(double t, double df)
{
    double half = 0.5 * beta_inc(df / (df + t * t), df / 2, 0.5);
    return t >= 0 ? half : 1 - half;
}

/* By halving too, on a scale that is long enough for one degree of freedom. */
double sq_student_quantile(double p, double df)
{
    double lo = -1e8, hi = 1e8;
    for (int i = 0; i < 120; i++) {
        double mid = (lo + hi) / 2;
        if (1 - sq_student_tail(mid, df) < p)
            lo = mid;
        else
            hi = mid;
    }
    return (lo + hi) / 2;
}

double sq_coins_at(double k, double n)
{
    if (k < 0 || k > n)
        return 0;
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2));
}

double sq_coins_tail(double k, double n)
{
    double sum = 0;
    /* The smaller tail, so that no digits are lost. */
    if (k <= n / 2)
        return 1 - sq_coins_tail(n - k + 1, n);
    for (size_t i = 0; (double)i <= n - k; i++)
        sum += sq_coins_at(n - (double)i, n);
    return sum;
}
