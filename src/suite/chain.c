/* Parameters of `chain`, and its plans made into samples. */
#include "suite/chain.h"
#include <limits.h>
#include <stdlib.h>
#include "check/check.h"

#define MAX_SAMPLES 1000000

static enum sq_status bad(struct sq_err *err, sq_str key, sq_str value,
                          const char *want)
{
    return sq_err_set(err, SQ_USAGE, "chain: %.*s=%.*s: give %s",
                      SQ_STR_ARG(key), SQ_STR_ARG(value), want);
}

static bool whole(sq_str s, long long min, long long max, long long *out)
{
    long long v;
    if (!sq_str_to_int(s, &v) || v < min || v > max)
        return false;
    *out = v;
    return true;
}

/* "2-8" or "4" */
static bool steps(sq_str s, struct sq_chain_params *out)
{
    size_t dash = sq_str_find(s, SQ_STR("-"), 0);
    sq_str from = dash == SIZE_MAX ? s : sq_str_sub(s, 0, dash);
    sq_str to = dash == SIZE_MAX ? s : sq_str_sub(s, dash + 1, s.n);
    long long min;
    long long max;
    if (!whole(from, 1, SQ_CHAIN_STEPS, &min) ||
        !whole(to, min, SQ_CHAIN_STEPS, &max))
        return false;
    out->min_steps = min;
    out->max_steps = max;
    return true;
}

/* The name that value is, as a static slice. */
static bool one_of(sq_str value, const char *const *names, sq_str *out)
{
    for (; *names; names++)
        if (sq_str_eq(value, sq_str_from(*names))) {
            *out = sq_str_from(*names);
            return true;
        }
    return false;
}

static enum sq_status set(struct sq_chain_params *out, sq_str key, sq_str value,
                          struct sq_err *err)
{
    static const char *const splits[] = {"test", "train", NULL};
    const char *want;
    bool ok;
    if (sq_str_eq(key, SQ_STR("steps"))) {
        want = "A-B or N within 1 to 16, as steps=2-8";
        ok = steps(value, out);
    } else if (sq_str_eq(key, SQ_STR("n"))) {
        want = "a number of samples from 1 to 1000000";
        ok = whole(value, 1, MAX_SAMPLES, &out->n);
    } else if (sq_str_eq(key, SQ_STR("seed"))) {
        long long seed;
        want = "a whole number from 0 to 9223372036854775807";
        ok = whole(value, 0, LLONG_MAX, &seed);
        if (ok)
            out->seed = (unsigned long long)seed;
    } else if (sq_str_eq(key, SQ_STR("family"))) {
        want = "word, number, list, mixed or tiny";
        ok = sq_chain_family(value, &out->family);
    } else if (sq_str_eq(key, SQ_STR("split"))) {
        want = "test or train";
        ok = one_of(value, splits, &out->split);
    } else {
        return sq_err_set(err, SQ_USAGE,
                          "chain: unknown parameter '%.*s': it has steps, n, "
                          "seed, family and split",
                          SQ_STR_ARG(key));
    }
    return ok ? SQ_OK : bad(err, key, value, want);
}

enum sq_status sq_chain_params_parse(sq_str params, struct sq_chain_params *out,
                                     struct sq_err *err)
{
    *out = (struct sq_chain_params){.min_steps = 1,
                                    .max_steps = 6,
                                    .n = 300,
                                    .seed = 1,
                                    .family = SQ_STR("mixed"),
                                    .split = SQ_STR("test")};
    sq_str rest = params;
    sq_str piece;
    while (params.n && sq_str_split(&rest, ',', &piece)) {
        size_t eq = sq_str_find(piece, SQ_STR("="), 0);
        if (eq == SIZE_MAX)
            return sq_err_set(err, SQ_USAGE,
                              "chain: '%.*s' is no parameter: write key=value, "
                              "as steps=2-8,seed=7",
                              SQ_STR_ARG(piece));
        enum sq_status st = set(out, sq_str_sub(piece, 0, eq),
                                sq_str_sub(piece, eq + 1, piece.n), err);
        if (st != SQ_OK)
            return st;
    }
    return SQ_OK;
}

