/* Checks of a text as a whole: is it this, does it start or end with this? */
#include "check/families.h"
#include <string.h>
#include "check/args.h"
#include "check/finding.h"
#include "check/fold.h"
#include "check/text.h"

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "any", NULL};
    struct sq_strings *any = sq_arena_alloc(arena, sizeof(*any));
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = any;
    return st ? st : sq_strings_read(rule, "any", 1, where, arena, any, err);
}

/* Moves *start and *end over what `skip` accepts at both ends. */
static void strip(sq_str s, bool (*skip)(uint32_t cp), size_t *start,
                  size_t *end)
{
    while (*start < *end) {
        size_t next = *start;

        if (!skip(sq_utf8_next(s, &next)))
            break;
        *start = next;
    }
    while (*end > *start) {
        size_t at = *end;
        size_t pos;

        do {
            at--;
        } while (at > *start && *end - at < 4 &&
                 ((unsigned char)s.p[at] & 0xc0) == 0x80);
        pos = at;
        if (!skip(sq_utf8_next(s, &pos)) || pos != *end)
            break;
        *end = at;
    }
}

/* ---- exact ------------------------------------------------------------- */

static void broken(const struct sq_strings *any, bool undecided,
                   const char *what, struct sq_finding *out)
{
    sq_finding_set(out, undecided ? SQ_FINDING_UNDECIDED : SQ_FINDING_BROKEN,
                   "%s \"%.*s\"%s", what, SQ_STR_ARG(any->s[0]),
                   any->n > 1 ? " or another" : "");
}

static void run_exact(const void *args, struct sq_check_text text,
                      struct sq_finding *out)
{
    const struct sq_strings *any = args;
    size_t start = 0, end = text.text.n;
    bool within = false;
    sq_str s;

    if (sq_finding_empty(out, text.text))
        return;
    strip(text.text, sq_text_is_space, &start, &end);
    s = sq_str_sub(text.text, start, end);
    for (size_t i = 0; i < any->n; i++) {
        if (sq_str_eq(s, any->s[i])) {
            sq_finding_set(out, SQ_FINDING_HOLDS, "is \"%.*s\"",
                           SQ_STR_ARG(any->s[i]));
            sq_finding_at(out, start, s.n);
            return;
        }
        within |= text.shared && sq_str_find(s, any->s[i], 0) != SIZE_MAX;
    }
    broken(any, within, "is not", out);
}

/* ---- normalised -------------------------------------------------------- */

/* Walks what is compared of a text: its words, folded, without the articles a,
 * an and the, and without any other character. */
struct words {
    sq_str s;
    size_t pos;
    bool articles; /* keep them: the text has nothing else */
};

static bool is_article(sq_str w)
{
    return sq_str_eq_nocase(w, SQ_STR("a")) ||
           sq_str_eq_nocase(w, SQ_STR("an")) ||
           sq_str_eq_nocase(w, SQ_STR("the"));
}

/* The next run of characters that are no white space and hold a letter or a
 * digit; dashes part words, other signs are dropped when compared. */
static bool next_word(struct words *w, sq_str *out)
{
    while (w->pos < w->s.n) {
        size_t at = w->pos, end = at;
        bool any = false;

        while (w->pos < w->s.n) {
            uint32_t cp = sq_utf8_next(w->s, &w->pos);

            if (sq_text_is_space(cp) || cp == '-' || cp == 0x2013 ||
                cp == 0x2014)
                break;
            any |= sq_text_is_word(cp);
            end = w->pos;
        }
        if (!any)
            continue;
        *out = sq_text_bare(sq_str_sub(w->s, at, end));
        while (out->n &&
               !sq_text_has_word(sq_str_sub(*out, out->n - 1, out->n)) &&
               (unsigned char)out->p[out->n - 1] < 0x80)
            out->n--;
        if (w->articles || !is_article(*out))
            return true;
    }
    return false;
}

/* A text in the form that is compared: its letters, folded, and a 0 behind each
 * word. One that is longer than any string can be is cut. */
struct form {
    uint32_t cp[2 * SQ_STRINGS_BYTES + 2];
    size_t n;
};
#define FORM_MAX (2 * SQ_STRINGS_BYTES + 2)

static void put_word(struct form *f, sq_str word)
{
    size_t pos = 0;

    while (pos < word.n && f->n < FORM_MAX) {
        uint32_t cp = sq_utf8_next(word, &pos);

        if (sq_text_is_word(cp))
            f->cp[f->n++] = sq_fold(cp);
    }
    if (f->n < FORM_MAX)
        f->cp[f->n++] = 0;
}

static void make_form(sq_str s, struct form *f)
{
    sq_str word;

    f->n = 0;
    for (int articles = 0; articles < 2 && f->n == 0; articles++) {
        struct words w = {.s = s, .articles = articles};

        while (f->n < FORM_MAX && next_word(&w, &word))
            put_word(f, word);
    }
}

