/* Draws chains. Everything here is part of the suite's version: another draw
 * from the generator, or the same draws in another order, is another suite. */
#include "suite/chain_plan.h"
#include <stdlib.h>
#include <string.h>
#include "suite/chain_draw.h"

#define ALL_TYPES (SQ_CHAIN_WORD | SQ_CHAIN_NUMBER | SQ_CHAIN_LISTS)

struct family {
    const char *name;
    unsigned key;     /* which stream of the generator */
    unsigned allowed; /* types that results may have before the last step */
    size_t min_letters, max_letters; /* of a start word */
    size_t max_word;        /* letters of a result that has steps after it */
    const char *const *ops; /* their names; NULL: all */
    const char *ending;     /* of the query: how to answer */
};

#define ENDING "\nAnswer with one line per step: number, full stop, result."

/* Each of them can be done to any word of fewer than 24 letters, so that a
 * chain never gets stuck, or leads to one. */
static const char *const tiny_ops[] = {"reverse", "drop_first",   "drop_last",
                                       "twice",   "first_to_end", "put_letter",
                                       NULL};

static const struct family families[] = {
    {"word", SQ_CHAIN_WORD, SQ_CHAIN_WORD, 3, 8, 16, NULL, ENDING},
    {"number", SQ_CHAIN_NUMBER, SQ_CHAIN_NUMBER, 3, 8, 16, NULL, ENDING},
    {"list", SQ_CHAIN_LISTS, SQ_CHAIN_LISTS, 3, 8, 16, NULL, ENDING},
    {"mixed", ALL_TYPES, ALL_TYPES, 3, 8, 16, NULL, ENDING},
    {"tiny", 16 | SQ_CHAIN_WORD, SQ_CHAIN_WORD, 3, 6, 7, tiny_ops, ""},
};

struct draw {
    struct sq_rng rng;
    const struct family *family;
    bool test;
};

static const struct family *find_family(sq_str name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (sq_str_eq(name, sq_str_from(families[i].name)))
            return &families[i];
    return NULL;
}

bool sq_chain_family(sq_str name, sq_str *out)
{
    const struct family *f = find_family(name);
    if (f)
        *out = sq_str_from(f->name);
    return f != NULL;
}

static void draw_list(struct draw *d, struct sq_chain_value *v)
{
    v->type = sq_rng_below(&d->rng, 2) ? SQ_CHAIN_WORDS : SQ_CHAIN_NUMBERS;
    v->n = 3 + (size_t)sq_rng_below(&d->rng, 3);
    for (size_t i = 0; i < v->n; i++) {
        struct sq_chain_item *it = &v->item[i];
        if (v->type == SQ_CHAIN_WORDS)
            sq_chain_draw_word(&d->rng, d->test, 3, 5, it->word);
        else
            it->number = sq_chain_draw_number(&d->rng, d->test, 2, 3);
        for (size_t j = 0; j < i; j++)
            if (it->number == v->item[j].number &&
                strcmp(it->word, v->item[j].word) == 0) {
                memset(it, 0, sizeof *it); /* no item twice: draw it again */
                i--;
                break;
            }
    }
}

/* Mixed: word, number and list in turn. */
static const char *draw_start(struct draw *d, size_t turn,
                              struct sq_chain_value *v)
{
    static const unsigned kinds[] = {SQ_CHAIN_WORD, SQ_CHAIN_NUMBER,
                                     SQ_CHAIN_LISTS};
    unsigned types = d->family->allowed;
    if (types == ALL_TYPES)
        types = kinds[turn % 3];
    memset(v, 0, sizeof *v);
    v->n = 1;
    if (types == SQ_CHAIN_WORD) {
        v->type = SQ_CHAIN_WORD;
        sq_chain_draw_word(&d->rng, d->test, d->family->min_letters,
                           d->family->max_letters, v->item[0].word);
        return "word";
    }
    if (types == SQ_CHAIN_NUMBER) {
        v->type = SQ_CHAIN_NUMBER;
        v->item[0].number = sq_chain_draw_number(&d->rng, d->test, 2, 4);
        return "number";
    }
    draw_list(d, v);
    return "list";
}

