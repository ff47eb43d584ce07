#include "run/score.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "check/finding.h"
#include "grade/cut.h"
#include "grade/unit_tests.h"
#include "run/own_text.h"
#include "run/panel.h"
#include "stat/sequence.h"

/* More than one sample can have; one metric stands once. */
#define MAX_METRICS 64

/* All rules of one role, read together. */
struct ruling {
    size_t n, hold, broken, errors;
    struct sq_finding
        evidence;       /* of the first broken rule, else of the first */
    const char *metric; /* of the rule that has one; NULL = none */
    double value;
};

static void explain_rule(struct sq_buf *out, const struct sq_rule *rule,
                         const struct sq_finding *f)
{
    static const char *const words[] = {
        [SQ_FINDING_HOLDS] = "holds",
        [SQ_FINDING_BROKEN] = "broken",
        [SQ_FINDING_UNDECIDED] = "undecided",
        [SQ_FINDING_ERROR] = "error",
    };
    sq_buf_addf(out, "%s%s %s %s: %s", out->n ? "\n" : "",
                rule->role == SQ_ROLE_ANSWER ? "answer" : "constraint",
                rule->check->name, words[f->verdict], f->why);
}

/* Do both graders name the same? NULL and "" are the usual one. */
static bool same_grader(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* The check by itself, or by how its program ended. */
static void run_check(const struct sq_score_input *in,
                      const struct sq_rule *rule, struct sq_check_text text,
                      struct sq_finding *f)
{
    for (size_t i = 0; i < in->nran; i++)
        if (in->ran[i].rule == rule) {
            sq_unit_tests_ended(rule->args, text, &in->ran[i].result, f);
            return;
        }
    rule->check->run(rule->args, text, f);
}

/* The rule on its part of the text. */
static void run_rule(const struct sq_score_input *in,
                     const struct sq_rule *rule, struct sq_check_text text,
                     struct sq_finding *f)
{
    struct sq_buf why;
    sq_str all = text.text;
    if (!rule->cut || sq_cut_apply(rule->cut, all, text.arena, &text.text)) {
        run_check(in, rule, text, f);
        if (f->len && text.text.p >= all.p && text.text.p <= all.p + all.n)
            f->at += (size_t)(text.text.p - all.p);
        return;
    }
    sq_buf_init(&why, SQ_MAX_MESSAGE);
    sq_cut_describe(rule->cut, &why);
    sq_finding_set(f, SQ_FINDING_BROKEN, "%s", why.p);
    sq_buf_release(&why);
}

/* What is measured or decided is a metric; what is neither is none. */
static void note_metric(const struct sq_rule *rule, const struct sq_finding *f,
                        struct ruling *r)
{
    bool decided =
        f->verdict == SQ_FINDING_HOLDS || f->verdict == SQ_FINDING_BROKEN;
    if (!rule->metric || !(f->measured || decided))
        return;
    r->metric = rule->metric;
    r->value = f->measured ? f->value : f->verdict == SQ_FINDING_HOLDS;
}

static struct ruling apply_rules(const struct sq_score_input *in,
                                 const struct sq_step *step, const char *grader,
                                 enum sq_role role, struct sq_check_text text,
                                 struct sq_buf *why)
{
    struct ruling r = {0};
    for (size_t i = 0; i < step->nrules; i++) {
        const struct sq_rule *rule = &step->rules[i];
        if (rule->role != role || !same_grader(rule->grader, grader))
            continue;
        struct sq_finding f = {.verdict = SQ_FINDING_ERROR};
        run_rule(in, rule, text, &f);
        note_metric(rule, &f, &r);
        bool first_broken = f.verdict == SQ_FINDING_BROKEN && !r.broken;
        bool tells = f.len || f.answer.p;
        bool told = r.evidence.len || r.evidence.answer.p;
        if (tells && (first_broken || !told))
            r.evidence = f;
        r.n++;
        r.hold += f.verdict == SQ_FINDING_HOLDS;
        r.broken += f.verdict == SQ_FINDING_BROKEN;
        r.errors += f.verdict == SQ_FINDING_ERROR;
        explain_rule(why, rule, &f);
    }
    return r;
}

/* 1 = all hold, 0 = one is broken, -1 = there are none or they don't tell. */
static int ruling_pass(const struct ruling *r)
{
    if (r->broken)
        return 0;
    return r->n && r->hold == r->n ? 1 : -1;
}

/* Is the response shared by the answers to several steps? */
static bool answers_many(const struct sq_sample *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->nsteps; i++)
        n += s->steps[i].answerable;
    return n > 1;
}

