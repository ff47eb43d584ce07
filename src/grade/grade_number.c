#include "grade/graders.h"

#include <string.h>

#include "grade/args.h"
#include "grade/pynumber.h"

struct number_args {
    sq_str reference;
    sq_str plain; /* the reference as it is compared */
    struct sq_grade_texts markers;
};

/* The arguments; `plain` is what make appends of the reference. */
static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, bool markers,
                              void (*make)(sq_str, struct sq_buf *),
                              const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"reference", "markers", NULL};
    struct number_args *a = sq_arena_alloc(arena, sizeof(*a));
    const char *const own[] = {"reference", NULL};
    enum sq_status st = sq_grade_only(rule, markers ? keys : own, where, err);
    struct sq_buf plain;

    *args = a;
    if (st == SQ_OK)
        st = sq_grade_text(rule, "reference", where, arena, &a->reference, err);
    if (st == SQ_OK && markers)
        st = sq_grade_texts(rule, "markers", where, arena, &a->markers, err);
    if (st != SQ_OK)
        return st;
    sq_buf_init(&plain, SQ_MAX_RECORD);
    make(a->reference, &plain);
    a->plain = sq_arena_str(arena, sq_buf_str(&plain));
    sq_buf_release(&plain);
    return SQ_OK;
}

/* Compares what make appends of what was read. */
static void compare(const struct number_args *a, sq_str read,
                    void (*make)(sq_str, struct sq_buf *),
                    struct sq_check_text text, struct sq_finding *out)
{
    struct sq_buf plain;

    sq_buf_init(&plain, 2 * SQ_MAX_REPLY);
    make(read, &plain);
    sq_grade_compared(out, sq_str_eq(sq_buf_str(&plain), a->plain), read,
                      a->reference, text);
    sq_buf_release(&plain);
}

/* ---- last_number ------------------------------------------------------- */

static enum sq_status compile_last(const struct sq_json *rule,
                                   const char *where, struct sq_arena *arena,
                                   const void **args, struct sq_err *err)
{
    return compile(rule, where, arena, false, sq_pynumber_plain, args, err);
}

static void run_last(const void *args, struct sq_check_text text,
                     struct sq_finding *out)
{
    struct sq_buf joined;
    sq_str read;

    sq_buf_init(&joined, 2 * SQ_MAX_REPLY);
    sq_pynumber_join(text.text, &joined);
    if (!sq_pynumber_last(sq_buf_str(&joined), &read))
        read = sq_buf_str(&joined);
    compare(args, read, sq_pynumber_plain, text, out);
    sq_buf_release(&joined);
}

const struct sq_check sq_grade_last_number = {"last_number", "reference",
                                              compile_last, run_last};

/* ---- those of lm-evaluation-harness ------------------------------------ */

static bool in(const char *set, char c)
{
    return c && strchr(set, c);
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Its regexes_to_ignore, in their order, and its ignore_case. */
static void ignore(sq_str s, struct sq_buf *out)
{
    size_t hash = SIZE_MAX, at = 0;
    size_t from = out->n;

    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != ',' && s.p[i] != '$')
            sq_buf_addc(out, fold(s.p[i]));
    s = sq_str_sub(sq_buf_str(out), from, out->n);
    while ((at = sq_str_find(s, SQ_STR("#### "), at)) != SIZE_MAX)
        hash = at++;
    if (hash != SIZE_MAX)
        s = sq_str_sub(s, hash + 5, s.n);
    if (s.n > 0 && s.p[s.n - 1] == '.')
        s.n--;
    memmove(out->p + from, s.p, s.n);
    out->n = from + s.n;
    out->p[out->n] = '\0';
}

static enum sq_status compile_strict(const struct sq_json *rule,
                                     const char *where, struct sq_arena *arena,
                                     const void **args, struct sq_err *err)
{
    return compile(rule, where, arena, true, ignore, args, err);
}

static enum sq_status compile_flexible(const struct sq_json *rule,
                                       const char *where,
                                       struct sq_arena *arena,
                                       const void **args, struct sq_err *err)
{
    return compile(rule, where, arena, false, ignore, args, err);
}

/* -?[SET]{least,} at byte i: its end, or i. */
static size_t run_of(sq_str s, size_t i, const char *set, size_t least)
{
    size_t start = i < s.n && s.p[i] == '-' ? i + 1 : i, end = start;

    while (end < s.n && in(set, s.p[end]))
        end++;
    return end - start >= least ? end : i;
}

/* The first MARKER(-?[0-9.,]+). */
static bool find_strict(sq_str s, const struct sq_grade_texts *markers,
                        sq_str *out)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < markers->n; i++) {
        size_t at = 0;

        while ((at = sq_str_find(s, markers->v[i], at)) < best) {
            size_t start = at + markers->v[i].n;
            size_t end = run_of(s, start, "0123456789.,", 1);

            if (end > start) {
                best = at;
                *out = sq_str_sub(s, start, end);
            }
            at++;
        }
    }
    return best != SIZE_MAX;
}

/* The last (-?[$0-9.,]{2,})|(-?[0-9]+). */
static bool find_flexible(sq_str s, sq_str *out)
{
    bool found = false;
    size_t i = 0;

    while (i < s.n) {
        size_t end = run_of(s, i, "$0123456789.,", 2);

        if (end == i)
            end = run_of(s, i, "0123456789", 1);
        if (end == i) {
            i++;
            continue;
        }
        *out = sq_str_sub(s, i, end);
        found = true;
        i = end;
    }
    return found;
}

static void run_strict(const void *args, struct sq_check_text text,
                       struct sq_finding *out)
{
    const struct number_args *a = args;
    sq_str read;

    if (find_strict(text.text, &a->markers, &read))
        compare(a, read, ignore, text, out);
    else
        sq_finding_set(out, SQ_FINDING_BROKEN, "no number behind '%.*s'",
                       SQ_STR_ARG(a->markers.v[0]));
}

static void run_flexible(const void *args, struct sq_check_text text,
                         struct sq_finding *out)
{
    sq_str read;

    if (find_flexible(text.text, &read))
        compare(args, read, ignore, text, out);
    else
        sq_finding_set(out, SQ_FINDING_BROKEN, "no number");
}

const struct sq_check sq_grade_strict_number = {
    "strict_number", "reference, markers", compile_strict, run_strict};
const struct sq_check sq_grade_flexible_number = {
    "flexible_number", "reference", compile_flexible, run_flexible};

/* ---- same_text --------------------------------------------------------- */

static void trimmed(sq_str s, struct sq_buf *out)
{
    sq_buf_add(out, sq_str_trim(s));
}

static enum sq_status compile_same(const struct sq_json *rule,
                                   const char *where, struct sq_arena *arena,
                                   const void **args, struct sq_err *err)
{
    return compile(rule, where, arena, false, trimmed, args, err);
}

static void run_same(const void *args, struct sq_check_text text,
                     struct sq_finding *out)
{
    compare(args, text.text, trimmed, text, out);
}

const struct sq_check sq_grade_same_text = {"same_text", "reference",
                                            compile_same, run_same};
