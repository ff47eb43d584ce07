#ifndef SQ_SUITE_CHAIN_PLAN_H
#define SQ_SUITE_CHAIN_PLAN_H
/*
 * One chain of the suite `chain` before it becomes a sample: its start value,
 * its operations with their arguments, every result, and its query. Plain data,
 * no heap.
 */
#include "base/rng.h"
#include "suite/chain.h"
#include "suite/chain_ops.h"

#define SQ_CHAIN_VERSION 1 /* of the generated samples */
#define SQ_CHAIN_STEPS 16

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

/* Chain `ordinal` of these parameters; its query replaces what is in query. */
void sq_chain_plan_make(const struct sq_chain_params *p, size_t ordinal,
                        struct sq_chain_plan *out, struct sq_buf *query);

/* Which split a start word (lower case, 1 to 8 letters) or a start number
 * belongs to; the same goes for words and numbers that are appended. */
bool sq_chain_word_in_test(sq_str word);
bool sq_chain_number_in_test(long long number);
/* A new one of a split: word must have room for max + 1 bytes. */
void sq_chain_draw_word(struct sq_rng *rng, bool test, size_t min, size_t max,
                        char *word);
long long sq_chain_draw_number(struct sq_rng *rng, bool test, int min_digits,
                               int max_digits);

#endif
