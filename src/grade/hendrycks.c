#include "grade/hendrycks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Two buffers: a step reads one and writes the other. */
struct pair {
    struct sq_buf now, next;
};

static void flip(struct pair *p)
{
    struct sq_buf was = p->now;

    p->now = p->next;
    p->next = was;
    sq_buf_reset(&p->next);
}

static void replace(struct pair *p, const char *what, const char *by)
{
    sq_str s = sq_buf_str(&p->now), w = sq_str_from(what);
    size_t from = 0, at;

    while ((at = sq_str_find(s, w, from)) != SIZE_MAX) {
        sq_buf_add(&p->next, sq_str_sub(s, from, at));
        sq_buf_adds(&p->next, by);
        from = at + w.n;
    }
    sq_buf_add(&p->next, sq_str_sub(s, from, s.n));
    flip(p);
}

/* What stands before the one "\text{ "; two of them are one too many. */
static bool cut_unit(struct pair *p)
{
    const sq_str mark = SQ_STR("\\text{ ");
    sq_str s = sq_buf_str(&p->now);
    size_t at = sq_str_find(s, mark, 0);

    if (at == SIZE_MAX)
        return true;
    if (sq_str_find(s, mark, at + mark.n) != SIZE_MAX)
        return false;
    sq_buf_add(&p->next, sq_str_sub(s, 0, at));
    flip(p);
    return true;
}

/* The end of the character at i. */
static size_t next_char(sq_str s, size_t i)
{
    (void)sq_utf8_next(s, &i);
    return i;
}

/* \sqrt3 -> \sqrt{3} */
static bool fix_sqrt(struct pair *p)
{
    const sq_str mark = SQ_STR("\\sqrt");
    sq_str s = sq_buf_str(&p->now);
    size_t from = 0, at;

    while ((at = sq_str_find(s, mark, from)) != SIZE_MAX) {
        size_t end = at + mark.n;

        sq_buf_add(&p->next, sq_str_sub(s, from, end));
        from = end;
        if (end == s.n || sq_str_starts(sq_str_sub(s, end, s.n), mark))
            return false;
        if (s.p[end] == '{')
            continue;
        from = next_char(s, end);
        sq_buf_addc(&p->next, '{');
        sq_buf_add(&p->next, sq_str_sub(s, end, from));
        sq_buf_addc(&p->next, '}');
    }
    sq_buf_add(&p->next, sq_str_sub(s, from, s.n));
    flip(p);
    return true;
}

/* \frac12 -> \frac{1}{2}; too little behind one leaves all as it was. */
static bool fix_fractions(struct pair *p)
{
    const sq_str mark = SQ_STR("\\frac");
    sq_str s = sq_buf_str(&p->now);
    size_t from = 0, at;

    while ((at = sq_str_find(s, mark, from)) != SIZE_MAX) {
        size_t a = at + mark.n, stop = sq_str_find(s, mark, a), b, end;

        stop = stop == SIZE_MAX ? s.n : stop;
        sq_buf_add(&p->next, sq_str_sub(s, from, a));
        from = a;
        if (a == stop)
            return false;
        if (s.p[a] == '{')
            continue;
        b = next_char(s, a);
        if (b == stop) {
            sq_buf_reset(&p->next);
            return true;
        }
        end = next_char(s, b);
        sq_buf_addf(&p->next, "{%.*s}", SQ_STR_ARG(sq_str_sub(s, a, b)));
        sq_buf_addf(&p->next, s.p[b] == '{' ? "%.*s" : "{%.*s}",
                    SQ_STR_ARG(sq_str_sub(s, b, end)));
        from = end;
    }
    sq_buf_add(&p->next, sq_str_sub(s, from, s.n));
    flip(p);
    return true;
}

/* An integer as Python's str() writes it. */
static bool is_canonical(sq_str s)
{
    size_t i = s.n > 0 && s.p[0] == '-', first = i;

    for (; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    if (s.n == first)
        return false;
    return s.p[first] != '0' || (s.n == 1 && first == 0);
}

static void fix_slash(struct pair *p)
{
    sq_str s = sq_buf_str(&p->now), b = s, a;

    if (!sq_str_split(&b, '/', &a) || !b.p || !is_canonical(a) ||
        !is_canonical(b))
        return;
    sq_buf_addf(&p->next, "\\frac{%.*s}{%.*s}", SQ_STR_ARG(a), SQ_STR_ARG(b));
    flip(p);
}

/* "x = 5" -> "5", where at most two characters stand before the one sign. */
static void cut_name(struct pair *p)
{
    sq_str s = sq_buf_str(&p->now), right = s, left;

    if (!sq_str_split(&right, '=', &left) || !right.p ||
        memchr(right.p, '=', right.n) || sq_utf8_count(left) > 2)
        return;
    sq_buf_add(&p->next, right);
    flip(p);
}

static bool strip(struct pair *p)
{
    static const char *const steps[][2] = {
        {"\n", ""},        {"\\!", ""},    {"\\\\", "\\"},  {"tfrac", "frac"},
        {"dfrac", "frac"}, {"\\left", ""}, {"\\right", ""}, {"^{\\circ}", ""},
        {"^\\circ", ""},   {"\\$", ""},
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        replace(p, steps[i][0], steps[i][1]);
    if (!cut_unit(p))
        return false;
    replace(p, "\\%", "");
    replace(p, "\\%", ""); /* twice, as published */
    replace(p, " .", " 0.");
    replace(p, "{.", "{0.");
    if (p->now.n == 0)
        return true;
    if (p->now.p[0] == '.') {
        sq_buf_addc(&p->next, '0');
        sq_buf_add(&p->next, sq_buf_str(&p->now));
        flip(p);
    }
    cut_name(p);
    if (!fix_sqrt(p))
        return false;
    replace(p, " ", "");
    if (!fix_fractions(p))
        return false;
    if (sq_str_eq(sq_buf_str(&p->now), SQ_STR("0.5"))) {
        sq_buf_adds(&p->next, "\\frac{1}{2}");
        flip(p);
    }
    fix_slash(p);
    return true;
}

bool sq_hendrycks_strip(sq_str s, struct sq_buf *out)
{
    struct pair p;
    bool ok;

    sq_buf_init(&p.now, 4 * SQ_MAX_REPLY);
    sq_buf_init(&p.next, 4 * SQ_MAX_REPLY);
    sq_buf_add(&p.now, s);
    ok = strip(&p);
    if (ok)
        sq_buf_add(out, sq_buf_str(&p.now));
    sq_buf_release(&p.now);
    sq_buf_release(&p.next);
    return ok;
}

bool sq_hendrycks_same(sq_str a, sq_str b)
{
    struct sq_buf x, y;
    bool same;

    sq_buf_init(&x, 4 * SQ_MAX_REPLY);
    sq_buf_init(&y, 4 * SQ_MAX_REPLY);
    if (sq_hendrycks_strip(a, &x) && sq_hendrycks_strip(b, &y))
        same = sq_str_eq(sq_buf_str(&x), sq_buf_str(&y));
    else
        same = sq_str_eq(a, b);
    sq_buf_release(&x);
    sq_buf_release(&y);
    return same;
}
