#include "judge/judge.h"

#include <string.h>
#include "base/buf.h"

/*
 * Text and quote are both folded into a canonical form and compared as bytes.
 * The folded text keeps no map back: where a match stands is found by folding
 * once more up to it, which costs time only for quotes that are there.
 */
struct fold {
    sq_str s;
    size_t pos;
    bool emphasis; /* keep the characters * _ ` */
    bool blank;    /* the last one given out was a blank */
};

/* A piece of the folded text: its bytes and where they stand in the source. */
struct piece {
    const char *p;
    size_t n;
    size_t start, end;
    bool verbatim; /* as in the source, byte by byte */
};

/* The White_Space property of Unicode. */
static bool is_white(uint32_t cp)
{
    return (cp >= 0x09 && cp <= 0x0d) || cp == 0x20 || cp == 0x85 ||
           cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
           cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f ||
           cp == 0x3000;
}

static bool is_emphasis(uint32_t cp)
{
    return cp == '*' || cp == '_' || cp == '`';
}

/* ASCII form of a typographic character, or NULL. */
static const char *ascii_form(uint32_t cp)
{
    if (cp < 0xab) {
        return NULL;
    }
    if ((cp >= 0x2018 && cp <= 0x201b) || cp == 0x2039 || cp == 0x203a) {
        return "'";
    }
    if ((cp >= 0x201c && cp <= 0x201f) || cp == 0xab || cp == 0xbb) {
        return "\"";
    }
    if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212) {
        return "-";
    }
    if (cp == 0x2026) {
        return "...";
    }
    return cp == 0xfffd ? "\xef\xbf\xbd" : NULL;
}

/* ASCII that folding leaves as it is. */
static bool is_plain(char c)
{
    return c > ' ' && c < 0x7f && !is_emphasis((unsigned char)c);
}

static bool fold_next(struct fold *f, struct piece *g)
{
    while (f->pos < f->s.n) {
        const char *ascii;
        uint32_t cp;

        g->start = f->pos;
        cp = sq_utf8_next(f->s, &f->pos);
        if (is_white(cp)) {
            if (f->blank) {
                continue;
            }
            f->blank = true;
            *g = (struct piece){" ", 1, g->start, f->pos, false};
            return true;
        }
        if (!f->emphasis && is_emphasis(cp)) {
            continue;
        }
        f->blank = false;
        ascii = ascii_form(cp);
        if (ascii != NULL) {
            *g = (struct piece){ascii, strlen(ascii), g->start, f->pos, false};
            return true;
        }
        while (f->pos < f->s.n && is_plain(f->s.p[f->pos])) {
            f->pos++;
        }
        *g = (struct piece){f->s.p + g->start, f->pos - g->start, g->start,
                            f->pos, true};
        return true;
    }
    return false;
}

static void fold_all(sq_str s, bool emphasis, struct sq_buf *out)
{
    struct fold f = {.s = s, .emphasis = emphasis};
    struct piece g;

    /* An invalid byte grows to three: the largest growth there is. */
    sq_buf_init(out, 3 * s.n + 1);
    while (fold_next(&f, &g)) {
        sq_buf_add(out, (sq_str){g.p, g.n});
    }
}

/* Bytes [at, at + len) of the folded text, as a span of the text itself. */
static void unfold(sq_str text, bool emphasis, size_t at, size_t len,
                   size_t *out_at, size_t *out_len)
{
    struct fold f = {.s = text, .emphasis = emphasis};
    struct piece g;
    size_t k = 0, start = SIZE_MAX, end = 0;

    while (k < at + len && fold_next(&f, &g)) {
        if (k + g.n > at && start == SIZE_MAX) {
            start = g.start + (g.verbatim ? at - k : 0);
        }
        end = g.end;
        if (g.verbatim && k + g.n > at + len) {
            end = g.start + (at + len - k);
        }
        k += g.n;
    }
    *out_at = start;
    *out_len = end - start;
}

/* ASCII letters and digits; beyond ASCII all but white space, punctuation and
 * signs of Latin-1, General Punctuation and CJK punctuation. */
