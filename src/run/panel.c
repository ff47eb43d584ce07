#include "run/panel.h"

#include <math.h>

#include "base/buf.h"

bool sq_panel_next(const struct sq_score_input *in, struct sq_panel *p)
{
    const struct sq_judged *at = p->judged ? p->judged + p->n : in->judged;
    const struct sq_judged *end = in->judged + in->njudged;
    if (!in->njudged || at == end)
        return false;
    *p = (struct sq_panel){at, 0};
    while (at + p->n < end && at[p->n].template_ == at->template_)
        p->n++;
    return true;
}

bool sq_panel_of_steps(const struct sq_score_input *in, struct sq_panel *p)
{
    *p = (struct sq_panel){0};
    while (sq_panel_next(in, p))
        if (p->judged->template_->form == SQ_JUDGE_STEPS)
            return true;
    return false;
}

/* ---- together ------------------------------------------------------------ */

/* The states that n judges gave, counted. */
struct votes {
    size_t of[SQ_STATE_COUNT], n;
};

static enum sq_state together(const struct votes *v)
{
    static const enum sq_state order[] = {SQ_STATE_ERROR, SQ_STATE_NOT_RUN,
                                          SQ_STATE_UNPARSABLE,
                                          SQ_STATE_UNSUPPORTED};
    if (2 * v->of[SQ_STATE_PASS] > v->n)
        return SQ_STATE_PASS;
    if (2 * v->of[SQ_STATE_FAIL] > v->n)
        return SQ_STATE_FAIL;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (v->of[order[i]])
            return order[i];
    return SQ_STATE_NOT_JUDGED;
}

static enum sq_state step_state(const struct sq_judged *j, size_t step)
{
    return j->state == SQ_STATE_PASS ? j->verdict.steps[step].state : j->state;
}

static const char *said(enum sq_state s)
{
    return s == SQ_STATE_PASS   ? "done"
           : s == SQ_STATE_FAIL ? "not done"
                                : sq_state_name(s);
}

enum sq_state sq_panel_step(const struct sq_panel *p, size_t step,
                            struct sq_buf *why, sq_str *evidence)
{
    struct votes v = {.n = p->n};
    for (size_t i = 0; i < p->n; i++) {
        const struct sq_judged *j = &p->judged[i];
        enum sq_state s = step_state(j, step);
        sq_str reason = j->state == SQ_STATE_PASS ? j->verdict.steps[step].why
                                                  : sq_str_from(j->error);
        v.of[s]++;
        sq_buf_addf(why, "%sjudge %s%s%s: %.*s", why->n ? "\n" : "",
                    p->n > 1 ? j->judge : "", p->n > 1 ? " " : "", said(s),
                    SQ_STR_ARG(reason));
    }
    enum sq_state s = together(&v);
    if (s == SQ_STATE_NOT_JUDGED && p->n > 1)
        sq_buf_addf(why, "\nthe judges disagree: %zu done, %zu not done",
                    v.of[SQ_STATE_PASS], v.of[SQ_STATE_FAIL]);
    for (size_t i = 0; i < p->n; i++)
        if (step_state(&p->judged[i], step) == s &&
            p->judged[i].state == SQ_STATE_PASS) {
            *evidence = p->judged[i].verdict.steps[step].evidence;
            break;
        }
    return s;
}

static bool asks_following(const struct sq_judged *j)
{
    enum sq_judge_form form = j->template_->form;
    return form == SQ_JUDGE_FOLLOWING || form == SQ_JUDGE_PAPER;
}

static bool asks_quality(const struct sq_judged *j)
{
    enum sq_judge_form form = j->template_->form;
    return form == SQ_JUDGE_QUALITY || form == SQ_JUDGE_PAPER;
}

static enum sq_state following_state(const struct sq_judged *j)
{
    return j->state == SQ_STATE_PASS ? j->verdict.following : j->state;
}

static enum sq_state quality_state(const struct sq_judged *j)
{
    return j->state == SQ_STATE_PASS ? j->verdict.quality_state : j->state;
}

static bool asks_preference(const struct sq_judged *j)
{
    return sq_judge_compares(j->template_);
}

static enum sq_state preference_state(const struct sq_judged *j)
{
    return j->state == SQ_STATE_PASS ? j->verdict.preference_state : j->state;
}

static sq_str reason_of(const struct sq_judged *j)
{
    return j->state == SQ_STATE_PASS ? j->verdict.why : sq_str_from(j->error);
}

/* Mean, when more than half gave one. */
static void mean_quality(const struct sq_panel *p, struct sq_store_verdict *out)
{
    struct votes v = {.n = p->n};
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        enum sq_state s = quality_state(&p->judged[i]);
        v.of[s]++;
        sum += s == SQ_STATE_PASS ? p->judged[i].verdict.quality : 0;
    }
    out->quality = together(&v);
    if (out->quality == SQ_STATE_PASS)
        out->value = sum / (double)v.of[SQ_STATE_PASS];
}

