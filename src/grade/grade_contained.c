#include "grade/graders.h"

#include <stdlib.h>

#include "grade/args.h"
#include "ifeval/pytext.h"

struct contained_args {
    sq_str reference, lower;
    struct sq_grade_texts markers;
    long long skip;
};

/* ---- markers ----------------------------------------------------------- */

/* What stands behind the first of the markers that occurs anywhere, or all. */
static bool behind_marker(const struct sq_grade_texts *markers, sq_str *s)
{
    for (size_t i = 0; i < markers->n; i++) {
        size_t at = sq_str_find(*s, markers->v[i], 0);

        if (at == SIZE_MAX)
            continue;
        *s = sq_str_sub(*s, at + markers->v[i].n, s->n);
        return true;
    }
    return false;
}

static enum sq_status compile_marker(const struct sq_json *rule,
                                     const char *where, struct sq_arena *arena,
                                     const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"markers", NULL};
    struct contained_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_grade_only(rule, keys, where, err);

    *args = a;
    if (st == SQ_OK)
        st = sq_grade_texts(rule, "markers", where, arena, &a->markers, err);
    return st;
}

static void run_marker(const void *args, struct sq_check_text text,
                       struct sq_finding *out)
{
    const struct contained_args *a = args;
    struct sq_buf low;
    sq_str s;

    sq_buf_init(&low, 2 * SQ_MAX_REPLY);
    sq_py_lower(text.text, &low);
    s = sq_buf_str(&low);
    if (behind_marker(&a->markers, &s))
        sq_finding_set(out, SQ_FINDING_HOLDS, "there is an answer's marker");
    else
        sq_finding_set(out, SQ_FINDING_BROKEN, "no answer's marker");
    sq_buf_release(&low);
}

const struct sq_check sq_grade_marker = {"marker", "markers", compile_marker,
                                         run_marker};

/* ---- contained --------------------------------------------------------- */

static enum sq_status compile_contained(const struct sq_json *rule,
                                        const char *where,
                                        struct sq_arena *arena,
                                        const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"reference", "markers", "skip", NULL};
    struct contained_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_grade_only(rule, keys, where, err);
    struct sq_buf low;

    *args = a;
    if (st == SQ_OK)
        st = sq_grade_text(rule, "reference", where, arena, &a->reference, err);
    if (st == SQ_OK && sq_json_get(rule, "markers"))
        st = sq_grade_texts(rule, "markers", where, arena, &a->markers, err);
    if (st == SQ_OK)
        st = sq_json_opt_int(rule, "skip", where, 0, 1000, &a->skip, err);
    if (st != SQ_OK)
        return st;
    sq_buf_init(&low, SQ_MAX_RECORD);
    sq_py_lower(a->reference, &low);
    a->lower = sq_arena_str(arena, sq_buf_str(&low));
    sq_buf_release(&low);
    return SQ_OK;
}

static sq_str without_first(sq_str s, long long characters)
{
    size_t pos = 0;

    while (characters-- > 0 && pos < s.n)
        (void)sq_utf8_next(s, &pos);
    return sq_str_sub(s, pos, s.n);
}

static void run_contained(const void *args, struct sq_check_text text,
                          struct sq_finding *out)
{
    const struct contained_args *a = args;
    struct sq_buf low;
    sq_str s;
    bool right;

    sq_buf_init(&low, 2 * SQ_MAX_REPLY);
    sq_py_lower(text.text, &low);
    s = sq_buf_str(&low);
    if (!behind_marker(&a->markers, &s))
        s = without_first(s, a->skip);
    s = sq_py_strip(s);
    right = sq_str_find(s, a->lower, 0) != SIZE_MAX ||
            sq_str_find(a->lower, s, 0) != SIZE_MAX;
    sq_grade_compared(out, right, s, a->reference, text);
    sq_buf_release(&low);
}

const struct sq_check sq_grade_contained = {
    "contained", "reference, markers, skip", compile_contained, run_contained};

/* ---- repeats ----------------------------------------------------------- */

static void folded(sq_str s, struct sq_buf *out)
{
    sq_py_lower(sq_py_strip(s), out);
}

static enum sq_status compile_repeats(const struct sq_json *rule,
                                      const char *where, struct sq_arena *arena,
                                      const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"reference", NULL};
    struct contained_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_grade_only(rule, keys, where, err);
    struct sq_buf low;

    *args = a;
    if (st == SQ_OK)
        st = sq_grade_text(rule, "reference", where, arena, &a->reference, err);
    if (st != SQ_OK)
        return st;
    sq_buf_init(&low, SQ_MAX_RECORD);
    folded(a->reference, &low);
    a->lower = sq_arena_str(arena, sq_buf_str(&low));
    sq_buf_release(&low);
    return SQ_OK;
}

static void run_repeats(const void *args, struct sq_check_text text,
                        struct sq_finding *out)
{
    const struct contained_args *a = args;
    struct sq_buf low;

    sq_buf_init(&low, 2 * SQ_MAX_REPLY);
    folded(text.text, &low);
    if (sq_str_find(sq_buf_str(&low), a->lower, 0) != SIZE_MAX)
        sq_finding_set(out, SQ_FINDING_HOLDS, "it is there word for word");
    else
        sq_finding_set(out, SQ_FINDING_BROKEN, "it is not there");
    sq_buf_release(&low);
}

const struct sq_check sq_grade_repeats = {"repeats", "reference",
                                          compile_repeats, run_repeats};
