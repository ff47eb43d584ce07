#include "ifeval/ifeval.h"
#include <string.h>
#include "ifeval/pytext.h"
#include "ifeval/rules.h"

/* ---- kinds -------------------------------------------------------------- */

/* How an argument is read, and what of the instruction it becomes. */
enum form {
    NONE,
    NUMBER,   /* n */
    NTH,      /* nth */
    RELATION, /* at_least */
    TEXT,
    LETTER,   /* text: one character */
    LANGUAGE, /* text: a code */
    LIST
};

/* What patterns the text or the list becomes. */
enum pattern { PLAIN, ANYWHERE, WORDS, SECTION, POSTSCRIPT };

struct kind {
    const char *id;
    sq_ifeval_rule *rule;
    struct {
        const char *name;
        enum form form;
    } args[3];
    enum pattern pattern;
};

static const struct kind kinds[] = {
    {"change_case:capital_word_frequency",
     sq_ifeval_capital_words,
     {{"capital_frequency", NUMBER}, {"capital_relation", RELATION}},
     PLAIN},
    {"change_case:english_capital", sq_ifeval_english_capital, {{0}}, PLAIN},
    {"change_case:english_lowercase",
     sq_ifeval_english_lowercase,
     {{0}},
     PLAIN},
    {"combination:repeat_prompt",
     sq_ifeval_repeat,
     {{"prompt_to_repeat", TEXT}},
     PLAIN},
    {"combination:two_responses", sq_ifeval_two, {{0}}, PLAIN},
    {"detectable_content:number_placeholders",
     sq_ifeval_placeholders,
     {{"num_placeholders", NUMBER}},
     PLAIN},
    {"detectable_content:postscript",
     sq_ifeval_postscript,
     {{"postscript_marker", TEXT}},
     POSTSCRIPT},
    {"detectable_format:constrained_response",
     sq_ifeval_constrained,
     {{0}},
     PLAIN},
    {"detectable_format:json_format", sq_ifeval_json_format, {{0}}, PLAIN},
    {"detectable_format:multiple_sections",
     sq_ifeval_sections,
     {{"section_spliter", TEXT}, {"num_sections", NUMBER}},
     SECTION},
    {"detectable_format:number_bullet_lists",
     sq_ifeval_bullets,
     {{"num_bullets", NUMBER}},
     PLAIN},
    {"detectable_format:number_highlighted_sections",
     sq_ifeval_highlights,
     {{"num_highlights", NUMBER}},
     PLAIN},
    {"detectable_format:title", sq_ifeval_title, {{0}}, PLAIN},
    {"keywords:existence", sq_ifeval_existence, {{"keywords", LIST}}, ANYWHERE},
    {"keywords:forbidden_words",
     sq_ifeval_forbidden,
     {{"forbidden_words", LIST}},
     WORDS},
    {"keywords:frequency",
     sq_ifeval_frequency,
     {{"keyword", TEXT}, {"frequency", NUMBER}, {"relation", RELATION}},
     ANYWHERE},
    {"keywords:letter_frequency",
     sq_ifeval_letters,
     {{"letter", LETTER},
      {"let_frequency", NUMBER},
      {"let_relation", RELATION}},
     PLAIN},
    {"language:response_language",
     sq_ifeval_response_language,
     {{"language", LANGUAGE}},
     PLAIN},
    {"length_constraints:nth_paragraph_first_word",
     sq_ifeval_first_word,
     {{"num_paragraphs", NUMBER}, {"nth_paragraph", NTH}, {"first_word", TEXT}},
     PLAIN},
    {"length_constraints:number_paragraphs",
     sq_ifeval_paragraphs,
     {{"num_paragraphs", NUMBER}},
     PLAIN},
    {"length_constraints:number_sentences",
     sq_ifeval_number_sentences,
     {{"num_sentences", NUMBER}, {"relation", RELATION}},
     PLAIN},
    {"length_constraints:number_words",
     sq_ifeval_number_words,
     {{"num_words", NUMBER}, {"relation", RELATION}},
     PLAIN},
    {"punctuation:no_comma", sq_ifeval_no_comma, {{0}}, PLAIN},
    {"startend:end_checker", sq_ifeval_end, {{"end_phrase", TEXT}}, PLAIN},
    {"startend:quotation", sq_ifeval_quotation, {{0}}, PLAIN},
};