static char draw_letter(struct draw *d)
{
    return "abcdefghijklmnopqrstuvwxyz"[sq_rng_below(&d->rng, 26)];
}

/* An argument for v; false when the operation wants one that v has not. */
static bool draw_arg(struct draw *d, enum sq_chain_arg_kind kind,
                     const struct sq_chain_value *v, struct sq_chain_arg *arg)
{
    const char *word = v->item[0].word;
    size_t letters = strlen(word);
    size_t size = v->type & SQ_CHAIN_LISTS ? v->n : letters;
    memset(arg, 0, sizeof *arg);
    switch (kind) {
    case SQ_CHAIN_ARG_NONE:
        break;
    case SQ_CHAIN_ARG_PLACE:
        arg->n = 1 + (long long)sq_rng_below(&d->rng, size < 8 ? size : 8);
        break;
    case SQ_CHAIN_ARG_KEEP:
        if (size < 3)
            return false;
        arg->n = 2 + (long long)sq_rng_below(&d->rng, size - 2);
        break;
    case SQ_CHAIN_ARG_LETTER:
        arg->a = draw_letter(d);
        break;
    case SQ_CHAIN_ARG_REPLACE:
        arg->a = word[sq_rng_below(&d->rng, letters)];
        arg->b = draw_letter(d);
        return arg->a >= 'a' && arg->a <= 'z' && arg->a != arg->b;
    case SQ_CHAIN_ARG_SMALL:
        arg->n = 2 + (long long)sq_rng_below(&d->rng, 8);
        break;
    case SQ_CHAIN_ARG_MEDIUM:
        arg->n = 2 + (long long)sq_rng_below(&d->rng, 98);
        break;
    case SQ_CHAIN_ARG_WORD:
        sq_chain_draw_word(&d->rng, d->test, 3, 5, arg->word);
        break;
    case SQ_CHAIN_ARG_NUMBER:
        arg->n = sq_chain_draw_number(&d->rng, d->test, 2, 3);
        break;
    }
    return true;
}

/* Of a size that leaves later steps something to do and keeps them about as
 * hard as the first. */
static bool handy(const struct family *family, const struct sq_chain_value *v)
{
    size_t letters = strlen(v->item[0].word);
    if (v->type == SQ_CHAIN_NUMBER)
        return v->item[0].number >= 1 && v->item[0].number < 100000;
    if (v->type == SQ_CHAIN_WORD)
        return letters >= 2 && letters <= family->max_word;
    return v->n >= 2 && v->n <= 6;
}

static bool seen(const struct sq_chain_plan *c, size_t k,
                 const struct sq_chain_value *v)
{
    for (size_t i = 0; i < k; i++)
        if (sq_chain_value_eq(&c->step[i].result, v))
            return true;
    return sq_chain_value_eq(&c->start, v);
}

static bool in_family(const struct family *family, const struct sq_chain_op *op)
{
    const char *const *name = family->ops;
    while (name && *name && strcmp(*name, op->name) != 0)
        name++;
    return !name || *name;
}

/* Step k by operation op: false when it cannot be, or when picky and it would
 * make a dull chain. */
static bool try_step(struct draw *d, struct sq_chain_plan *c, size_t k,
                     const struct sq_chain_op *op, bool picky)
{
    const struct sq_chain_value *in = k ? &c->step[k - 1].result : &c->start;
    struct sq_chain_step *s = &c->step[k];
    bool last = k + 1 == c->length;
    enum sq_chain_type out = op->out ? op->out : in->type;
    if (!(op->in & in->type) || !in_family(d->family, op) ||
        (!last && !(out & d->family->allowed)))
        return false;
    if (picky && k && c->step[k - 1].op == op)
        return false;
    if (!draw_arg(d, op->arg, in, &s->arg) ||
        !sq_chain_apply(op, &s->arg, in, &s->result) ||
        sq_chain_value_eq(in, &s->result))
        return false;
    s->op = op;
    if (!picky || last)
        return !picky || !seen(c, k, &s->result);
    /* Few ways lead back from numbers to words, or up from small numbers. */
    if (out == SQ_CHAIN_NUMBER &&
        (in->type != out || s->result.item[0].number < 10) &&
        sq_rng_below(&d->rng, 4) != 0)
        return false;
    return !seen(c, k, &s->result) && handy(d->family, &s->result);
}

