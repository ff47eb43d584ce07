/* length_constraints:* */
#include <string.h>
#include "check/finding.h"
#include "check/prose.h"
#include "ifeval/pytext.h"
#include "ifeval/rules.h"

void sq_ifeval_number_words(const struct sq_ifeval_args *a, sq_str text,
                            struct sq_finding *out)
{
    size_t n = 0;

    if (a->shared->fixed) {
        n = sq_text_words(text);
    } else if (sq_regex_count(a->shared->words, text, &n) == SQ_REGEX_LIMIT) {
        sq_finding_set(out, SQ_FINDING_ERROR, "too many words to count");
        return;
    }
    sq_ifeval_count(a, n, "words", out);
}

void sq_ifeval_number_sentences(const struct sq_ifeval_args *a, sq_str text,
                                struct sq_finding *out)
{
    size_t n = a->shared->fixed ? sq_text_sentences(text)
                                : sq_ifeval_sentences(text, NULL, NULL);

    sq_ifeval_count(a, n, "sentences", out);
}

/* re.split(r"\s?\*\*\*\s?"): the first or last piece may be blank. */
void sq_ifeval_paragraphs(const struct sq_ifeval_args *a, sq_str text,
                          struct sq_finding *out)
{
    long long n = 0;
    size_t from = 0;

    for (bool first = true, last = false; !last; first = false) {
        size_t at = sq_str_find(text, SQ_STR("***"), from);
        size_t end = at;
        bool blank;

        last = at == SIZE_MAX;
        if (last)
            end = at = text.n;
        else
            end -= sq_py_space_before(sq_str_sub(text, from, at), at - from);
        blank = sq_py_blank(sq_str_sub(text, from, end));
        if (blank && !first && !last) {
            sq_finding_set(out, SQ_FINDING_BROKEN,
                           "nothing between two dividers");
            return;
        }
        n += !blank;
        from = at + 3 + sq_py_space_at(text, at + 3);
    }
    sq_finding_set(out, sq_ifeval_verdict(n == a->n),
                   "%lld paragraphs, want %lld", n, a->n);
}

/* The first divider of paragraphs: bytes [*at, *end), SIZE_MAX for none. */
static void find_divider(bool fixed, sq_str text, size_t *at, size_t *end)
{
    *at = fixed ? 0 : sq_str_find(text, SQ_STR("\n\n"), 0);
    *end = *at + 2;
    if (!fixed)
        return;
    /* Any lines of blanks. */
    for (; *at < text.n; ++*at) {
        size_t k = *at + 1;

        if (text.p[*at] != '\n')
            continue;
        while (k < text.n && memchr(" \t\r", text.p[k], 3))
            k++;
        *end = k + 1;
        if (k < text.n && text.p[k] == '\n')
            return;
        *at = k - 1;
    }
    *at = SIZE_MAX;
}

/* The next piece of the text before a divider. */
static bool next_piece(bool fixed, sq_str *rest, sq_str *piece)
{
    size_t at, end;

    if (!rest->p)
        return false;
    find_divider(fixed, *rest, &at, &end);
    *piece = sq_str_sub(*rest, 0, at);
    *rest =
        at == SIZE_MAX ? (sq_str){NULL, 0} : sq_str_sub(*rest, end, rest->n);
    return true;
}

/* The first word of a paragraph, without quotes around it and what follows,
 * lower-cased. */
static void first_word(sq_str paragraph, struct sq_buf *out)
{
    sq_str word = sq_py_strip(paragraph);
    size_t n = 0;

    while (n < word.n && sq_py_space_at(word, n) == 0)
        n++;
    word = sq_py_strip_left(sq_str_sub(word, 0, n), "'");
    word = sq_py_strip_left(word, "\"");
    n = 0;
    while (n < word.n && !memchr(".,?!'\"", word.p[n], 6))
        n++;
    sq_py_lower(sq_str_sub(word, 0, n), out);
}

void sq_ifeval_first_word(const struct sq_ifeval_args *a, sq_str text,
                          struct sq_finding *out)
{
    bool fixed = a->shared->fixed;
    long long i = 0, full = 0;
    sq_str rest = text.p ? text : SQ_STR(""), piece, nth = {NULL, 0};
    struct sq_buf word, want;
    bool yes;

    while (next_piece(fixed, &rest, &piece)) {
        bool blank = sq_py_blank(piece);

        full += !blank;
        i += !(fixed && blank);
        if (i == a->nth && !nth.p)
            nth = piece;
    }
    if (a->nth > full || sq_py_blank(nth)) {
        sq_finding_set(out, SQ_FINDING_BROKEN,
                       "%lld paragraphs, and number %lld is blank or not there",
                       full, a->nth);
        return;
    }
    sq_buf_init(&word, SQ_MAX_REPLY);
    sq_buf_init(&want, SQ_MAX_REPLY);
    first_word(nth, &word);
    sq_py_lower(a->text, &want);
    yes = full == a->n && sq_str_eq(sq_buf_str(&word), sq_buf_str(&want));
    sq_finding_set(out, sq_ifeval_verdict(yes),
                   "%lld paragraphs, number %lld begins with '%.*s'; want "
                   "%lld and '%.*s'",
                   full, a->nth,
                   SQ_STR_ARG(sq_str_sub(sq_buf_str(&word), 0, 40)), a->n,
                   SQ_STR_ARG(sq_str_sub(sq_buf_str(&want), 0, 40)));
    sq_buf_release(&word);
    sq_buf_release(&want);
}
