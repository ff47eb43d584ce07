/* Checks of what the text says: strings, a choice among options. */
#include "check/families.h"
#include <stdlib.h>
#include <string.h>
#include "check/args.h"
#include "check/finding.h"
#include "check/regex.h"
#include "check/text.h"

/* ---- contains ---------------------------------------------------------- */

enum contains_how { CONTAINS_ALL, CONTAINS_ANY, CONTAINS_NONE };

static const char *const how_names[] = {
    [CONTAINS_ALL] = "all", [CONTAINS_ANY] = "any", [CONTAINS_NONE] = "none"};

struct contains_args {
    enum contains_how how;
    struct sq_strings strings;
    const struct sq_regex **patterns;
};

static enum sq_status compile_contains(const struct sq_json *rule,
                                       const char *where,
                                       struct sq_arena *arena,
                                       const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "all",
                                       "any",   "none", NULL};
    struct contains_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, keys, where, err);
    size_t given = 0;

    *args = a;
    if (st)
        return st;
    for (size_t i = 0; i < 3; i++) {
        if (!sq_json_get(rule, how_names[i]))
            continue;
        a->how = (enum contains_how)i;
        given++;
    }
    if (given != 1)
        return sq_err_set(err, SQ_INPUT,
                          "%s: want one of \"all\", \"any\" and \"none\"",
                          where);
    st = sq_strings_read(rule, how_names[a->how], 1, where, arena, &a->strings,
                         err);
    if (st)
        return st;
    a->patterns =
        sq_arena_array(arena, a->strings.n, sizeof(const struct sq_regex *));
    for (size_t i = 0; i < a->strings.n && !st; i++)
        st = sq_regex_compile(a->strings.s[i],
                              SQ_REGEX_NOCASE | SQ_REGEX_LITERAL, where, arena,
                              &a->patterns[i], err);
    return st;
}

/* The verdict when one string tells: a missing one of all, a present one of any
 * or none. In a shared text a present one may be another step's. */
static void contains_told(const struct contains_args *a, size_t i, bool shared,
                          struct sq_finding *out)
{
    enum sq_finding_verdict v = SQ_FINDING_BROKEN;

    if (a->how == CONTAINS_ANY)
        v = SQ_FINDING_HOLDS;
    else if (a->how == CONTAINS_NONE && shared)
        v = SQ_FINDING_UNDECIDED;
    sq_finding_set(out, v, "%s\"%.*s\"%s", a->how == CONTAINS_ALL ? "" : "has ",
                   SQ_STR_ARG(a->strings.s[i]),
                   a->how == CONTAINS_ALL ? " is missing" : "");
}

static void run_contains(const void *args, struct sq_check_text text,
                         struct sq_finding *out)
{
    const struct contains_args *a = args;
    size_t at = 0, end = 0;

    if (sq_finding_empty(out, text.text))
        return;
    for (size_t i = 0; i < a->strings.n; i++) {
        enum sq_regex_result r =
            sq_regex_find(a->patterns[i], text.text, 0, &at, &end);

        if (r == SQ_REGEX_LIMIT) {
            sq_finding_set(out, SQ_FINDING_ERROR,
                           "looking for \"%.*s\" takes too many steps",
                           SQ_STR_ARG(a->strings.s[i]));
            return;
        }
        if ((a->how == CONTAINS_ALL) != (r == SQ_REGEX_FOUND)) {
            contains_told(a, i, text.shared, out);
            if (r == SQ_REGEX_FOUND)
                sq_finding_at(out, at, end - at);
            return;
        }
    }
    if (a->how == CONTAINS_ALL) {
        sq_finding_set(out, SQ_FINDING_HOLDS, "all of %zu strings are there",
                       a->strings.n);
        sq_finding_at(out, at, end - at);
    } else {
        sq_finding_set(
            out, a->how == CONTAINS_NONE ? SQ_FINDING_HOLDS : SQ_FINDING_BROKEN,
            "none of %zu strings is there", a->strings.n);
    }
}

/* ---- choice ------------------------------------------------------------ */

struct choice_args {
    struct sq_strings options; /* longest first */
    const struct sq_regex **patterns;
};

static int longer_first(const void *a, const void *b)
{
    size_t x = ((const sq_str *)a)->n;
    size_t y = ((const sq_str *)b)->n;

    return (x < y) - (x > y);
}

/* The option as whole words: its bytes, signs escaped, no letter or digit next
 * to them. */
