#include "grade/squad.h"

#include <stdlib.h>
#include <string.h>

#include "check/regex.h"
#include "grade/pypunct.h"
#include "ifeval/pytext.h"

struct sq_squad_rule {
    const char *const *articles; /* ends in NULL */
    const struct sq_regex *word; /* begins with a character of words */
    bool official, anywhere;     /* articles count within words, too */
    bool han, characters;        /* each of them is a word */
};

struct sq_squad {
    struct sq_buf text; /* normalised, words parted by one blank */
};

static const char *const en[] = {"a", "an", "the", NULL};
static const char *const es[] = {"un", "una", "unos", "unas", "el",
                                 "la", "los", "las",  NULL};
static const char *const de[] = {"ein",   "eine", "einen", "einem", "eines",
                                 "einer", "der",  "die",   "das",   "den",
                                 "dem",   "des",  NULL};
static const char *const vi[] = {"c\xe1\xbb\xa7"
                                 "a",
                                 "l\xc3\xa0",
                                 "c\xc3\xa1i",
                                 "chi\xe1\xba\xbf"
                                 "c",
                                 "nh\xe1\xbb\xafng",
                                 NULL};
static const char *const ar[] = {"\xd8\xa7\xd9\x84", NULL};
static const char *const none[] = {NULL};

static const struct {
    const char *lang;
    const char *const *articles;
} articles[] = {{"", en},   {"en", en}, {"es", es},
                {"de", de}, {"vi", vi}, {"ar", ar}};

static bool is(sq_str s, const char *name)
{
    return sq_str_eq(s, sq_str_from(name));
}

enum sq_status sq_squad_rule_make(sq_str lang, const char *where,
                                  struct sq_arena *arena,
                                  const struct sq_squad_rule **out,
                                  struct sq_err *err)
{
    struct sq_squad_rule *r = sq_arena_alloc(arena, sizeof(*r));

    *out = r;
    r->articles = none;
    for (size_t i = 0; i < sizeof(articles) / sizeof(*articles); i++)
        if (is(lang, articles[i].lang))
            r->articles = articles[i].articles;
    r->official = lang.n == 0;
    r->anywhere = is(lang, "ar");
    r->han = is(lang, "zh");
    r->characters = is(lang, "th");
    return sq_regex_compile(SQ_STR("\\A[\\p{L}\\p{N}_]"), SQ_REGEX_OWN, where,
                            arena, &r->word, err);
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

/* Python's \w. */
static bool is_word_at(const struct sq_squad_rule *r, sq_str s, size_t i)
{
    size_t at, end;
    sq_str c = sq_str_sub(s, i, i + 4);

    if (c.n == 0)
        return false;
    if ((unsigned char)c.p[0] < 0x80)
        return c.p[0] == '_' || (c.p[0] >= '0' && c.p[0] <= '9') ||
               ((c.p[0] | 32) >= 'a' && (c.p[0] | 32) <= 'z');
    return sq_regex_find(r->word, c, 0, &at, &end) == SQ_REGEX_FOUND;
}

/* Length of the article at byte i; 0 = there is none. `before` is where the
 * character before it begins. */
static size_t article_at(const struct sq_squad_rule *r, sq_str s, size_t i,
                         size_t before)
{
    sq_str rest = sq_str_sub(s, i, s.n);

    for (const char *const *a = r->articles; *a; a++) {
        sq_str article = sq_str_from(*a);

        if (sq_str_starts(rest, article) &&
            (r->anywhere || !((i > 0 && is_word_at(r, s, before)) ||
                              is_word_at(r, s, i + article.n))))
            return article.n;
    }
    return 0;
}

/* Articles become a blank. */
static void drop_articles(sq_str s, const struct sq_squad_rule *r,
                          struct sq_buf *out)
{
    size_t from = 0, before = 0, pos = 0;

