#include "run/audit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/agree.h"
#include "run/judging.h"
#include "run/score.h"
#include "stat/stat.h"

enum sq_status sq_audit_open(struct sq_session *s, struct sq_err *err)
{
    bool any = false;
    for (size_t i = 0; i < s->njudges; i++)
        any = any || s->judges[i].engine->ops->asks;
    if (!any || !s->options->judge_audit)
        return SQ_OK;
    enum sq_status st = sq_canaries_load(&s->canaries, s->options->home, err);
    if (st != SQ_OK)
        return st;
    s->canary_samples =
        sq_arena_array(&s->arena, s->canaries->n, sizeof *s->canary_samples);
    for (size_t i = 0; i < s->canaries->n; i++)
        s->canary_samples[i] = (struct sq_plan_sample){
            .sample = &s->canaries->list[i].sample, .refs = 1};
    return SQ_OK;
}

void sq_audit_close(struct sq_session *s)
{
    sq_canaries_free(s->canaries);
}

struct sq_item *sq_audit_begin(struct sq_session *s, size_t i)
{
    const struct sq_canary *c = &s->canaries->list[i];
    struct sq_item *item = sq_xcalloc(1, sizeof *item);
    item->session = s;
    item->sample = &s->canary_samples[i];
    item->sample->refs++; /* the session's own stays */
    item->canary = c;
    item->epoch = 1;
    item->error = "";
    item->state = SQ_STATE_PASS;
    item->model.item = item;
    item->model.state = SQ_ASK_DONE;
    item->response.text = sq_str_dup(c->response);
    item->response.text_len = c->response.n;
    sq_judging_begin(item);
    for (size_t k = 0; k < item->njudges; k++)
        sq_ask_key(&item->judges[k]);
    return item;
}

/* "SUITE/SAMPLE" of a sample that is judged twice. */
static const char *repeat_name(struct sq_item *item)
{
    const struct sq_session *s = item->session;
    return sq_arena_printf(&item->arena, "%s/%.*s",
                           s->suites[item->sample->suite]->label,
                           SQ_STR_ARG(item->sample->sample->id));
}

const char *sq_audit_probe_name(const struct sq_ask *ask)
{
    struct sq_item *item = ask->item;
    bool canary = item->canary != NULL;
    return sq_arena_printf(&item->arena, "%s:%s", canary ? "canary" : "repeat",
                           canary ? item->canary->name : repeat_name(item));
}

/* ---- probes -------------------------------------------------------------- */

enum sq_status sq_audit_canary(struct sq_item *item, struct sq_err *err)
{
    const struct sq_canary *c = item->canary;
    struct sq_session *s = item->session;
    size_t most = c->sample.nsteps + 2;
    struct sq_canary_mark *marks =
        sq_arena_array(&item->arena, most, sizeof *marks);
    struct sq_probe *probes =
        sq_arena_array(&item->arena, most, sizeof *probes);
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < item->njudges && st == SQ_OK; i++) {
        const struct sq_judged *j = &item->judged[i];
        if (j->state != SQ_STATE_PASS || j->again)
            continue; /* no answer says nothing about the judge */
        size_t n = sq_canary_marks(c, j->template_, &j->verdict, marks);
        for (size_t k = 0; k < n; k++)
            probes[k] = (struct sq_probe){
                j->judge,     j->template_->name.p, "canary",
                c->name,      marks[k].question,    marks[k].step,
                marks[k].yes, marks[k].right};
        st = sq_store_probes_put(s->store, &s->run, probes, n, err);
    }
    return st;
}

/* Compares two verdicts of one judge on one response. */
static size_t compare(const struct sq_judged *a, const struct sq_judged *b,
                      const struct sq_sample *sample, const char *name,
                      struct sq_probe *out)
{
    const struct sq_verdict *v = &a->verdict, *w = &b->verdict;
    struct sq_probe p = {.judge = a->judge,
                         .judge_template = a->template_->name.p,
                         .kind = "repeat",
                         .name = name,
                         .expected = -1};
    size_t n = 0;
    if (v->following != SQ_STATE_NOT_JUDGED) {
        p.question = "following";
        p.right = v->following == w->following;
        out[n++] = p;
    }
    if (v->quality_state != SQ_STATE_NOT_JUDGED) {
        p.question = "quality";
        p.right = v->quality_state == w->quality_state &&
                  (v->quality_state != SQ_STATE_PASS ||
                   fabs(v->quality - w->quality) < 1e-9);
        out[n++] = p;
    }
    for (size_t i = 0; i < sample->nsteps; i++) {
        if (v->steps[i].state == SQ_STATE_NOT_JUDGED)
            continue;
        p.question = "step";
        p.step = i;
        p.right = v->steps[i].state == w->steps[i].state;
        out[n++] = p;
    }
    return n;
}

enum sq_status sq_audit_repeats(struct sq_item *item, struct sq_err *err)
{
    const struct sq_sample *sample = item->sample->sample;
    struct sq_session *s = item->session;
    enum sq_status st = SQ_OK;
    for (size_t i = item->nscored; i < item->njudges && st == SQ_OK; i++) {
        const struct sq_judged *b = &item->judged[i];
        const struct sq_judged *a = &item->judged[item->judges[i].repeat - 1];
        struct sq_probe *probes =
            sq_arena_array(&item->arena, sample->nsteps + 2, sizeof *probes);
        if (a->state != SQ_STATE_PASS || b->state != SQ_STATE_PASS ||
            a->again || b->again)
            continue;
        size_t n = compare(a, b, sample, repeat_name(item), probes);
        st = sq_store_probes_put(s->store, &s->run, probes, n, err);
    }
    return st;
}