/* ---- patterns ----------------------------------------------------------- */

/* Python's \w, which PCRE2 widens from 10.43 on. */
#define W "[\\p{L}\\p{N}_]"
#define BOUNDARY "(?:(?<=" W ")(?!" W ")|(?<!" W ")(?=" W "))"

static void quote(sq_str text, struct sq_buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c < 0x80 && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
            !(c >= 'a' && c <= 'z'))
            sq_buf_addc(out, '\\');
        sq_buf_addc(out, text.p[i]);
    }
}

static void postscript_pattern(sq_str marker, bool fixed, struct sq_buf *out)
{
    struct sq_buf low;

    if (fixed)
        sq_buf_adds(out, "(?m)^[\\s*_>#]*");
    sq_buf_init(&low, SQ_MAX_MESSAGE);
    sq_py_lower(marker, &low);
    if (sq_str_eq(marker, SQ_STR("P.P.S")))
        sq_buf_adds(out, "p\\.\\s?p\\.\\s?s");
    else if (sq_str_eq(marker, SQ_STR("P.S.")))
        sq_buf_adds(out, "p\\.\\s?s\\.");
    else if (fixed)
        quote(sq_buf_str(&low), out);
    else
        sq_buf_add(out, sq_buf_str(&low));
    if (fixed)
        sq_buf_adds(out, ".*" W);
    sq_buf_release(&low);
}

/* A keyword as a pattern in which an i is any of four, which Python takes for
 * the same letter and PCRE2 does not; but not within a class or an escape. */
static void keyword_pattern(sq_str text, bool fixed, struct sq_buf *out)
{
    static const char *const is[] = {"i", "I", "\xc4\xb0", "\xc4\xb1"};
    bool plain = fixed;

    if (!fixed)
        plain = !memchr(text.p, '\\', text.n) && !memchr(text.p, '[', text.n) &&
                !memchr(text.p, '?', text.n);
    for (size_t i = 0; i < text.n;) {
        sq_str rest = sq_str_sub(text, i, text.n);
        size_t n = 0;

        for (size_t k = 0; k < 4 && n == 0 && plain; k++)
            if (sq_str_starts(rest, sq_str_from(is[k])))
                n = strlen(is[k]);
        if (n > 0)
            sq_buf_adds(out, "[iI\xc4\xb0\xc4\xb1]");
        else if (fixed)
            quote(sq_str_sub(rest, 0, 1), out);
        else
            sq_buf_addc(out, rest.p[0]);
        i += n > 0 ? n : 1;
    }
}

/* The pattern of a keyword, word, splitter or marker. Texts of the reference
 * are patterns themselves; the repaired rules take them as they are written. */
static void pattern_of(enum pattern kind, sq_str text, bool fixed,
                       struct sq_buf *out)
{
    const char *before = "", *after = "";

    if (kind == POSTSCRIPT) {
        postscript_pattern(text, fixed, out);
        return;
    }
    if (kind == SECTION) {
        before = fixed ? "(?m)^[ \\t*_>#]*" : "\\s?";
        after = fixed ? "[ \\t]?\\d" : "\\s?\\d+\\s?";
    } else if (fixed) {
        before = "(?<!" W ")";
        after = "(?!" W ")";
    } else if (kind == WORDS) {
        before = after = BOUNDARY;
    }
    sq_buf_adds(out, before);
    if (kind != SECTION)
        keyword_pattern(text, fixed, out);
    else if (fixed)
        quote(text, out);
    else
        sq_buf_add(out, text);
    sq_buf_adds(out, after);
}