/* The same. */
static void mean_preference(const struct sq_panel *p,
                            struct sq_store_verdict *out)
{
    struct votes v = {.n = p->n};
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        enum sq_state s = preference_state(&p->judged[i]);
        v.of[s]++;
        sum += s == SQ_STATE_PASS ? p->judged[i].verdict.preference : 0;
    }
    out->compares = true;
    out->preference = together(&v);
    if (out->preference == SQ_STATE_PASS)
        out->share = sum / (double)v.of[SQ_STATE_PASS];
}

/* One judge's reason, or each judge's word. */
static sq_str explain(const struct sq_panel *p, struct sq_arena *arena)
{
    struct sq_buf text;
    if (p->n == 1)
        return reason_of(p->judged);
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < p->n; i++) {
        const struct sq_judged *j = &p->judged[i];
        sq_buf_addf(&text, "%s%s:", i ? ", " : "", j->judge);
        if (asks_following(j))
            sq_buf_addf(&text, " %s", sq_state_name(following_state(j)));
        if (asks_quality(j) && quality_state(j) == SQ_STATE_PASS)
            sq_buf_addf(&text, " %g", j->verdict.quality);
        else if (asks_quality(j))
            sq_buf_addf(&text, " %s", sq_state_name(quality_state(j)));
        if (asks_preference(j) && preference_state(j) == SQ_STATE_PASS)
            sq_buf_addf(&text, " %g", j->verdict.preference);
        else if (asks_preference(j))
            sq_buf_addf(&text, " %s", sq_state_name(preference_state(j)));
    }
    sq_str all = sq_arena_str(arena, sq_buf_str(&text));
    sq_buf_release(&text);
    return all;
}

void sq_panel_verdict(const struct sq_panel *p, struct sq_arena *arena,
                      struct sq_store_verdict *out)
{
    const struct sq_judged *first = p->judged;
    *out = (struct sq_store_verdict){.judge_template = first->template_->name.p,
                                     .following = SQ_STATE_NOT_JUDGED,
                                     .quality = SQ_STATE_NOT_JUDGED};
    if (asks_following(first)) {
        struct votes v = {.n = p->n};
        for (size_t i = 0; i < p->n; i++)
            v.of[following_state(&p->judged[i])]++;
        out->following = together(&v);
    }
    if (asks_quality(first))
        mean_quality(p, out);
    if (asks_preference(first))
        mean_preference(p, out);
    if (p->n == 1 || asks_following(first) || asks_quality(first) ||
        asks_preference(first))
        out->explanation = explain(p, arena);
}

/* ---- one by one ---------------------------------------------------------- */

static size_t put_steps(const struct sq_judged *j, const struct sq_sample *s,
                        struct sq_judge_finding *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->nsteps; i++) {
        if (!s->steps[i].answerable)
            continue;
        struct sq_judge_finding f = {j->judge,   j->template_->name.p, "step",
                                     i,          step_state(j, i),     NAN,
                                     SQ_STR(""), sq_str_from(j->error)};
        if (j->state == SQ_STATE_PASS) {
            f.evidence = j->verdict.steps[i].evidence;
            f.explanation = j->verdict.steps[i].why;
        }
        out[n++] = f;
    }
    return n;
}

void sq_panel_findings(const struct sq_score_input *in, struct sq_arena *arena,
                       struct sq_score_sheet *sheet)
{
    struct sq_judge_finding *list = sq_arena_array(
        arena, in->njudged * (2 + in->sample->nsteps), sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < in->njudged; i++) {
        const struct sq_judged *j = &in->judged[i];
        struct sq_judge_finding f = {.judge = j->judge,
                                     .judge_template = j->template_->name.p,
                                     .value = NAN,
                                     .explanation = reason_of(j)};
        if (asks_following(j)) {
            f.question = "following";
            f.state = following_state(j);
            list[n++] = f;
        }
        if (asks_quality(j)) {
            f.question = "quality";
            f.state = quality_state(j);
            if (f.state == SQ_STATE_PASS)
                f.value = j->verdict.quality;
            list[n++] = f;
        }
        if (asks_preference(j)) {
            f.question = "preference";
            f.state = preference_state(j);
            if (f.state == SQ_STATE_PASS)
                f.value = j->verdict.preference;
            list[n++] = f;
        }
        if (j->template_->form == SQ_JUDGE_STEPS)
            n += put_steps(j, in->sample, list + n);
    }
    sheet->findings = list;
    sheet->nfindings = n;
}
