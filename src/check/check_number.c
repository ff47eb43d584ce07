/* The check number: does the text give a number, and in the right unit? */
#include "check/families.h"
#include <math.h>
#include "check/args.h"
#include "check/finding.h"
#include "check/number.h"
#include "check/text.h"

struct number_args {
    double value, tolerance;
    struct sq_strings units; /* none: any or no unit */
};

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {
        "check", "role", "value", "tolerance", "relative", "units", NULL};
    struct number_args *a = sq_arena_alloc(arena, sizeof(*a));
    double relative = 0;
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = a;
    if (!st)
        st = sq_json_need_num(rule, "value", where, &a->value, err);
    if (!st)
        st = sq_json_opt_num(rule, "tolerance", where, &a->tolerance, err);
    if (!st)
        st = sq_json_opt_num(rule, "relative", where, &relative, err);
    if (!st && sq_json_get(rule, "units"))
        st = sq_strings_read(rule, "units", 1, where, arena, &a->units, err);
    if (st)
        return st;
    if (a->tolerance < 0)
        return sq_err_set(err, SQ_INPUT, "%s: tolerance: %g is below 0", where,
                          a->tolerance);
    if (relative < 0 || relative > 1)
        return sq_err_set(err, SQ_INPUT, "%s: relative: %g is not in 0 to 1",
                          where, relative);
    a->tolerance = fmax(a->tolerance, relative * fabs(a->value));
    return SQ_OK;
}

static bool is_near(const struct number_args *a, double v)
{
    double size = fabs(a->value);
    double slack = 1e-9 * (size > 1 ? size : 1);

    return fabs(v - a->value) <= a->tolerance + slack;
}

/* A letter or digit starts at byte i. */
static bool word_at(sq_str s, size_t i)
{
    return i < s.n && sq_text_is_word(sq_utf8_next(s, &i));
}

/* What stands behind the unit makes it another one: "m" in "m/s", "m2". */
static bool goes_on(sq_str text, size_t end, sq_str unit)
{
    static const char *const more[] = {"/", "^", "\xc2\xb2", "\xc2\xb3"};
    sq_str rest = sq_str_sub(text, end, text.n);

    for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
        if (sq_str_starts(rest, sq_str_from(more[i])))
            return true;
    }
    return word_at(text, end) && word_at(unit, unit.n - 1);
}

/* The unit stands behind the number, with blanks, a hyphen or LaTeX's \, and
 * \text{ between them; or right before it, as a sign of currency does. *end
 * moves behind it. */
static bool has_unit(sq_str text, const struct sq_number *n, sq_str unit,
                     size_t *end)
{
    sq_str before = sq_str_sub(text, 0, n->at);
    size_t i = n->end;
    size_t most = i + 12;

    /* What number.h takes as the number may end in its sign of percent, or
     * start with that of a currency. */
    if (sq_str_ends(sq_str_sub(text, n->at, n->end), unit) ||
        sq_str_starts(sq_str_sub(text, n->at, n->end), unit) ||
        sq_str_ends(sq_str_trim(before), unit))
        return true;
    while (i < text.n && i < most) {
        sq_str rest = sq_str_sub(text, i, text.n);
        size_t next = i;

        if (sq_str_starts(rest, unit)) {
            *end = i + unit.n;
            return !goes_on(text, *end, unit);
        }
        if (sq_str_starts(rest, SQ_STR("\\text{")))
            i += 6;
        else if (sq_str_starts(rest, SQ_STR("\\,")))
            i += 2;
        else if (rest.p[0] == '-' || rest.p[0] == '$' || rest.p[0] == '*')
            i++;
        else if (sq_text_is_space(sq_utf8_next(text, &next)))
            i = next;
        else
            return false;
    }
    return false;
}

static bool unit_fits(const struct number_args *a, sq_str text,
                      const struct sq_number *n, size_t *end)
{
    *end = n->end;
    for (size_t i = 0; i < a->units.n; i++) {
        if (has_unit(text, n, a->units.s[i], end))
            return true;
    }
    return a->units.n == 0;
}

/* Numbers of the right value whose unit is looked for. */
#define MAX_BARE 10000

static void run(const void *args, struct sq_check_text text,
                struct sq_finding *out)
{
    const struct number_args *a = args;
    struct sq_number n;
    size_t pos = 0, count = 0, bare = 0, end;

    if (sq_finding_empty(out, text.text))
        return;
    for (; bare < MAX_BARE && sq_number_next(text.text, &pos, &n); count++) {
        if (!is_near(a, n.value) && !(n.percent && is_near(a, n.value / 100)))
            continue;
        if (!unit_fits(a, text.text, &n, &end)) {
            bare++;
            continue;
        }
        sq_finding_set(out, SQ_FINDING_HOLDS, "has %.*s",
                       SQ_STR_ARG(sq_str_sub(text.text, n.at, end)));
        sq_finding_at(out, n.at, end - n.at);
        return;
    }
    if (bare)
        sq_finding_set(out, SQ_FINDING_BROKEN,
                       "%.15g stands without the unit (%.*s)", a->value,
                       SQ_STR_ARG(a->units.s[0]));
    else
        sq_finding_set(out, SQ_FINDING_BROKEN, "none of %zu numbers is %.15g",
                       count, a->value);
}

const struct sq_check sq_check_number = {
    "number", "value, tolerance, relative, units", compile, run};
