#ifndef SQ_SUITE_PARAMS_H
#define SQ_SUITE_PARAMS_H
/*
 * The parameters of a suite, NAME:lang=sw,mode=cot,shots=2: its definition says
 * which there are. A value of one with `values` replaces members of the
 * definition; one with `field` chooses files by a constant; `shots` is the
 * number of examples. benchmarks/README.md specifies them.
 */
#include "seqeval.h"

/* The definition that a choice makes, and its name. */
struct sq_params {
    struct sq_json *json;
    char *canonical; /* "lang=all,mode=direct,shots=8" */
    char *defaults;  /* the same of the default choice */
};

/* json: the definition as it stands. given: the user's "k=v,..."; shots: -1 =
 * not set, and ignored where the suite has no examples or `given` says it. A
 * name or value that there is not is SQ_USAGE, a mistake in the definition
 * SQ_INPUT. */
enum sq_status sq_params_choose(const struct sq_json *json, const char *where,
                                sq_str given, long long shots,
                                struct sq_params *out,
                                struct sq_err *err) SQ_CHECKED;
void sq_params_release(struct sq_params *p);
/* Calls fn for the choice of each value that replaces something, the others at
 * their defaults, until one fails. */
enum sq_status sq_params_each(const struct sq_json *json, const char *where,
                              enum sq_status (*fn)(void *ctx,
                                                   const struct sq_json *json,
                                                   struct sq_err *err),
                              void *ctx, struct sq_err *err) SQ_CHECKED;

#endif
