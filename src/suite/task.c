#include "suite/task.h"

#include <math.h>
#include <stdio.h>

#include "seqeval_metric.h"
#include "suite/task_steps.h"

/* What the API of OpenAI takes. */
#define MAX_STOPS 4

const char *const sq_task_keys[] = {"prompt", "system", "join", "examples",
                                    "stop",   "steps",  "all",  "derived",
                                    "beside", NULL};

struct place {
    const struct sq_json *obj;
    const char *where;
    struct sq_arena *arena;
    struct sq_err *err;
};

/* A member that is a template; absent, *out stays. */
static enum sq_status opt_template(const struct place *at, const char *key,
                                   sq_str *out)
{
    char where[512];
    enum sq_status st = sq_json_opt_str(at->obj, key, at->where, out, at->err);

    snprintf(where, sizeof(where), "%s: %s", at->where, key);
    if (st == SQ_OK)
        st = sq_template_check(*out, where, at->err);
    if (st == SQ_OK)
        *out = sq_arena_str(at->arena, *out);
    return st;
}

/* A member that is an array of texts, none of them empty; may be absent. */
static enum sq_status opt_texts(const struct place *at, const char *key,
                                const sq_str **out, size_t *n)
{
    const struct sq_json *item;
    sq_str *list;
    enum sq_status st;

    if (!sq_json_get(at->obj, key))
        return SQ_OK;
    st = sq_json_need_array(at->obj, key, at->where, &item, at->err);
    if (st != SQ_OK)
        return st;
    list = sq_arena_array(at->arena, sq_json_count(item), sizeof(*list));
    *n = 0;
    for (item = sq_json_first(item); item; item = sq_json_next(item)) {
        list[*n] = sq_arena_str(at->arena, sq_json_str(item));
        if (list[*n].n == 0)
            return sq_err_set(at->err, SQ_INPUT, "%s: %s[%zu]: want a text",
                              at->where, key, *n);
        ++*n;
    }
    *out = list;
    return SQ_OK;
}

enum sq_status sq_task_fields(const struct sq_json *obj, const char *where,
                              struct sq_arena *arena,
                              const struct sq_field **out, size_t *n,
                              struct sq_err *err)
{
    struct sq_field *list =
        sq_arena_array(arena, sq_json_count(obj), sizeof(*list));

    *n = 0;
    for (const struct sq_json *m = sq_json_first(obj); m; m = sq_json_next(m)) {
        if (sq_json_str(m).n == 0 || sq_json_key(m).n == 0)
            return sq_err_set(err, SQ_INPUT, "%s: %.*s: want a text", where,
                              SQ_STR_ARG(sq_json_key(m)));
        list[*n].name = sq_arena_str(arena, sq_json_key(m));
        list[*n].value = sq_arena_str(arena, sq_json_str(m));
        ++*n;
    }
    *out = list;
    return SQ_OK;
}

/* ---- examples ---------------------------------------------------------- */

enum sq_status sq_task_range(const struct sq_json *obj, const char *where,
                             long long *first, long long *last,
                             struct sq_err *err)
{
    sq_str rest = {0}, a;
    enum sq_status st = sq_json_opt_str(obj, "records", where, &rest, err);

    if (st != SQ_OK || !rest.p)
        return st;
    if (!sq_str_split(&rest, '-', &a) || !sq_str_to_int(a, first) ||
        !sq_str_to_int(rest, last) || *first < 1 || *last < *first)
        return sq_err_set(err, SQ_INPUT,
                          "%s: records: want A-B (records count from 1)",
                          where);
    return SQ_OK;
}

static enum sq_status load_form(const struct place *at,
                                struct sq_examples_def *e)
{
    sq_str as = SQ_STR("turns");
    enum sq_status st = sq_json_opt_str(at->obj, "as", at->where, &as, at->err);

    e->text = sq_str_eq(as, SQ_STR("text"));
    if (st == SQ_OK && !e->text && !sq_str_eq(as, SQ_STR("turns")))
        st = sq_err_set(at->err, SQ_INPUT, "%s: as: want \"turns\" or \"text\"",
                        at->where);
    if (st == SQ_OK && !e->text && sq_json_get(at->obj, "join"))
        st =
            sq_err_set(at->err, SQ_INPUT,
                       "%s: join: only examples as text are joined", at->where);
    return st;
}