static enum sq_status compile(const struct kind *kind, const char *where,
                              struct sq_arena *arena, struct sq_ifeval_args *a,
                              struct sq_err *err)
{
    const sq_str *texts = a->nlist ? a->list : &a->text;
    size_t n = a->nlist ? a->nlist : 1;
    bool nocase = kind->pattern == ANYWHERE || kind->pattern == WORDS;
    enum sq_status st = SQ_OK;

    if (kind->pattern == PLAIN)
        return SQ_OK;
    a->patterns = sq_arena_array(arena, n, sizeof(*a->patterns));
    for (size_t i = 0; i < n && st == SQ_OK; i++) {
        struct sq_buf pattern;

        sq_buf_init(&pattern, SQ_MAX_MESSAGE);
        pattern_of(kind->pattern, texts[i], a->shared->fixed, &pattern);
        if (pattern.over)
            st = sq_err_set(err, SQ_INPUT, "%s: a word is too long", where);
        else
            st = sq_regex_compile(sq_buf_str(&pattern),
                                  nocase ? SQ_REGEX_NOCASE : 0, where, arena,
                                  &a->patterns[i], err);
        sq_buf_release(&pattern);
    }
    return st;
}

/* ---- arguments ---------------------------------------------------------- */

static enum sq_status take_list(const struct sq_json *kwargs, const char *name,
                                const char *where, struct sq_arena *arena,
                                struct sq_ifeval_args *a, struct sq_err *err)
{
    const struct sq_json *item;
    sq_str *list;
    enum sq_status st = sq_json_need_array(kwargs, name, where, &item, err);

    if (st != SQ_OK)
        return st;
    list = sq_arena_array(arena, sq_json_count(item), sizeof(*list));
    for (item = sq_json_first(item); item; item = sq_json_next(item)) {
        list[a->nlist] = sq_arena_str(arena, sq_json_str(item));
        if (list[a->nlist++].n == 0)
            return sq_err_set(err, SQ_INPUT, "%s: %s: want words", where, name);
    }
    a->list = list;
    return a->nlist
               ? SQ_OK
               : sq_err_set(err, SQ_INPUT, "%s: %s: is empty", where, name);
}

static enum sq_status take_relation(const struct sq_json *kwargs,
                                    const char *name, const char *where,
                                    struct sq_ifeval_args *a,
                                    struct sq_err *err)
{
    sq_str v;
    enum sq_status st = sq_json_need_str(kwargs, name, where, &v, err);

    if (st != SQ_OK)
        return st;
    a->at_least = sq_str_eq(v, SQ_STR("at least"));
    if (!a->at_least && !sq_str_eq(v, SQ_STR("less than")))
        return sq_err_set(err, SQ_INPUT,
                          "%s: %s: want \"at least\" or \"less than\", found "
                          "'%.*s'",
                          where, name, SQ_STR_ARG(v));
    return SQ_OK;
}

static enum sq_status take_text(const struct sq_json *kwargs, const char *name,
                                enum form form, const char *where,
                                struct sq_arena *arena,
                                struct sq_ifeval_args *a, struct sq_err *err)
{
    sq_str v;
    enum sq_status st = sq_json_need_str(kwargs, name, where, &v, err);

    if (st != SQ_OK)
        return st;
    a->text = sq_arena_str(arena, sq_py_strip(v));
    if (a->text.n == 0)
        return sq_err_set(err, SQ_INPUT, "%s: %s: is empty", where, name);
    if (form == LETTER && sq_utf8_count(a->text) != 1)
        return sq_err_set(err, SQ_INPUT, "%s: %s: want one character", where,
                          name);
    if (form == LANGUAGE && !sq_ifeval_tongue_known(a->text))
        return sq_err_set(err, SQ_INPUT,
                          "%s: %s: '%.*s' is no code of a language that can be "
                          "told",
                          where, name, SQ_STR_ARG(a->text));
    return SQ_OK;
}

