/* keywords:letter_frequency and change_case:* */
#include <string.h>
#include "check/finding.h"
#include "check/text.h"
#include "ifeval/pytext.h"
#include "ifeval/rules.h"

static bool has(const struct sq_regex *re, sq_str text)
{
    size_t at, end;

    return sq_regex_find(re, text, 0, &at, &end) == SQ_REGEX_FOUND;
}

/* str.isupper() and str.islower(): one cased letter at least, all of one case.
 */
static bool is_upper(const struct sq_ifeval *shared, sq_str text)
{
    return has(shared->upper, text) && !has(shared->lower, text) &&
           !has(shared->title, text);
}

static bool is_lower(const struct sq_ifeval *shared, sq_str text)
{
    return has(shared->lower, text) && !has(shared->upper, text) &&
           !has(shared->title, text);
}

/* Of a single character, any at all, in the lower-cased text. */
void sq_ifeval_letters(const struct sq_ifeval_args *a, sq_str text,
                       struct sq_finding *out)
{
    struct sq_buf low, letter;
    size_t n = 0, at = 0;

    sq_buf_init(&low, SQ_MAX_REPLY);
    sq_buf_init(&letter, SQ_MAX_MESSAGE);
    sq_py_lower(text, &low);
    sq_py_lower(a->text, &letter);
    while ((at = sq_str_find(sq_buf_str(&low), sq_buf_str(&letter), at)) !=
           SIZE_MAX) {
        n++;
        at += letter.n;
    }
    sq_ifeval_count(a, n, "times the letter", out);
    sq_buf_release(&low);
    sq_buf_release(&letter);
}

/* ---- words in capitals -------------------------------------------------- */

struct capitals {
    const struct sq_ifeval *shared;
    size_t n;
};

/* False for what is no capital for certain: all have a small letter but those
 * in some blocks of symbols (Unicode 14). */
static bool may_be_capital(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z';
    return sq_py_is_upper(cp) || (cp >= 0x3d2 && cp <= 0x3d4) ||
           (cp >= 0x2100 && cp < 0x2150) || (cp >= 0x1d400 && cp < 0x1f18a);
}

static void on_token(void *ctx, sq_str token)
{
    struct capitals *c = ctx;
    bool upper = false, wide = false;

    for (size_t i = 0; i < token.n;) {
        uint32_t cp = sq_utf8_next(token, &i);

        if (cp >= 'a' && cp <= 'z')
            return;
        wide |= cp >= 0x80;
        upper = upper || may_be_capital(cp);
    }
    if (upper && (!wide || is_upper(c->shared, token)))
        c->n++;
}

/* Pieces between white space, of which only the letters count. */
static void each_piece(sq_str text, struct capitals *c)
{
    size_t from = 0;

    for (size_t i = 0; i <= text.n;) {
        size_t space = sq_py_space_at(text, i);

        if ((i == text.n || space) && i > from)
            on_token(c, sq_str_sub(text, from, i));
        if (space)
            from = i + space;
        i += space ? space : 1;
    }
}

void sq_ifeval_capital_words(const struct sq_ifeval_args *a, sq_str text,
                             struct sq_finding *out)
{
    struct capitals c = {a->shared, 0};

    if (a->shared->fixed)
        each_piece(text, &c);
    else
        sq_ifeval_tokens(text, on_token, &c);
    sq_ifeval_count(a, c.n, "words in capitals", out);
}

/* ---- all of the response ------------------------------------------------ */

static void english(const struct sq_ifeval_args *a, sq_str text, bool cased,
                    const char *which, struct sq_finding *out)
{
    if (!cased)
        sq_finding_set(out, SQ_FINDING_BROKEN, "not all in %s", which);
    else if (sq_ifeval_tongue(a->shared, text, SQ_STR("en")) ==
             SQ_IFEVAL_TONGUE_IS_NOT)
        sq_finding_set(out, SQ_FINDING_BROKEN,
                       "all in %s, but no English, told by %s", which,
                       sq_ifeval_teller(a->shared));
    else
        sq_finding_set(out, SQ_FINDING_HOLDS,
                       "all in %s, and English, told by %s", which,
                       sq_ifeval_teller(a->shared));
}

void sq_ifeval_english_capital(const struct sq_ifeval_args *a, sq_str text,
                               struct sq_finding *out)
{
    english(a, text, is_upper(a->shared, text), "capitals", out);
}

void sq_ifeval_english_lowercase(const struct sq_ifeval_args *a, sq_str text,
                                 struct sq_finding *out)
{
    english(a, text, is_lower(a->shared, text), "lower case", out);
}