static enum sq_status compile_option(sq_str option, const char *where,
                                     struct sq_arena *arena,
                                     const struct sq_regex **out,
                                     struct sq_err *err)
{
    struct sq_buf p;
    enum sq_status st;

    sq_buf_init(&p, SQ_MAX_MESSAGE);
    sq_buf_adds(&p, "(?<![\\p{L}\\p{N}])");
    for (size_t i = 0; i < option.n; i++) {
        unsigned char c = (unsigned char)option.p[i];

        if (c < 0x80 && !sq_text_is_word(c))
            sq_buf_addc(&p, '\\');
        sq_buf_addc(&p, option.p[i]);
    }
    sq_buf_adds(&p, "(?![\\p{L}\\p{N}])");
    st = sq_regex_compile(sq_buf_str(&p), SQ_REGEX_NOCASE, where, arena, out,
                          err);
    sq_buf_release(&p);
    return st;
}

static enum sq_status compile_choice(const struct sq_json *rule,
                                     const char *where, struct sq_arena *arena,
                                     const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "options", NULL};
    struct choice_args *a = sq_arena_alloc(arena, sizeof(*a));
    sq_str *options;
    enum sq_status st;

    *args = a;
    st = sq_json_only(rule, keys, where, err);
    if (!st)
        st =
            sq_strings_read(rule, "options", 2, where, arena, &a->options, err);
    if (st)
        return st;
    options = a->options.s;
    a->patterns =
        sq_arena_array(arena, a->options.n, sizeof(const struct sq_regex *));
    for (size_t i = 0; i < a->options.n; i++)
        options[i] = sq_str_trim(options[i]);
    qsort(options, a->options.n, sizeof(*options), longer_first);
    for (size_t i = 0; i < a->options.n && !st; i++) {
        for (size_t k = 0; k < i; k++) {
            if (sq_str_eq_nocase(options[k], options[i]))
                return sq_err_set(err, SQ_INPUT,
                                  "%s: options: \"%.*s\" is there twice", where,
                                  SQ_STR_ARG(options[i]));
        }
        st = compile_option(options[i], where, arena, &a->patterns[i], err);
    }
    return st;
}

/* How an option stands out from a mere mention. */
enum stand { STAND_NONE, STAND_ALONE, STAND_LEAD };

/* Where the options stand in the text. */
struct options_found {
    size_t next[SQ_STRINGS_MAX],
        end[SQ_STRINGS_MAX]; /* of the next, or SIZE_MAX */
    /* How each stands out, STAND_NONE for one that is merely named; where. */
    bool named[SQ_STRINGS_MAX];
    enum stand stand[SQ_STRINGS_MAX];
    size_t at[SQ_STRINGS_MAX];
    size_t nnamed;
    bool limit;
};

/* Finds option i from `from` on. */
static void find_option(const struct choice_args *a, sq_str text, size_t i,
                        size_t from, struct options_found *f)
{
    switch (
        sq_regex_find(a->patterns[i], text, from, &f->next[i], &f->end[i])) {
    case SQ_REGEX_FOUND:
        return;
    case SQ_REGEX_LIMIT:
        f->limit = true;
        break;
    case SQ_REGEX_NONE:
        break;
    }
    f->next[i] = SIZE_MAX;
}

static bool ends_nocase(sq_str s, sq_str end)
{
    return s.n >= end.n &&
           sq_str_eq_nocase(sq_str_sub(s, s.n - end.n, s.n), end);
}

/* "answer:", "category is the", "I choose", "classify this as" stand right
 * before the choice. */
