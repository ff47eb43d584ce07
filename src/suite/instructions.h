#ifndef SQ_SUITE_INSTRUCTIONS_H
#define SQ_SUITE_INSTRUCTIONS_H
/*
 * Suites whose records name their steps themselves: `instructions` of a
 * definition (benchmarks/README.md). A record's list of ids and its list of
 * arguments become its steps.
 */
#include "ifeval/ifeval.h"
#include "seqeval.h"

/* The fields of a record. */
struct sq_instructions_def {
    sq_str ids, kwargs;
};

/* Reads the suite's parameters, "rules=reference" (the default) or
 * "rules=fixed", into the canonical form *params, the caller's, and opens the
 * rules in the arena. `wanted`, "reference" or "fixed", stands for parameters
 * that are not given and must not contradict those that are; NULL = none. */
enum sq_status sq_instructions_open(struct sq_ifeval **out, sq_str given,
                                    const char *wanted, struct sq_arena *arena,
                                    char **params,
                                    struct sq_err *err) SQ_CHECKED;
/* Gives the sample its steps. */
enum sq_status sq_instructions_bind(const struct sq_ifeval *rules,
                                    const struct sq_instructions_def *def,
                                    const struct sq_json *record,
                                    const char *where, struct sq_sample *sample,
                                    struct sq_err *err) SQ_CHECKED;

#endif
