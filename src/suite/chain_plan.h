#ifndef SQ_SUITE_CHAIN_PLAN_H
#define SQ_SUITE_CHAIN_PLAN_H
/*
 * One chain of the suite `chain` before it becomes a sample: its start value,
 * its operations with their arguments, every result, and its query. Plain data,
 * no heap.
 */
#include "suite/chain_ops.h"

#define SQ_CHAIN_VERSION 1 /* of the generated samples */
#define SQ_CHAIN_STEPS 16

struct sq_chain_params {
    long long min_steps, max_steps; /* 1..16; lengths are taken in turn */
    long long n;                    /* samples, 1..1000000 */
    unsigned long long seed;
    sq_str family; /* "word", "number", "list": results keep that type but for
                      the last; "mixed": starts from each in turn, and types
                      change on the way; "tiny": short words and few operations.
                      One of sq_chain_family */
    sq_str split;  /* "test" or "train": they share no word */
};

struct sq_chain_step {
    const struct sq_chain_op *op;
    struct sq_chain_arg arg;
    struct sq_chain_value result;
    size_t start, end; /* the instruction's bytes in the query */
};

struct sq_chain_plan {
    size_t length;
    size_t position;    /* among the samples of this length */
    const char *family; /* of the start value: "word", "number" or "list" */
    struct sq_chain_value start;
    struct sq_chain_step step[SQ_CHAIN_STEPS];
};

/* Is there a family of this name? *out is then the name, static. */
bool sq_chain_family(sq_str name, sq_str *out);
/* Chain `ordinal` of these parameters; its query replaces what is in query. */
void sq_chain_plan_make(const struct sq_chain_params *p, size_t ordinal,
                        struct sq_chain_plan *out, struct sq_buf *query);

#endif
