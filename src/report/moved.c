#include "report/moved.h"

#include <math.h>
#include <stdlib.h>

/* Steps that are named; more are counted. */
#define NAMED 3

static double move_of(const struct sq_pair *p, bool drops_only)
{
    if (isnan(p->a) || isnan(p->b))
        return 0;
    return drops_only ? fmax(0, p->a - p->b) : fabs(p->b - p->a);
}

size_t sq_moved_pick(const struct sq_pair_group *g, bool drops_only,
                     size_t most, size_t *at)
{
    size_t n = 0;
    for (size_t i = 0; i < g->npairs; i++) {
        double move = move_of(&g->pairs[i], drops_only);
        if (!(move > 0) || most == 0)
            continue;
        if (n == most && move <= move_of(&g->pairs[at[n - 1]], drops_only))
            continue;
        size_t k = n < most ? n++ : n - 1;
        for (; k > 0 && move_of(&g->pairs[at[k - 1]], drops_only) < move; k--)
            at[k] = at[k - 1];
        at[k] = i;
    }
    return n;
}

struct step {
    sq_str epoch, step, kind, grader, state;
};

struct steps {
    struct sq_arena *arena;
    sq_str suite;
    struct step *v;
    size_t n;
};

static void on_step(void *ctx, const struct sq_store_row *row)
{
    struct steps *s = ctx;
    if (!sq_str_eq(row->cols[0], s->suite))
        return;
    s->v = sq_xrealloc(s->v, s->n + 1, sizeof *s->v);
    s->v[s->n++] = (struct step){sq_arena_str(s->arena, row->cols[1]),
                                 sq_arena_str(s->arena, row->cols[2]),
                                 sq_arena_str(s->arena, row->cols[5]),
                                 sq_arena_str(s->arena, row->cols[9]),
                                 sq_arena_str(s->arena, row->cols[10])};
}

static enum sq_status read_steps(struct sq_store *store, const char *run,
                                 sq_str sample, struct steps *s,
                                 struct sq_err *err)
{
    sq_str params[2] = {sq_str_from(run), sample};
    return sq_store_each(store, SQ_QUERY_SAMPLE_STEPS, params, 2, on_step, s,
                         err);
}

static sq_str state_of(const struct step *s)
{
    return s && s->state.n ? s->state : SQ_STR("none");
}

static const struct step *same_step(const struct steps *a,
                                    const struct step *want)
{
    for (size_t i = 0; i < a->n; i++)
        if (sq_str_eq(a->v[i].epoch, want->epoch) &&
            sq_str_eq(a->v[i].step, want->step) &&
            sq_str_eq(a->v[i].grader, want->grader))
            return &a->v[i];
    return NULL;
}

static bool changed(const struct steps *a, bool alone, const struct step *s)
{
    sq_str now = state_of(s);
    if (alone)
        return !sq_str_eq(now, SQ_STR("pass")) &&
               !sq_str_eq(now, SQ_STR("unanswerable"));
    return !sq_str_eq(now, state_of(same_step(a, s)));
}

static void add_step(const struct steps *a, bool alone, const struct step *s,
                     struct sq_buf *out)
{
    long long number = 0;
    (void)sq_str_to_int(s->step, &number);
    if (!sq_str_eq(s->epoch, SQ_STR("1")))
        sq_buf_addf(out, "epoch %.*s ", SQ_STR_ARG(s->epoch));
    sq_buf_addf(out, "%lld %.*s", number + 1, SQ_STR_ARG(s->kind));
    if (s->grader.n)
        sq_buf_addf(out, " (%.*s)", SQ_STR_ARG(s->grader));
    sq_buf_adds(out, ": ");
    if (!alone)
        sq_buf_addf(out, "%.*s > ", SQ_STR_ARG(state_of(same_step(a, s))));
    sq_buf_add(out, state_of(s));
}

enum sq_status sq_moved_steps(struct sq_store *store, const char *a,
                              const char *b, sq_str suite, sq_str sample,
                              struct sq_buf *out, struct sq_err *err)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    struct steps was = {.arena = &arena, .suite = suite}, is = was;
    size_t n = 0;
    enum sq_status st = SQ_OK;
    if (a)
        st = read_steps(store, a, sample, &was, err);
    if (st == SQ_OK)
        st = read_steps(store, b, sample, &is, err);
    for (size_t i = 0; i < is.n && st == SQ_OK; i++) {
        if (!changed(&was, !a, &is.v[i]))
            continue;
        if (n > 0 && n < NAMED)
            sq_buf_adds(out, "; ");
        if (n < NAMED)
            add_step(&was, !a, &is.v[i], out);
        n++;
    }
    if (n > NAMED)
        sq_buf_addf(out, "; %zu more", n - NAMED);
    free(was.v);
    free(is.v);
    sq_arena_release(&arena);
    return st;
}
