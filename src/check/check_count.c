/* Checks that count things and compare the count with a number. */
#include "check/families.h"
#include <stdlib.h>
#include "check/finding.h"
#include "check/list.h"
#include "check/prose.h"

enum op { OP_EQ, OP_GE, OP_LE };

static const char *const op_names[] = {
    [OP_EQ] = "==", [OP_GE] = ">=", [OP_LE] = "<="};

struct count_args {
    enum op op;
    long long n;
};

#define MAX_N 1000000

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "op", "n", NULL};
    struct count_args *a = sq_arena_alloc(arena, sizeof(*a));
    sq_str op;
    enum sq_status st;

    st = sq_json_only(rule, keys, where, err);
    if (!st)
        st = sq_json_need_str(rule, "op", where, &op, err);
    if (!st)
        st = sq_json_need_int(rule, "n", where, 0, MAX_N, &a->n, err);
    if (st)
        return st;
    for (size_t i = 0; i < sizeof(op_names) / sizeof(*op_names); i++) {
        if (!sq_str_eq(op, sq_str_from(op_names[i])))
            continue;
        a->op = (enum op)i;
        *args = a;
        return SQ_OK;
    }
    return sq_err_set(err, SQ_INPUT,
                      "%s: op: \"%.*s\" is none of ==, >=, <=", where,
                      SQ_STR_ARG(op));
}

static bool satisfies(const struct count_args *a, size_t count)
{
    unsigned long long n = (unsigned long long)a->n;

    switch (a->op) {
    case OP_EQ:
        return count == n;
    case OP_GE:
        return count >= n;
    case OP_LE:
        break;
    }
    return count <= n;
}

/* The verdict on `count` things called `what`. */
static void judge(const struct count_args *a, struct sq_check_text text,
                  size_t count, const char *what, struct sq_finding *out)
{
    enum sq_finding_verdict v = SQ_FINDING_BROKEN;
    bool too_many = count > (unsigned long long)a->n;

    if (satisfies(a, count))
        v = SQ_FINDING_HOLDS;
    else if (too_many && text.shared)
        v = SQ_FINDING_UNDECIDED;
    sq_finding_set(out, v, "%zu %s%s, want %s %lld", count, what,
                   v == SQ_FINDING_UNDECIDED ? " in all" : "", op_names[a->op],
                   a->n);
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

/* What the lists of a text come to. */
struct tally {
    const struct sq_list *best; /* the first that satisfies, or the longest */
    bool holds, nested_holds;
    size_t total; /* items of top-level lists */
};

static struct tally tally_lists(const struct count_args *a,
                                const struct sq_list *lists, size_t n)
{
    struct tally t = {0};

    for (size_t i = 0; i < n && !t.holds; i++) {
        bool ok = satisfies(a, lists[i].items);

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

static void run_list_items(const void *args, struct sq_check_text text,
                           struct sq_finding *out)
{
    const struct count_args *a = args;
    struct sq_list *lists;
    struct tally t;
    size_t n;

    if (sq_finding_empty(out, text.text))
        return;
    lists = sq_lists_of(text.text, &n);
    t = tally_lists(a, lists, n);
    if (t.holds)
        sq_finding_set(out, SQ_FINDING_HOLDS, "%zu list items, want %s %lld",
                       t.best->items, op_names[a->op], a->n);
    else if (n == 0)
        sq_finding_set(out, SQ_FINDING_UNDECIDED, "no list, want %s %lld items",
                       op_names[a->op], a->n);
    else if (a->op == OP_GE && satisfies(a, t.total))
        sq_finding_set(out,
                       text.shared ? SQ_FINDING_UNDECIDED : SQ_FINDING_HOLDS,
                       "%zu items in all lists, want >= %lld", t.total, a->n);
    else if (t.nested_holds)
        sq_finding_set(out, SQ_FINDING_UNDECIDED,
                       "only a nested list has %s %lld items", op_names[a->op],
                       a->n);
    else
        sq_finding_set(out, SQ_FINDING_BROKEN,
                       "no list with %s %lld items, the longest has %zu",
                       op_names[a->op], a->n, t.best ? t.best->items : 0);
    if (t.best)
        sq_finding_at(out, t.best->at, t.best->last - t.best->at + 1);
    free(lists);
}

#define COUNT_ARGS "op (==, >=, <=), n"

const struct sq_check sq_check_lines = {"lines", COUNT_ARGS, compile,
                                        run_lines};
const struct sq_check sq_check_list_items = {"list_items", COUNT_ARGS, compile,
                                             run_list_items};
const struct sq_check sq_check_paragraphs = {"paragraphs", COUNT_ARGS, compile,
                                             run_paragraphs};
const struct sq_check sq_check_sentences = {"sentences", COUNT_ARGS, compile,
                                            run_sentences};
const struct sq_check sq_check_words = {"words", COUNT_ARGS, compile,
                                        run_words};