static bool is_lead(sq_str before)
{
    static const char *const leads[] = {
        "answer",  "answer is", "category",       "category is",
        "label",   "label is",  "class",          "choice",
        "choose",  "choice is", "recommend",      "recommend using",
        "chose",   "decision",  "decision is",    "select",
        "suggest", "go with",   "classification", "classification is"};
    static const char *const verbs[] = {"classif", "categor", "label",
                                        "identif"};
    static const char *const skipped[] = {" the", " a", " an", " learning"};
    char low[80];
    size_t n;

    while (before.n && (sq_is_space(before.p[before.n - 1]) ||
                        memchr(":*\"'`", before.p[before.n - 1], 5)))
        before.n--;
    for (size_t i = 0; i < sizeof(skipped) / sizeof(*skipped); i++) {
        if (ends_nocase(before, sq_str_from(skipped[i])))
            before.n -= strlen(skipped[i]);
    }
    for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
        if (ends_nocase(before, sq_str_from(leads[i])))
            return true;
    }
    if (!ends_nocase(before, SQ_STR(" as")))
        return false;
    n = before.n < sizeof(low) ? before.n : sizeof(low);
    for (size_t i = 0; i < n; i++) {
        char c = before.p[before.n - n + i];

        low[i] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
    }
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        if (sq_str_find((sq_str){low, n}, sq_str_from(verbs[i]), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

/* Alone on its line, in bold or in quotes; or behind a lead. */
static enum stand stands_out(sq_str text, size_t at, size_t end)
{
    size_t start = at, stop = end;
    sq_str before, after;
    bool bold;

    while (start > 0 && at - start < 200 && text.p[start - 1] != '\n')
        start--;
    while (stop < text.n && stop - end < 200 && text.p[stop] != '\n')
        stop++;
    before = sq_str_sub(text, start, at);
    after = sq_str_sub(text, end, stop);
    if (is_lead(before))
        return STAND_LEAD;
    bold = (sq_str_ends(before, SQ_STR("**")) &&
            sq_str_starts(after, SQ_STR("**"))) ||
           (sq_str_ends(before, SQ_STR("\"")) &&
            sq_str_starts(after, SQ_STR("\"")));
    if (bold || (!sq_text_has_word(before) && !sq_text_has_word(after)))
        return STAND_ALONE;
    return STAND_NONE;
}

static void note_option(sq_str text, size_t i, struct options_found *f)
{
    enum stand stand = stands_out(text, f->next[i], f->end[i]);

    if (!f->named[i])
        f->nnamed++;
    if (!f->named[i] || stand > f->stand[i]) {
        f->at[i] = f->next[i];
        f->stand[i] = stand;
    }
    f->named[i] = true;
}

/* Takes the leftmost, then longest option until none is left. */
static void find_options(const struct choice_args *a, sq_str text,
                         struct options_found *f)
{
    for (size_t i = 0; i < a->options.n; i++)
        find_option(a, text, i, 0, f);
    for (size_t count = 0; count < 1000 && !f->limit; count++) {
        size_t first = 0;
        size_t end;

        for (size_t i = 1; i < a->options.n; i++) {
            if (f->next[i] < f->next[first])
                first = i;
        }
        if (f->next[first] == SIZE_MAX)
            return;
        end = f->end[first];
        note_option(text, first, f);
        for (size_t i = 0; i < a->options.n; i++) {
            if (f->next[i] < end)
                find_option(a, text, i, end, f);
        }
    }
}

/* The options that stand out in this way: their number, and one of them. */
static size_t count_stands(const struct choice_args *a,
                           const struct options_found *f, enum stand stand,
                           size_t *which)
{
    size_t n = 0;

    for (size_t i = 0; i < a->options.n; i++) {
        if (f->named[i] && f->stand[i] >= stand) {
            *which = i;
            n++;
        }
    }
    return n;
}

static void run_choice(const void *args, struct sq_check_text text,
                       struct sq_finding *out)
{
    const struct choice_args *a = args;
    struct options_found f = {.nnamed = 0};
    size_t which = 0;
    size_t leads;

    if (sq_finding_empty(out, text.text))
        return;
    find_options(a, text.text, &f);
    leads = count_stands(a, &f, STAND_LEAD, &which);
    if (f.limit) {
        sq_finding_set(out, SQ_FINDING_ERROR, "too many steps");
    } else if (f.nnamed == 0) {
        sq_finding_set(out, SQ_FINDING_BROKEN, "none of %zu options is named",
                       a->options.n);
    } else if (leads > 1) {
        sq_finding_set(out, SQ_FINDING_BROKEN, "chooses %zu options", leads);
    } else if (leads == 1 || count_stands(a, &f, STAND_ALONE, &which) == 1 ||
               count_stands(a, &f, STAND_NONE, &which) == 1) {
        sq_finding_set(out, SQ_FINDING_HOLDS, "chooses \"%.*s\"",
                       SQ_STR_ARG(a->options.s[which]));
        sq_finding_at(out, f.at[which], a->options.s[which].n);
    } else {
        sq_finding_set(out, SQ_FINDING_UNDECIDED,
                       "names %zu options and singles none out", f.nnamed);
    }
}

const struct sq_check sq_check_choice = {"choice", "options", compile_choice,
                                         run_choice};
const struct sq_check sq_check_contains = {"contains", "all, any or none",
                                           compile_contains, run_contains};