static void draw_step(struct draw *d, struct sq_chain_plan *c, size_t k)
{
    const struct sq_chain_value *in = k ? &c->step[k - 1].result : &c->start;
    size_t n;
    const struct sq_chain_op *ops = sq_chain_ops(in->type, &n);
    for (int i = 0; i < 64; i++)
        if (try_step(d, c, k, &ops[sq_rng_below(&d->rng, n)], true))
            return;
    size_t from = (size_t)sq_rng_below(&d->rng, n);
    for (size_t i = 0; i < n; i++)
        if (try_step(d, c, k, &ops[(from + i) % n], false))
            return;
    abort(); /* a word can always lose or gain a letter, and so on */
}

static void render(struct sq_chain_plan *c, const char *ending,
                   struct sq_buf *query)
{
    sq_buf_reset(query);
    sq_buf_adds(query, c->start.type == SQ_CHAIN_WORD     ? "Word: "
                       : c->start.type == SQ_CHAIN_NUMBER ? "Number: "
                                                          : "List: ");
    sq_chain_value_text(&c->start, query);
    sq_buf_addc(query, '.');
    for (size_t k = 0; k < c->length; k++) {
        struct sq_chain_step *s = &c->step[k];
        sq_buf_addf(query, "\n%zu. ", k + 1);
        s->start = query->n;
        sq_chain_instruction(s->op, &s->arg, query);
        s->end = query->n;
    }
    sq_buf_adds(query, ending);
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/* Does text stand in query as a whole word or row of words? */
static bool stands_in(sq_str query, sq_str text)
{
    size_t at = 0;
    while ((at = sq_str_find(query, text, at)) != SIZE_MAX) {
        size_t end = at + text.n;
        if ((at == 0 || !word_char(query.p[at - 1])) &&
            (end == query.n || !word_char(query.p[end])))
            return true;
        at++;
    }
    return false;
}

/* Can a result be read off the query? Single letters and digits do not count:
 * they stand everywhere. */
static bool leaks(const struct sq_chain_plan *c, sq_str query)
{
    struct sq_buf text;
    bool found = false;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    for (size_t k = 0; k < c->length && !found; k++) {
        sq_buf_reset(&text);
        sq_chain_value_text(&c->step[k].result, &text);
        found = text.n > 1 && !c->step[k].op->excerpt &&
                stands_in(query, sq_buf_str(&text));
    }
    sq_buf_release(&text);
    return found;
}

void sq_chain_plan_make(const struct sq_chain_params *p, size_t ordinal,
                        struct sq_chain_plan *out, struct sq_buf *query)
{
    size_t lengths = (size_t)(p->max_steps - p->min_steps + 1);
    struct draw d = {.family = find_family(p->family),
                     .test = sq_str_eq(p->split, SQ_STR("test"))};
    memset(out, 0, sizeof *out);
    out->length = (size_t)p->min_steps + ordinal % lengths;
    out->position = ordinal / lengths;
    const uint64_t seed[] = {SQ_CHAIN_VERSION, p->seed,     d.family->key,
                             d.test,           out->length, out->position};
    sq_rng_seed(&d.rng, sq_rng_mix(seed, sizeof seed / sizeof *seed));
    /* Long chains of small numbers may have no draw without a leak. */
    for (int i = 0; i < 20; i++) {
        out->family = draw_start(&d, out->length + out->position, &out->start);
        for (size_t k = 0; k < out->length; k++)
            draw_step(&d, out, k);
        render(out, d.family->ending, query);
        if (!leaks(out, sq_buf_str(query)))
            break;
    }
}
