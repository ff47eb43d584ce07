#include "suite/task_steps.h"

#include <stdio.h>

#include "grade/grade.h"
#include "seqeval_metric.h"

struct place {
    const struct sq_json *obj;
    const char *where;
    struct sq_arena *arena;
    struct sq_err *err;
};

/* The grader's members that are the check's: all but our own. */
static struct sq_json *args_of(const struct sq_json *obj)
{
    struct sq_json *args = sq_json_object();

    for (const struct sq_json *m = sq_json_first(obj); m; m = sq_json_next(m)) {
        sq_str key = sq_json_key(m);

        if (!sq_str_eq(key, SQ_STR("name")) &&
            !sq_str_eq(key, SQ_STR("metric")) &&
            !sq_str_eq(key, SQ_STR("extract")))
            sq_json_put(args, key.p, sq_json_copy(m));
    }
    return args;
}

static void free_json(void *j)
{
    sq_json_free(j);
}

/* Every string in it is a template. */
static enum sq_status check_templates(const struct sq_json *j,
                                      const char *where, struct sq_err *err)
{
    enum sq_status st = SQ_OK;

    if (sq_json_type(j) == SQ_JSON_STRING)
        return sq_template_check(sq_json_str(j), where, err);
    for (j = sq_json_first(j); j && st == SQ_OK; j = sq_json_next(j))
        st = check_templates(j, where, err);
    return st;
}

/* The check and its arguments; a trial finds mistakes now. */
static enum sq_status load_check(const struct place *at,
                                 struct sq_task_grader *g)
{
    struct sq_json *args = args_of(at->obj);
    struct sq_arena trial = SQ_ARENA_INIT;
    const void *unused;
    sq_str name;
    enum sq_status st;

    sq_arena_on_release(at->arena, free_json, args);
    g->args = args;
    st = sq_json_need_str(at->obj, "check", at->where, &name, at->err);
    if (st != SQ_OK)
        return st;
    g->check = sq_grade_find(name);
    if (!g->check)
        return sq_err_set(at->err, SQ_INPUT,
                          "%s: check: there is no check or grader \"%.*s\"",
                          at->where, SQ_STR_ARG(name));
    st = check_templates(args, at->where, at->err);
    if (st == SQ_OK)
        st = g->check->compile(args, at->where, &trial, &unused, at->err);
    sq_arena_release(&trial);
    return st;
}

static enum sq_status load_metric(const struct place *at,
                                  struct sq_task_grader *g)
{
    sq_str metric = {0};
    enum sq_status st =
        sq_json_opt_str(at->obj, "metric", at->where, &metric, at->err);

    if (st != SQ_OK)
        return st;
    if (!metric.p)
        metric = sq_str_from(
            sq_arena_printf(at->arena, "acc_%.*s", SQ_STR_ARG(g->name)));
    g->metric = sq_arena_str(at->arena, metric);
    if (!sq_metric_find(metric))
        return sq_err_set(at->err, SQ_INPUT,
                          "%s: metric: '%.*s' is no metric's name; "
                          "docs/scoring.md lists them",
                          at->where, SQ_STR_ARG(metric));
    return SQ_OK;
}

static enum sq_status load_grader(const struct place *at,
                                  struct sq_task_grader *g)
{
    const struct sq_json *extract;
    char where[512];
    enum sq_status st =
        sq_json_need_str(at->obj, "name", at->where, &g->name, at->err);

    if (st == SQ_OK && g->name.n == 0)
        st = sq_err_set(at->err, SQ_INPUT, "%s: name: is empty", at->where);
    if (st != SQ_OK)
        return st;
    g->name = sq_arena_str(at->arena, g->name);
    st = load_metric(at, g);
    if (st == SQ_OK)
        st = load_check(at, g);
    if (st != SQ_OK || !sq_json_get(at->obj, "extract"))
        return st;
    st = sq_json_need_object(at->obj, "extract", at->where, &extract, at->err);
    snprintf(where, sizeof(where), "%s: extract", at->where);
    if (st == SQ_OK)
        st = sq_cut_compile(extract, NULL, where, at->arena, &g->cut, at->err);
    return st;
}

static enum sq_status load_graders(const struct place *at,
                                   struct sq_task_step *step)
{
    const struct sq_json *item;
    struct sq_task_grader *list;
    size_t i = 0;
    enum sq_status st =
        sq_json_need_array(at->obj, "graders", at->where, &item, at->err);

    if (st != SQ_OK)
        return st;
    list = sq_arena_array(at->arena, sq_json_count(item), sizeof(*list));
    for (item = sq_json_first(item); item; item = sq_json_next(item), i++) {
        char where[448];
        struct place here = {item, where, at->arena, at->err};

        snprintf(where, sizeof(where), "%s: graders[%zu]", at->where, i);
        st = load_grader(&here, &list[i]);
        for (size_t k = 0; k < i && st == SQ_OK; k++)
            if (sq_str_eq(list[k].name, list[i].name))
                st = sq_err_set(at->err, SQ_INPUT,
                                "%s: name: '%.*s' is graders[%zu] already",
                                where, SQ_STR_ARG(list[i].name), k);
        if (st != SQ_OK)
            return st;
    }
    step->graders = list;
    step->ngraders = i;
    return SQ_OK;
}

