#include "check/regex.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_LIMIT 20000000
#define DEPTH_LIMIT 20000
#define HEAP_LIMIT_KIB 32768
#define JIT_STACK_MIN ((size_t)64 << 10)
#define JIT_STACK_MAX ((size_t)4 << 20)

struct sq_regex {
    pcre2_code *code;
    bool literal;
};

static void free_code(void *p)
{
    pcre2_code_free(p);
}

enum sq_status sq_regex_compile(sq_str pattern, unsigned flags,
                                const char *where, struct sq_arena *arena,
                                const struct sq_regex **out, struct sq_err *err)
{
    struct sq_regex *re = sq_arena_alloc(arena, sizeof(*re));
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    PCRE2_UCHAR why[128];
    PCRE2_SIZE at = 0;
    int code = 0;

    /* Callouts before every item are what the budget is counted by. */
    if (flags & SQ_REGEX_LITERAL)
        options |= PCRE2_LITERAL;
    else if (flags & SQ_REGEX_OWN)
        options |= PCRE2_UCP;
    else
        options |= PCRE2_UCP | PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C;
    if (flags & SQ_REGEX_NOCASE)
        options |= PCRE2_CASELESS;
    re->code = pcre2_compile((PCRE2_SPTR)(pattern.n ? pattern.p : ""),
                             pattern.n, options, &code, &at, NULL);
    if (!re->code) {
        pcre2_get_error_message(code, why, sizeof(why));
        return sq_err_set(err, SQ_INPUT, "%s: pattern: %s at offset %zu", where,
                          (const char *)why, (size_t)at);
    }
    sq_arena_on_release(arena, free_code, re->code);
    re->literal = flags & SQ_REGEX_LITERAL;
    *out = re;
    return SQ_OK;
}

/* What a search has spent. A repeat may pass many characters between two
 * callouts; they are charged as the distance between the two. */
struct budget {
    size_t spent;
    size_t last;
};

static int charge(pcre2_callout_block *block, void *data)
{
    struct budget *b = data;

    b->spent++;
    if (block->current_position > b->last)
        b->spent += (block->current_position - b->last) / 2;
    b->last = block->current_position;
    return b->spent > SQ_REGEX_BUDGET ? PCRE2_ERROR_CALLOUT : 0;
}

/* Is there machine code? The first search makes it: that takes a hundred times
 * what reading a pattern does, and a run is to begin before that. Where there
 * is no JIT the interpreter does the same, slower; a literal gains less by it
 * than the making costs. */
static bool compiled(const struct sq_regex *re)
{
    size_t size = 0;

    if (re->literal)
        return false;
    (void)pcre2_pattern_info(re->code, PCRE2_INFO_JITSIZE, &size);
    return size > 0 || pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE) == 0;
}

/* What searches of one text share. */
struct search {
    const struct sq_regex *re;
    sq_str text;
    bool compiled;
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    struct budget budget;
};

/* Makes it in place, as the context points to its budget. */
static void search_init(struct search *s, const struct sq_regex *re,
                        sq_str text)
{
    *s = (struct search){.re = re,
                         .text = text,
                         .compiled = compiled(re),
                         .match = pcre2_match_data_create(1, NULL),
                         .context = pcre2_match_context_create(NULL)};
    if (!s->context)
        return;
    pcre2_set_match_limit(s->context, MATCH_LIMIT);
    pcre2_set_depth_limit(s->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->context, HEAP_LIMIT_KIB);
    pcre2_set_callout(s->context, charge, &s->budget);
}

/* Most searches are content with the 32 KiB that PCRE2 takes off the machine's
 * stack; to map a larger one costs more than a search. */
static bool give_stack(struct search *s)
{
    if (s->stack)
        return false;
    s->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
    pcre2_jit_stack_assign(s->context, NULL, s->stack);
    return s->stack != NULL;
}

static enum sq_regex_result search_next(struct search *s, size_t from,
                                        size_t *at, size_t *end)
{
    PCRE2_SPTR text = (PCRE2_SPTR)(s->text.n ? s->text.p : "");
    int rc = PCRE2_ERROR_NOMEMORY;

    do {
        s->budget.last = from;
        if (s->match && s->context)
            rc = (s->compiled ? pcre2_jit_match : pcre2_match)(
                s->re->code, text, s->text.n, from, 0, s->match, s->context);
    } while (rc == PCRE2_ERROR_JIT_STACKLIMIT && give_stack(s));
    if (rc == PCRE2_ERROR_NOMATCH)
        return SQ_REGEX_NONE;
    if (rc < 0)
        return SQ_REGEX_LIMIT;
    *at = pcre2_get_ovector_pointer(s->match)[0];
    *end = pcre2_get_ovector_pointer(s->match)[1];
    /* \K in a look-around may put the start behind the end. */
    if (*at > *end)
        *at = *end;
    return SQ_REGEX_FOUND;
}

static void search_release(struct search *s)
{
    pcre2_jit_stack_free(s->stack);
    pcre2_match_context_free(s->context);
    pcre2_match_data_free(s->match);
}

enum sq_regex_result sq_regex_find(const struct sq_regex *re, sq_str text,
                                   size_t from, size_t *at, size_t *end)
{
    enum sq_regex_result result;
    struct search s;

    search_init(&s, re, text);
    result = search_next(&s, from, at, end);
    search_release(&s);
    return result;
}

enum sq_regex_result sq_regex_count(const struct sq_regex *re, sq_str text,
                                    size_t *n)
{
    enum sq_regex_result result;
    size_t from = 0, at, end;
    struct search s;

    *n = 0;
    search_init(&s, re, text);
    while ((result = search_next(&s, from, &at, &end)) == SQ_REGEX_FOUND) {
        ++*n;
        from = end;
        if (at < end)
            continue;
        if (end >= text.n)
            break;
        (void)sq_utf8_next(text, &from);
    }
    search_release(&s);
    return result == SQ_REGEX_LIMIT ? result
           : *n > 0                 ? SQ_REGEX_FOUND
                                    : SQ_REGEX_NONE;
}
