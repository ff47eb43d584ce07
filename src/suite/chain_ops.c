/* Values and operations in general; what each one does stands in
 * chain_ops_word.c, chain_ops_number.c and chain_ops_list.c. */
#include "suite/chain_ops.h"
#include <string.h>

const struct sq_chain_op *sq_chain_ops(enum sq_chain_type type, size_t *n)
{
    switch (type) {
    case SQ_CHAIN_WORD:
        *n = sq_chain_word_nops;
        return sq_chain_word_ops;
    case SQ_CHAIN_NUMBER:
        *n = sq_chain_number_nops;
        return sq_chain_number_ops;
    case SQ_CHAIN_WORDS:
    case SQ_CHAIN_NUMBERS:
        break;
    }
    *n = sq_chain_list_nops;
    return sq_chain_list_ops;
}

bool sq_chain_apply(const struct sq_chain_op *op,
                    const struct sq_chain_arg *arg,
                    const struct sq_chain_value *in, struct sq_chain_value *out)
{
    if (!(op->in & in->type))
        return false;
    struct sq_chain_value v = *in;
    if (!op->apply(&v, arg))
        return false;
    if (op->out)
        v.type = op->out;
    *out = v;
    return sq_chain_value_ok(out);
}

static bool word_ok(const char *w)
{
    size_t n = strlen(w);
    size_t lower = 0;
    size_t upper = 0;
    for (size_t i = 0; i < n; i++) {
        if (w[i] >= 'a' && w[i] <= 'z')
            lower++;
        else if (w[i] >= 'A' && w[i] <= 'Z')
            upper++;
        else if (w[i] != '-' || i == 0 || i + 1 == n)
            return false;
    }
    return n > 0 && !(lower && upper);
}

bool sq_chain_value_ok(const struct sq_chain_value *v)
{
    bool list = (v->type & SQ_CHAIN_LISTS) != 0;
    bool words = v->type == SQ_CHAIN_WORD || v->type == SQ_CHAIN_WORDS;
    if (v->n < 1 || v->n > (list ? SQ_CHAIN_ITEMS : 1))
        return false;
    for (size_t i = 0; i < v->n; i++) {
        const struct sq_chain_item *it = &v->item[i];
        if (words ? !word_ok(it->word)
                  : it->number < 0 || it->number >= SQ_CHAIN_NUMBER_LIMIT)
            return false;
    }
    return true;
}

bool sq_chain_value_eq(const struct sq_chain_value *a,
                       const struct sq_chain_value *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->item[i].number != b->item[i].number ||
            strcmp(a->item[i].word, b->item[i].word) != 0)
            return false;
    return true;
}

void sq_chain_value_text(const struct sq_chain_value *v, struct sq_buf *out)
{
    for (size_t i = 0; i < v->n; i++) {
        if (i)
            sq_buf_adds(out, ", ");
        if (v->type == SQ_CHAIN_WORD || v->type == SQ_CHAIN_WORDS)
            sq_buf_adds(out, v->item[i].word);
        else
            sq_buf_addf(out, "%lld", v->item[i].number);
    }
}

void sq_chain_instruction(const struct sq_chain_op *op,
                          const struct sq_chain_arg *arg, struct sq_buf *out)
{
    static const char *const ordinals[] = {"first",   "second", "third",
                                           "fourth",  "fifth",  "sixth",
                                           "seventh", "eighth"};
    for (const char *p = op->phrase; *p; p++) {
        if (*p != '%') {
            sq_buf_addc(out, *p);
            continue;
        }
        switch (*++p) {
        case 'n':
            sq_buf_addf(out, "%lld", arg->n);
            break;
        case 'o':
            sq_buf_adds(out, ordinals[arg->n - 1]);
            break;
        case 'a':
            sq_buf_addc(out, arg->a);
            break;
        case 'b':
            sq_buf_addc(out, arg->b);
            break;
        default:
            sq_buf_adds(out, arg->word);
        }
    }
}

void sq_chain_set_word(struct sq_chain_value *v, const char *word, size_t n)
{
    char w[SQ_CHAIN_LETTERS + 1] = "";
    enum sq_chain_type type = v->type;
    memcpy(w, word, n); /* word may lie in v */
    memset(v, 0, sizeof *v);
    v->type = type;
    v->n = 1;
    memcpy(v->item[0].word, w, sizeof w);
}

void sq_chain_set_number(struct sq_chain_value *v, long long number)
{
    enum sq_chain_type type = v->type;
    memset(v, 0, sizeof *v);
    v->type = type;
    v->n = 1;
    v->item[0].number = number;
}
