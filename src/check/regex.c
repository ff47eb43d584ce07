#include "check/regex.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_LIMIT 20000000
#define DEPTH_LIMIT 20000
#define HEAP_LIMIT_KIB 32768
#define JIT_STACK_MIN ((size_t)32 << 10)
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

    re->literal = flags & SQ_REGEX_LITERAL;
    /* Callouts before every item are what the budget is counted by. */
    options |= re->literal
                   ? PCRE2_LITERAL
                   : PCRE2_UCP | PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C;
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
    /* Where there is no JIT the interpreter does the same, slower. */
    (void)pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
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

enum sq_regex_result sq_regex_find(const struct sq_regex *re, sq_str text,
                                   size_t from, size_t *at, size_t *end)
{
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_jit_stack *stack =
        pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
    enum sq_regex_result result = SQ_REGEX_LIMIT;
    struct budget budget = {.last = from};
    int rc = PCRE2_ERROR_NOMEMORY;

    if (match && context) {
        pcre2_set_match_limit(context, MATCH_LIMIT);
        pcre2_set_depth_limit(context, DEPTH_LIMIT);
        pcre2_set_heap_limit(context, HEAP_LIMIT_KIB);
        pcre2_set_callout(context, charge, &budget);
        pcre2_jit_stack_assign(context, NULL, stack);
        rc = pcre2_match(re->code, (PCRE2_SPTR)(text.n ? text.p : ""), text.n,
                         from, 0, match, context);
    }
    if (rc >= 0) {
        *at = pcre2_get_ovector_pointer(match)[0];
        *end = pcre2_get_ovector_pointer(match)[1];
        /* \K in a look-around may put the start behind the end. */
        if (*at > *end)
            *at = *end;
        result = SQ_REGEX_FOUND;
    } else if (rc == PCRE2_ERROR_NOMATCH) {
        result = SQ_REGEX_NONE;
    }
    pcre2_jit_stack_free(stack);
    pcre2_match_context_free(context);
    pcre2_match_data_free(match);
    return result;
}
