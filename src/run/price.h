#ifndef SQ_RUN_PRICE_H
#define SQ_RUN_PRICE_H
/*
 * What a model's tokens cost, in USD per million tokens. docs/prices.md has the
 * format of a price list.
 */
#include <stdbool.h>
#include "base/err.h"
#include "base/str.h"

/* NAN = not known; both are known or neither is. */
struct sq_price {
    double input, output;
    double cached_less; /* what a cached prompt token costs less than input */
};

struct sq_tokens {
    long long input, output;
    long long cached; /* of the input */
};

bool sq_price_known(struct sq_price p);
/* USD; NAN when the price is not known. */
double sq_price_cost(struct sq_price p, struct sq_tokens n);

/* Reads a price list and takes the entry with exactly this name: a name that
 * another begins with may be another model's, at another price. A list without
 * the name is SQ_INPUT. */
enum sq_status sq_price_load(const char *path, const char *model,
                             struct sq_price *out,
                             struct sq_err *err) SQ_CHECKED;

#endif