static enum sq_status load_examples(const struct sq_json *json,
                                    const char *path, struct sq_arena *arena,
                                    struct sq_task *t, struct sq_err *err)
{
    static const char *const keys[] = {"set",  "records", "n",
                                       "seed", "as",      "question",
                                       "join", "answer",  NULL};
    struct sq_examples_def *e = &t->examples;
    const struct sq_json *obj;
    struct place at;
    char where[512];
    enum sq_status st;

    if (!sq_json_get(json, "examples"))
        return SQ_OK;
    st = sq_json_need_object(json, "examples", path, &obj, err);
    if (st != SQ_OK)
        return st;
    snprintf(where, sizeof(where), "%s: examples", path);
    at = (struct place){obj, where, arena, err};
    *e = (struct sq_examples_def){.set = SQ_STR("examples"),
                                  .question = t->prompt,
                                  .join = SQ_STR("\n\n")};
    st = sq_json_only(obj, keys, where, err);
    if (st == SQ_OK)
        st = sq_json_opt_str(obj, "set", where, &e->set, err);
    e->set = sq_arena_str(arena, e->set);
    if (st == SQ_OK)
        st = sq_task_range(obj, where, &e->first, &e->last, err);
    if (st == SQ_OK)
        st = sq_json_need_int(obj, "n", where, 0, 1000, &e->n, err);
    e->drawn = sq_json_get(obj, "seed") != NULL;
    if (st == SQ_OK)
        st = sq_json_opt_int(obj, "seed", where, 0, 1LL << 53, &e->seed, err);
    if (st == SQ_OK)
        st = load_form(&at, e);
    if (st == SQ_OK)
        st = opt_template(&at, "question", &e->question);
    if (st == SQ_OK)
        st = opt_template(&at, "answer", &e->answer);
    if (st == SQ_OK)
        st = opt_template(&at, "join", &e->join);
    if (st == SQ_OK && (e->answer.n == 0 || e->question.n == 0))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: want a template for answer, and one for question "
                        "or prompt",
                        where);
    return st;
}

/* ---- sampling -------------------------------------------------------- */

enum sq_status sq_task_sampling(const struct sq_json *json, const char *path,
                                struct sq_sampling *out, struct sq_err *err)
{
    static const char *const keys[] = {"temperature", "top_p", "max_tokens",
                                       "seed", NULL};
    const struct sq_json *obj;
    char where[512];
    enum sq_status st;

    *out = (struct sq_sampling){NAN, NAN, -1, -1};
    if (!sq_json_get(json, "sampling"))
        return SQ_OK;
    st = sq_json_need_object(json, "sampling", path, &obj, err);
    if (st != SQ_OK)
        return st;
    snprintf(where, sizeof(where), "%s: sampling", path);
    st = sq_json_only(obj, keys, where, err);
    if (st == SQ_OK)
        st = sq_json_opt_num(obj, "temperature", where, &out->temperature, err);
    if (st == SQ_OK && (out->temperature < 0 || out->temperature > 100))
        st = sq_err_set(err, SQ_INPUT, "%s: temperature: want 0 to 100", where);
    if (st == SQ_OK)
        st = sq_json_opt_num(obj, "top_p", where, &out->top_p, err);
    if (st == SQ_OK && (out->top_p <= 0 || out->top_p > 1))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: top_p: want more than 0 and at most 1", where);
    if (st == SQ_OK)
        st = sq_json_opt_int(obj, "max_tokens", where, 1, 1LL << 31,
                             &out->max_tokens, err);
    if (st == SQ_OK)
        st = sq_json_opt_int(obj, "seed", where, 0, 1LL << 53, &out->seed, err);
    return st;
}

/* ---- the rest ---------------------------------------------------------- */

static bool is_metric(const struct sq_task *t, sq_str name)
{
    for (size_t i = 0; i < t->nsteps; i++)
        for (size_t k = 0; k < t->steps[i].ngraders; k++)
            if (sq_str_eq(t->steps[i].graders[k].metric, name))
                return true;
    return false;
}

static enum sq_status load_alls(const struct sq_json *json, const char *path,
                                struct sq_arena *arena, struct sq_task *t,
                                struct sq_err *err)
{
    const struct sq_json *obj;
    struct sq_all *alls;
    char where[512];
    enum sq_status st;

