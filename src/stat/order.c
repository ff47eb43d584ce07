/* The half of sequence.h about the order of answers in one response. */
#include "stat/sequence.h"
#include <math.h>

static bool located(const struct sq_place *p)
{
    return p->done == 1 && p->len > 0;
}

/* Half of the shorter span or more is in the other too. */
static bool overlap(const struct sq_place *a, const struct sq_place *b)
{
    size_t start = a->at > b->at ? a->at : b->at;
    size_t end =
        a->at + a->len < b->at + b->len ? a->at + a->len : b->at + b->len;
    size_t shorter = a->len < b->len ? a->len : b->len;

    return end > start && 2 * (end - start) >= shorter;
}

struct sq_order sq_order_of(const struct sq_place *places, size_t n)
{
    struct sq_order o = {NAN, NAN, NAN, NAN};
    size_t decided = 0, skipped = 0, found = 0, merged = 0, late = 0;
    double agree = 0, pairs = 0, ties = 0;

    for (size_t i = 0; i < n; i++) {
        bool same = false, before = false;

        decided += places[i].done >= 0;
        skipped += places[i].done == 0 && places[i].len == 0;
        if (!located(&places[i]))
            continue;
        found++;
        for (size_t k = 0; k < n; k++) {
            if (k == i || !located(&places[k]))
                continue;
            same = same || overlap(&places[i], &places[k]);
            if (k > i)
                continue;
            before = before || places[i].at < places[k].at;
            pairs++;
            ties += places[i].at == places[k].at;
            agree +=
                (places[i].at > places[k].at) - (places[i].at < places[k].at);
        }
        merged += same;
        late += before;
    }
    if (decided)
        o.skipped = (double)skipped / (double)decided;
    if (found > 1) {
        o.merged = (double)merged / (double)found;
        o.out_of_order = (double)late / (double)found;
    }
    if (pairs > ties)
        o.tau = agree / sqrt(pairs * (pairs - ties));
    return o;
}