/* ---- measures ------------------------------------------------------------ */

/* One judge and template. */
struct audit {
    const char *judge;
    const struct sq_judge_template *template_;
    struct sq_canary_tally tally;
    size_t repeats, same, rules, agreeing;
};

struct audits {
    struct audit *list;
    size_t n;
};

static struct audit *find(const struct audits *all,
                          const struct sq_store_row *row)
{
    for (size_t i = 0; i < all->n; i++)
        if (sq_str_eq(row->cols[0], sq_str_from(all->list[i].judge)) &&
            sq_str_eq(row->cols[1], all->list[i].template_->name))
            return &all->list[i];
    return NULL;
}

static size_t number(sq_str s)
{
    long long n = 0;
    (void)sq_str_to_int(s, &n);
    return (size_t)n;
}

/* SQ_QUERY_RUN_PROBES */
static void on_probe(void *ctx, const struct sq_store_row *row)
{
    struct audit *a = find(ctx, row);
    if (!a)
        return;
    size_t n = number(row->cols[4]), right = number(row->cols[5]);
    if (sq_str_eq(row->cols[2], SQ_STR("repeat"))) {
        a->repeats = n;
        a->same = right;
    } else if (sq_str_eq(row->cols[3], SQ_STR("1"))) {
        a->tally.yes = n;
        a->tally.yes_right = right;
    } else {
        a->tally.no = n;
        a->tally.no_right = right;
    }
}

/* SQ_QUERY_RUN_RULE_JUDGE */
static void on_rules(void *ctx, const struct sq_store_row *row)
{
    struct audit *a = find(ctx, row);
    if (!a)
        return;
    a->rules = number(row->cols[2]);
    a->agreeing = number(row->cols[3]);
}

static enum sq_status put_share(struct sq_session *s, const struct audit *a,
                                const char *measure, size_t k, size_t n,
                                struct sq_err *err)
{
    struct sq_audit row = {.judge = a->judge,
                           .judge_template = a->template_->name.p,
                           .measure = measure,
                           .value = NAN,
                           .n = n};
    if (n)
        row.value = (double)k / (double)n;
    sq_stat_wilson((double)k, (double)n, &row.lo, &row.hi);
    return sq_store_audit_put(s->store, &s->run, &row, err);
}

static enum sq_status put_audit(struct sq_session *s, const struct audit *a,
                                struct sq_err *err)
{
    const struct sq_canary_tally *t = &a->tally;
    const struct {
        const char *name;
        size_t k, n;
    } shares[] = {{"sensitivity", t->yes_right, t->yes},
                  {"specificity", t->no_right, t->no},
                  {"consistency", a->same, a->repeats},
                  {"rule_agreement", a->agreeing, a->rules}};
    size_t all = sq_canary_count(s->canaries, a->template_);
    bool complete = t->yes + t->no == all, passed = sq_canary_passed(t);
    struct sq_audit verdict = {.judge = a->judge,
                               .judge_template = a->template_->name.p,
                               .measure = "passed",
                               .value = complete ? passed : NAN,
                               .lo = NAN,
                               .hi = NAN,
                               .n = t->yes + t->no};
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < sizeof shares / sizeof *shares && st == SQ_OK; i++)
        st = put_share(s, a, shares[i].name, shares[i].k, shares[i].n, err);
    s->result->audits_passed += complete && passed;
    return st == SQ_OK ? sq_store_audit_put(s->store, &s->run, &verdict, err)
                       : st;
}

static enum sq_status put_audits(struct sq_session *s, struct sq_err *err)
{
    struct audits all = {
        sq_xcalloc(s->njudges * s->ntemplates, sizeof *all.list), 0};
    sq_str run = sq_str_from(s->run.id);
    for (size_t i = 0; i < s->njudges; i++)
        for (size_t k = 0; k < s->ntemplates; k++)
            if (s->judges[i].engine->ops->asks &&
                !sq_judge_compares(s->templates[k]))
                all.list[all.n++] = (struct audit){
                    .judge = s->judges[i].name, .template_ = s->templates[k]};
    enum sq_status st = sq_store_each(s->store, SQ_QUERY_RUN_PROBES, &run, 1,
                                      on_probe, &all, err);
    if (st == SQ_OK)
        st = sq_store_each(s->store, SQ_QUERY_RUN_RULE_JUDGE, &run, 1, on_rules,
                           &all, err);
    for (size_t i = 0; i < all.n && st == SQ_OK; i++)
        st = put_audit(s, &all.list[i], err);
    free(all.list);
    return st;
}

enum sq_status sq_audit_put(struct sq_session *s, struct sq_err *err)
{
    enum sq_status st = sq_store_begin(s->store, err);
    if (st != SQ_OK)
        return st;
    for (size_t k = 0; k < s->ntemplates; k++)
        if (!sq_judge_compares(s->templates[k]))
            s->result->audits += s->njudges;
    if (s->canaries)
        st = put_audits(s, err);
    if (st == SQ_OK && s->njudges > 1)
        st = sq_agree_put(s, err);
    if (st == SQ_OK)
        return sq_store_commit(s->store, err);
    sq_store_rollback(s->store);
    return st;
}
