/* Sentences after Punkt; its trained tables are those words of punkt.h. */
#include "ifeval/punkt.h"
#include "ifeval/pytext.h"
#include "ifeval/rules.h"
#include <limits.h>
#include <string.h>

/* ---- tokens of a context ------------------------------------------------ */

#define TYPE_MAX ((size_t)20)

struct token {
    sq_str text;
    bool dot; /* ends with one */
    bool breaks, abbreviation, ellipsis;
};

static bool non_word(char c)
{
    static const bool set[UCHAR_MAX + 1] = {
        [')'] = true, ['"'] = true, [';'] = true, ['}'] = true,  [']'] = true,
        ['*'] = true, [':'] = true, ['@'] = true, ['\''] = true, ['('] = true,
        ['{'] = true, ['['] = true, ['!'] = true, ['?'] = true};

    return set[(unsigned char)c];
}

/* Two or more hyphens or dots, or dots with a blank between, three at least. */
static size_t run_at(sq_str s, size_t i)
{
    size_t n = i;

    while (n < s.n && (s.p[n] == '-' || s.p[n] == '.') && s.p[n] == s.p[i])
        n++;
    if (n - i >= 2)
        return n - i;
    n = i;
    while (n + 1 < s.n && s.p[n] == '.' && sq_py_space_at(s, n + 1))
        n += 1 + sq_py_space_at(s, n + 1);
    return n - i >= 4 && n < s.n && s.p[n] == '.' ? n + 1 - i : 0;
}

static bool word_ends(sq_str s, size_t i)
{
    return i >= s.n || sq_py_space_at(s, i) || non_word(s.p[i]) || run_at(s, i);
}

/* Length of the token at i, which is no white space. */
static size_t token_len(sq_str s, size_t i)
{
    static const bool alone[UCHAR_MAX + 1] = {
        ['('] = true, ['"'] = true, ['`'] = true, ['{'] = true,
        ['['] = true, [':'] = true, [';'] = true, ['&'] = true,
        ['#'] = true, ['*'] = true, ['@'] = true, [')'] = true,
        ['}'] = true, [']'] = true, ['-'] = true, [','] = true};
    size_t n = run_at(s, i), pos = i;

    if (n)
        return n;
    (void)sq_utf8_next(s, &pos);
    if (alone[(unsigned char)s.p[i]])
        return pos - i;
    while (!word_ends(s, pos) && !(s.p[pos] == ',' && word_ends(s, pos + 1)))
        (void)sq_utf8_next(s, &pos);
    return pos - i;
}

/* -?[.,]?\d[\d,.-]*\.? */
static bool is_number(sq_str s)
{
    size_t i = s.n > 0 && s.p[0] == '-';

    i += i < s.n && (s.p[i] == '.' || s.p[i] == ',');
    if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
        return false;
    while (i < s.n && strchr("0123456789,.-", s.p[i]) && s.p[i])
        i++;
    return i == s.n;
}

/* A token lower-cased (letters of ASCII) and cut when longer; dot: with the one
 * that it ends in. */