static bool same_form(const struct form *a, const struct form *b)
{
    return a->n == b->n && memcmp(a->cp, b->cp, a->n * sizeof(*a->cp)) == 0;
}

static void run_normalised(const void *args, struct sq_check_text text,
                           struct sq_finding *out)
{
    const struct sq_strings *any = args;
    size_t at, len, which;
    struct sq_words w;
    struct form mine, theirs;

    if (sq_finding_empty(out, text.text))
        return;
    make_form(text.text, &mine);
    for (size_t i = 0; i < any->n; i++) {
        make_form(any->s[i], &theirs);
        if (!same_form(&mine, &theirs))
            continue;
        sq_finding_set(out, SQ_FINDING_HOLDS, "is \"%.*s\"",
                       SQ_STR_ARG(any->s[i]));
        sq_finding_at(out, 0, text.text.n);
        return;
    }
    w = sq_words_of(text.text, any->s, any->n);
    broken(any, text.shared && sq_words_next(&w, &at, &len, &which), "is not",
           out);
}

/* ---- starts_with, ends_with -------------------------------------------- */

/* White space and marks that may stand around a text: quotes, emphasis, signs
 * of headings and of quoting. */
static bool is_around(uint32_t cp)
{
    return sq_text_is_space(cp) || cp == '*' || cp == '_' || cp == '`' ||
           cp == '#' || cp == '>' || cp == '"' || cp == 0x201c || cp == 0x201d;
}

static bool is_stop(uint32_t cp)
{
    return is_around(cp) || cp == '.' || cp == '!' || cp == '?' || cp == 0x2026;
}

/* The string stands at `at` and no word goes on behind it. */
static size_t starts(sq_str s, size_t at, sq_str want)
{
    size_t steps = 0;
    size_t n = sq_fold_match(s, at, want, &steps);

    return n && sq_word_goes_on(s, at + n) ? 0 : n;
}

static void run_starts_with(const void *args, struct sq_check_text text,
                            struct sq_finding *out)
{
    const struct sq_strings *any = args;
    size_t plain = 0, bare = 0, end = text.text.n;
    struct sq_words w;
    size_t at, len, which;

    if (sq_finding_empty(out, text.text))
        return;
    strip(text.text, sq_text_is_space, &plain, &end);
    strip(text.text, is_around, &bare, &end);
    for (size_t i = 0; i < any->n; i++) {
        size_t from = plain;
        size_t n = starts(text.text, from, any->s[i]);

        if (!n)
            n = starts(text.text, from = bare, any->s[i]);
        if (!n)
            continue;
        sq_finding_set(out, SQ_FINDING_HOLDS, "starts with \"%.*s\"",
                       SQ_STR_ARG(any->s[i]));
        sq_finding_at(out, from, n);
        return;
    }
    w = sq_words_of(text.text, any->s, any->n);
    broken(any, text.shared && sq_words_next(&w, &at, &len, &which),
           "doesn't start with", out);
}

/* Bytes of the string where it ends at `end`, or 0. A run of white space in the
 * text may be longer than the string's. */
static size_t ends(sq_str s, size_t end, sq_str want)
{
    size_t most = want.n * 4 + 16;
    size_t from = end > most ? end - most : 0;

    for (size_t at = from; at < end; at++) {
        size_t steps = 0;

        if (sq_fold_match(sq_str_sub(s, 0, end), at, want, &steps) == end - at)
            return sq_word_goes_on(s, at) ? 0 : end - at;
    }
    return 0;
}

static void run_ends_with(const void *args, struct sq_check_text text,
                          struct sq_finding *out)
{
    static bool (*const skips[])(uint32_t) = {sq_text_is_space, is_around,
                                              is_stop};
    const struct sq_strings *any = args;
    struct sq_words w;
    size_t at, len, which;

    if (sq_finding_empty(out, text.text))
        return;
    for (size_t k = 0; k < sizeof(skips) / sizeof(*skips); k++) {
        size_t start = 0, end = text.text.n;

        strip(text.text, skips[k], &start, &end);
        for (size_t i = 0; i < any->n; i++) {
            size_t n = ends(text.text, end, any->s[i]);

            if (!n)
                continue;
            sq_finding_set(out, SQ_FINDING_HOLDS, "ends with \"%.*s\"",
                           SQ_STR_ARG(any->s[i]));
            sq_finding_at(out, end - n, n);
            return;
        }
    }
    w = sq_words_of(text.text, any->s, any->n);
    broken(any, text.shared && sq_words_next(&w, &at, &len, &which),
           "doesn't end with", out);
}

const struct sq_check sq_check_ends_with = {"ends_with", "any", compile,
                                            run_ends_with};
const struct sq_check sq_check_exact = {"exact", "any", compile, run_exact};
const struct sq_check sq_check_normalised = {"normalised", "any", compile,
                                             run_normalised};
const struct sq_check sq_check_starts_with = {"starts_with", "any", compile,
                                              run_starts_with};
