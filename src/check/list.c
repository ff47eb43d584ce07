#include "check/list.h"
#include <string.h>
#include "base/mem.h"
#include "check/text.h"

/* ---- items ------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static sq_str skip(sq_str s, size_t n)
{
    return sq_str_sub(s, n, s.n);
}

static sq_str skip_blanks(sq_str s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) {
        s.p++;
        s.n--;
    }
    return s;
}

static sq_str skip_all(sq_str s, char c)
{
    while (s.n && s.p[0] == c) {
        s.p++;
        s.n--;
    }
    return s;
}

/* A line of nothing but - * _ = and blanks. */
static bool is_rule(sq_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '-' && s.p[i] != '*' && s.p[i] != '_' && s.p[i] != '=' &&
            !sq_is_space(s.p[i]))
            return false;
    }
    return true;
}

static bool parse_bullet(sq_str s, struct sq_list_item *out)
{
    static const uint32_t marks[] = {
        '-',    '*',    '+',    0x2022, 0x2023, 0x25e6, 0x2013, 0x2014,
        0xb7,   0x25cf, 0x25aa, 0x25cb, 0x25a0, 0x25a1, 0x2713, 0x2714,
        0x27a2, 0x27a4, 0x2192, 0x2043, 0x2219, 0x25fe, 0x25b6, 0x2605};
    size_t pos = 0;
    uint32_t cp;
    bool blank;

    if (!s.n || ((unsigned char)s.p[0] < 0x80 && s.p[0] != '-' &&
                 s.p[0] != '*' && s.p[0] != '+'))
        return false;
    if (is_rule(s))
        return false;
    cp = sq_utf8_next(s, &pos);
    blank = pos < s.n && (s.p[pos] == ' ' || s.p[pos] == '\t');
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        if (cp != marks[i] || !(blank || cp == 0x2022 || cp == 0x25cf))
            continue;
        out->kind = SQ_LIST_BULLET;
        out->form = sq_str_sub(s, 0, pos);
        out->number = 0;
        out->text = skip_blanks(skip(s, pos));
        return true;
    }
    return false;
}

/* What separates a number from its item: ". " ") " ": " " - ", with emphasis
 * around it. False when it is no such mark. */
static bool parse_separator(sq_str s, bool word, bool paren, sq_str *rest)
{
    bool bold = false;
    char c;

    if (sq_str_starts(s, SQ_STR("**"))) {
        s = skip(s, 2);
        bold = true;
    }
    if (sq_str_starts(s, SQ_STR("\\")))
        s = skip(s, 1);
    c = s.n ? s.p[0] : '\0';
    if (c == '.' || c == ')' || c == ':') {
        if (paren && c != ')')
            return false;
        s = skip(s, 1);
    } else if (word && (s.n == 0 || c == ' ')) {
        s = skip_blanks(s);
        if (s.n == 0) {
            *rest = s;
            return true;
        }
        if (s.p[0] == '-' || s.p[0] == ':')
            s = skip(s, 1);
        else if (sq_str_starts(s, SQ_STR("\xe2\x80\x93")) ||
                 sq_str_starts(s, SQ_STR("\xe2\x80\x94")))
            s = skip(s, 3);
        else
            return false;
    } else {
        return false;
    }
    if (s.n && !sq_is_space(s.p[0]) && s.p[0] != '*' && s.p[0] != '`' &&
        s.p[0] != '"' && !bold &&
        !(c != ':' && (is_letter(s.p[0]) || (unsigned char)s.p[0] >= 0x80)))
        return false;
    /* The end of "**1.** x". */
    if (sq_str_starts(s, SQ_STR("**")) && (s.n == 2 || sq_is_space(s.p[2])))
        s = skip(s, 2);
    *rest = skip_blanks(s);
    return true;
}

/* "12", up to four digits; the rest behind them. */
static bool parse_number(sq_str *s, long *out)
{
    size_t n = 0;
    long v = 0;

    while (n < s->n && n < 5 && is_digit(s->p[n]))
        v = v * 10 + (s->p[n++] - '0');
    if (n == 0 || n == 5)
        return false;
    *s = skip(*s, n);
    *out = v;
    return true;
}

static bool parse_letter(sq_str s, bool paren, struct sq_list_item *out)
{
    if (s.n < 2 || !is_letter(s.p[0]) || (s.p[1] != ')' && s.p[1] != '.') ||
        (paren && s.p[1] != ')'))
        return false;
    if (s.n > 2 && !sq_is_space(s.p[2]) && s.p[2] != '*')
        return false;
    out->kind = SQ_LIST_LETTER;
    out->number = (s.p[0] | 32) - 'a' + 1;
    out->form = sq_str_sub(s, 1, 2);
    out->text = skip_blanks(skip(s, 2));
    return true;
}

/* A word of at most 12 letters before a number: "Step 3", "Q3". */
static sq_str word_before(sq_str s, sq_str *rest)
{
    size_t n = 0;

    while (n < s.n && n < 13 && is_letter(s.p[n]))
        n++;
    *rest = skip_blanks(skip(s, n));
    return sq_str_sub(s, 0, n);
}

/* Nothing that an item may start with: most lines. */
static bool is_other(sq_str s)
{
    char c = s.n ? s.p[0] : '\0';

    return (unsigned char)c < 0x80 && !is_letter(c) && !is_digit(c) &&
           !(c && strchr(">-*+#_(", c));
}