/* A step by the rules of one grader; the judge's word is of the usual one. */
static void score_step(const struct sq_score_input *in, size_t i,
                       const char *grader, const struct sq_own_text *own,
                       struct sq_arena *arena, struct sq_step_score *out)
{
    const struct sq_step *step = &in->sample->steps[i];
    *out = (struct sq_step_score){.step = i,
                                  .grader = grader,
                                  .rule_pass = -1,
                                  .judge_pass = -1,
                                  .correct = -1};
    if (!step->answerable || in->state != SQ_STATE_PASS) {
        out->state = step->answerable ? in->state : SQ_STATE_UNANSWERABLE;
        if (step->answerable && in->error)
            out->explanation = sq_arena_str(arena, sq_str_from(in->error));
        return;
    }
    struct sq_buf why;
    sq_buf_init(&why, SQ_MAX_REPLY);
    struct sq_check_text text = {
        sq_str_sub(in->text, own->at, own->at + own->len),
        !own->own && answers_many(in->sample), arena};
    out->own = own->own;
    out->own_start = own->at;
    out->own_end = own->at + own->len;
    struct ruling done =
        apply_rules(in, step, grader, SQ_ROLE_CONSTRAINT, text, &why);
    /* A heading may be the answer. */
    struct sq_check_text with_heading = {
        sq_str_sub(in->text, own->from, own->at + own->len), text.shared,
        arena};
    struct ruling right =
        apply_rules(in, step, grader, SQ_ROLE_ANSWER, with_heading, &why);
    bool by_answer = !done.evidence.len && !done.evidence.answer.p;
    struct sq_finding at = by_answer ? right.evidence : done.evidence;
    out->at = (by_answer ? own->from : own->at) + at.at;
    out->len = at.len;
    out->evidence = at.answer.p
                        ? at.answer
                        : sq_str_sub(in->text, out->at, out->at + at.len);
    out->metric = done.metric;
    out->value = done.value;

    struct sq_panel judges;
    bool judge = !*grader && sq_panel_of_steps(in, &judges);
    enum sq_state judged = SQ_STATE_NOT_JUDGED;
    sq_str by_rule = out->evidence;
    if (judge)
        judged = sq_panel_step(&judges, i, &why, &out->evidence);
    if (out->evidence.p != by_rule.p) {
        out->len = 0;
        (void)sq_evidence_find(in->text, out->evidence, &out->at, &out->len);
    }
    out->rule_pass = ruling_pass(&done);
    if (sq_state_decided(judged))
        out->judge_pass = judged == SQ_STATE_PASS;

    if (out->rule_pass == 0)
        out->state = SQ_STATE_FAIL;
    else if (done.errors)
        out->state = SQ_STATE_ERROR;
    else if (judge)
        out->state = judged;
    else
        out->state = out->rule_pass == 1 ? SQ_STATE_PASS : SQ_STATE_NOT_JUDGED;

    if (right.n && out->state == SQ_STATE_FAIL)
        out->correct = 0;
    else if (out->state == SQ_STATE_PASS || out->state == SQ_STATE_NOT_JUDGED)
        out->correct = ruling_pass(&right);
    out->explanation = sq_arena_str(arena, sq_buf_str(&why));
    sq_buf_release(&why);
}

static void put_metric(struct sq_score_sheet *sheet,
                       struct sq_metric_value *values, const char *name,
                       double value)
{
    assert(sheet->nmetrics < MAX_METRICS);
    values[sheet->nmetrics++] = (struct sq_metric_value){name, value};
}

/* What the steps of one grader come to. */
struct tally {
    size_t answerable, decided, pass, prefix, known, correct;
};

static struct tally count_steps(const struct sq_score_sheet *sheet,
                                const char *grader)
{
    struct tally t = {0};
    bool failed = false;
    for (size_t i = 0; i < sheet->nsteps; i++) {
        const struct sq_step_score *s = &sheet->steps[i];
        if (s->state == SQ_STATE_UNANSWERABLE ||
            !same_grader(s->grader, grader))
            continue;
        t.answerable++;
        t.decided += sq_state_decided(s->state);
        t.pass += s->state == SQ_STATE_PASS;
        failed = failed || s->state == SQ_STATE_FAIL;
        t.prefix += !failed;
        t.known += s->correct >= 0;
        t.correct += s->correct == 1;
    }
    return t;
}

