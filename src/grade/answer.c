#include "grade/answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "grade/formula.h"
#include "grade/hendrycks.h"
#include "grade/latex.h"
#include "grade/pynumber.h"

#define MAX_DEPTH 6
/* Longer answers are compared by their text alone. */
#define MAX_BYTES ((size_t)2000)

/* ---- where it stands --------------------------------------------------- */

static size_t find_last(sq_str s, const char *needle)
{
    size_t n = strlen(needle);

    for (size_t at = s.n >= n ? s.n - n + 1 : 0; at-- > 0;)
        if (memcmp(s.p + at, needle, n) == 0)
            return at;
    return SIZE_MAX;
}

static sq_str without_end(sq_str s)
{
    s = sq_str_trim(s);
    while (s.n > 0 && strchr(".:/", s.p[s.n - 1]))
        s = sq_str_trim(sq_str_sub(s, 0, s.n - 1));
    return s;
}

static bool find_minerva(sq_str s, sq_str *out)
{
    const sq_str begin = SQ_STR("final answer is $"), end = SQ_STR("$. I hope");
    size_t from = sq_str_find(s, begin, 0), to;

    if (from == SIZE_MAX)
        return false;
    to = sq_str_find(s, end, from + begin.n);
    if (to == SIZE_MAX)
        return false;
    *out = sq_str_sub(s, from + begin.n, to);
    return true;
}

/* The rest of the line behind the last "he answer is", else "final answer is".
 */
static bool find_said(sq_str s, sq_str *out)
{
    static const char *const marks[] = {"he answer is", "final answer is"};
    sq_str line;

    for (size_t i = 0; i < 2; i++) {
        size_t at = find_last(s, marks[i]);

        if (at == SIZE_MAX)
            continue;
        s = sq_str_trim(sq_str_sub(s, at + strlen(marks[i]), s.n));
        if (s.n > 0 && s.p[0] == ':')
            s = sq_str_trim(sq_str_sub(s, 1, s.n));
        if (!sq_str_line(&s, &line))
            return false;
        *out = without_end(line);
        return out->n > 0;
    }
    return false;
}

bool sq_answer_find(sq_str text, sq_str *out)
{
    return find_minerva(text, out) || sq_latex_boxed(text, out) ||
           find_said(text, out) || sq_pynumber_last(text, out);
}

/* ---- what makes no difference ------------------------------------------ */

struct rewrite {
    const char *from, *to;
};

/* Spacing, sizes, signs of money and percent; an \item that is a name of a
 * command must not swallow the letters behind it. */
static const struct rewrite rewrites[] = {
    {"\\\\", "\\\\"},
    {"\\left", ""},
    {"\\right", ""},
    {"\\!", ""},
    {"\\,", " "},
    {"\\;", " "},
    {"\\:", " "},
    {"\\ ", " "},
    {"\\quad", " "},

    {"\\$", ""},
    {"$", ""},
    {"\\%", ""},
    {"%", ""},
    {"\\(", ""},
    {"\\)", ""},
    {"dfrac", "frac"},
    {"tfrac", "frac"},
    {"cfrac", "frac"},
    {"^{\\circ}", ""},
    {"^\\circ", ""},
    {"\\degree", ""},
    {"\\mathrm", "\\text"},
    {"\\textbf", "\\text"},
    {"\\mathbf", ""},
    {"\\boldsymbol", ""},
    {"\\mbox", "\\text"},
    {"\\{", "\x01"},
    {"\\}", "\x02"},
    {"\\lbrace", "\x01"},
    {"\\rbrace", "\x02"},
    {"\xe2\x88\x92", "-"},
    {"\\ldots", "..."},
    {"\\le ", "\\leq "},
    {"\n", " "},
};

