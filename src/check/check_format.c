/* Checks of the form of an answer: is there such a thing in the text? */
#include "check/families.h"
#include <stdlib.h>
#include "check/finding.h"
#include "check/list.h"
#include "check/text.h"

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", NULL};

    (void)arena;
    *args = NULL;
    return sq_json_only(rule, keys, where, err);
}

static void found(struct sq_finding *out, bool yes, const char *what, size_t at,
                  size_t len)
{
    sq_finding_set(out, yes ? SQ_FINDING_HOLDS : SQ_FINDING_BROKEN, "%s %s",
                   yes ? "there is" : "there is no", what);
    if (yes)
        sq_finding_at(out, at, len);
}

/* ---- lists ------------------------------------------------------------- */

static void find_list(struct sq_check_text text, enum sq_list_kind kind,
                      const char *what, struct sq_finding *out)
{
    struct sq_list *lists;
    size_t n, i = 0;

    if (sq_finding_empty(out, text.text))
        return;
    lists = sq_lists_of(text.text, &n);
    while (i < n && (lists[i].kind != kind || lists[i].items < 2))
        i++;
    found(out, i < n, what, i < n ? lists[i].at : 0,
          i < n ? lists[i].last - lists[i].at + 1 : 0);
    free(lists);
}

static void run_bullet_list(const void *args, struct sq_check_text text,
                            struct sq_finding *out)
{
    (void)args;
    find_list(text, SQ_LIST_BULLET, "bulleted list of two items or more", out);
}

static void run_numbered_list(const void *args, struct sq_check_text text,
                              struct sq_finding *out)
{
    (void)args;
    find_list(text, SQ_LIST_NUMBER, "numbered list of two items or more", out);
}

/* ---- table ------------------------------------------------------------- */

static size_t tab_cells(sq_str line)
{
    size_t n = 1;

    for (size_t i = 0; i < line.n; i++)
        n += line.p[i] == '\t' && i > 0 && line.p[i - 1] != '\t';
    return n;
}

/* A line of nothing but | - : + = and blanks, which is no row. */
static bool is_ruler(sq_str line)
{
    bool any = false;

    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];

        if (c != '|' && c != '-' && c != ':' && c != '+' && c != '=' &&
            !sq_is_space(c))
            return false;
        any |= c == '-' || c == '=';
    }
    return any;
}

/* In code a bar may be a pipe: rows must start with one there. */
static size_t row_cells(const struct sq_line *line)
{
    sq_str s = sq_str_trim(line->text);

    if (line->kind == SQ_LINE_FENCE)
        return 0;
    if (line->kind == SQ_LINE_CODE && !sq_str_starts(s, SQ_STR("|")))
        return 0;
    return sq_text_cells(s);
}

static bool find_rows(sq_str text, size_t *at, size_t *len)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    size_t bars = 0, tabs = 0; /* cells of the row above */

    while (sq_lines_next(&l, &line)) {
        size_t b = row_cells(&line);
        size_t t =
            line.kind == SQ_LINE_PROSE ? tab_cells(sq_str_trim(line.text)) : 0;

        if (is_ruler(line.text))
            continue;
        if ((b >= 2 && b == bars) || (t >= 2 && t == tabs)) {
            *len = line.at + line.text.n - *at;
            return true;
        }
        bars = b;
        tabs = t;
        *at = line.at;
    }
    return false;
}

/* The text has `first` and, behind it, `second`. */
static bool has_both(sq_str text, sq_str first, sq_str second, size_t *at)
{
    *at = sq_str_find(text, first, 0);
    return *at != SIZE_MAX && sq_str_find(text, second, *at) != SIZE_MAX;
}

static void run_table(const void *args, struct sq_check_text text,
                      struct sq_finding *out)
{
    size_t at = 0, len = 1;
    bool yes;

    (void)args;
    if (sq_finding_empty(out, text.text))
        return;
    yes = find_rows(text.text, &at, &len);
    if (!yes) {
        len = 1;
        yes = has_both(text.text, SQ_STR("<table"), SQ_STR("<tr"), &at) ||
              has_both(text.text, SQ_STR("\\begin{tab"), SQ_STR("&"), &at) ||
              has_both(text.text, SQ_STR("\\begin{array"), SQ_STR("&"), &at);
    }
    found(out, yes, "table", at, len);
}

/* ---- latex ------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* "$...$" at i is a formula, not two prices: nothing blank inside the dollars,
 * no digit behind, and either a sign of mathematics or a lone letter within. */
static size_t dollar_formula(sq_str s, size_t i)
{
    size_t end = i + 1;
    bool math = false;

    if (end >= s.n || sq_is_space(s.p[end]) || s.p[end] == '$')
        return 0;
    for (; end < s.n && end - i < 400 && s.p[end] != '$'; end++) {
        char c = s.p[end];

        if (c == '\n')
            return 0;
        math |= c == '\\' || c == '^' || c == '_' || c == '=' || c == '{' ||
                c == '+' || c == '<' || c == '>';
    }
    if (end >= s.n || s.p[end] != '$' || sq_is_space(s.p[end - 1]) ||
        (end + 1 < s.n && s.p[end + 1] >= '0' && s.p[end + 1] <= '9'))
        return 0;
    math |= end - i == 2 && is_letter(s.p[i + 1]);
    return math ? end + 1 - i : 0;
}