static sq_str type_of(const struct token *t, bool dot, char out[TYPE_MAX])
{
    sq_str type = is_number(t->text) ? SQ_STR("##number##") : t->text;
    size_t n = 0;

    for (; n < type.n && n < TYPE_MAX; n++) {
        char c = type.p[n];

        out[n] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    if (type.n > TYPE_MAX)
        out[TYPE_MAX - 1] = '_'; /* so that it ends in no dot */
    n -= !dot && n > 1 && out[n - 1] == '.';
    return (sq_str){out, n};
}

/* What a token is by itself. */
static void first_pass(struct token *t)
{
    char type[TYPE_MAX];

    t->dot = t->text.p[t->text.n - 1] == '.';
    if (t->text.n == 1 && strchr(".?!", t->text.p[0])) {
        t->breaks = true;
    } else if (t->dot && t->text.n > 1 && t->text.p[t->text.n - 2] == '.') {
        t->ellipsis = true;
    } else if (t->dot) {
        sq_str bare = type_of(t, false, type);
        size_t dash = bare.n;

        while (dash > 0 && bare.p[dash - 1] != '-')
            dash--;
        t->abbreviation =
            sq_punkt_abbreviation(bare) ||
            (dash > 0 && sq_punkt_abbreviation(sq_str_sub(bare, dash, bare.n)));
        t->breaks = !t->abbreviation;
    }
}

static bool starts_upper(const struct token *t)
{
    char c = t->text.n ? t->text.p[0] : 0;

    return c >= 'A' && c <= 'Z';
}

/* Does b begin a sentence? 1 yes, 0 no, -1 unknown. */
static int begins(const struct token *b)
{
    char c = b->text.n ? b->text.p[0] : 0;
    char type[TYPE_MAX];

    if (b->text.n == 1 && strchr(";:,.!?", c))
        return 0;
    if (starts_upper(b))
        return sq_punkt_starts(type_of(b, !b->breaks, type)) ? 1 : -1;
    return c >= 'a' && c <= 'z' ? 0 : -1;
}

/* What it is before its neighbour. */
static void second_pass(struct token *a, const struct token *b)
{
    char c = a->text.n ? a->text.p[0] : 0;
    bool initial = a->text.n == 2 && a->dot &&
                   ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
    bool number;
    char type[TYPE_MAX];
    sq_str next;

    if (!a->dot)
        return;
    number = is_number(a->text);
    if ((a->abbreviation || a->ellipsis) && !initial) {
        if (begins(b) == 1) {
            a->breaks = true;
            return;
        }
    }
    if (!initial && !number)
        return;
    next = type_of(b, !b->breaks, type);
    if (begins(b) == 0 || (number && sq_punkt_follows_number(next)) ||
        (initial && starts_upper(b) && !sq_punkt_common(next)))
        a->breaks = false;
}

/* Is there a token that ends a sentence and is not the last? */
static bool context_breaks(sq_str context)
{
    struct token last = {0};
    bool any = false;

    for (size_t i = 0; i < context.n;) {
        size_t n = sq_py_space_at(context, i);
        struct token t;

        if (n) {
            i += n;
            continue;
        }
        n = token_len(context, i);
        t = (struct token){.text = sq_str_sub(context, i, i + n)};
        first_pass(&t);
        if (any) {
            second_pass(&last, &t);
            if (last.breaks)
                return true;
        }
        last = t;
        any = true;
        i += n;
    }
    return false;
}

/* ---- sentences ---------------------------------------------------------- */

struct split {
    sq_str text;
    void (*fn)(void *ctx, sq_str sentence);
    void *ctx;
    size_t n;
    size_t from;      /* of the sentence that is open */
    size_t held, end; /* a sentence that may yet get its closing marks */
    bool holding;
};

static void give(struct split *s, size_t from, size_t end)
{
    if (from >= end)
        return;
    s->n++;
    if (s->fn)
        s->fn(s->ctx, sq_str_sub(s->text, from, end));
}

/* Length of closing marks at i that belong to the sentence before; *skip gets
 * what lies between them and the next sentence. */
static size_t closing_marks(sq_str s, size_t i, size_t end, size_t *skip)
{
    static const bool closing[UCHAR_MAX + 1] = {
        ['"'] = true, ['\''] = true, [')'] = true, [']'] = true, ['}'] = true};
    size_t k = i, w;

    *skip = 0;
    while (k < end && closing[(unsigned char)s.p[k]])
        k++;
    if (k == i)
        return 0;
    for (w = k; w < end && sq_py_space_at(s, w);)
        w += sq_py_space_at(s, w);
    *skip = w - k;
    return w > k || k == end ||
                   sq_str_starts(sq_str_sub(s, k, end), SQ_STR("--"))
               ? k - i
               : 0;
}

/* The slice [s->from, end) is done; its beginning may go to the one before. */
static void slice(struct split *s, size_t end)
{
    size_t skip = 0;
    size_t marks = s->holding ? closing_marks(s->text, s->from, end, &skip) : 0;

    if (s->holding)
        give(s, s->held, marks ? s->from + marks : s->end);
    s->held = s->from + marks + (marks ? skip : 0);
    s->end = end;
    s->holding = true;
}

/* A mark that may end a sentence, and what is looked at to tell. */
struct candidate {
    size_t at, word;    /* the mark; where the word before it begins */
    size_t after, next; /* end of what follows; the next token, or 0 */
};

static void settle(struct split *s, const struct candidate *c)
{
    if (!context_breaks(sq_str_sub(s->text, c->word, c->after)))
        return;
    slice(s, c->at + 1);
    s->from = c->next ? c->next : c->at + 1;
}

/* Is the mark at c->at followed by what a candidate needs? */
static bool followed(sq_str s, struct candidate *c)
{
    size_t i = c->at + 1, w;

    c->next = 0;
    if (i < s.n && non_word(s.p[i])) {
        c->after = i + 1;
        return true;
    }
    while ((w = sq_py_space_at(s, i)) > 0)
        i += w;
    if (i == c->at + 1 || i == s.n)
        return false;
    c->next = i;
    while (i < s.n && sq_py_space_at(s, i) == 0)
        (void)sq_utf8_next(s, &i);
    c->after = i;
    return true;
}

size_t sq_ifeval_sentences(sq_str text, void (*fn)(void *ctx, sq_str sentence),
                           void *ctx)
{
    struct split s = {.text = text, .fn = fn, .ctx = ctx};
    struct candidate c = {0}, last = {0};
    bool any = false;
    size_t stop = text.n;

    while (sq_py_space_before(text, stop))
        stop -= sq_py_space_before(text, stop);
    for (c.at = 0; c.at < text.n; c.at++) {
        size_t from = any ? last.at : 0;
        char mark = text.p[c.at];

        if ((mark != '.' && mark != '?' && mark != '!') || !followed(text, &c))
            continue;
        c.word = c.at;
        while (c.word > from && !sq_is_space(text.p[c.word - 1]))
            c.word--;
        /* None, or at the very beginning of what was looked at. */
        if (c.word <= from + 1)
            c.word = any ? last.word : 0;
        if (any && last.at <= c.word)
            settle(&s, &last);
        last = c;
        any = true;
    }
    if (any)
        settle(&s, &last);
    slice(&s, stop > s.from ? stop : s.from);
    give(&s, s.held, s.end);
    return s.n;
}
