/* Checks of what parts a text has: headings, sections, a title, quotations. */
#include "check/families.h"
#include "check/args.h"
#include "check/finding.h"
#include "check/fold.h"
#include "check/list.h"
#include "check/prose.h"
#include "check/text.h"

/* ---- headings ---------------------------------------------------------- */

struct headings_args {
    struct sq_bound bound;
    long long level; /* 0 = any, bold lines included */
};

static enum sq_status compile_headings(const struct sq_json *rule,
                                       const char *where,
                                       struct sq_arena *arena,
                                       const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role",  "op",
                                       "n",     "level", NULL};
    struct headings_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = a;
    if (!st)
        st = sq_bound_read(rule, where, &a->bound, err);
    return st ? st
              : sq_json_opt_int(rule, "level", where, 1, 6, &a->level, err);
}

/* Number of # before a heading; 0 for a bold line. */
static long long level_of(sq_str line)
{
    sq_str s = sq_str_trim(line);
    long long n = 0;

    while ((size_t)n < s.n && s.p[n] == '#')
        n++;
    return n;
}

static void run_headings(const void *args, struct sq_check_text text,
                         struct sq_finding *out)
{
    const struct headings_args *a = args;
    struct sq_lines l = sq_lines_of(text.text);
    struct sq_line line;
    size_t n = 0, at = 0, len = 0;

    if (sq_finding_empty(out, text.text))
        return;
    while (sq_lines_next(&l, &line)) {
        if (line.kind != SQ_LINE_PROSE || !sq_text_is_heading(line.text) ||
            (a->level && level_of(line.text) != a->level))
            continue;
        if (n++ == 0) {
            at = line.at;
            len = line.text.n;
        }
    }
    sq_bound_judge(&a->bound, text.shared, n, "headings", out);
    sq_finding_at(out, at, len);
}

/* ---- sections ---------------------------------------------------------- */

static enum sq_status compile_sections(const struct sq_json *rule,
                                       const char *where,
                                       struct sq_arena *arena,
                                       const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "titles", NULL};
    struct sq_strings *titles = sq_arena_alloc(arena, sizeof(*titles));
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = titles;
    return st ? st
              : sq_strings_read(rule, "titles", 1, where, arena, titles, err);
}

/* The title of a heading: without #, number, emphasis and colon. */
static sq_str title_of(sq_str line)
{
    sq_str s = sq_str_trim(line);
    struct sq_list_item item;

    if (sq_list_item_parse(s, &item) && item.kind != SQ_LIST_BULLET &&
        item.text.n)
        s = item.text;
    while (s.n && s.p[0] == '#')
        s = sq_str_sub(s, 1, s.n);
    while (s.n && s.p[s.n - 1] == '#')
        s.n--;
    s = sq_text_bare(s);
    if (sq_str_ends(s, SQ_STR(":")))
        s.n--;
    return sq_text_bare(s);
}

static void run_sections(const void *args, struct sq_check_text text,
                         struct sq_finding *out)
{
    const struct sq_strings *titles = args;
    bool seen[SQ_STRINGS_MAX] = {false};
    struct sq_lines l = sq_lines_of(text.text);
    struct sq_line line;
    size_t at = 0, len = 0, steps = 0;

    if (sq_finding_empty(out, text.text))
        return;
    while (sq_lines_next(&l, &line)) {
        sq_str title;

        if (line.kind != SQ_LINE_PROSE || !sq_text_is_heading(line.text))
            continue;
        title = title_of(line.text);
        for (size_t i = 0;
             i < titles->n && title.n <= (size_t)4 * SQ_STRINGS_BYTES; i++) {
            if (seen[i] ||
                sq_fold_match(title, 0, titles->s[i], &steps) != title.n)
                continue;
            seen[i] = true;
            at = line.at;
            len = line.text.n;
        }
    }
    for (size_t i = 0; i < titles->n; i++) {
        if (seen[i])
            continue;
        sq_finding_set(out, SQ_FINDING_BROKEN, "no section \"%.*s\"",
                       SQ_STR_ARG(titles->s[i]));
        return;
    }
    sq_finding_set(out, SQ_FINDING_HOLDS, "all of %zu sections are there",
                   titles->n);
    sq_finding_at(out, at, len);
}

/* ---- title ------------------------------------------------------------- */

static enum sq_status compile_title(const struct sq_json *rule,
                                    const char *where, struct sq_arena *arena,
                                    const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", NULL};

    (void)arena;
    *args = NULL;
    return sq_json_only(rule, keys, where, err);
}

/* "<<Title>>" or "Title: ..." */
static bool is_title_line(sq_str line)
{
    sq_str s = sq_text_bare(line);

    if (sq_str_starts(s, SQ_STR("<<")) && sq_str_ends(s, SQ_STR(">>")))
        return sq_text_has_word(s);
    return s.n > 6 && sq_str_eq_nocase(sq_str_sub(s, 0, 6), SQ_STR("title:")) &&
           sq_text_has_word(sq_str_sub(s, 6, s.n));
}

static void run_title(const void *args, struct sq_check_text text,
                      struct sq_finding *out)
{
    struct sq_lines l = sq_lines_of(text.text);
    struct sq_line line;
    bool first = true, behind = false;