/* The rewrite that fits at byte i, or NULL. A command's name must end there. */
static const struct rewrite *rewrite_at(sq_str s, size_t i)
{
    for (size_t k = 0; k < sizeof(rewrites) / sizeof(*rewrites); k++) {
        const struct rewrite *r = &rewrites[k];
        size_t n = strlen(r->from);

        if (n <= s.n - i && memcmp(s.p + i, r->from, n) == 0)
            return r;
    }
    return NULL;
}

/* \text{ cm} behind something is a unit; alone it is what it says. */
static size_t add_text_group(sq_str s, size_t i, struct sq_buf *out)
{
    size_t open = i + 5, end = open;

    if (open >= s.n || s.p[open] != '{')
        return i + 5;
    while (end < s.n && s.p[end] != '}')
        end++;
    if (sq_str_trim(sq_buf_str(out)).n == 0)
        sq_buf_add(out, sq_str_sub(s, open + 1, end));
    else if (!sq_is_space(s.p[open + 1 < s.n ? open + 1 : open]))
        sq_buf_add(out, sq_str_sub(s, i, end + 1));
    return end + 1;
}

static void add_plain(sq_str s, struct sq_buf *out)
{
    size_t i = 0;

    while (i < s.n) {
        const struct rewrite *r = rewrite_at(s, i);

        if (sq_str_starts(sq_str_sub(s, i, s.n), SQ_STR("\\text"))) {
            i = add_text_group(s, i, out);
        } else if (r) {
            sq_buf_adds(out, r->to);
            i += strlen(r->from);
        } else {
            sq_buf_addc(out, s.p[i++]);
        }
    }
}

/* ---- numbers ----------------------------------------------------------- */

/* The digits of a decimal number, commas between thousands allowed, without
 * zeros that say nothing: "-10080", "0.5". False when it is no such number. */
static bool add_decimal(sq_str s, struct sq_buf *out)
{
    size_t i = 0, digits = 0, group = 0, first;
    bool point = false, commas = false;

    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+') && s.p[i++] == '-')
        sq_buf_addc(out, '-');
    first = out->n;
    for (; i < s.n; i++) {
        char c = s.p[i];

        if (c >= '0' && c <= '9') {
            if (c != '0' || point || out->n > first)
                sq_buf_addc(out, c);
            digits++;
            group += !point;
        } else if (c == ',' && !point && group > 0 &&
                   (commas ? group == 3 : group <= 3)) {
            commas = true;
            group = 0;
        } else if (c == '.' && !point && (!commas || group == 3)) {
            point = true;
            if (out->n == first)
                sq_buf_addc(out, '0');
            sq_buf_addc(out, '.');
        } else {
            return false;
        }
    }
    if (digits == 0 || (commas && group != 3))
        return false;
    if (out->n == first)
        sq_buf_addc(out, '0');
    while (point && out->p[out->n - 1] == '0')
        out->p[--out->n] = '\0';
    if (out->p[out->n - 1] == '.')
        out->p[--out->n] = '\0';
    if (out->n == 2 && first == 1 && out->p[1] == '0') {
        sq_buf_reset(out); /* no minus zero */
        sq_buf_addc(out, '0');
    }
    return true;
}

/* 1 = the same number, 0 = others, -1 = not two numbers. */
static int same_decimal(sq_str a, sq_str b)
{
    struct sq_buf x, y;
    int same = -1;

    sq_buf_init(&x, MAX_BYTES);
    sq_buf_init(&y, MAX_BYTES);
    if (add_decimal(a, &x) && add_decimal(b, &y))
        same = sq_str_eq(sq_buf_str(&x), sq_buf_str(&y));
    sq_buf_release(&x);
    sq_buf_release(&y);
    return same;
}

/* ---- parts ------------------------------------------------------------- */

static bool same(sq_str a, sq_str b, unsigned depth);

