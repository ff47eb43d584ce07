/* Checks of how often words and letters occur. */
#include "check/families.h"
#include "check/args.h"
#include "check/finding.h"
#include "check/fold.h"

/* ---- keywords, forbidden ----------------------------------------------- */

struct keywords_args {
    struct sq_strings words;
    struct sq_bound bound;
};

static enum sq_status compile_keywords(const struct sq_json *rule,
                                       const char *where,
                                       struct sq_arena *arena,
                                       const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "words",
                                       "op",    "n",    NULL};
    struct keywords_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = a;
    if (!st)
        st = sq_strings_read(rule, "words", 1, where, arena, &a->words, err);
    return st ? st : sq_bound_read(rule, where, &a->bound, err);
}

/* How often the words occur; where the first does. */
static bool count_words(const struct sq_strings *words, sq_str text,
                        size_t *count, struct sq_finding *out)
{
    struct sq_words w = sq_words_of(text, words->s, words->n);
    size_t at, len, which, first = 0, first_len = 0;

    for (*count = 0; sq_words_next(&w, &at, &len, &which); ++*count) {
        if (*count == 0) {
            first = at;
            first_len = len;
        }
    }
    if (w.limit)
        sq_finding_set(out, SQ_FINDING_ERROR,
                       "looking for %zu words takes too many steps", words->n);
    sq_finding_at(out, first, first_len);
    return !w.limit;
}

static void run_keywords(const void *args, struct sq_check_text text,
                         struct sq_finding *out)
{
    const struct keywords_args *a = args;
    struct sq_finding seen = {.verdict = SQ_FINDING_ERROR};
    size_t n;

    if (sq_finding_empty(out, text.text))
        return;
    if (count_words(&a->words, text.text, &n, &seen)) {
        sq_bound_judge(&a->bound, text.shared, n, "times", out);
        sq_finding_at(out, seen.at, seen.len);
    } else {
        *out = seen;
    }
}

static enum sq_status compile_forbidden(const struct sq_json *rule,
                                        const char *where,
                                        struct sq_arena *arena,
                                        const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "words", NULL};
    struct sq_strings *words = sq_arena_alloc(arena, sizeof(*words));
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = words;
    return st ? st
              : sq_strings_read(rule, "words", 1, where, arena, words, err);
}

static void run_forbidden(const void *args, struct sq_check_text text,
                          struct sq_finding *out)
{
    const struct sq_strings *words = args;
    struct sq_words w;
    size_t at, len, which;

    if (sq_finding_empty(out, text.text))
        return;
    w = sq_words_of(text.text, words->s, words->n);
    if (sq_words_next(&w, &at, &len, &which)) {
        sq_finding_set(out,
                       text.shared ? SQ_FINDING_UNDECIDED : SQ_FINDING_BROKEN,
                       "has \"%.*s\"%s", SQ_STR_ARG(words->s[which]),
                       text.shared ? " somewhere" : "");
        sq_finding_at(out, at, len);
    } else if (w.limit) {
        sq_finding_set(out, SQ_FINDING_ERROR,
                       "looking for %zu words takes too many steps", words->n);
    } else {
        sq_finding_set(out, SQ_FINDING_HOLDS, "none of %zu words is there",
                       words->n);
    }
}

/* ---- letters ----------------------------------------------------------- */

struct letters_args {
    uint32_t letter; /* folded */
    struct sq_bound bound;
};

static enum sq_status compile_letters(const struct sq_json *rule,
                                      const char *where, struct sq_arena *arena,
                                      const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "letter",
                                       "op",    "n",    NULL};
    struct letters_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, keys, where, err);
    sq_str letter = {NULL, 0};
    size_t pos = 0;

    *args = a;
    if (!st)
        st = sq_json_need_str(rule, "letter", where, &letter, err);
    if (!st && letter.n)
        a->letter = sq_fold(sq_utf8_next(letter, &pos));
    if (!st && (letter.n == 0 || pos != letter.n))
        st = sq_err_set(err, SQ_INPUT, "%s: letter: \"%.*s\" is not one letter",
                        where, SQ_STR_ARG(letter));
    return st ? st : sq_bound_read(rule, where, &a->bound, err);
}

static void run_letters(const void *args, struct sq_check_text text,
                        struct sq_finding *out)
{
    const struct letters_args *a = args;
    sq_str s = text.text;
    size_t pos = 0, n = 0, first = 0, len = 0;

    if (sq_finding_empty(out, s))
        return;
    while (pos < s.n) {
        size_t at = pos;

        if (sq_fold(sq_utf8_next(s, &pos)) != a->letter)
            continue;
        if (n++ == 0) {
            first = at;
            len = pos - at;
        }
    }
    sq_bound_judge(&a->bound, text.shared, n, "times", out);
    sq_finding_at(out, first, len);
}

const struct sq_check sq_check_forbidden = {"forbidden", "words",
                                            compile_forbidden, run_forbidden};
const struct sq_check sq_check_keywords = {
    "keywords", "words, op (==, >=, <=), n", compile_keywords, run_keywords};
const struct sq_check sq_check_letters = {
    "letters", "letter, op (==, >=, <=), n", compile_letters, run_letters};
