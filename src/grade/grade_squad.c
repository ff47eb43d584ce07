#include "grade/graders.h"

#include "grade/args.h"
#include "grade/squad.h"

struct squad_args {
    struct sq_grade_texts references;
    struct sq_squad **made; /* of them */
    const struct sq_squad_rule *rule;
};

static void free_squad(void *p)
{
    sq_squad_free(p);
}

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"reference", "lang", NULL};
    struct squad_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_grade_only(rule, keys, where, err);
    sq_str lang = {0};

    *args = a;
    if (st == SQ_OK)
        st = sq_grade_texts(rule, "reference", where, arena, &a->references,
                            err);
    if (st == SQ_OK)
        st = sq_json_opt_str(rule, "lang", where, &lang, err);
    if (st == SQ_OK)
        st = sq_squad_rule_make(lang, where, arena, &a->rule, err);
    if (st != SQ_OK)
        return st;
    a->made = sq_arena_array(arena, a->references.n, sizeof(struct sq_squad *));
    for (size_t i = 0; i < a->references.n; i++) {
        a->made[i] = sq_squad_new(a->references.v[i], a->rule);
        sq_arena_on_release(arena, free_squad, a->made[i]);
    }
    return SQ_OK;
}

static void run_em(const void *args, struct sq_check_text text,
                   struct sq_finding *out)
{
    const struct squad_args *a = args;
    struct sq_squad *got = sq_squad_new(text.text, a->rule);
    bool same = false;

    for (size_t i = 0; i < a->references.n && !same; i++)
        same = sq_squad_same(got, a->made[i]);
    sq_grade_compared(out, same, sq_str_trim(text.text), a->references.v[0],
                      text);
    sq_squad_free(got);
}

static void run_f1(const void *args, struct sq_check_text text,
                   struct sq_finding *out)
{
    const struct squad_args *a = args;
    struct sq_squad *got = sq_squad_new(text.text, a->rule);
    double best = 0;

    for (size_t i = 0; i < a->references.n; i++) {
        double f1 = sq_squad_f1(got, a->made[i]);

        if (f1 > best)
            best = f1;
    }
    sq_grade_measured(out, best, "F1");
    sq_squad_free(got);
}

const struct sq_check sq_grade_squad_em = {"squad_em", "reference, lang",
                                           compile, run_em};
const struct sq_check sq_grade_squad_f1 = {"squad_f1", "reference, lang",
                                           compile, run_f1};