/* Takes the part before the next separator that no bracket holds. */
static bool next_part(sq_str *rest, const char *sep, sq_str *part)
{
    size_t n = strlen(sep);
    int depth = 0;

    if (!rest->p)
        return false;
    for (size_t i = 0; i < rest->n; i++) {
        char c = rest->p[i];

        depth += c == '(' || c == '[' || c == '{' || c == '\x01';
        depth -= c == ')' || c == ']' || c == '}' || c == '\x02';
        if (depth == 0 && n <= rest->n - i &&
            memcmp(rest->p + i, sep, n) == 0) {
            *part = sq_str_trim(sq_str_sub(*rest, 0, i));
            *rest = sq_str_sub(*rest, i + n, rest->n);
            return true;
        }
    }
    *part = sq_str_trim(*rest);
    *rest = (sq_str){NULL, 0};
    return true;
}

static size_t count_parts(sq_str s, const char *sep)
{
    size_t n = 0;
    sq_str part;

    while (next_part(&s, sep, &part))
        n++;
    return n;
}

/* Each part of one is the same as that of the other. */
static bool same_parts(sq_str a, sq_str b, const char *sep, unsigned depth)
{
    sq_str x, y;

    if (count_parts(a, sep) != count_parts(b, sep))
        return false;
    while (next_part(&a, sep, &x) && next_part(&b, sep, &y))
        if (!same(x, y, depth + 1))
            return false;
    return true;
}

/* Is it one bracket from end to end, of that kind? */
static bool is_bracket(sq_str s, char *open, char *close)
{
    int depth = 0;

    if (s.n < 2 || !strchr("([\x01", s.p[0]) || !strchr(")]\x02", s.p[s.n - 1]))
        return false;
    for (size_t i = 0; i + 1 < s.n; i++) {
        depth += strchr("([{\x01", s.p[i]) && s.p[i];
        depth -= strchr(")]}\x02", s.p[i]) && s.p[i];
        if (depth == 0)
            return false;
    }
    *open = s.p[0];
    *close = s.p[s.n - 1];
    return true;
}

static bool same_brackets(sq_str a, sq_str b, unsigned depth)
{
    char ao = 0, ac = 0, bo = 0, bc = 0;
    bool x = is_bracket(a, &ao, &ac), y = is_bracket(b, &bo, &bc);
    bool tuple;

    /* {1, 2} and 1, 2 are the same list. */
    if (x && ao == '\x01' && !y)
        return same_parts(sq_str_sub(a, 1, a.n - 1), b, ",", depth);
    if (y && bo == '\x01' && !x)
        return same_parts(a, sq_str_sub(b, 1, b.n - 1), ",", depth);
    if (!x || !y || ao != bo || ac != bc)
        return false;
    a = sq_str_sub(a, 1, a.n - 1);
    b = sq_str_sub(b, 1, b.n - 1);
    tuple = count_parts(a, ",") > 1 || ao == '\x01';
    return tuple && same_parts(a, b, ",", depth);
}

/* The rows between \begin{pmatrix} and \end{pmatrix}, or p NULL. */
static sq_str matrix_body(sq_str s)
{
    size_t open = sq_str_find(s, SQ_STR("matrix}"), 0);
    size_t close = sq_str_find(s, SQ_STR("\\end{"), 0);

    if (!sq_str_starts(s, SQ_STR("\\begin{")) || open == SIZE_MAX ||
        close == SIZE_MAX || close < open + 7)
        return (sq_str){NULL, 0};
    return sq_str_trim(sq_str_sub(s, open + 7, close));
}

static bool same_matrix(sq_str a, sq_str b, unsigned depth)
{
    sq_str x, y;

    a = matrix_body(a);
    b = matrix_body(b);
    if (!a.p || !b.p || count_parts(a, "\\\\") != count_parts(b, "\\\\"))
        return false;
    while (next_part(&a, "\\\\", &x) && next_part(&b, "\\\\", &y))
        if (!same_parts(x, y, "&", depth))
            return false;
    return true;
}

