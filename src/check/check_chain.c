/* The check step_result of the generated suite `chain`. */
#include "check/families.h"
#include <stdlib.h>
#include "check/finding.h"
#include "check/list.h"
#include "check/text.h"

struct step_args {
    long long step;
    sq_str value; /* in its compared form */
};

#define MAX_STEP 1000
#define MAX_VALUE 4096

/* Marks that may stand around a value. */
static bool is_wrapping(char c)
{
    return c == '*' || c == '`' || c == '"' || c == '\'' || sq_is_space(c);
}

static sq_str unwrap_quotes(sq_str s)
{
    static const char *const marks[] = {"\xe2\x80\x9c", "\xe2\x80\x9d",
                                        "\xe2\x80\x98", "\xe2\x80\x99"};
    bool again = true;

    while (again) {
        again = false;
        while (s.n && is_wrapping(s.p[0])) {
            s.p++;
            s.n--;
        }
        while (s.n && is_wrapping(s.p[s.n - 1]))
            s.n--;
        for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
            sq_str mark = sq_str_from(marks[i]);

            if (sq_str_starts(s, mark)) {
                s = sq_str_sub(s, mark.n, s.n);
                again = true;
            }
            if (sq_str_ends(s, mark)) {
                s.n -= mark.n;
                again = true;
            }
        }
    }
    return s;
}

/* Quotes, emphasis, one full stop and one pair of brackets off. */
static sq_str unwrap(sq_str s)
{
    s = unwrap_quotes(s);
    if (s.n > 1 && s.p[s.n - 1] == '.') {
        s.n--;
        s = unwrap_quotes(s);
    }
    if (s.n > 1 && ((s.p[0] == '[' && s.p[s.n - 1] == ']') ||
                    (s.p[0] == '(' && s.p[s.n - 1] == ')') ||
                    (s.p[0] == '{' && s.p[s.n - 1] == '}')))
        s = unwrap_quotes(sq_str_sub(s, 1, s.n - 1));
    return s;
}

/* The compared form of s into out: pieces between commas unwrapped, blanks in
 * them folded, one comma and nothing else between them. */
static void normalise(sq_str s, struct sq_buf *out)
{
    sq_str rest = unwrap(s);
    sq_str piece;
    bool first = true;

    while (sq_str_split(&rest, ',', &piece)) {
        bool gap = false;

        if (!first)
            sq_buf_addc(out, ',');
        first = false;
        piece = unwrap_quotes(piece);
        for (size_t i = 0; i < piece.n; i++) {
            if (sq_is_space(piece.p[i])) {
                gap = true;
                continue;
            }
            if (gap)
                sq_buf_addc(out, ' ');
            gap = false;
            sq_buf_addc(out, piece.p[i]);
        }
    }
}

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "step", "value", NULL};
    struct step_args *a = sq_arena_alloc(arena, sizeof(*a));
    struct sq_buf buf;
    enum sq_status st;
    sq_str value;

    *args = a;
    st = sq_json_only(rule, keys, where, err);
    if (!st)
        st = sq_json_need_int(rule, "step", where, 1, MAX_STEP, &a->step, err);
    if (!st)
        st = sq_json_need_str(rule, "value", where, &value, err);
    if (st)
        return st;
    if (value.n > MAX_VALUE)
        return sq_err_set(err, SQ_INPUT, "%s: value: over %d bytes", where,
                          MAX_VALUE);
    sq_buf_init(&buf, SQ_MAX_RECORD);
    normalise(value, &buf);
    a->value = sq_arena_str(arena, sq_buf_str(&buf));
    sq_buf_release(&buf);
    if (a->value.n == 0)
        return sq_err_set(err, SQ_INPUT, "%s: value: is empty", where);
    return SQ_OK;
}

static sq_str skip_blanks(sq_str s)
{
    while (s.n && sq_is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    return s;
}

/* A line that gives the result of a step: its number and what follows. */
static bool step_line(sq_str line, long *step, sq_str *rest)
{
    struct sq_list_item item;
    sq_str s = line;

    /* "- Step 3: x" and "> 3. x" */
    for (int depth = 0; depth < 3; depth++) {
        if (!sq_list_item_parse(s, &item))
            return false;
        if (item.kind != SQ_LIST_BULLET)
            break;
        s = item.text;
    }
    if (item.kind != SQ_LIST_NUMBER ||
        (item.form.n && !sq_str_eq_nocase(item.form, SQ_STR("step"))))
        return false;
    *step = item.number;
    *rest = skip_blanks(item.text);
    return true;
}

/* The last line of the text for the step. */
static bool find_result(const struct step_args *a, sq_str text, sq_str *result)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    bool any = false;
    bool pending = false; /* the step's line had nothing behind its number */

    while (sq_lines_next(&l, &line)) {
        sq_str rest;
        long step;

        if (line.blank || line.kind == SQ_LINE_FENCE)
            continue;
        if (step_line(line.text, &step, &rest)) {
            pending = step == a->step && unwrap(rest).n == 0;
            if (step != a->step)
                continue;
            any = true;
            *result = rest;
        } else if (pending) {
            *result = line.text;
            pending = false;
        }
    }
    return any;
}

static bool equals(const struct step_args *a, sq_str s)
{
    struct sq_buf buf;
    bool same;

    if (s.n > (size_t)4 * MAX_VALUE)
        return false;
    sq_buf_init(&buf, SQ_MAX_RECORD);
    normalise(s, &buf);
    same = sq_str_eq(sq_buf_str(&buf), a->value);
    sq_buf_release(&buf);
    return same;
}

/* What stands behind the last of these marks, or nothing. */
static sq_str behind(sq_str s, sq_str mark)
{
    size_t at = SIZE_MAX;

    for (size_t i = sq_str_find(s, mark, 0); i != SIZE_MAX;
         i = sq_str_find(s, mark, i + mark.n))
        at = i;
    return at == SIZE_MAX ? sq_str_sub(s, 0, 0)
                          : sq_str_sub(s, at + mark.n, s.n);
}

static bool says(const struct step_args *a, sq_str result)
{
    static const char *const marks[] = {"->", "=>", "\xe2\x86\x92", "="};

    if (equals(a, result))
        return true;
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        sq_str part = behind(result, sq_str_from(marks[i]));

        if (part.n && equals(a, part))
            return true;
    }
    return false;
}

static void run(const void *args, struct sq_check_text text,
                struct sq_finding *out)
{
    const struct step_args *a = args;
    sq_str result = {0};
    bool ok;

    if (sq_finding_empty(out, text.text))
        return;
    if (!find_result(a, text.text, &result)) {
        sq_finding_set(out, SQ_FINDING_BROKEN, "no line for step %lld",
                       a->step);
        return;
    }
    ok = says(a, result);
    result = sq_str_trim(result);
    sq_finding_set(out, ok ? SQ_FINDING_HOLDS : SQ_FINDING_BROKEN,
                   ok ? "step %lld: %.*s" : "step %lld: %.*s, want %.*s",
                   a->step, SQ_STR_ARG(sq_str_sub(result, 0, 60)),
                   SQ_STR_ARG(sq_str_sub(a->value, 0, 60)));
    if (result.n)
        sq_finding_at(out, (size_t)(result.p - text.text.p), result.n);
}

const struct sq_check sq_check_step_result = {"step_result", "step, value",
                                              compile, run};
