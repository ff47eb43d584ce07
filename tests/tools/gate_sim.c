/*
 * Simulates gates: pairs of equal models, and candidates with a planted drop of
 * twice the drop that the gate of an equal pair called detectable. Prints how
 * often each verdict was given; exit 1 when a promise of docs/gate.md is
 * broken: more than 5% of equal pairs failed, or fewer than 95% of the drops.
 *
 *   gate_sim [PAIRS [DROPS [SEED]]]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "stat/gate.h"

#define MOST_TESTS 3
#define MOST_STEPS 8
#define ALLOWED 0.02

struct scenario {
    const char *name;
    size_t n;      /* samples */
    size_t steps;  /* of a sample; 1 = a rate of zeros and ones */
    size_t ntests; /* limits of one gate */
    double rate;   /* about the mean of the values */
};

static const struct scenario scenarios[] = {
    {"full_rate, near 0.7", 100, 1, 1, 0.7},
    {"full_rate, near 0.7", 400, 1, 1, 0.7},
    {"full_rate, near 0.7", 805, 1, 1, 0.7},
    {"full_rate, near 0.95", 400, 1, 1, 0.95},
    {"step_rate, 5 steps", 100, 5, 1, 0.7},
    {"step_rate, 5 steps", 805, 5, 1, 0.7},
    {"step_rate, 3 limits", 400, 8, 3, 0.8},
};
#define NSCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

/* A sample's value from a model that does each step with chance p. */
static double draw(struct sq_rng *rng, size_t steps, double p)
{
    size_t done = 0;

    for (size_t i = 0; i < steps; i++)
        done += sq_rng_unit(rng) < p;
    return (double)done / (double)steps;
}

/* One gate over limits of samples of their own; the candidate is worse by
 * `drop` in the first. Returns its verdict; *detectable (if not NULL) gets what
 * it called detectable there. */
static enum sq_gate_verdict gate(const struct scenario *s, double drop,
                                 struct sq_rng *rng, double *detectable)
{
    struct sq_gate_test t[MOST_TESTS] = {{0}};
    double *d = sq_xcalloc(s->n, sizeof(*d));
    enum sq_gate_verdict verdict = SQ_GATE_PASS;

    for (size_t k = 0; k < s->ntests; k++) {
        double share = k ? 0 : drop / s->rate;

        for (size_t i = 0; i < s->n; i++) {
            /* Samples are easy and hard, by the same for both models. */
            double ease = fmin(s->rate, 1 - s->rate);
            double p = s->rate + ease * (2 * sq_rng_unit(rng) - 1);

            d[i] = draw(rng, s->steps, p);
            d[i] -= draw(rng, s->steps, p * (1 - share));
        }
        t[k].allowed = ALLOWED;
        t[k].range = 1;
        sq_gate_measure(&t[k], d, s->n, sq_rng_next(rng));
    }
    sq_gate_decide(t, s->ntests, 0.05);
    for (size_t k = 0; k < s->ntests; k++)
        if (t[k].verdict == SQ_GATE_FAIL || verdict == SQ_GATE_PASS)
            verdict = t[k].verdict;
    if (detectable)
        *detectable = t[0].detectable;
    free(d);
    return verdict;
}

static bool simulate(const struct scenario *s, size_t pairs, size_t drops,
                     struct sq_rng *rng)
{
    size_t equal[3] = {0}, worse[3] = {0};
    double detectable, sum = 0;

    for (size_t i = 0; i < pairs; i++) {
        equal[gate(s, 0, rng, &detectable)]++;
        sum += detectable;
        if (i < drops)
            worse[gate(s, 2 * detectable, rng, NULL)]++;
    }
    bool kept = (double)equal[SQ_GATE_FAIL] <= 0.05 * (double)pairs &&
                (double)worse[SQ_GATE_FAIL] >= 0.95 * (double)drops;
    printf("%-21s %4zu %6zu  %7.1f%% %7.1f%% %7.1f%%  %8.1f %9.1f%%  %s\n",
           s->name, s->n, s->ntests,
           100 * (double)equal[SQ_GATE_FAIL] / (double)pairs,
           100 * (double)equal[SQ_GATE_INCONCLUSIVE] / (double)pairs,
           100 * (double)equal[SQ_GATE_PASS] / (double)pairs,
           100 * sum / (double)pairs,
           100 * (double)worse[SQ_GATE_FAIL] / (double)drops,
           kept ? "ok" : "BROKEN");
    return kept;
}

static size_t argument(int argc, char **argv, int i, size_t usual)
{
    long long v = 0;

    if (i >= argc || !sq_str_to_int(sq_str_from(argv[i]), &v) || v < 1)
        return usual;
    return (size_t)v;
}

int main(int argc, char **argv)
{
    size_t pairs = argument(argc, argv, 1, 1000);
    size_t drops = argument(argc, argv, 2, 400);
    struct sq_rng rng;
    bool kept = true;

    sq_rng_seed(&rng, argument(argc, argv, 3, 1));
    printf("--max-drop 2, alpha 0.05: %zu equal pairs, %zu drops of twice the "
           "detectable one\n",
           pairs, drops < pairs ? drops : pairs);
    puts("metric                   n limits     exit 1   exit 3   exit 0  "
         "detectable  drop: exit 1");
    for (size_t i = 0; i < NSCENARIOS; i++)
        kept &=
            simulate(&scenarios[i], pairs, drops < pairs ? drops : pairs, &rng);
    return !kept;
}
