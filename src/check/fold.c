#include "check/fold.h"
#include "check/text.h"

/* Source of the ranges: UnicodeData.txt of Unicode 15, simple lower-case
 * mappings of these blocks. */
uint32_t sq_fold(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp | 32 : cp;
    if ((cp >= 0xc0 && cp <= 0xde && cp != 0xd7) ||
        (cp >= 0x391 && cp <= 0x3ab && cp != 0x3a2) ||
        (cp >= 0x410 && cp <= 0x42f) || (cp >= 0xff21 && cp <= 0xff3a))
        return cp + 32;
    if (cp >= 0x400 && cp <= 0x40f)
        return cp + 80;
    if (cp >= 0x531 && cp <= 0x556)
        return cp + 48;
    if (cp == 0x178)
        return 0xff;
    if ((cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17e))
        return cp & 1 ? cp + 1 : cp;
    if ((cp >= 0x100 && cp <= 0x177 && cp != 0x130 && cp != 0x131 &&
         cp != 0x138) ||
        (cp >= 0x460 && cp <= 0x4ff && !(cp >= 0x482 && cp <= 0x489) &&
         !(cp >= 0x4c0 && cp <= 0x4cf)))
        return cp | 1;
    switch (cp) {
    case 0x386:
        return 0x3ac;
    case 0x388:
    case 0x389:
    case 0x38a:
        return cp + 37;
    case 0x38c:
        return 0x3cc;
    case 0x38e:
    case 0x38f:
        return cp + 63;
    case 0x3c2: /* final sigma */
        return 0x3c3;
    default:
        return cp;
    }
}

static void skip_space(sq_str s, size_t *pos)
{
    while (*pos < s.n) {
        size_t next = *pos;

        if (!sq_text_is_space(sq_utf8_next(s, &next)))
            return;
        *pos = next;
    }
}

size_t sq_fold_match(sq_str text, size_t at, sq_str phrase, size_t *steps)
{
    size_t t = at, p = 0;

    while (p < phrase.n) {
        uint32_t a, b;

        ++*steps;
        if (t >= text.n)
            return 0;
        a = sq_utf8_next(phrase, &p);
        b = sq_utf8_next(text, &t);
        if (sq_text_is_space(a) && sq_text_is_space(b)) {
            size_t from = t;

            skip_space(phrase, &p);
            skip_space(text, &t);
            *steps += t - from;
        } else if (sq_fold(a) != sq_fold(b)) {
            return 0;
        }
    }
    return t - at;
}

/* ---- whole words ------------------------------------------------------- */

/* Steps that a walk may take: some 20 ms. */
#define MAX_STEPS 6000000

/* Needs something that is no word character next to it. */
static bool clings(uint32_t cp)
{
    return sq_text_is_word(cp) && !sq_text_is_ideograph(cp);
}

static uint32_t first_of(sq_str s)
{
    size_t pos = 0;

    return s.n ? sq_utf8_next(s, &pos) : 0;
}

/* The character that ends at `end`; 0 at the start of the text. */
static uint32_t last_of(sq_str s, size_t end)
{
    size_t pos = end;

    if (end == 0)
        return 0;
    do {
        pos--;
    } while (pos > 0 && end - pos < 4 &&
             ((unsigned char)s.p[pos] & 0xc0) == 0x80);
    return sq_utf8_next(s, &pos);
}

bool sq_word_goes_on(sq_str text, size_t at)
{
    return clings(last_of(text, at)) &&
           clings(first_of(sq_str_sub(text, at, text.n)));
}

struct sq_words sq_words_of(sq_str text, const sq_str *phrases, size_t n)
{
    struct sq_words w = {.text = text, .phrases = phrases, .n = n};

    if (w.n > SQ_WORDS_MAX)
        w.n = SQ_WORDS_MAX;
    for (size_t i = 0; i < w.n; i++) {
        w.first[i] = sq_fold(first_of(phrases[i]));
        w.may[w.first[i] & 255] = true;
    }
    return w;
}

/* A phrase at byte `at`, up to a word's end: its length there, or 0. */
static size_t word_at(struct sq_words *w, size_t at, sq_str phrase)
{
    size_t len = sq_fold_match(w->text, at, phrase, &w->steps);

    return len && sq_word_goes_on(w->text, at + len) ? 0 : len;
}

/* The longest phrase at `at`, where the character is cp. */
static size_t longest_at(struct sq_words *w, size_t at, uint32_t cp,
                         size_t *which)
{
    uint32_t folded = sq_fold(cp);
    size_t best = 0;

    if (!w->may[folded & 255])
        return 0;
    for (size_t i = 0; i < w->n; i++) {
        size_t n = w->first[i] == folded ? word_at(w, at, w->phrases[i]) : 0;

        if (n > best) {
            best = n;
            *which = i;
        }
    }
    return best;
}

bool sq_words_next(struct sq_words *w, size_t *at, size_t *len, size_t *which)
{
    bool inside = clings(last_of(w->text, w->pos));

    while (w->pos < w->text.n && !w->limit) {
        size_t here = w->pos;
        uint32_t cp = sq_utf8_next(w->text, &w->pos);
        bool letter = clings(cp);

        *len = inside && letter ? 0 : longest_at(w, here, cp, which);
        w->limit = w->steps > MAX_STEPS;
        inside = letter;
        if (*len && !w->limit) {
            *at = here;
            w->pos = here + *len;
            return true;
        }
    }
    return false;
}