static enum sq_status take(const struct sq_json *kwargs, const char *name,
                           enum form form, const char *where,
                           struct sq_arena *arena, struct sq_ifeval_args *a,
                           struct sq_err *err)
{
    switch (form) {
    case NUMBER:
        return sq_json_need_int(kwargs, name, where, 0, 1000000, &a->n, err);
    case NTH:
        return sq_json_need_int(kwargs, name, where, 1, 1000000, &a->nth, err);
    case RELATION:
        return take_relation(kwargs, name, where, a, err);
    case LIST:
        return take_list(kwargs, name, where, arena, a, err);
    default:
        return take_text(kwargs, name, form, where, arena, a, err);
    }
}

/* Each argument of the kind is there, and no other but for nulls. */
static enum sq_status take_all(const struct kind *kind,
                               const struct sq_json *kwargs, const char *where,
                               struct sq_arena *arena, struct sq_ifeval_args *a,
                               struct sq_err *err)
{
    enum sq_status st = SQ_OK;

    for (const struct sq_json *j = sq_json_first(kwargs); j;
         j = sq_json_next(j)) {
        bool known = sq_json_type(j) == SQ_JSON_NULL;

        for (size_t i = 0; i < 3 && kind->args[i].name; i++)
            known |= sq_str_eq(sq_json_key(j), sq_str_from(kind->args[i].name));
        if (!known)
            return sq_err_set(err, SQ_INPUT, "%s: %.*s: no argument of %s",
                              where, SQ_STR_ARG(sq_json_key(j)), kind->id);
    }
    for (size_t i = 0; i < 3 && kind->args[i].name && st == SQ_OK; i++)
        st = take(kwargs, kind->args[i].name, kind->args[i].form, where, arena,
                  a, err);
    return st;
}

/* ---- graders ------------------------------------------------------------ */

/* The rule of an instruction and its arguments. */
struct instruction {
    sq_ifeval_rule *rule;
    struct sq_ifeval_args args;
};

static void run_strict(const void *args, struct sq_check_text text,
                       struct sq_finding *out)
{
    const struct instruction *in = args;

    *out = (struct sq_finding){.verdict = SQ_FINDING_BROKEN,
                               .why = "the response is blank"};
    if (!sq_py_blank(text.text))
        in->rule(&in->args, text.text, out);
}

/* With its first, last, both or no lines taken off. */
static sq_str shortened(sq_str text, bool first, bool last)
{
    size_t from = first ? sq_str_find(text, SQ_STR("\n"), 0) : SIZE_MAX;

    if (first)
        text = from == SIZE_MAX ? (sq_str){NULL, 0}
                                : sq_str_sub(text, from + 1, text.n);
    if (last) {
        while (text.n > 0 && text.p[text.n - 1] != '\n')
            text.n--;
        text.n -= text.n > 0;
    }
    return first || last ? sq_py_strip(text) : text;
}

/* Does one of two forms, with stars and without, hold? What the first of all
 * found stays in *out where none does. */
static bool run_form(const struct instruction *in, sq_str text, bool keep,
                     struct sq_finding *out)
{
    struct sq_buf bare;
    struct sq_finding f = {.verdict = SQ_FINDING_BROKEN,
                           .why = "the response is blank"};

    if (!sq_py_blank(text))
        in->rule(&in->args, text, &f);
    if (keep || f.verdict == SQ_FINDING_HOLDS)
        *out = f;
    if (f.verdict == SQ_FINDING_HOLDS)
        return true;
    if (sq_str_find(text, SQ_STR("*"), 0) == SIZE_MAX)
        return false;
    sq_buf_init(&bare, SQ_MAX_REPLY);
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '*')
            sq_buf_addc(&bare, text.p[i]);
    if (!sq_py_blank(sq_buf_str(&bare)))
        in->rule(&in->args, sq_buf_str(&bare), &f);
    sq_buf_release(&bare);
    if (f.verdict == SQ_FINDING_HOLDS)
        *out = f;
    return f.verdict == SQ_FINDING_HOLDS;
}

