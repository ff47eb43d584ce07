/*
 * Words as NLTK's word_tokenize cuts them, after the Penn Treebank. Its chain
 * of substitutions only ever puts blanks between characters, so that here a
 * place is a cut or not; how marks of punctuation themselves are written is
 * left out, as nothing counts them.
 */
#include "ifeval/pytext.h"
#include "ifeval/rules.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A sentence and its cuts: cut[i] = a word ends before byte i. */
struct sheet {
    sq_str s;
    bool *cut;
};

static void around(struct sheet *t, size_t i, size_t n)
{
    t->cut[i] = t->cut[i + n] = true;
}

/* A blank, which there is where a cut or an end is, too; other white space is
 * none. */
static bool blank_at(const struct sheet *t, size_t i)
{
    return i >= t->s.n || t->cut[i] || t->s.p[i] == ' ';
}

static bool blank_before(const struct sheet *t, size_t i)
{
    return i == 0 || t->cut[i] || t->s.p[i - 1] == ' ';
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || c == '_' || (unsigned char)c >= 0x80;
}

/* Does a word go on behind byte i, or before it? */
static bool word_at(const struct sheet *t, size_t i)
{
    return i < t->s.n && !t->cut[i] && is_alnum(t->s.p[i]) &&
           !sq_py_space_at(t->s, i);
}

static bool word_before(const struct sheet *t, size_t i)
{
    return i > 0 && !t->cut[i] && is_alnum(t->s.p[i - 1]) &&
           !sq_py_space_before(t->s, i);
}

static bool starts_with(const struct sheet *t, size_t i, const char *word)
{
    size_t n = strlen(word);

    return i + n <= t->s.n &&
           sq_str_eq_nocase(sq_str_sub(t->s, i, i + n), sq_str_from(word));
}

/* Marks that stand alone wherever they are. */
static void cut_marks(struct sheet *t)
{
    static const char *const wide[] = {
        "\xc2\xab",     "\xc2\xbb",     "\xe2\x80\x9c", "\xe2\x80\x9d",
        "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9e"};
    static const bool narrow[UCHAR_MAX + 1] = {
        [';'] = true, ['@'] = true, ['#'] = true, ['$'] = true, ['%'] = true,
        ['&'] = true, ['?'] = true, ['!'] = true, ['*'] = true, [']'] = true,
        ['['] = true, ['('] = true, [')'] = true, ['{'] = true, ['}'] = true,
        ['<'] = true, ['>'] = true, ['"'] = true, ['`'] = true};
    sq_str s = t->s;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (narrow[(unsigned char)c])
            around(t, i, 1);
        if ((c == ':' || c == ',') &&
            (i + 1 == s.n || s.p[i + 1] < '0' || s.p[i + 1] > '9'))
            around(t, i, 1);
        if (i + 1 < s.n && (c == '-' || c == '.' || c == '\'') &&
            s.p[i + 1] == c)
            around(t, i, 2);
        for (size_t k = 0; (c == '\xc2' || c == '\xe2') && k < 7; k++)
            if (starts_with(t, i, wide[k]))
                around(t, i, strlen(wide[k]));
    }
}

/* The last dot, behind which only closing marks stand. */
static void cut_final_dot(struct sheet *t)
{
    static const bool closing[UCHAR_MAX + 1] = {
        [']'] = true,  [')'] = true,  ['}'] = true,  ['>'] = true,
        ['"'] = true,  ['\''] = true, [' '] = true,  ['\t'] = true,
        ['\n'] = true, ['\r'] = true, [0xc2] = true, [0xbb] = true,
        [0xe2] = true, [0x80] = true, [0x9d] = true, [0x99] = true};
    size_t i = t->s.n;

    while (i > 0 && closing[(unsigned char)t->s.p[i - 1]])
        i--;
    if (i > 1 && t->s.p[i - 1] == '.' && t->s.p[i - 2] != '.')
        around(t, i - 1, 1);
}

