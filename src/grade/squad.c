#include "grade/squad.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "check/text.h"
#include "grade/pypunct.h"
#include "ifeval/pytext.h"

struct sq_squad {
    struct sq_buf text; /* normalised, words parted by one blank */
    sq_str *words;      /* sorted */
    size_t n;
};

static const struct {
    const char *lang, *words;
} articles[] = {
    {"", " a an the "},
    {"en", " a an the "},
    {"es", " un una unos unas el la los las "},
    {"de", " ein eine einen einem eines einer der die das den dem des "},
    {"vi", " c\xe1\xbb\xa7"
           "a l\xc3\xa0 c\xc3\xa1i chi\xe1\xba\xbf"
           "c nh\xe1\xbb\xafng "},
};

static bool is(sq_str s, const char *name)
{
    return sq_str_eq(s, sq_str_from(name));
}

/* ---- normalising ------------------------------------------------------- */

static void drop_punctuation(sq_str s, bool all, struct sq_buf *out)
{
    size_t pos = 0;

    while (pos < s.n) {
        size_t at = pos;
        uint32_t cp = sq_utf8_next(s, &pos);

        if (!(cp < 0x80 || all) || !sq_py_is_punct(cp))
            sq_buf_add(out, sq_str_sub(s, at, pos));
    }
}

static bool is_article(sq_str w, const char *list)
{
    char word[32];

    if (!list || w.n == 0 || w.n + 3 > sizeof(word))
        return false;
    word[0] = ' ';
    memcpy(word + 1, w.p, w.n);
    word[w.n + 1] = ' ';
    word[w.n + 2] = '\0';
    return !memchr(w.p, '\0', w.n) && strstr(list, word);
}

/* Runs of word characters that are articles become a blank. */
static void drop_articles(sq_str s, const char *list, struct sq_buf *out)
{
    size_t pos = 0;

    while (pos < s.n) {
        size_t start = pos, at = pos;

        while (pos < s.n) {
            at = pos;
            if (!sq_text_is_word(sq_utf8_next(s, &pos)))
                break;
            at = pos;
        }
        if (is_article(sq_str_sub(s, start, at), list))
            sq_buf_addc(out, ' ');
        else
            sq_buf_add(out, sq_str_sub(s, start, at));
        sq_buf_add(out, sq_str_sub(s, at, pos));
    }
}

/* Arabic's article wherever it stands, as MLQA's pattern has it. */
static void drop_al(sq_str s, struct sq_buf *out)
{
    const sq_str al = SQ_STR("\xd8\xa7\xd9\x84");
    size_t from = 0, at;

    while ((at = sq_str_find(s, al, from)) != SIZE_MAX) {
        sq_buf_add(out, sq_str_sub(s, from, at));
        sq_buf_addc(out, ' ');
        from = at + al.n;
    }
    sq_buf_add(out, sq_str_sub(s, from, s.n));
}

/* Is the character a word of its own? */
static bool is_alone(uint32_t cp, sq_str lang)
{
    if (is(lang, "zh"))
        return (cp >= 0x4e00 && cp <= 0x9fa5) || sq_py_is_punct(cp);
    return is(lang, "th") && !sq_py_is_space(cp);
}

/* Words parted by one blank; where each starts is for split(). */
static void fold_space(sq_str s, sq_str lang, struct sq_buf *out)
{
    bool gap = false;
    size_t pos = 0;

    while (pos < s.n) {
        size_t at = pos;
        uint32_t cp = sq_utf8_next(s, &pos);
        bool alone = is_alone(cp, lang);

        if (sq_py_is_space(cp)) {
            gap = true;
            continue;
        }
        if (out->n > 0 && (gap || alone))
            sq_buf_addc(out, ' ');
        sq_buf_add(out, sq_str_sub(s, at, pos));
        gap = alone;
    }
}

static int by_bytes(const void *a, const void *b)
{
    sq_str x = *(const sq_str *)a, y = *(const sq_str *)b;
    int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

    return order ? order : (x.n > y.n) - (x.n < y.n);
}

static void split(struct sq_squad *s)
{
    sq_str rest = sq_buf_str(&s->text), piece;
    size_t cap = 0;

    while (rest.n > 0 && sq_str_split(&rest, ' ', &piece)) {
        if (s->n == cap) {
            cap = cap ? 2 * cap : 16;
            s->words = sq_xrealloc(s->words, cap, sizeof(*s->words));
        }
        s->words[s->n++] = piece;
    }
    if (s->n > 1)
        qsort(s->words, s->n, sizeof(*s->words), by_bytes);
}

struct sq_squad *sq_squad_new(sq_str text, sq_str lang)
{
    struct sq_squad *s = sq_xcalloc(1, sizeof(*s));
    const char *list = NULL;
    struct sq_buf a, b;

    for (size_t i = 0; i < sizeof(articles) / sizeof(*articles); i++)
        if (is(lang, articles[i].lang))
            list = articles[i].words;
    sq_buf_init(&a, 2 * SQ_MAX_REPLY);
    sq_buf_init(&b, 2 * SQ_MAX_REPLY);
    sq_buf_init(&s->text, 2 * SQ_MAX_REPLY);
    sq_py_lower(text, &a);
    drop_punctuation(sq_buf_str(&a), lang.n > 0, &b);
    sq_buf_reset(&a);
    if (is(lang, "ar"))
        drop_al(sq_buf_str(&b), &a);
    else
        drop_articles(sq_buf_str(&b), list, &a);
    fold_space(sq_buf_str(&a), lang, &s->text);
    split(s);
    sq_buf_release(&a);
    sq_buf_release(&b);
    return s;
}

void sq_squad_free(struct sq_squad *s)
{
    if (!s)
        return;
    sq_buf_release(&s->text);
    free(s->words);
    free(s);
}

/* ---- comparing --------------------------------------------------------- */

bool sq_squad_same(const struct sq_squad *a, const struct sq_squad *b)
{
    return sq_str_eq(sq_buf_str(&a->text), sq_buf_str(&b->text));
}

double sq_squad_f1(const struct sq_squad *prediction,
                   const struct sq_squad *reference)
{
    size_t i = 0, k = 0, common = 0;
    double precision, recall;

    while (i < prediction->n && k < reference->n) {
        int order = by_bytes(&prediction->words[i], &reference->words[k]);

        common += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    if (common == 0)
        return 0;
    precision = (double)common / (double)prediction->n;
    recall = (double)common / (double)reference->n;
    return 2 * precision * recall / (precision + recall);
}
