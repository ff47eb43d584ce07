#ifndef SQ_SUITE_CHAIN_OPS_H
#define SQ_SUITE_CHAIN_OPS_H
/*
 * The values and operations of `chain`. An operation is a pure function of a
 * value and an argument; its row in a table says what it takes, what it gives
 * and how it is asked for. Rows are drawn by their position, so their order is
 * part of the suite's version: a change makes it another version.
 *
 * Invariants of a value (sq_chain_value_ok): words have 1 to 24 characters,
 * letters of one case with hyphens between them; numbers lie in [0, 10^9); a
 * list has 1 to 8 items; a word or number is the one item of its value. What
 * is not used of a value is zero.
 */
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

#define SQ_CHAIN_LETTERS 24
#define SQ_CHAIN_ITEMS 8
#define SQ_CHAIN_NUMBER_LIMIT 1000000000LL

enum sq_chain_type { /* bits: an operation may take several */
                     SQ_CHAIN_WORD = 1,
                     SQ_CHAIN_NUMBER = 2,
                     SQ_CHAIN_WORDS = 4, /* a list of words */
                     SQ_CHAIN_NUMBERS = 8
};
#define SQ_CHAIN_LISTS (SQ_CHAIN_WORDS | SQ_CHAIN_NUMBERS)

struct sq_chain_item {
    long long number;
    char word[SQ_CHAIN_LETTERS + 1];
};

struct sq_chain_value {
    enum sq_chain_type type;
    size_t n; /* items */
    struct sq_chain_item item[SQ_CHAIN_ITEMS];
};

/* What an instruction names; the operation's kind says which members count. */
struct sq_chain_arg {
    long long n;
    char a, b;
    char word[SQ_CHAIN_LETTERS + 1];
};

enum sq_chain_arg_kind {
    SQ_CHAIN_ARG_NONE,
    SQ_CHAIN_ARG_PLACE,   /* n: 1 to 8, a letter or item that there is */
    SQ_CHAIN_ARG_KEEP,    /* n: 2 or more, fewer than all letters */
    SQ_CHAIN_ARG_LETTER,  /* a: any */
    SQ_CHAIN_ARG_REPLACE, /* a: a letter of the word, b: another letter */
    SQ_CHAIN_ARG_SMALL,   /* n: 2 to 9 */
    SQ_CHAIN_ARG_MEDIUM,  /* n: 2 to 99 */
    SQ_CHAIN_ARG_WORD,    /* word: a new one, of the sample's split */
    SQ_CHAIN_ARG_NUMBER   /* n: a new one, of the sample's split */
};

struct sq_chain_op {
    const char *name;   /* "reverse" */
    const char *phrase; /* %n number, %o "third", %a %b letters, %w word */
    /* Changes v, a valid value of a type in `in`, into the result; false when
     * it has none (the third letter of a word of two). Leaves v->type. */
    bool (*apply)(struct sq_chain_value *v, const struct sq_chain_arg *arg);
    unsigned in;            /* types it takes, or-ed */
    enum sq_chain_type out; /* 0 = the type it took */
    enum sq_chain_arg_kind arg;
    bool excerpt; /* the result may stand in its input word for word */
};

/* The table that holds all operations on values of this type (and, for lists,
 * on the other type too: see `in`). */
const struct sq_chain_op *sq_chain_ops(enum sq_chain_type type, size_t *n);
/* Does op to *in. False, and *out unspecified, when op does not take that type,
 * has no result or its result would break the invariants. out may be in. */
bool sq_chain_apply(const struct sq_chain_op *op,
                    const struct sq_chain_arg *arg,
                    const struct sq_chain_value *in,
                    struct sq_chain_value *out);
bool sq_chain_value_ok(const struct sq_chain_value *v);
/* Same items, hence the same text. */
bool sq_chain_value_eq(const struct sq_chain_value *a,
                       const struct sq_chain_value *b);
/* As it stands in queries and answers: "kapo", "42", "kapo, lufi". */
void sq_chain_value_text(const struct sq_chain_value *v, struct sq_buf *out);
/* The instruction, as "Take its third letter." */
void sq_chain_instruction(const struct sq_chain_op *op,
                          const struct sq_chain_arg *arg, struct sq_buf *out);

/* For the operations: v becomes this one word or number. */
void sq_chain_set_word(struct sq_chain_value *v, const char *word, size_t n);
void sq_chain_set_number(struct sq_chain_value *v, long long number);

extern const struct sq_chain_op sq_chain_word_ops[];
extern const size_t sq_chain_word_nops;
extern const struct sq_chain_op sq_chain_number_ops[];
extern const size_t sq_chain_number_nops;
extern const struct sq_chain_op sq_chain_list_ops[];
extern const size_t sq_chain_list_nops;

#endif