/* A quote before a single letter that is no clitic: "'A'" */
static bool before_letter(const struct sheet *t, size_t i)
{
    sq_str s = t->s;

    return i + 1 < s.n && is_alnum(s.p[i + 1]) &&
           !strchr("mtsdnMTSDN", s.p[i + 1]) && !word_at(t, i + 2);
}

/* 's 'm 'd 'll 're 've n't, in one case, at the end of a word and before a
 * blank. */
static void cut_clitics(struct sheet *t)
{
    static const char *const clitics[] = {"'s",  "'S",  "'m",  "'M",  "'d",
                                          "'D",  "'ll", "'LL", "'re", "'RE",
                                          "'ve", "'VE", "n't", "N'T"};

    for (size_t i = 1; i < t->s.n; i++) {
        char c = t->s.p[i], next = i + 1 < t->s.n ? t->s.p[i + 1] : 0;

        if (c != '\'' && ((c | 0x20) != 'n' || next != '\''))
            continue;
        if (c == '\'' && (blank_at(t, i + 1) || before_letter(t, i)))
            t->cut[blank_at(t, i + 1) ? i : i + 1] = true;
        for (size_t k = 0; k < sizeof(clitics) / sizeof(*clitics); k++) {
            size_t n = 2 + (clitics[k][2] != 0);

            if (next == clitics[k][1] && i + n <= t->s.n &&
                memcmp(t->s.p + i, clitics[k], n) == 0 && blank_at(t, i + n) &&
                !blank_before(t, i))
                t->cut[i] = true;
        }
    }
}

/* "cannot" is two words, and so are these; the last two only after a blank. */
static void cut_contractions(struct sheet *t)
{
    static const struct {
        const char *word;
        size_t at;
    } words[] = {{"cannot", 3}, {"d'ye", 1},  {"gimme", 3},  {"gonna", 3},
                 {"gotta", 3},  {"lemme", 3}, {"more'n", 4}, {"wanna", 3},
                 {"'tis", 2},   {"'twas", 2}};
    static const bool first[UCHAR_MAX + 1] = {
        ['c'] = true, ['d'] = true, ['g'] = true, ['l'] = true, ['m'] = true,
        ['w'] = true, ['C'] = true, ['D'] = true, ['G'] = true, ['L'] = true,
        ['M'] = true, ['W'] = true, ['\''] = true};

    for (size_t i = 0; i + 1 < t->s.n; i++) {
        if (!first[(unsigned char)t->s.p[i]] ||
            (t->s.p[i] == '\'' ? !blank_before(t, i) : word_before(t, i)))
            continue;
        for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
            size_t end;

            if ((t->s.p[i] | 0x20) != words[k].word[0] ||
                (t->s.p[i + 1] | 0x20) != words[k].word[1])
                continue;
            end = i + strlen(words[k].word);
            if (!starts_with(t, i, words[k].word) || word_at(t, end))
                continue;
            around(t, i, words[k].at);
            t->cut[end] = true;
        }
    }
}

struct walk {
    void (*fn)(void *ctx, sq_str token);
    void *ctx;
    bool *cuts; /* enough for any sentence of the text */
};

static void cut_sentence(void *ctx, sq_str sentence)
{
    const struct walk *w = ctx;
    struct sheet t = {sentence, w->cuts};
    size_t from = 0;

    memset(t.cut, 0, sentence.n + 4);
    cut_marks(&t);
    cut_final_dot(&t);
    cut_clitics(&t);
    cut_contractions(&t);
    for (size_t i = 0; i <= sentence.n;) {
        size_t space = sq_py_space_at(sentence, i);

        if ((i == sentence.n || space || t.cut[i]) && i > from)
            w->fn(w->ctx, sq_str_sub(sentence, from, i));
        if (space || t.cut[i])
            from = i + space;
        i += space ? space : 1;
    }
}

void sq_ifeval_tokens(sq_str text, void (*fn)(void *ctx, sq_str token),
                      void *ctx)
{
    struct walk w = {fn, ctx, sq_xmalloc(text.n + 4)};

    (void)sq_ifeval_sentences(text, cut_sentence, &w);
    free(w.cuts);
}