bool sq_list_item_parse(sq_str line, struct sq_list_item *out)
{
    sq_str s = skip_blanks(line);
    sq_str rest;
    bool paren;

    if (is_other(s))
        return false;
    s = skip_all(s, '>');

    out->indent = 0;
    for (size_t i = 0; i < line.n && sq_is_space(line.p[i]); i++)
        out->indent += line.p[i] == '\t' ? 4 - out->indent % 4 : 1;
    s = skip_blanks(s);
    if (parse_bullet(s, out))
        return true;
    s = skip_blanks(skip_all(s, '#'));
    s = skip_all(skip_all(s, '*'), '_');
    paren = sq_str_starts(s, SQ_STR("("));
    s = skip(s, paren);
    if (parse_letter(s, paren, out))
        return true;
    out->form = word_before(s, &rest);
    if (out->form.n > 12 || !parse_number(&rest, &out->number))
        return false;
    out->kind = SQ_LIST_NUMBER;
    return parse_separator(rest, out->form.n > 0, paren, &out->text);
}

/* ---- lists ------------------------------------------------------------- */

#define OPEN_MAX 8

/* A list that items may still join. */
struct open {
    size_t list;              /* its index */
    struct sq_list_item item; /* the last one */
    bool loose;               /* text of its own stands behind the last item */
};

struct reader {
    struct sq_list *lists;
    size_t n, cap;
    struct open open[OPEN_MAX];
    size_t nopen;
    bool gap; /* a blank line stands before this one */
};

static bool same_level(size_t a, size_t b)
{
    return a > b ? a - b <= 1 : b - a <= 1;
}

static bool continues(const struct open *o, const struct sq_list_item *it)
{
    if (o->item.kind != it->kind || !sq_str_eq_nocase(o->item.form, it->form) ||
        !same_level(o->item.indent, it->indent))
        return false;
    if (it->kind == SQ_LIST_BULLET)
        return !o->loose;
    return it->number == o->item.number + 1 ||
           (!o->loose && it->number == o->item.number);
}

/* Drops the open lists that an item at this indent ends. */
static void close_below(struct reader *r, const struct sq_list_item *it)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->nopen; i++) {
        const struct open *o = &r->open[i];
        bool deeper = o->item.indent > it->indent + 1;
        bool same = o->item.kind == it->kind &&
                    sq_str_eq_nocase(o->item.form, it->form) &&
                    same_level(o->item.indent, it->indent);

        if (deeper || same || (o->item.kind == SQ_LIST_BULLET && o->loose))
            continue;
        r->open[kept++] = *o;
    }
    r->nopen = kept;
}

static void open_list(struct reader *r, const struct sq_list_item *it,
                      size_t at)
{
    struct sq_list *list;
    bool nested = false;

    close_below(r, it);
    for (size_t i = 0; i < r->nopen; i++) {
        const struct open *o = &r->open[i];

        nested |= !o->loose && (it->indent > o->item.indent + 1 || !r->gap);
    }
    if (r->n == SQ_LISTS_MAX)
        return;
    if (r->n == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 16;
        r->lists = sq_xrealloc(r->lists, r->cap, sizeof(*r->lists));
    }
    if (r->nopen == OPEN_MAX) {
        for (size_t i = 1; i < OPEN_MAX; i++)
            r->open[i - 1] = r->open[i];
        r->nopen--;
    }
    list = &r->lists[r->n];
    list->kind = it->kind;
    list->items = 1;
    list->nested = nested;
    list->at = list->last = at;
    r->open[r->nopen++] = (struct open){.list = r->n++, .item = *it};
}

static void read_item(struct reader *r, const struct sq_list_item *it,
                      size_t at)
{
    for (size_t i = r->nopen; i-- > 0;) {
        struct open *o = &r->open[i];

        if (!continues(o, it))
            continue;
        r->lists[o->list].items++;
        r->lists[o->list].last = at;
        o->item = *it;
        o->loose = false;
        r->nopen = i + 1;
        return;
    }
    open_list(r, it, at);
}

/* Text that is no item: it belongs to the last item when it is indented or
 * follows directly; else bulleted lists end. */
static void read_text(struct reader *r, const struct sq_line *line)
{
    bool heading = sq_text_is_heading(line->text);

    for (size_t i = 0; i < r->nopen; i++) {
        struct open *o = &r->open[i];

        if (heading || (r->gap && line->indent < o->item.indent + 2))
            o->loose = true;
    }
}

/* A list between two items of another is nested in it. */
static void mark_enclosed(struct reader *r)
{
    size_t end = 0;

    for (size_t i = 0; i < r->n; i++) {
        struct sq_list *list = &r->lists[i];

        if (list->at < end)
            list->nested = true;
        if (list->last > end)
            end = list->last;
    }
}

struct sq_list *sq_lists_of(sq_str text, size_t *count)
{
    struct reader r = {0};
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    struct sq_list_item item;

    while (sq_lines_next(&l, &line)) {
        if (line.kind != SQ_LINE_PROSE)
            continue;
        if (line.blank) {
            r.gap = true;
            continue;
        }
        if (sq_list_item_parse(line.text, &item))
            read_item(&r, &item, line.at);
        else
            read_text(&r, &line);
        r.gap = false;
    }
    mark_enclosed(&r);
    *count = r.n;
    return r.lists ? r.lists : sq_xcalloc(1, sizeof(*r.lists));
}