    if (!sq_json_get(json, "all"))
        return SQ_OK;
    st = sq_json_need_object(json, "all", path, &obj, err);
    if (st != SQ_OK)
        return st;
    snprintf(where, sizeof(where), "%s: all", path);
    alls = sq_arena_array(arena, sq_json_count(obj), sizeof(*alls));
    for (const struct sq_json *m = sq_json_first(obj); m; m = sq_json_next(m)) {
        struct place at = {obj, where, arena, err};
        struct sq_all *a = &alls[t->nalls++];

        a->metric = sq_arena_str(arena, sq_json_key(m));
        if (!sq_metric_find(a->metric))
            return sq_err_set(err, SQ_INPUT, "%s: '%.*s' is no metric's name",
                              where, SQ_STR_ARG(a->metric));
        st = opt_texts(&at, a->metric.p, &a->of, &a->n);
        if (st != SQ_OK)
            return st;
        for (size_t i = 0; i < a->n; i++)
            if (!is_metric(t, a->of[i]))
                return sq_err_set(
                    err, SQ_INPUT, "%s: %.*s: no grader has the metric '%.*s'",
                    where, SQ_STR_ARG(a->metric), SQ_STR_ARG(a->of[i]));
    }
    t->alls = alls;
    return SQ_OK;
}

static enum sq_status load_derived(const struct sq_json *json, const char *path,
                                   struct sq_arena *arena, struct sq_task *t,
                                   struct sq_err *err)
{
    static const char *const more[] = {"of", NULL};
    const struct sq_json *obj;
    struct sq_derived *list;
    enum sq_status st;

    if (!sq_json_get(json, "derived"))
        return SQ_OK;
    st = sq_json_need_object(json, "derived", path, &obj, err);
    if (st != SQ_OK)
        return st;
    list = sq_arena_array(arena, sq_json_count(obj), sizeof(*list));
    for (const struct sq_json *m = sq_json_first(obj); m && st == SQ_OK;
         m = sq_json_next(m)) {
        struct sq_derived *d = &list[t->nderived++];
        char where[512];

        d->name = sq_arena_str(arena, sq_json_key(m));
        snprintf(where, sizeof(where), "%s: derived: %s", path, d->name.p);
        st = sq_json_need_str(m, "of", where, &d->of, err);
        d->of = sq_arena_str(arena, d->of);
        if (st == SQ_OK)
            st = sq_cut_compile(m, more, where, arena, &d->cut, err);
    }
    t->derived = list;
    return st;
}

/* {"en": {"lang": "en"}} */
static enum sq_status load_beside(const struct sq_json *json, const char *path,
                                  struct sq_arena *arena, struct sq_task *t,
                                  struct sq_err *err)
{
    const struct sq_json *obj;
    char where[512];
    enum sq_status st;

    if (!sq_json_get(json, "beside"))
        return SQ_OK;
    st = sq_json_need_object(json, "beside", path, &obj, err);
    if (st != SQ_OK)
        return st;
    obj = sq_json_first(obj);
    if (!obj || sq_json_next(obj) || sq_json_key(obj).n == 0 ||
        sq_json_type(obj) != SQ_JSON_OBJECT)
        return sq_err_set(err, SQ_INPUT,
                          "%s: beside: want one prefix and the constants of "
                          "the file, {\"en\": {\"lang\": \"en\"}}",
                          path);
    t->beside = sq_arena_str(arena, sq_json_key(obj));
    snprintf(where, sizeof(where), "%s: beside: %s", path, t->beside.p);
    return sq_task_fields(obj, where, arena, &t->beside_of, &t->nbeside_of,
                          err);
}

enum sq_status sq_task_load(const struct sq_json *json, const char *where,
                            struct sq_arena *arena, struct sq_task *out,
                            struct sq_err *err)
{
    const struct place at = {json, where, arena, err};
    enum sq_status st;

    *out = (struct sq_task){0};
    st = opt_template(&at, "prompt", &out->prompt);
    if (st == SQ_OK)
        st = opt_template(&at, "system", &out->system);
    if (st == SQ_OK)
        st = opt_texts(&at, "join", &out->join, &out->njoin);
    if (st == SQ_OK)
        st = opt_texts(&at, "stop", &out->stops, &out->nstops);
    if (st == SQ_OK && out->nstops > MAX_STOPS)
        st = sq_err_set(err, SQ_INPUT, "%s: stop: want at most %d", where,
                        MAX_STOPS);
    if (st == SQ_OK)
        st = load_examples(json, where, arena, out, err);
    if (st == SQ_OK)
        st = sq_task_steps_load(json, where, arena, out, err);
    if (st == SQ_OK)
        st = load_alls(json, where, arena, out, err);
    if (st == SQ_OK)
        st = load_derived(json, where, arena, out, err);
    if (st == SQ_OK)
        st = load_beside(json, where, arena, out, err);
    return st;
}