/* Where a formula that opens at or behind i would close: the next of each mark,
 * looked for once, since a later opening has the same next one. */
struct closing {
    sq_str mark;
    size_t next; /* SIZE_MAX: none */
    bool known;
};

#define FORMULA_MAX 2000

/* Length of the formula that opens with two bytes at i, or 0. */
static size_t formula(sq_str s, size_t i, struct closing *c)
{
    if (!c->known || (c->next != SIZE_MAX && c->next < i + 3)) {
        c->next = sq_str_find(s, c->mark, i + 3);
        c->known = true;
    }
    return c->next == SIZE_MAX || c->next - i > FORMULA_MAX ? 0
                                                            : c->next + 2 - i;
}

/* \name{ at i. */
static size_t command(sq_str s, size_t i)
{
    size_t end = i + 1;

    while (end < s.n && end - i < 40 && is_letter(s.p[end]))
        end++;
    return end - i > 2 && end < s.n && s.p[end] == '{' ? end + 1 - i : 0;
}

static size_t latex_at(sq_str s, size_t i, struct closing *c)
{
    char next = i + 1 < s.n ? s.p[i + 1] : '\0';

    if (s.p[i] == '\\' && next == '(')
        return formula(s, i, &c[0]);
    if (s.p[i] == '\\' && next == '[')
        return formula(s, i, &c[1]);
    if (s.p[i] == '\\')
        return command(s, i);
    if (s.p[i] == '$' && next == '$')
        return formula(s, i, &c[2]);
    return s.p[i] == '$' ? dollar_formula(s, i) : 0;
}

static void run_latex(const void *args, struct sq_check_text text,
                      struct sq_finding *out)
{
    sq_str s = text.text;
    struct closing closings[] = {{SQ_STR("\\)"), 0, false},
                                 {SQ_STR("\\]"), 0, false},
                                 {SQ_STR("$$"), 0, false}};
    size_t i = 0, len = 0;

    (void)args;
    if (sq_finding_empty(out, s))
        return;
    while (i < s.n && (len = latex_at(s, i, closings)) == 0)
        i++;
    found(out, i < s.n, "LaTeX", i, len);
}

/* ---- url --------------------------------------------------------------- */

static bool is_host(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* Bytes of a host from i on that has a name of two letters or more behind its
 * last dot; *domain gets that name. */
static size_t host(sq_str s, size_t i, sq_str *domain)
{
    size_t end = i;
    size_t dot = 0;

    while (end < s.n && end - i < 254 && is_host(s.p[end]))
        end++;
    while (end > i && (s.p[end - 1] == '.' || s.p[end - 1] == '-'))
        end--;
    for (size_t k = i; k < end; k++) {
        if (s.p[k] == '.')
            dot = k;
    }
    if (dot <= i || end - dot < 3 || !is_letter(s.p[dot + 1]))
        return 0;
    *domain = sq_str_sub(s, dot + 1, end);
    return end - i;
}

static bool is_common_domain(sq_str d)
{
    static const char *const list[] = {"com",  "org", "net", "edu", "gov",
                                       "info", "io",  "uk",  "de",  "fr",
                                       "ca",   "au",  "eu",  "int", "ly"};

    for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
        if (sq_str_eq_nocase(d, sq_str_from(list[i])))
            return true;
    }
    return false;
}

static size_t scheme(sq_str s)
{
    static const char *const list[] = {"https://", "http://", "www."};

    for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
        sq_str want = sq_str_from(list[i]);

        if (sq_str_eq_nocase(sq_str_sub(s, 0, want.n), want))
            return want.n;
    }
    return 0;
}

static void run_url(const void *args, struct sq_check_text text,
                    struct sq_finding *out)
{
    sq_str s = text.text;
    size_t i = 0, len = 0;

    (void)args;
    if (sq_finding_empty(out, s))
        return;
    while (i < s.n && len == 0) {
        size_t n = scheme(sq_str_sub(s, i, s.n));
        sq_str domain;

        len = is_host(s.p[i]) ? host(s, i + n, &domain) : 0;
        if (len && (n || is_common_domain(domain)) &&
            (i == 0 || s.p[i - 1] != '@')) {
            len += n;
            break;
        }
        len = 0;
        /* Behind this run of host characters. */
        i += n ? n : 1;
        while (n == 0 && i < s.n && is_host(s.p[i - 1]) && is_host(s.p[i]))
            i++;
    }
    found(out, len > 0, "URL", i, len);
}

const struct sq_check sq_check_bullet_list = {"bullet_list", "", compile,
                                              run_bullet_list};
const struct sq_check sq_check_latex = {"latex", "", compile, run_latex};
const struct sq_check sq_check_numbered_list = {"numbered_list", "", compile,
                                                run_numbered_list};
const struct sq_check sq_check_table = {"table", "", compile, run_table};
const struct sq_check sq_check_url = {"url", "", compile, run_url};
