/* Checks made of checks: all, any, at_least, not. */
#include "check/families.h"
#include "check/find.h"
#include "check/finding.h"

#define MAX_PARTS 16
#define MAX_LEVELS 4

struct part {
    const struct sq_check *check;
    const void *args;
};

/* Holds when at least `want` of the parts do. */
struct parts_args {
    struct part parts[MAX_PARTS];
    size_t n, want;
};

/* ---- reading ----------------------------------------------------------- */

/* Levels of rules below this one, itself counted. */
static size_t levels(const struct sq_json *rule)
{
    size_t deepest = 0;
    const struct sq_json *of = sq_json_get(rule, "of");

    if (!of)
        return 1;
    if (sq_json_type(of) == SQ_JSON_OBJECT)
        return 1 + levels(of);
    for (const struct sq_json *j = sq_json_first(of); j; j = sq_json_next(j)) {
        size_t n = levels(j);

        deepest = n > deepest ? n : deepest;
    }
    return 1 + deepest;
}

static enum sq_status compile_part(const struct sq_json *rule,
                                   const char *where, struct sq_arena *arena,
                                   struct part *out, struct sq_err *err)
{
    sq_str name;
    enum sq_status st;

    if (sq_json_type(rule) != SQ_JSON_OBJECT)
        return sq_err_set(err, SQ_INPUT, "%s: want a rule, an object", where);
    st = sq_json_need_str(rule, "check", where, &name, err);
    if (st)
        return st;
    if (sq_json_get(rule, "role"))
        return sq_err_set(err, SQ_INPUT,
                          "%s: role: that of the rule around it holds", where);
    out->check = sq_check_find(name);
    if (!out->check)
        return sq_err_set(err, SQ_INPUT,
                          "%s: check: there is no check \"%.*s\"", where,
                          SQ_STR_ARG(name));
    return out->check->compile(rule, where, arena, &out->args, err);
}

static enum sq_status too_deep(const struct sq_json *rule, const char *where,
                               struct sq_err *err)
{
    if (levels(rule) <= MAX_LEVELS)
        return SQ_OK;
    return sq_err_set(err, SQ_INPUT, "%s: of: more than %d levels of rules",
                      where, MAX_LEVELS);
}

static enum sq_status compile_parts(const struct sq_json *rule,
                                    const char *where, struct sq_arena *arena,
                                    struct parts_args *a, struct sq_err *err)
{
    const struct sq_json *of = NULL;
    enum sq_status st = sq_json_need_array(rule, "of", where, &of, err);

    if (!st)
        st = too_deep(rule, where, err);
    if (st)
        return st;
    a->n = sq_json_count(of);
    if (a->n < 1 || a->n > MAX_PARTS)
        return sq_err_set(err, SQ_INPUT, "%s: of: %zu rules, want 1 to %d",
                          where, a->n, MAX_PARTS);
    of = sq_json_first(of);
    for (size_t i = 0; i < a->n && !st; i++, of = sq_json_next(of)) {
        const char *place = sq_arena_printf(arena, "%s: of[%zu]", where, i);

        st = compile_part(of, place, arena, &a->parts[i], err);
    }
    return st;
}

static const char *const of_keys[] = {"check", "role", "of", NULL};

static enum sq_status compile_all(const struct sq_json *rule, const char *where,
                                  struct sq_arena *arena, const void **args,
                                  struct sq_err *err)
{
    struct parts_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, of_keys, where, err);

    *args = a;
    if (!st)
        st = compile_parts(rule, where, arena, a, err);
    a->want = a->n;
    return st;
}

static enum sq_status compile_any(const struct sq_json *rule, const char *where,
                                  struct sq_arena *arena, const void **args,
                                  struct sq_err *err)
{
    struct parts_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, of_keys, where, err);

    *args = a;
    a->want = 1;
    return st ? st : compile_parts(rule, where, arena, a, err);
}

