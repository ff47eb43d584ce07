#include "grade/graders.h"

#include <math.h>

#include "grade/args.h"
#include "grade/rouge.h"
#include "ifeval/pytext.h"

struct rouge_args {
    sq_str reference; /* lower-cased where that is asked for */
    double over;      /* NAN = a measure */
    bool lower;
    struct sq_grade_texts says;
};

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"reference", "over", "lower", "or_says",
                                       NULL};
    struct rouge_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_grade_only(rule, keys, where, err);
    struct sq_buf low;

    *args = a;
    a->over = NAN;
    if (st == SQ_OK)
        st = sq_grade_text(rule, "reference", where, arena, &a->reference, err);
    if (st == SQ_OK)
        st = sq_json_opt_num(rule, "over", where, &a->over, err);
    if (st == SQ_OK)
        st = sq_json_opt_bool(rule, "lower", where, &a->lower, err);
    if (st == SQ_OK && sq_json_get(rule, "or_says"))
        st = sq_grade_texts(rule, "or_says", where, arena, &a->says, err);
    if (st != SQ_OK || !a->lower)
        return st;
    sq_buf_init(&low, SQ_MAX_RECORD);
    sq_py_lower(a->reference, &low);
    a->reference = sq_arena_str(arena, sq_buf_str(&low));
    sq_buf_release(&low);
    return SQ_OK;
}

static void run(const void *args, struct sq_check_text text,
                struct sq_finding *out)
{
    const struct rouge_args *a = args;
    struct sq_buf low;
    bool said = false;
    double f;

    sq_buf_init(&low, 2 * SQ_MAX_REPLY);
    if (a->lower || a->says.n)
        sq_py_lower(text.text, &low);
    for (size_t i = 0; i < a->says.n && !said; i++)
        said = sq_str_find(sq_buf_str(&low), a->says.v[i], 0) != SIZE_MAX;
    if (said)
        sq_finding_set(out, SQ_FINDING_HOLDS, "it says that it does so");
    else if (!sq_rouge_l(a->lower ? sq_buf_str(&low) : text.text, a->reference,
                         &f))
        sq_finding_set(out, SQ_FINDING_ERROR,
                       "too many words to compare them all");
    else if (isnan(a->over))
        sq_grade_measured(out, f, "ROUGE-L");
    else
        sq_finding_set(out, f > a->over ? SQ_FINDING_HOLDS : SQ_FINDING_BROKEN,
                       "ROUGE-L %.6f, want more than %g", f, a->over);
    sq_buf_release(&low);
}

const struct sq_check sq_grade_rouge_l = {
    "rouge_l", "reference, over, lower, or_says", compile, run};