char *sq_chain_params_render(const struct sq_chain_params *p)
{
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_MESSAGE);
    sq_buf_addf(&b, "family=%.*s,n=%lld,seed=%llu,split=%.*s,steps=%lld",
                SQ_STR_ARG(p->family), p->n, p->seed, SQ_STR_ARG(p->split),
                p->min_steps);
    if (p->max_steps != p->min_steps)
        sq_buf_addf(&b, "-%lld", p->max_steps);
    char *text = sq_buf_take(&b);
    sq_buf_release(&b);
    return text;
}

char *sq_chain_id(const struct sq_chain_params *p,
                  const struct sq_chain_plan *plan)
{
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_MESSAGE);
    sq_buf_addf(&b, "%.*s-%.*s-s%llu-L%zu-%06zu", SQ_STR_ARG(p->split),
                SQ_STR_ARG(p->family), p->seed, plan->length, plan->position);
    char *text = sq_buf_take(&b);
    sq_buf_release(&b);
    return text;
}

static void make_rule(struct sq_arena *arena, size_t number,
                      const struct sq_chain_value *result, struct sq_buf *text,
                      struct sq_rule *out)
{
    struct sq_err err = {0};
    struct sq_json *rule = sq_json_object();
    sq_buf_reset(text);
    sq_chain_value_text(result, text);
    sq_json_put_str(rule, "check", SQ_STR("step_result"));
    sq_json_put_str(rule, "role", SQ_STR("constraint"));
    sq_json_put_int(rule, "step", (long long)number);
    sq_json_put_str(rule, "value", sq_buf_str(text));
    if (sq_rule_compile(rule, "chain", arena, out, &err) != SQ_OK)
        abort(); /* a rule of our own making */
    sq_json_free(rule);
}

/* Each step builds on the one before. */
static void make_steps(struct sq_sample *s, const struct sq_chain_plan *c,
                       struct sq_buf *text)
{
    struct sq_step *list = sq_arena_array(&s->arena, c->length, sizeof *list);
    size_t *before = sq_arena_array(&s->arena, c->length, sizeof *before);
    struct sq_rule *rules = sq_arena_array(&s->arena, c->length, sizeof *rules);
    for (size_t k = 0; k < c->length; k++) {
        make_rule(&s->arena, k + 1, &c->step[k].result, text, &rules[k]);
        before[k] = k ? k - 1 : 0;
        list[k] = (struct sq_step){.start = c->step[k].start,
                                   .end = c->step[k].end,
                                   .kind = SQ_STR("compute"),
                                   .answerable = true,
                                   .depends = &before[k],
                                   .ndepends = k ? 1 : 0,
                                   .rules = &rules[k],
                                   .nrules = 1};
    }
    s->steps = list;
    s->nsteps = c->length;
}

static void make_fields(struct sq_sample *s, const struct sq_chain_plan *c)
{
    struct sq_field *facets = sq_arena_array(&s->arena, 2, sizeof *facets);
    struct sq_field *prompt = sq_arena_alloc(&s->arena, sizeof *prompt);
    facets[0].name = SQ_STR("length");
    facets[0].value = sq_str_from(sq_arena_printf(&s->arena, "%zu", c->length));
    facets[1].name = SQ_STR("family");
    facets[1].value = sq_str_from(c->family);
    prompt->name = SQ_STR("prompt");
    prompt->value = s->query;
    s->facets = facets;
    s->nfacets = 2;
    s->texts = prompt;
    s->ntexts = 1;
}

struct sq_sample *sq_chain_sample(const struct sq_chain_params *p,
                                  size_t ordinal)
{
    struct sq_sample *s = sq_xcalloc(1, sizeof *s);
    struct sq_chain_plan plan;
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    sq_chain_plan_make(p, ordinal, &plan, &text);
    s->ordinal = ordinal;
    s->query = sq_arena_str(&s->arena, sq_buf_str(&text));
    char *id = sq_chain_id(p, &plan);
    s->id = sq_arena_str(&s->arena, sq_str_from(id));
    free(id);
    make_fields(s, &plan);
    make_steps(s, &plan, &text);
    sq_buf_release(&text);
    return s;
}

char *sq_chain_expected(const struct sq_sample *s, size_t step)
{
    struct sq_err err = {0};
    struct sq_json *rule =
        sq_json_parse(s->steps[step].rules[0].text, "chain", 1, &err);
    char *value = sq_str_dup(sq_json_str(sq_json_get(rule, "value")));
    sq_json_free(rule);
    return value;
}
