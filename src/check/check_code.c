/* The check code: is there code, in the language that was asked for? */
#include "check/families.h"
#include "check/finding.h"
#include "check/languages.h"
#include "check/regex.h"
#include "check/text.h"

struct code_args {
    sq_str lang;
    bool any;
    bool blocks, outside;               /* where it may stand */
    const struct sq_language *language; /* NULL: known by its label alone */
    const struct sq_regex *pattern;     /* NULL: likewise */
};

/* Pieces of a text that are searched for a pattern at most. */
#define MAX_SEARCHES 64

/* The patterns that the rules of an arena share: to compile one takes as long
 * as a hundred searches. */
struct shelf {
    const struct sq_language *language;
    const struct sq_regex *pattern;
    struct shelf *next;
};

/* The shelf lies in the arena itself, which knows it by this function. */
static void leave_shelf(void *head)
{
    (void)head;
}

static enum sq_status pattern_of(const struct sq_language *language,
                                 const char *where, struct sq_arena *arena,
                                 const struct sq_regex **out,
                                 struct sq_err *err)
{
    struct shelf *s = sq_arena_kept(arena, leave_shelf);
    if (!s) {
        s = sq_arena_alloc(arena, sizeof(*s));
        sq_arena_on_release(arena, leave_shelf, s);
    }
    while (s->language && s->language != language)
        s = s->next;
    if (!s->language) {
        enum sq_status st = sq_regex_compile(sq_str_from(language->pattern), 0,
                                             where, arena, &s->pattern, err);
        if (st)
            return st;
        s->language = language;
        s->next = sq_arena_alloc(arena, sizeof(*s));
    }
    *out = s->pattern;
    return SQ_OK;
}

static bool is_lang(sq_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
              c == '#' || c == '-' || c == '.'))
            return false;
    }
    return s.n > 0;
}

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "lang", "fenced", NULL};
    struct code_args *a = sq_arena_alloc(arena, sizeof(*a));
    bool fenced = false;
    enum sq_status st;

    *args = a;
    st = sq_json_only(rule, keys, where, err);
    if (!st)
        st = sq_json_need_str(rule, "lang", where, &a->lang, err);
    if (!st && !is_lang(a->lang))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: lang: \"%.*s\" is no lower-case name of a "
                        "language (or \"any\")",
                        where, SQ_STR_ARG(a->lang));
    if (!st)
        st = sq_json_opt_bool(rule, "fenced", where, &fenced, err);
    if (st)
        return st;
    a->blocks = fenced || !sq_json_get(rule, "fenced");
    a->outside = !fenced || !sq_json_get(rule, "fenced");
    a->lang = sq_arena_str(arena, a->lang);
    a->any = sq_str_eq(a->lang, SQ_STR("any"));
    a->language = sq_language_find(a->lang);
    if (!a->language)
        return SQ_OK;
    return pattern_of(a->language, where, arena, &a->pattern, err);
}

/* One run over a text. */
struct search {
    const struct code_args *a;
    size_t searches;
    bool unlabelled; /* code that nothing tells the language of */
    bool limit;
    size_t at, len;
};

static bool looks_like(struct search *s, sq_str body, size_t at)
{
    size_t from, end;

    if (!s->a->pattern || sq_text_blank(body))
        return false;
    if (s->searches++ >= MAX_SEARCHES) {
        s->limit = true;
        return false;
    }
    switch (sq_regex_find(s->a->pattern, body, 0, &from, &end)) {
    case SQ_REGEX_FOUND:
        s->at = at + from;
        s->len = end - from;
        return true;
    case SQ_REGEX_LIMIT:
        s->limit = true;
        break;
    case SQ_REGEX_NONE:
        break;
    }
    return false;
}

static bool one_of(sq_str s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sq_str_eq_nocase(s, sq_str_from(list[i])))
            return true;
    }
    return false;
}

/* Pages hold markup, styles and scripts. */
static bool is_page(sq_str s)
{
    static const char *const list[] = {"html", "xml",    "vue",
                                       "php",  "svelte", "jsx"};

    return one_of(s, list, sizeof(list) / sizeof(*list));
}

static bool label_fits(const struct code_args *a, sq_str label)
{
    return sq_str_eq_nocase(label, a->lang) ||
           (a->language && sq_language_is(a->language, label));
}

static bool block_fits(struct search *s, const struct sq_code *block,
                       bool prose)
{
    if (sq_text_blank(block->body))
        return false;
    s->at = block->at;
    s->len = block->body.n;
    if (s->a->any && !prose)
        return true;
    if (block->label.n && label_fits(s->a, block->label))
        return true;
    if (is_page(s->a->lang) || sq_str_eq(s->a->lang, SQ_STR("css")) ||
        sq_str_eq(s->a->lang, SQ_STR("javascript"))) {
        if (is_page(block->label))
            return looks_like(s, block->body, block->at);
    }
    if (block->label.n && !prose && sq_language_find(block->label))
        return false;
    s->unlabelled |= !prose;
    return looks_like(s, block->body, block->at);
}

static bool find_code(struct search *s, sq_str text)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_code block;
    size_t from = 0;

    while (sq_code_next(&l, &block)) {
        if (s->a->blocks && block_fits(s, &block, l.prose))
            return true;
        if (s->a->outside &&
            looks_like(s, sq_str_sub(text, from, block.at), from))
            return true;
        from = l.pos;
    }
    return s->a->outside && looks_like(s, sq_str_sub(text, from, text.n), from);
}

static void run(const void *args, struct sq_check_text text,
                struct sq_finding *out)
{
    struct search s = {.a = args};

    if (sq_finding_empty(out, text.text))
        return;
    if (find_code(&s, text.text)) {
        sq_finding_set(out, SQ_FINDING_HOLDS, "there is code (%.*s)",
                       SQ_STR_ARG(s.a->lang));
        sq_finding_at(out, s.at, s.len);
    } else if (s.limit) {
        sq_finding_set(out, SQ_FINDING_ERROR,
                       "takes too many steps to look for code (%.*s)",
                       SQ_STR_ARG(s.a->lang));
    } else if (s.unlabelled && !s.a->pattern) {
        sq_finding_set(out, SQ_FINDING_UNDECIDED,
                       "code without a label: can't tell %.*s",
                       SQ_STR_ARG(s.a->lang));
    } else {
        sq_finding_set(out, SQ_FINDING_BROKEN, "there is no code (%.*s)",
                       SQ_STR_ARG(s.a->lang));
    }
}

const struct sq_check sq_check_code = {"code", "lang (or \"any\"), fenced",
                                       compile, run};
