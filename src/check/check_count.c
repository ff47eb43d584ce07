/* Checks that count things and compare the count with a number. */
#include "check/families.h"
#include <stdlib.h>
#include "check/args.h"
#include "check/finding.h"
#include "check/list.h"
#include "check/prose.h"
#include "check/text.h"

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "op", "n", NULL};
    struct sq_bound *b = sq_arena_alloc(arena, sizeof(*b));
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = b;
    return st ? st : sq_bound_read(rule, where, b, err);
}

static void judge(const struct sq_bound *b, struct sq_check_text text,
                  size_t count, const char *what, struct sq_finding *out)
{
    sq_bound_judge(b, text.shared, count, what, out);
}

static void run_characters(const void *args, struct sq_check_text text,
                           struct sq_finding *out)
{
    if (!sq_finding_empty(out, text.text))
        judge(args, text, sq_text_characters(text.text), "characters", out);
}

static void run_words(const void *args, struct sq_check_text text,
                      struct sq_finding *out)
{
    if (!sq_finding_empty(out, text.text))
        judge(args, text, sq_text_words(text.text), "words", out);
}

static void run_sentences(const void *args, struct sq_check_text text,
                          struct sq_finding *out)
{
    if (!sq_finding_empty(out, text.text))
        judge(args, text, sq_text_sentences(text.text), "sentences", out);
}

static void run_paragraphs(const void *args, struct sq_check_text text,
                           struct sq_finding *out)
{
    if (!sq_finding_empty(out, text.text))
        judge(args, text, sq_text_paragraphs(text.text), "paragraphs", out);
}

static void run_lines(const void *args, struct sq_check_text text,
                      struct sq_finding *out)
{
    if (!sq_finding_empty(out, text.text))
        judge(args, text, sq_text_lines(text.text), "lines", out);
}

/* ---- list_items -------------------------------------------------------- */

struct items_args {
    struct sq_bound bound;
    bool nested; /* nested items count for the list around them */
};

static enum sq_status compile_items(const struct sq_json *rule,
                                    const char *where, struct sq_arena *arena,
                                    const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role",   "op",
                                       "n",     "nested", NULL};
    struct items_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = a;
    if (!st)
        st = sq_bound_read(rule, where, &a->bound, err);
    return st ? st : sq_json_opt_bool(rule, "nested", where, &a->nested, err);
}

/* Adds the items of nested lists to the list around them, and drops those. */
static void flatten(struct sq_list *lists, size_t *n)
{
    size_t kept = 0;

    for (size_t i = 0; i < *n; i++) {
        if (!lists[i].nested || kept == 0) {
            lists[kept] = lists[i];
            lists[kept++].nested = false;
            continue;
        }
        lists[kept - 1].items += lists[i].items;
        if (lists[i].last > lists[kept - 1].last)
            lists[kept - 1].last = lists[i].last;
    }
    *n = kept;
}

/* What the lists of a text come to. */
struct tally {
    const struct sq_list *best; /* the first that satisfies, or the longest */
    bool holds, nested_holds;
    size_t total; /* items of top-level lists */
};

static struct tally tally_lists(const struct sq_bound *b,
                                const struct sq_list *lists, size_t n)
{
    struct tally t = {0};

    for (size_t i = 0; i < n && !t.holds; i++) {
        bool ok = sq_bound_holds(b, lists[i].items);

        if (lists[i].nested) {
            t.nested_holds |= ok;
            continue;
        }
        t.total += lists[i].items;
        t.holds = ok;
        if (ok || !t.best || lists[i].items > t.best->items)
            t.best = &lists[i];
    }
    return t;
}

static void judge_lists(const struct sq_bound *b, const struct tally *t,
                        size_t n, bool shared, struct sq_finding *out)
{
    const char *sign = sq_bound_sign(b);

    if (t->holds)
        sq_finding_set(out, SQ_FINDING_HOLDS, "%zu list items, want %s %lld",
                       t->best->items, sign, b->n);
    else if (n == 0)
        sq_finding_set(out, SQ_FINDING_UNDECIDED, "no list, want %s %lld items",
                       sign, b->n);
    else if (b->op == SQ_BOUND_GE && sq_bound_holds(b, t->total))
        sq_finding_set(out, shared ? SQ_FINDING_UNDECIDED : SQ_FINDING_HOLDS,
                       "%zu items in all lists, want >= %lld", t->total, b->n);
    else if (t->nested_holds)
        sq_finding_set(out, SQ_FINDING_UNDECIDED,
                       "only a nested list has %s %lld items", sign, b->n);
    else
        sq_finding_set(out, SQ_FINDING_BROKEN,
                       "no list with %s %lld items, the longest has %zu", sign,
                       b->n, t->best ? t->best->items : 0);
    if (t->best)
        sq_finding_at(out, t->best->at, t->best->last - t->best->at + 1);
}

static void run_list_items(const void *args, struct sq_check_text text,
                           struct sq_finding *out)
{
    const struct items_args *a = args;
    struct sq_list *lists;
    struct tally t;
    size_t n;

    if (sq_finding_empty(out, text.text))
        return;
    lists = sq_lists_of(text.text, &n);
    if (a->nested)
        flatten(lists, &n);
    t = tally_lists(&a->bound, lists, n);
    judge_lists(&a->bound, &t, n, text.shared, out);
    free(lists);
}

#define COUNT_ARGS "op (==, >=, <=), n"

const struct sq_check sq_check_characters = {"characters", COUNT_ARGS, compile,
                                             run_characters};
const struct sq_check sq_check_lines = {"lines", COUNT_ARGS, compile,
                                        run_lines};
const struct sq_check sq_check_list_items = {
    "list_items", COUNT_ARGS ", nested", compile_items, run_list_items};
const struct sq_check sq_check_paragraphs = {"paragraphs", COUNT_ARGS, compile,
                                             run_paragraphs};
const struct sq_check sq_check_sentences = {"sentences", COUNT_ARGS, compile,
                                            run_sentences};
const struct sq_check sq_check_words = {"words", COUNT_ARGS, compile,
                                        run_words};