static enum sq_status load_step(const struct place *at, size_t index,
                                struct sq_task_step *step)
{
    static const char *const keys[] = {"kind", "depends", "graders", NULL};
    const struct sq_json *item = NULL;
    size_t *depends;
    enum sq_status st = sq_json_only(at->obj, keys, at->where, at->err);

    if (st == SQ_OK)
        st = sq_json_need_str(at->obj, "kind", at->where, &step->kind, at->err);
    if (st == SQ_OK && step->kind.n == 0)
        st = sq_err_set(at->err, SQ_INPUT, "%s: kind: is empty", at->where);
    if (st == SQ_OK && sq_json_get(at->obj, "depends"))
        st = sq_json_need_array(at->obj, "depends", at->where, &item, at->err);
    if (st != SQ_OK)
        return st;
    step->kind = sq_arena_str(at->arena, step->kind);
    depends = sq_arena_array(at->arena, sq_json_count(item), sizeof(*depends));
    for (item = sq_json_first(item); item; item = sq_json_next(item)) {
        long long v;

        if (!sq_json_int(item, &v) || v < 0 || (size_t)v >= index)
            return sq_err_set(at->err, SQ_INPUT,
                              "%s: depends[%zu]: want the index of an earlier "
                              "step",
                              at->where, step->ndepends);
        depends[step->ndepends++] = (size_t)v;
    }
    step->depends = depends;
    return load_graders(at, step);
}

enum sq_status sq_task_steps_load(const struct sq_json *json, const char *path,
                                  struct sq_arena *arena, struct sq_task *t,
                                  struct sq_err *err)
{
    const struct sq_json *item = sq_json_get(json, "steps");
    struct sq_task_step *steps;
    size_t i = 0;

    if (!item || sq_json_type(item) != SQ_JSON_ARRAY)
        return SQ_OK; /* an annotation's name */
    steps = sq_arena_array(arena, sq_json_count(item), sizeof(*steps));
    for (item = sq_json_first(item); item; item = sq_json_next(item), i++) {
        char where[384];
        struct place at = {item, where, arena, err};
        enum sq_status st;

        snprintf(where, sizeof(where), "%s: steps[%zu]", path, i);
        st = load_step(&at, i, &steps[i]);
        if (st != SQ_OK)
            return st;
    }
    if (i == 0)
        return sq_err_set(err, SQ_INPUT, "%s: steps: want at least one", path);
    t->steps = steps;
    t->nsteps = i;
    return SQ_OK;
}

/* ---- binding ----------------------------------------------------------- */

static enum sq_status bind_grader(const struct sq_task_grader *g,
                                  const struct sq_record *r,
                                  struct sq_arena *arena, struct sq_rule *out,
                                  struct sq_err *err)
{
    struct sq_json *args;
    struct sq_buf text;
    enum sq_status st = sq_template_fill(g->args, r, &args, err);

    if (st != SQ_OK)
        return st;
    out->check = g->check;
    out->role = SQ_ROLE_CONSTRAINT;
    out->grader = g->name.p;
    out->metric = g->metric.p;
    out->cut = g->cut;
    st = g->check->compile(args, r->where, arena, &out->args, err);
    sq_buf_init(&text, SQ_MAX_RECORD);
    sq_json_render(args, &text);
    out->text = sq_arena_str(arena, sq_buf_str(&text));
    sq_buf_release(&text);
    sq_json_free(args);
    return st;
}

enum sq_status sq_task_bind(const struct sq_task *t, const struct sq_record *r,
                            struct sq_sample *sample, struct sq_err *err)
{
    struct sq_arena *arena = &sample->arena;
    struct sq_step *steps = sq_arena_array(arena, t->nsteps, sizeof(*steps));
    enum sq_status st = SQ_OK;

    for (size_t i = 0; i < t->nsteps && st == SQ_OK; i++) {
        const struct sq_task_step *def = &t->steps[i];
        struct sq_rule *rules =
            sq_arena_array(arena, def->ngraders, sizeof(*rules));

        for (size_t k = 0; k < def->ngraders && st == SQ_OK; k++)
            st = bind_grader(&def->graders[k], r, arena, &rules[k], err);
        steps[i] = (struct sq_step){.kind = def->kind,
                                    .answerable = true,
                                    .depends = def->depends,
                                    .ndepends = def->ndepends,
                                    .rules = rules,
                                    .nrules = def->ngraders};
    }
    sample->steps = steps;
    sample->nsteps = t->nsteps;
    sample->alls = t->alls;
    sample->nalls = t->nalls;
    return st;
}