static bool has_word(sq_str s)
{
    size_t pos = 0;

    while (pos < s.n) {
        uint32_t cp = sq_utf8_next(s, &pos);

        if ((cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') ||
            (cp >= 'a' && cp <= 'z')) {
            return true;
        }
        if (cp >= 0xc0 || cp == 0xaa || cp == 0xb5 || cp == 0xba) {
            if (!is_white(cp) && cp != 0xd7 && cp != 0xf7 &&
                !(cp >= 0x2000 && cp <= 0x206f) &&
                !(cp >= 0x3000 && cp <= 0x303f) && cp != 0x2212 &&
                cp != 0xfeff && cp != 0xfffd) {
                return true;
            }
        }
    }
    return false;
}

static bool find_whole(sq_str text, sq_str quote, size_t *at, size_t *len)
{
    *at = has_word(quote) ? sq_str_find(text, quote, 0) : SIZE_MAX;
    *len = quote.n;
    return *at != SIZE_MAX;
}

/* Two pieces around the first ellipsis, in order. */
static bool find_joined(sq_str text, sq_str quote, size_t *at, size_t *len)
{
    size_t cut = sq_str_find(quote, SQ_STR("..."), 0), j;
    sq_str head, tail;

    if (cut == SIZE_MAX) {
        return false;
    }
    head = sq_str_trim(sq_str_sub(quote, 0, cut));
    while (cut < quote.n && (quote.p[cut] == '.' || quote.p[cut] == ' ')) {
        cut++;
    }
    tail = sq_str_sub(quote, cut, quote.n);
    if (!has_word(tail) || !find_whole(text, head, at, len)) {
        return false;
    }
    j = sq_str_find(text, tail, *at + head.n);
    *len = j + tail.n - *at;
    return j != SIZE_MAX;
}

/* Whether c is one of set at an end of a quote. NUL is not: strchr would say
 * that it is. */
static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static sq_str strip(sq_str s, const char *set)
{
    while (s.n > 0 && is_one_of(s.p[0], set)) {
        s = sq_str_sub(s, 1, s.n);
    }
    while (s.n > 0 && is_one_of(s.p[s.n - 1], set)) {
        s = sq_str_sub(s, 0, s.n - 1);
    }
    return s;
}

/* The quote as it is; without quotation marks at its ends; without an ellipsis
 * at its ends; as two pieces joined by an ellipsis. */
static bool find_quote(sq_str text, sq_str quote, size_t *at, size_t *len)
{
    sq_str bare = strip(quote, "\"'` ");
    sq_str cut = bare;

    if (sq_str_starts(bare, SQ_STR("...")) ||
        sq_str_ends(bare, SQ_STR("..."))) {
        cut = strip(bare, ". ");
    }
    return find_whole(text, quote, at, len) ||
           (bare.n < quote.n && find_whole(text, bare, at, len)) ||
           (cut.n < bare.n && find_whole(text, cut, at, len)) ||
           find_joined(text, cut, at, len);
}

static bool has_emphasis(sq_str s)
{
    return s.n > 0 &&
           (memchr(s.p, '*', s.n) != NULL || memchr(s.p, '_', s.n) != NULL ||
            memchr(s.p, '`', s.n) != NULL);
}

static bool find_folded(sq_str text, sq_str quote, bool emphasis, size_t *at,
                        size_t *len)
{
    struct sq_buf t, q;
    size_t i, n;
    bool found;

    fold_all(text, emphasis, &t);
    fold_all(quote, emphasis, &q);
    found = find_quote(sq_buf_str(&t), sq_str_trim(sq_buf_str(&q)), &i, &n);
    if (found) {
        unfold(text, emphasis, i, n, at, len);
    }
    sq_buf_release(&q);
    sq_buf_release(&t);
    return found;
}

bool sq_evidence_find(sq_str text, sq_str quote, size_t *at, size_t *len)
{
    if (!has_word(quote)) {
        return false;
    }
    return find_folded(text, quote, true, at, len) ||
           ((has_emphasis(text) || has_emphasis(quote)) &&
            find_folded(text, quote, false, at, len));
}
