#include "stat/prevalence.h"

#include <math.h>

#define Z 1.959963984540054 /* of the normal distribution: 97.5% */

static double cut(double v)
{
    return fmin(1, fmax(0, v));
}

/* The units that a sample without clusters would need for this error. */
static double effective(double rate, double se, size_t n)
{
    double spread = rate * (1 - rate);
    return se > 0 && spread > 0 ? spread / (se * se) : (double)n;
}

struct sq_prevalence sq_stat_prevalence(double rate, double se, size_t n,
                                        const struct sq_rater_known *known)
{
    struct sq_prevalence out = {NAN, NAN, NAN};
    double nse = (double)known->yes, nsp = (double)known->no;
    if (!known->yes || !known->no || isnan(rate) || !n)
        return out;
    double sens = (double)known->yes_right / nse;
    double spec = (double)known->no_right / nsp;
    if (sens + spec <= 1)
        return out;
    out.value = cut((rate + spec - 1) / (sens + spec - 1));

    /* The article's adjusted shares: one unit of each kind more for the known
     * ones, z^2 units, half of them yes, for the rate. */
    double m = effective(rate, se, n), m1 = m + Z * Z;
    double r1 = (m * rate + Z * Z / 2) / m1;
    double n1 = nse + 2, s1 = (nse * sens + 1) / n1;
    double n2 = nsp + 2, s2 = (nsp * spec + 1) / n2;
    double youden = s1 + s2 - 1;
    if (youden <= 0)
        return (struct sq_prevalence){out.value, 0, 1};
    double p = (r1 + s2 - 1) / youden;
    double v1 = s1 * (1 - s1) / n1, v2 = s2 * (1 - s2) / n2;
    double shift = 2 * Z * Z * (p * v1 - (1 - p) * v2);
    double half =
        Z / youden *
        sqrt(r1 * (1 - r1) / m1 + p * p * v1 + (1 - p) * (1 - p) * v2);
    out.lo = fmin(cut(p + shift - half), out.value);
    out.hi = fmax(cut(p + shift + half), out.value);
    return out;
}