/* Both have one sign of equality: their sides differ by the same. */
static bool same_equation(sq_str a, sq_str b)
{
    sq_str x = a, y = b, left[2];
    struct sq_buf p, q, minus;
    bool same_sides;

    if (count_parts(a, "=") != 2 || count_parts(b, "=") != 2)
        return false;
    (void)next_part(&x, "=", &left[0]);
    (void)next_part(&y, "=", &left[1]);
    sq_buf_init(&p, 3 * MAX_BYTES);
    sq_buf_init(&q, 3 * MAX_BYTES);
    sq_buf_init(&minus, 3 * MAX_BYTES);
    sq_buf_addf(&p, "(%.*s)-(%.*s)", SQ_STR_ARG(left[0]), SQ_STR_ARG(x));
    sq_buf_addf(&q, "(%.*s)-(%.*s)", SQ_STR_ARG(left[1]), SQ_STR_ARG(y));
    sq_buf_addf(&minus, "-(%s)", q.p);
    same_sides = sq_formula_equal(sq_buf_str(&p), sq_buf_str(&q)) ||
                 sq_formula_equal(sq_buf_str(&p), sq_buf_str(&minus));
    sq_buf_release(&p);
    sq_buf_release(&q);
    sq_buf_release(&minus);
    return same_sides;
}

/* ---- the whole --------------------------------------------------------- */

/* "x = 5" and "x \in [0, 1]": what is said of a name of one letter. */
static sq_str without_name(sq_str s)
{
    static const char *const signs[] = {"=", "\\in "};

    for (size_t i = 0; i < 2; i++) {
        sq_str right = s, left;

        (void)next_part(&right, signs[i], &left);
        if (right.p && left.n <= 2 && left.n > 0 &&
            count_parts(right, "=") == 1)
            return sq_str_trim(right);
    }
    return s;
}

/* Without braces around all of it, which group and say nothing. */
static sq_str without_braces(sq_str s)
{
    for (;;) {
        int depth = 0;

        s = sq_str_trim(s);
        if (s.n < 2 || s.p[0] != '{' || s.p[s.n - 1] != '}')
            return s;
        for (size_t i = 0; i + 1 < s.n; i++) {
            depth += s.p[i] == '{';
            depth -= s.p[i] == '}';
            if (depth == 0)
                return s;
        }
        s = sq_str_sub(s, 1, s.n - 1);
    }
}

static bool same_word(sq_str a, sq_str b)
{
    return a.n > 0 && sq_str_eq_nocase(a, b);
}

static bool same(sq_str a, sq_str b, unsigned depth)
{
    int decimal;

    a = without_braces(a);
    b = without_braces(b);
    if (depth > MAX_DEPTH || a.n == 0 || b.n == 0)
        return false;
    if (same_word(a, b))
        return true;
    if (same_equation(a, b))
        return true;
    a = without_name(a);
    b = without_name(b);
    decimal = same_decimal(a, b);
    if (decimal >= 0)
        return decimal == 1;
    if (same_word(a, b) || same_matrix(a, b, depth) ||
        same_brackets(a, b, depth))
        return true;
    if (count_parts(a, "\\cup") > 1)
        return same_parts(a, b, "\\cup", depth);
    if (count_parts(a, ",") > 1)
        return same_parts(a, b, ",", depth);
    return sq_formula_equal(a, b);
}

bool sq_answer_same(sq_str a, sq_str b)
{
    struct sq_buf x, y;
    bool result;

    if (sq_hendrycks_same(a, b))
        return true;
    if (a.n > MAX_BYTES || b.n > MAX_BYTES)
        return false;
    sq_buf_init(&x, 8 * MAX_BYTES);
    sq_buf_init(&y, 8 * MAX_BYTES);
    add_plain(without_end(a), &x);
    add_plain(without_end(b), &y);
    result = same(sq_buf_str(&x), sq_buf_str(&y), 0);
    sq_buf_release(&x);
    sq_buf_release(&y);
    return result;
}
