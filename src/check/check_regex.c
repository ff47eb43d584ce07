/* The check regex: a pattern of the suite's over the text. */
#include "check/families.h"
#include "check/finding.h"
#include "check/regex.h"

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "pattern", NULL};
    const struct sq_regex *re = NULL;
    sq_str pattern = {NULL, 0};
    enum sq_status st;

    st = sq_json_only(rule, keys, where, err);
    if (!st)
        st = sq_json_need_str(rule, "pattern", where, &pattern, err);
    if (!st && pattern.n == 0)
        st = sq_err_set(err, SQ_INPUT, "%s: pattern: is empty", where);
    if (!st)
        st = sq_regex_compile(pattern, 0, where, arena, &re, err);
    *args = re;
    return st;
}

static void run(const void *args, struct sq_check_text text,
                struct sq_finding *out)
{
    size_t at, end;

    if (sq_finding_empty(out, text.text))
        return;
    switch (sq_regex_find(args, text.text, 0, &at, &end)) {
    case SQ_REGEX_FOUND:
        sq_finding_set(out, SQ_FINDING_HOLDS, "the pattern is found");
        sq_finding_at(out, at, end - at);
        break;
    case SQ_REGEX_NONE:
        sq_finding_set(out, SQ_FINDING_BROKEN, "the pattern is not found");
        break;
    case SQ_REGEX_LIMIT:
        sq_finding_set(out, SQ_FINDING_ERROR,
                       "the pattern takes too many steps on this text");
        break;
    }
}

const struct sq_check sq_check_regex = {"regex", "pattern", compile, run};
