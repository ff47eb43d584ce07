#include "grade/graders.h"

#include "grade/answer.h"
#include "grade/args.h"
#include "grade/hendrycks.h"

struct math_args {
    sq_str reference;
};

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"reference", NULL};
    struct math_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_grade_only(rule, keys, where, err);

    *args = a;
    if (st == SQ_OK)
        st = sq_grade_text(rule, "reference", where, arena, &a->reference, err);
    return st;
}

static void run(const void *args, struct sq_check_text text,
                bool (*same)(sq_str, sq_str), struct sq_finding *out)
{
    const struct math_args *a = args;
    sq_str read;

    if (sq_answer_find(text.text, &read))
        sq_grade_compared(out, same(read, a->reference), read, a->reference,
                          text);
    else
        sq_finding_set(out, SQ_FINDING_BROKEN, "no answer");
}

static void run_math(const void *args, struct sq_check_text text,
                     struct sq_finding *out)
{
    run(args, text, sq_answer_same, out);
}

static void run_hendrycks(const void *args, struct sq_check_text text,
                          struct sq_finding *out)
{
    run(args, text, sq_hendrycks_same, out);
}

const struct sq_check sq_grade_math = {"math", "reference", compile, run_math};
const struct sq_check sq_grade_hendrycks = {"hendrycks", "reference", compile,
                                            run_hendrycks};