static enum sq_status compile_at_least(const struct sq_json *rule,
                                       const char *where,
                                       struct sq_arena *arena,
                                       const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "n", "of", NULL};
    struct parts_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, keys, where, err);
    long long n = 0;

    *args = a;
    if (!st)
        st = compile_parts(rule, where, arena, a, err);
    if (!st)
        st = sq_json_need_int(rule, "n", where, 1, (long long)a->n, &n, err);
    a->want = (size_t)n;
    return st;
}

static enum sq_status compile_not(const struct sq_json *rule, const char *where,
                                  struct sq_arena *arena, const void **args,
                                  struct sq_err *err)
{
    struct part *part = sq_arena_alloc(arena, sizeof(*part));
    const struct sq_json *of = NULL;
    enum sq_status st = sq_json_only(rule, of_keys, where, err);

    *args = part;
    if (!st)
        st = sq_json_need_object(rule, "of", where, &of, err);
    if (!st)
        st = too_deep(rule, where, err);
    return st ? st
              : compile_part(of, sq_arena_printf(arena, "%s: of", where), arena,
                             part, err);
}

/* ---- running ----------------------------------------------------------- */

static void run_parts(const void *args, struct sq_check_text text,
                      struct sq_finding *out)
{
    const struct parts_args *a = args;
    struct sq_finding f = {.verdict = SQ_FINDING_ERROR}, open = f;
    size_t hold = 0, broken = 0, unknown = 0, errors = 0;

    if (sq_finding_empty(out, text.text))
        return;
    for (size_t i = 0; i < a->n; i++) {
        a->parts[i].check->run(a->parts[i].args, text, &f);
        hold += f.verdict == SQ_FINDING_HOLDS;
        broken += f.verdict == SQ_FINDING_BROKEN;
        if (f.verdict == SQ_FINDING_UNDECIDED ||
            f.verdict == SQ_FINDING_ERROR) {
            if (!unknown++ || (f.verdict == SQ_FINDING_ERROR && !errors))
                open = f;
            errors += f.verdict == SQ_FINDING_ERROR;
        }
        if (hold < a->want && broken <= a->n - a->want)
            continue;
        /* This one decided. */
        sq_finding_set(out,
                       hold < a->want ? SQ_FINDING_BROKEN : SQ_FINDING_HOLDS,
                       "%s: %s", a->parts[i].check->name, f.why);
        sq_finding_at(out, f.at, f.len);
        return;
    }
    sq_finding_set(out, errors ? SQ_FINDING_ERROR : SQ_FINDING_UNDECIDED,
                   "%zu of %zu hold, %zu can't be told: %s", hold, a->n,
                   unknown, open.why);
    sq_finding_at(out, open.at, open.len);
}

static void run_not(const void *args, struct sq_check_text text,
                    struct sq_finding *out)
{
    const struct part *part = args;
    struct sq_finding f = {.verdict = SQ_FINDING_ERROR};
    enum sq_finding_verdict v;

    if (sq_finding_empty(out, text.text))
        return;
    part->check->run(part->args, text, &f);
    v = f.verdict;
    if (f.verdict == SQ_FINDING_BROKEN)
        v = SQ_FINDING_HOLDS;
    else if (f.verdict == SQ_FINDING_HOLDS)
        v = text.shared ? SQ_FINDING_UNDECIDED : SQ_FINDING_BROKEN;
    sq_finding_set(out, v, "not %s: %s", part->check->name, f.why);
    sq_finding_at(out, f.at, f.len);
}

const struct sq_check sq_check_all_of = {"all", "of (rules)", compile_all,
                                         run_parts};
const struct sq_check sq_check_any_of = {"any", "of (rules)", compile_any,
                                         run_parts};
const struct sq_check sq_check_at_least = {"at_least", "n, of (rules)",
                                           compile_at_least, run_parts};
const struct sq_check sq_check_not = {"not", "of (a rule)", compile_not,
                                      run_not};