static void run_loose(const void *args, struct sq_check_text text,
                      struct sq_finding *out)
{
    const struct instruction *in = args;
    bool done = false;

    for (unsigned form = 0; form < 4 && !done; form++)
        done = run_form(in, shortened(text.text, form & 1, form & 2), form == 0,
                        out);
    /* A place in a form of the text is none in the text. */
    out->at = out->len = 0;
}

enum sq_status sq_ifeval_step(const struct sq_ifeval *shared, sq_str id,
                              const struct sq_json *kwargs, const char *where,
                              struct sq_arena *arena, struct sq_step *out,
                              struct sq_err *err)
{
    static const char *const graders[] = {"strict", "loose"};
    struct instruction *in = sq_arena_alloc(arena, sizeof(*in));
    struct sq_check *checks = sq_arena_array(arena, 2, sizeof(*checks));
    struct sq_rule *rules = sq_arena_array(arena, 2, sizeof(*rules));
    const struct kind *kind = NULL;
    struct sq_buf text;
    enum sq_status st;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !kind; i++)
        if (sq_str_eq(id, sq_str_from(kinds[i].id)))
            kind = &kinds[i];
    if (!kind)
        return sq_err_set(err, SQ_INPUT,
                          "%s: '%.*s' is no instruction of "
                          "IFEval",
                          where, SQ_STR_ARG(id));
    in->rule = kind->rule;
    in->args.shared = shared;
    in->args.at_least = true; /* where the kind has no relation */
    st = take_all(kind, kwargs, where, arena, &in->args, err);
    if (st == SQ_OK)
        st = compile(kind, where, arena, &in->args, err);
    if (st != SQ_OK)
        return st;
    sq_buf_init(&text, SQ_MAX_REPLY);
    sq_buf_addf(&text, "%s ", kind->id);
    sq_json_render(kwargs, &text);
    for (size_t i = 0; i < 2; i++) {
        checks[i] = (struct sq_check){.name = kind->id,
                                      .run = i == 0 ? run_strict : run_loose};
        rules[i] =
            (struct sq_rule){.check = &checks[i],
                             .args = in,
                             .role = SQ_ROLE_CONSTRAINT,
                             .grader = graders[i],
                             .text = sq_arena_str(arena, sq_buf_str(&text))};
    }
    sq_buf_release(&text);
    *out = (struct sq_step){.kind = {kind->id, strcspn(kind->id, ":")},
                            .answerable = true,
                            .rules = rules,
                            .nrules = 2};
    return SQ_OK;
}

/* ---- opening ------------------------------------------------------------ */

enum sq_status sq_ifeval_open(struct sq_ifeval **out, bool fixed,
                              struct sq_arena *arena, struct sq_err *err)
{
    struct sq_ifeval *s = sq_arena_alloc(arena, sizeof(*s));
    struct sq_profiles *profiles = NULL;
    const struct {
        const char *pattern;
        const struct sq_regex **re;
    } own[] = {{W "+", &s->words},
               {"\\p{Uppercase}", &s->upper},
               {"\\p{Lowercase}", &s->lower},
               {"\\p{Lt}", &s->title}};
    enum sq_status st = sq_langid_load("ifeval", arena, &s->langid, err);

    s->fixed = fixed;
    if (st == SQ_OK)
        st = sq_profiles_load(&profiles, SQ_LANGDETECT_DIR, arena, err);
    s->profiles = profiles;
    for (size_t i = 0; i < 4 && st == SQ_OK; i++)
        st = sq_regex_compile(sq_str_from(own[i].pattern), SQ_REGEX_OWN,
                              "ifeval", arena, own[i].re, err);
    *out = s;
    return st;
}

const char *sq_ifeval_languages(const struct sq_ifeval *shared)
{
    return sq_ifeval_teller(shared);
}