static void step_metrics(struct sq_score_sheet *sheet,
                         struct sq_metric_value *values)
{
    struct tally t = count_steps(sheet, "");
    if (t.decided)
        put_metric(sheet, values, "step_rate",
                   (double)t.pass / (double)t.decided);
    if (t.answerable && t.decided == t.answerable) {
        put_metric(sheet, values, "full_rate", t.pass == t.answerable);
        put_metric(sheet, values, "prefix_rate",
                   (double)t.prefix / (double)t.answerable);
    }
    if (t.known)
        put_metric(sheet, values, "step_correct_rate",
                   (double)t.correct / (double)t.known);
}

/* In which order, and where, the steps are answered. */
static void order_metrics(struct sq_score_sheet *sheet, struct sq_arena *arena,
                          struct sq_metric_value *values)
{
    struct sq_place *places =
        sq_arena_array(arena, sheet->nsteps, sizeof *places);
    size_t n = 0;
    for (size_t i = 0; i < sheet->nsteps; i++) {
        const struct sq_step_score *s = &sheet->steps[i];
        if (s->state == SQ_STATE_UNANSWERABLE || *s->grader)
            continue;
        places[n++] = (struct sq_place){
            !sq_state_decided(s->state) ? -1 : s->state == SQ_STATE_PASS, s->at,
            s->len};
    }
    struct sq_order o = sq_order_of(places, n);
    const struct {
        const char *name;
        double value;
    } list[] = {{"order_tau", o.tau},
                {"skipped_rate", o.skipped},
                {"merged_rate", o.merged},
                {"out_of_order_rate", o.out_of_order}};
    for (size_t i = 0; i < sizeof list / sizeof *list && n > 1; i++)
        if (!isnan(list[i].value))
            put_metric(sheet, values, list[i].name, list[i].value);
}

/* Do its rules say what their findings are called? Then no names are given. */
static bool names_metrics(const struct sq_sample *sample)
{
    for (size_t i = 0; i < sample->nsteps; i++)
        for (size_t k = 0; k < sample->steps[i].nrules; k++)
            if (sample->steps[i].rules[k].metric)
                return true;
    return false;
}

static void grader_metrics(struct sq_score_sheet *sheet,
                           struct sq_metric_value *values)
{
    static const struct {
        const char *grader, *prompt, *instruction;
    } graders[] = {
        {"strict", "prompt_level_strict_acc", "inst_level_strict_acc"},
        {"loose", "prompt_level_loose_acc", "inst_level_loose_acc"}};
    for (size_t i = 0; i < 2; i++) {
        struct tally t = count_steps(sheet, graders[i].grader);
        if (!t.answerable || t.decided < t.answerable)
            continue;
        put_metric(sheet, values, graders[i].prompt, t.pass == t.answerable);
        put_metric(sheet, values, graders[i].instruction,
                   (double)t.pass / (double)t.answerable);
    }
}

/* The metrics that rules have of their own, and those made of several. */
static void rule_metrics(const struct sq_sample *sample,
                         struct sq_score_sheet *sheet,
                         struct sq_metric_value *values)
{
    for (size_t i = 0; i < sheet->nsteps; i++)
        if (sheet->steps[i].metric)
            put_metric(sheet, values, sheet->steps[i].metric,
                       sheet->steps[i].value);
    size_t own = sheet->nmetrics;
    for (size_t i = 0; i < sample->nalls; i++) {
        const struct sq_all *a = &sample->alls[i];
        size_t found = 0, ones = 0;
        for (size_t k = 0; k < a->n; k++)
            for (size_t m = 0; m < own; m++) {
                bool it = sq_str_eq(sq_str_from(values[m].metric), a->of[k]);
                found += it;
                ones += it && values[m].value == 1;
            }
        if (found == a->n)
            put_metric(sheet, values, a->metric.p, ones == a->n);
    }
}

/* What the comparisons of a sample gave: by its one order, or by both. */
struct duel {
    const struct sq_store_verdict *one, *swapped;
    bool both;
};

static void note_duel(struct duel *d, const struct sq_judge_template *t,
                      const struct sq_store_verdict *v)
{
    if (t->swapped)
        d->swapped = v;
    else
        d->one = v;
    d->both = d->both || t->form == SQ_JUDGE_PAIRWISE;
}

/* 1 won, 0 lost, 0.5 neither. */
static bool outcome(const struct sq_store_verdict *v, double *out)
{
    if (!v || v->preference != SQ_STATE_PASS)
        return false;
    *out = v->share > 0.5 ? 1 : v->share < 0.5 ? 0 : 0.5;
    return true;
}

/* AlpacaEval's (tatsu-lab/alpaca_eval cd543a1, leaderboard metrics), where one
 * order is asked; of two, only what both say is won or lost. */