    while (pos < s.n) {
        size_t n = article_at(r, s, pos, before);

        before = pos;
        if (n == 0) {
            (void)sq_utf8_next(s, &pos);
            continue;
        }
        sq_buf_add(out, sq_str_sub(s, from, pos));
        sq_buf_addc(out, ' ');
        from = pos += n;
    }
    sq_buf_add(out, sq_str_sub(s, from, s.n));
}

/* Is the character a word of its own? */
static bool is_alone(uint32_t cp, const struct sq_squad_rule *r)
{
    if (r->han)
        return (cp >= 0x4e00 && cp <= 0x9fa5) || sq_py_is_punct(cp);
    return r->characters && !sq_py_is_space(cp);
}

/* Words parted by one blank. */
static void fold_space(sq_str s, const struct sq_squad_rule *r,
                       struct sq_buf *out)
{
    bool gap = false;
    size_t pos = 0;

    while (pos < s.n) {
        size_t at = pos;
        uint32_t cp = sq_utf8_next(s, &pos);
        bool alone = is_alone(cp, r);

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

struct sq_squad *sq_squad_new(sq_str text, const struct sq_squad_rule *rule)
{
    struct sq_squad *s = sq_xcalloc(1, sizeof(*s));
    struct sq_buf a, b;

    sq_buf_init(&a, 2 * SQ_MAX_REPLY);
    sq_buf_init(&b, 2 * SQ_MAX_REPLY);
    sq_buf_init(&s->text, 2 * SQ_MAX_REPLY);
    sq_py_lower(text, &a);
    drop_punctuation(sq_buf_str(&a), !rule->official, &b);
    sq_buf_reset(&a);
    drop_articles(sq_buf_str(&b), rule, &a);
    fold_space(sq_buf_str(&a), rule, &s->text);
    sq_buf_release(&a);
    sq_buf_release(&b);
    return s;
}

void sq_squad_free(struct sq_squad *s)
{
    if (!s)
        return;
    sq_buf_release(&s->text);
    free(s);
}

/* ---- comparing --------------------------------------------------------- */

bool sq_squad_same(const struct sq_squad *a, const struct sq_squad *b)
{
    return sq_str_eq(sq_buf_str(&a->text), sq_buf_str(&b->text));
}

/* A word of the reference that is there `left` times more than it was met. */
struct word {
    sq_str text;
    size_t left;
};

static int by_bytes(const void *a, const void *b)
{
    sq_str x = ((const struct word *)a)->text;
    sq_str y = ((const struct word *)b)->text;
    int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

    return order ? order : (x.n > y.n) - (x.n < y.n);
}

/* The different words of a text, sorted; *n is how many words it has, *kinds
 * how many different ones. Free them. */
static struct word *words_of(sq_str text, size_t *n, size_t *kinds)
{
    struct word *words = sq_xcalloc(text.n / 2 + 1, sizeof(*words));
    sq_str piece;

    *n = *kinds = 0;
    while (text.n > 0 && sq_str_split(&text, ' ', &piece))
        words[(*n)++] = (struct word){piece, 1};
    qsort(words, *n, sizeof(*words), by_bytes);
    for (size_t i = 0; i < *n; i++) {
        if (*kinds > 0 && by_bytes(&words[*kinds - 1], &words[i]) == 0)
            words[*kinds - 1].left++;
        else
            words[(*kinds)++] = words[i];
    }
    return words;
}

/* The reference is short, the prediction may be anything: each of its words is
 * looked up among those of the reference. */
double sq_squad_f1(const struct sq_squad *prediction,
                   const struct sq_squad *reference)
{
    size_t n = 0, wanted, kinds, common = 0;
    struct word *words =
        words_of(sq_buf_str(&reference->text), &wanted, &kinds);
    sq_str rest = sq_buf_str(&prediction->text);
    struct word key = {0}, *found;
    double precision, recall;

    while (rest.n > 0 && sq_str_split(&rest, ' ', &key.text)) {
        n++;
        found = bsearch(&key, words, kinds, sizeof(*words), by_bytes);
        if (found && found->left > 0) {
            found->left--;
            common++;
        }
    }
    free(words);
    if (common == 0)
        return 0;
    precision = (double)common / (double)n;
    recall = (double)common / (double)wanted;
    return 2 * precision * recall / (precision + recall);
}