    (void)args;
    if (sq_finding_empty(out, text.text))
        return;
    while (sq_lines_next(&l, &line)) {
        if (line.blank || line.kind != SQ_LINE_PROSE)
            continue;
        if (is_title_line(line.text) ||
            ((first || text.shared) && sq_text_is_heading(line.text))) {
            sq_finding_set(out, SQ_FINDING_HOLDS, "there is a title");
            sq_finding_at(out, line.at, line.text.n);
            return;
        }
        behind |= !first && sq_text_is_heading(line.text);
        first = false;
    }
    sq_finding_set(out, SQ_FINDING_BROKEN,
                   behind ? "the first line is no title" : "there is no title");
}

/* ---- quotation --------------------------------------------------------- */

struct quotation_args {
    bool whole;
    long long words; /* it has at least as many */
};

static enum sq_status compile_quotation(const struct sq_json *rule,
                                        const char *where,
                                        struct sq_arena *arena,
                                        const void **args, struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "whole", "words", NULL};
    struct quotation_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = a;
    a->words = 1;
    if (!st)
        st = sq_json_opt_bool(rule, "whole", where, &a->whole, err);
    return st ? st
              : sq_json_opt_int(rule, "words", where, 1, 1000, &a->words, err);
}

static const struct {
    uint32_t open, close;
} quotes[] = {{'"', '"'},       {0x201c, 0x201d}, {0x201e, 0x201c},
              {0xab, 0xbb},     {0x300c, 0x300d}, {0x300e, 0x300f},
              {0x201d, 0x201d}, {0xbb, 0xab}};
#define NQUOTES (sizeof(quotes) / sizeof(*quotes))

static bool is_quote(uint32_t cp)
{
    for (size_t i = 0; i < NQUOTES; i++) {
        if (cp == quotes[i].open || cp == quotes[i].close)
            return true;
    }
    return false;
}

static bool closes(uint32_t open, uint32_t close)
{
    for (size_t i = 0; i < NQUOTES; i++) {
        if (open == quotes[i].open && close == quotes[i].close)
            return true;
    }
    return false;
}

/* A quotation within one paragraph; or a block of lines that start with >. */
static bool find_quotation(sq_str s, size_t words, size_t *at, size_t *len)
{
    size_t pos = 0, start = 0, block = SIZE_MAX;
    uint32_t open = 0, last = '\n';

    while (pos < s.n) {
        size_t here = pos;
        uint32_t cp = sq_utf8_next(s, &pos);

        if (last == '\n') {
            if (cp == '>' && block == SIZE_MAX)
                block = here;
            if (block != SIZE_MAX && (cp != '>' || pos >= s.n)) {
                *at = block;
                *len = here - block;
                if (sq_text_words(sq_str_sub(s, block, here)) >= words)
                    return true;
                block = SIZE_MAX;
            }
            if (cp == '\n')
                open = 0; /* a blank line */
        }
        last = cp;
        if (!is_quote(cp))
            continue;
        if (open && closes(open, cp)) {
            *at = start;
            *len = pos - start;
            open = 0;
            if (sq_text_words(sq_str_sub(s, *at, pos)) >= words)
                return true;
        } else {
            open = cp;
            start = here;
        }
    }
    if (block == SIZE_MAX)
        return false;
    *at = block;
    *len = s.n - block;
    return sq_text_words(sq_str_sub(s, block, s.n)) >= words;
}

/* The first and the last character are a pair of quotes. */
static bool wraps(sq_str text)
{
    sq_str s = sq_str_trim(text);
    size_t pos = 0, end = s.n;
    uint32_t open;

    if (s.n < 2)
        return false;
    open = sq_utf8_next(s, &pos);
    do {
        end--;
    } while (end > pos && s.n - end < 4 &&
             ((unsigned char)s.p[end] & 0xc0) == 0x80);
    return end >= pos && closes(open, sq_utf8_next(s, &end));
}

static void run_quotation(const void *args, struct sq_check_text text,
                          struct sq_finding *out)
{
    const struct quotation_args *a = args;
    size_t at = 0, len = text.text.n;
    bool yes;

    if (sq_finding_empty(out, text.text))
        return;
    if (a->whole && !text.shared)
        yes = wraps(text.text) && sq_text_words(text.text) >= (size_t)a->words;
    else
        yes = find_quotation(text.text, (size_t)a->words, &at, &len);
    sq_finding_set(out, yes ? SQ_FINDING_HOLDS : SQ_FINDING_BROKEN, "%s",
                   yes        ? "there is a quotation"
                   : a->whole ? "the text is not within quotes"
                              : "there is no quotation");
    if (yes)
        sq_finding_at(out, at, len);
}

const struct sq_check sq_check_headings = {
    "headings", "op (==, >=, <=), n, level", compile_headings, run_headings};
const struct sq_check sq_check_quotation = {"quotation", "whole, words",
                                            compile_quotation, run_quotation};
const struct sq_check sq_check_sections = {"sections", "titles",
                                           compile_sections, run_sections};
const struct sq_check sq_check_title = {"title", "", compile_title, run_title};
