#include "suite/instructions.h"

#include <stdio.h>
#include <string.h>

enum sq_status sq_instructions_open(struct sq_ifeval **out, sq_str given,
                                    const char *wanted, struct sq_arena *arena,
                                    char **params, struct sq_err *err)
{
    static const sq_str reference = {"rules=reference", 15};
    static const sq_str repaired = {"rules=fixed", 11};
    bool fixed = sq_str_eq(given, repaired);
    bool want_fixed = wanted && strcmp(wanted, "fixed") == 0;

    *out = NULL;
    if (!fixed && given.n > 0 && !sq_str_eq(given, reference))
        return sq_err_set(err, SQ_USAGE,
                          "--suite: '%.*s': want rules=reference or "
                          "rules=fixed",
                          SQ_STR_ARG(given));
    if (wanted && given.n > 0 && fixed != want_fixed)
        return sq_err_set(err, SQ_USAGE,
                          "--suite says %.*s and --ifeval %s: give one of them",
                          SQ_STR_ARG(given), wanted);
    fixed = fixed || want_fixed;
    *params = sq_str_dup(fixed ? repaired : reference);
    return sq_ifeval_open(out, fixed, arena, err);
}

enum sq_status sq_instructions_bind(const struct sq_ifeval *rules,
                                    const struct sq_instructions_def *def,
                                    const struct sq_json *record,
                                    const char *where, struct sq_sample *sample,
                                    struct sq_err *err)
{
    const struct sq_json *id, *kwargs;
    struct sq_step *steps;
    size_t n;
    enum sq_status st = sq_json_need_array(record, def->ids.p, where, &id, err);

    if (st == SQ_OK)
        st = sq_json_need_array(record, def->kwargs.p, where, &kwargs, err);
    if (st != SQ_OK)
        return st;
    n = sq_json_count(id);
    if (n != sq_json_count(kwargs))
        return sq_err_set(
            err, SQ_INPUT, "%s: %s: has %zu elements, %s has %zu: want as many",
            where, def->kwargs.p, sq_json_count(kwargs), def->ids.p, n);
    steps = sq_arena_array(&sample->arena, n, sizeof(*steps));
    id = sq_json_first(id);
    kwargs = sq_json_first(kwargs);
    for (size_t i = 0; i < n && st == SQ_OK; i++) {
        char at[448];

        snprintf(at, sizeof(at), "%s: %s[%zu]", where, def->kwargs.p, i);
        if (sq_json_type(id) != SQ_JSON_STRING ||
            sq_json_type(kwargs) != SQ_JSON_OBJECT)
            st = sq_err_set(err, SQ_INPUT,
                            "%s: want an id that is a string, and an object",
                            at);
        else
            st = sq_ifeval_step(rules, sq_json_str(id), kwargs, at,
                                &sample->arena, &steps[i], err);
        id = sq_json_next(id);
        kwargs = sq_json_next(kwargs);
    }
    sample->steps = steps;
    sample->nsteps = n;
    return st;
}