static void duel_metrics(const struct duel *d, struct sq_score_sheet *sheet,
                         struct sq_metric_value *values)
{
    double a = 0, b = 0, result;
    if (!outcome(d->one, &a) || (d->both && !outcome(d->swapped, &b)))
        return;
    if (d->both) {
        result = a > 0.5 && b > 0.5 ? 1 : a < 0.5 && b < 0.5 ? 0 : 0.5;
        put_metric(sheet, values, "flip_rate",
                   (a > 0.5 && b < 0.5) || (a < 0.5 && b > 0.5));
        put_metric(sheet, values, "first_position_rate", (a + 1 - b) / 2);
    } else {
        result = a;
        put_metric(sheet, values, "win_rate_weighted", d->one->share);
    }
    put_metric(sheet, values, "win_rate", result);
    put_metric(sheet, values, "wins", result > 0.5);
    put_metric(sheet, values, "losses", result < 0.5);
    put_metric(sheet, values, "draws", !(result > 0.5) && !(result < 0.5));
}

/* The verdicts on the whole response, for the store and as metrics. */
static void judge_metrics(const struct sq_score_input *in,
                          struct sq_arena *arena, struct sq_score_sheet *sheet,
                          struct sq_metric_value *values)
{
    struct sq_store_verdict *verdicts =
        sq_arena_array(arena, in->njudged, sizeof *verdicts);
    struct duel duel = {0};
    struct sq_panel p = {0};
    while (sq_panel_next(in, &p)) {
        struct sq_store_verdict *v = &verdicts[sheet->nverdicts++];
        sq_panel_verdict(&p, arena, v);
        if (sq_state_decided(v->following))
            put_metric(sheet, values, "following_rate",
                       v->following == SQ_STATE_PASS);
        if (v->quality == SQ_STATE_PASS)
            put_metric(sheet, values, "quality", v->value);
        if (v->compares)
            note_duel(&duel, p.judged->template_, v);
        for (size_t i = 0; i < p.n; i++)
            sheet->final = sheet->final && !p.judged[i].again &&
                           p.judged[i].state == SQ_STATE_PASS;
    }
    duel_metrics(&duel, sheet, values);
    sheet->verdicts = verdicts;
    sq_panel_findings(in, arena, sheet);
}

/* The next grader of a step behind `last` (NULL: the first), or NULL. A step
 * that no rule or only the judge decides has the usual one, "". */
static const char *next_grader(const struct sq_step *step, bool judged,
                               const char *last)
{
    bool usual = judged || !step->nrules || !step->answerable, seen = !last;
    for (size_t i = 0; i < step->nrules; i++)
        usual = usual || same_grader(step->rules[i].grader, "");
    if (!last && usual)
        return "";
    seen = seen || !*last;
    for (size_t i = 0; i < step->nrules; i++) {
        const char *g = step->rules[i].grader;
        bool first = !same_grader(g, "");
        for (size_t k = 0; k < i && first; k++)
            first = !same_grader(g, step->rules[k].grader);
        if (first && seen)
            return g;
        seen = seen || (first && same_grader(g, last));
    }
    return NULL;
}

void sq_score(const struct sq_score_input *in, struct sq_arena *arena,
              struct sq_score_sheet *sheet)
{
    const struct sq_sample *sample = in->sample;
    size_t rows = 0;
    for (size_t i = 0; i < sample->nsteps; i++)
        rows += 1 + sample->steps[i].nrules;
    struct sq_step_score *steps = sq_arena_array(arena, rows, sizeof *steps);
    struct sq_metric_value *values =
        sq_arena_array(arena, MAX_METRICS, sizeof *values);
    *sheet = (struct sq_score_sheet){.steps = steps, .metrics = values};
    /* An empty query is never asked: that is final, a missing answer is not. */
    sheet->final = in->state != SQ_STATE_ERROR &&
                   (in->state != SQ_STATE_NOT_RUN || sample->query.n == 0);
    for (size_t i = 0; i < in->nran; i++)
        sheet->final = sheet->final && in->ran[i].result.end != SQ_PROGRAM_LOST;
    struct sq_panel judges;
    bool judged = sq_panel_of_steps(in, &judges);
    const struct sq_own_text *own = sq_own_texts(in, arena);
    for (size_t i = 0; i < sample->nsteps; i++) {
        const char *g = NULL;
        while ((g = next_grader(&sample->steps[i], judged, g)) != NULL)
            score_step(in, i, g, &own[i], arena, &steps[sheet->nsteps++]);
    }
    step_metrics(sheet, values);
    order_metrics(sheet, arena, values);
    if (!names_metrics(sample))
        grader_metrics(sheet, values);
    rule_metrics(sample, sheet, values);
    judge_metrics(in, arena, sheet, values);
}
