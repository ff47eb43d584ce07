#include "report/gold_audit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "report/grid.h"
#include "report/query_columns.h"
#include "seqeval.h"
#include "stat/agreement.h"
#include "stat/prevalence.h"
#include "stat/stat.h"

#define RESAMPLES 1000
#define SEED 20250101
#define HALF_GRADES 9 /* 1, 1.5, ... 5 */

/* SQ_QUERY_RUN_ANSWERS */
enum {
    ANSWER_SUITE,
    ANSWER_SAMPLE,
    ANSWER_EPOCH,
    ANSWER_JUDGE,
    ANSWER_TEMPLATE,
    ANSWER_QUESTION,
    ANSWER_STEP,
    ANSWER_STATE,
    ANSWER_VALUE
};

/* SQ_QUERY_RUN_METRICS */
enum {
    METRIC_SUITE,
    METRIC_SLICE,
    METRIC_NAME,
    METRIC_VALUE,
    METRIC_STDERR,
    METRIC_LO,
    METRIC_HI,
    METRIC_N
};

/* A response of the run that is being read, which the gold has. */
struct match {
    sq_str suite, epoch;
    size_t pair;
};

/* Who answers a question; what it found of each unit, NaN = nothing. */
struct rater {
    sq_str judge, template_;
    const char *question;
    double *found;
};

struct audit {
    const struct sq_gold *gold;
    struct match *matches; /* by pair */
    size_t nmatches, cap;
    size_t matched, named; /* responses the gold has; whose sample it has */
    struct rater *raters;
    size_t nraters;
    const char *run; /* whose rates are being read */
    struct sq_grid grid;
    struct sq_arena arena;
    bool people;
};

/* ---- joining ------------------------------------------------------------- */

static size_t first_pair(const struct sq_gold *g, sq_str id)
{
    size_t lo = 0, hi = g->npairs;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (sq_str_cmp(g->pairs[mid].id, id) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* SQ_QUERY_SAMPLE */
static void on_response(void *ctx, const struct sq_store_row *row)
{
    struct audit *a = ctx;
    const struct sq_gold *g = a->gold;
    sq_str id = row->cols[SAMPLE_ID], text = row->cols[SAMPLE_RESPONSE];
    size_t i = first_pair(g, id);
    char hex[SQ_DIGEST_HEX];
    if (i == g->npairs || !sq_str_eq(g->pairs[i].id, id) || !text.p)
        return;
    a->named++;
    sq_sha256_of(text, hex);
    for (; i < g->npairs && sq_str_eq(g->pairs[i].id, id); i++) {
        if (!sq_str_starts((sq_str){hex, 64}, g->pairs[i].digest))
            continue;
        if (a->nmatches == a->cap) {
            a->cap = a->cap ? 2 * a->cap : 64;
            a->matches = sq_xrealloc(a->matches, a->cap, sizeof *a->matches);
        }
        a->matches[a->nmatches++] =
            (struct match){sq_arena_str(&a->arena, row->cols[SAMPLE_SUITE]),
                           sq_arena_str(&a->arena, row->cols[SAMPLE_EPOCH]), i};
        a->matched++;
        return;
    }
}

static struct rater *rater_of(struct audit *a, const struct sq_store_row *row)
{
    sq_str judge = row->cols[ANSWER_JUDGE], t = row->cols[ANSWER_TEMPLATE];
    sq_str question = row->cols[ANSWER_QUESTION];
    for (size_t i = 0; i < a->nraters; i++) {
        struct rater *r = &a->raters[i];
        if (sq_str_eq(r->judge, judge) && sq_str_eq(r->template_, t) &&
            sq_str_eq(sq_str_from(r->question), question))
            return r;
    }
    a->raters = sq_xrealloc(a->raters, a->nraters + 1, sizeof *a->raters);
    struct rater *r = &a->raters[a->nraters++];
    *r = (struct rater){
        sq_arena_str(&a->arena, judge), sq_arena_str(&a->arena, t),
        sq_arena_str(&a->arena, question).p,
        sq_arena_array(&a->arena, a->gold->nunits, sizeof *r->found)};
    for (size_t i = 0; i < a->gold->nunits; i++)
        r->found[i] = NAN;
    return r;
}

/* What the gold and a rater can both say: yes, no or a grade. */
static double answer_of(const struct sq_store_row *row)
{
    enum sq_state s = sq_state_from_name(row->cols[ANSWER_STATE]);
    double grade = NAN;
    if (sq_str_eq(row->cols[ANSWER_QUESTION], SQ_STR("quality"))) {
        (void)sq_str_to_num(row->cols[ANSWER_VALUE], &grade);
        return s == SQ_STATE_PASS ? grade : NAN;
    }
    return sq_state_decided(s) ? s == SQ_STATE_PASS : NAN;
}

static void note_answer(struct audit *a, const struct sq_gold_pair *p,
                        const struct sq_store_row *row)
{
    long long step = -1;
    (void)sq_str_to_int(row->cols[ANSWER_STEP], &step);
    for (size_t i = p->first; i < p->first + p->n; i++) {
        const struct sq_gold_unit *u = &a->gold->units[i];
        if ((long long)u->step == step &&
            sq_str_eq(row->cols[ANSWER_QUESTION], sq_str_from(u->question)))
            rater_of(a, row)->found[i] = answer_of(row);
    }
}

/* SQ_QUERY_RUN_ANSWERS */
static void on_answer(void *ctx, const struct sq_store_row *row)
{
    struct audit *a = ctx;
    const struct sq_gold *g = a->gold;
    size_t first = first_pair(g, row->cols[ANSWER_SAMPLE]);
    if (first == g->npairs ||
        !sq_str_eq(g->pairs[first].id, row->cols[ANSWER_SAMPLE]))
        return;
    for (size_t i = 0; i < a->nmatches; i++) {
        const struct match *m = &a->matches[i];
        const struct sq_gold_pair *p = &g->pairs[m->pair];
        if (m->pair >= first && sq_str_eq(p->id, g->pairs[first].id) &&
            sq_str_eq(m->epoch, row->cols[ANSWER_EPOCH]) &&
            sq_str_eq(m->suite, row->cols[ANSWER_SUITE]))
            note_answer(a, p, row);
    }
}

/* ---- rows ---------------------------------------------------------------- */

static sq_str number(struct audit *a, double v)
{
    if (a->people && isfinite(v))
        return sq_str_from(sq_arena_printf(&a->arena, "%.3f", v));
    return sq_grid_number(&a->arena, v);
}

struct figure {
    const char *measure;
    double value, lo, hi;
    size_t n;
    const char *note;
};

static void put(struct audit *a, const struct rater *r, const char *run,
                struct figure f)
{
    bool counts = !r->judge.n;
    sq_str cells[10] = {sq_str_from(run),
                        counts ? SQ_STR("score") : r->judge,
                        r->template_,
                        sq_str_from(r->question),
                        sq_str_from(f.measure),
                        number(a, f.value),
                        number(a, f.lo),
                        number(a, f.hi),
                        sq_str_from(sq_arena_printf(&a->arena, "%zu", f.n)),
                        sq_str_from(f.note)};
    sq_grid_add(&a->grid, cells);
}

static bool is_quality(const struct rater *r)
{
    return strcmp(r->question, "quality") == 0;
}

/* A grade as one of the categories of kappa; -1 = none. */
static int category(double v, bool quality)
{
    if (isnan(v))
        return -1;
    return quality ? (int)lround(2 * v) - 2 : v > 0;
}

static void put_kappa(struct audit *a, const struct rater *r, size_t disputed)
{
    size_t n = a->gold->nunits;
    bool quality = is_quality(r);
    int *x = sq_xcalloc(2 * n, sizeof *x), *y = x + n;
    for (size_t i = 0; i < n; i++) {
        x[i] = category(r->found[i], quality);
        y[i] = category(a->gold->units[i].agreed, quality);
    }
    struct sq_kappa k =
        sq_stat_kappa(x, y, n, quality ? HALF_GRADES : 2,
                      quality ? SQ_KAPPA_QUADRATIC : SQ_KAPPA_PLAIN);
    const char *note = isnan(k.kappa) ? "only one answer occurs" : "";
    if (disputed)
        note = sq_arena_printf(&a->arena, "%s%s%zu left out: annotators differ",
                               note, *note ? "; " : "", disputed);
    put(a, r, "",
        (struct figure){quality ? "weighted_kappa" : "kappa", k.kappa, k.lo,
                        k.hi, k.n, note});
    free(x);
}

/* Among the rater and the annotators, or (alone) the annotators. */
static void put_alpha(struct audit *a, const struct rater *r, bool alone)
{
    const struct sq_gold *g = a->gold;
    size_t width = g->annotators + 1, n = 0;
    double *m = sq_xcalloc(g->nunits * width, sizeof *m);
    for (size_t i = 0; i < g->nunits; i++) {
        const struct sq_gold_unit *u = &g->units[i];
        if (isnan(r->found[i]))
            continue;
        double *row = m + n++ * width;
        row[0] = alone ? NAN : r->found[i];
        for (size_t k = 0; k < g->annotators; k++)
            row[k + 1] = k < u->nlabels ? u->labels[k] : NAN;
    }
    struct sq_alpha al = sq_stat_alpha(
        m, n, width, is_quality(r) ? SQ_ALPHA_INTERVAL : SQ_ALPHA_NOMINAL,
        RESAMPLES, SEED);
    put(a, r, "",
        (struct figure){alone ? "alpha_annotators" : "alpha", al.alpha, al.lo,
                        al.hi, al.units,
                        isnan(al.alpha) ? "only one answer occurs" : ""});
    free(m);
}

static void put_share(struct audit *a, const struct rater *r,
                      const char *measure, size_t k, size_t n, const char *none)
{
    struct figure f = {
        measure, n ? (double)k / (double)n : NAN, NAN, NAN, n, n ? "" : none};
    sq_stat_wilson((double)k, (double)n, &f.lo, &f.hi);
    put(a, r, "", f);
}

/* Units both answer, and how; returns how many. *disputed counts those that the
 * rater answers and the annotators do not agree on. */
static size_t compare(const struct audit *a, const struct rater *r,
                      struct sq_rater_known *known, size_t *disputed)
{
    size_t n = 0;
    *known = (struct sq_rater_known){0};
    *disputed = 0;
    for (size_t i = 0; i < a->gold->nunits; i++) {
        const struct sq_gold_unit *u = &a->gold->units[i];
        if (isnan(r->found[i]))
            continue;
        if (isnan(u->agreed)) {
            for (size_t k = 0; k < u->nlabels; k++)
                if (!isnan(u->labels[k])) {
                    ++*disputed;
                    break;
                }
            continue;
        }
        bool yes = u->agreed > 0, said = r->found[i] > 0;
        n++;
        known->yes += yes;
        known->yes_right += yes && said;
        known->no += !yes;
        known->no_right += !yes && !said;
    }
    return n;
}

static size_t put_rater(struct audit *a, const struct rater *r)
{
    struct sq_rater_known known;
    size_t disputed, n = compare(a, r, &known, &disputed);
    if (!n)
        return 0;
    put_kappa(a, r, disputed);
    put_alpha(a, r, false);
    if (a->gold->annotators > 1)
        put_alpha(a, r, true);
    if (is_quality(r))
        return n;
    put_share(a, r, "sensitivity", known.yes_right, known.yes,
              "no yes in the gold");
    put_share(a, r, "specificity", known.no_right, known.no,
              "no no in the gold");
    return n;
}

/* ---- rates --------------------------------------------------------------- */

static const struct {
    const char *metric, *question, *corrected;
} rates[] = {{"step_rate", "step", "step_rate_corrected"},
             {"following_rate", "following", "following_rate_corrected"}};

/* What counts, of a question; NULL when no template or several decide it. */
static const struct rater *counted(const struct audit *a, const char *question)
{
    const struct rater *found = NULL;
    for (size_t i = 0; i < a->nraters; i++) {
        const struct rater *r = &a->raters[i];
        if (r->judge.n || strcmp(r->question, question) != 0)
            continue;
        if (found)
            return NULL;
        found = r;
    }
    return found;
}

static const char *untold(const struct sq_rater_known *known)
{
    if (!known->yes)
        return "no yes in the gold: sensitivity is not known";
    if (!known->no)
        return "no no in the gold: specificity is not known";
    return "no better than chance on the gold: the rate tells nothing";
}

static void put_rate(struct audit *a, const struct rater *r, size_t which,
                     const struct sq_store_row *row)
{
    struct figure raw = {rates[which].metric,
                         NAN,
                         NAN,
                         NAN,
                         0,
                         sq_arena_str(&a->arena, row->cols[METRIC_SUITE]).p};
    double se = NAN;
    long long n = 0;
    struct sq_rater_known known;
    size_t disputed;
    (void)sq_str_to_num(row->cols[METRIC_VALUE], &raw.value);
    (void)sq_str_to_num(row->cols[METRIC_STDERR], &se);
    (void)sq_str_to_num(row->cols[METRIC_LO], &raw.lo);
    (void)sq_str_to_num(row->cols[METRIC_HI], &raw.hi);
    (void)sq_str_to_int(row->cols[METRIC_N], &n);
    raw.n = (size_t)n;
    put(a, r, a->run, raw);
    (void)compare(a, r, &known, &disputed);
    struct sq_prevalence p = sq_stat_prevalence(raw.value, se, raw.n, &known);
    const char *why = isnan(p.value) ? untold(&known) : "";
    put(a, r, a->run,
        (struct figure){rates[which].corrected, p.value, p.lo, p.hi, raw.n,
                        sq_arena_printf(&a->arena, "%s%s%s", raw.note,
                                        *why ? ": " : "", why)});
}

/* SQ_QUERY_RUN_METRICS */
static void on_metric(void *ctx, const struct sq_store_row *row)
{
    struct audit *a = ctx;
    if (row->cols[METRIC_SLICE].n)
        return;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const struct rater *r = counted(a, rates[i].question);
        if (r &&
            sq_str_eq(row->cols[METRIC_NAME], sq_str_from(rates[i].metric)))
            put_rate(a, r, i, row);
    }
}

/* ---- all ----------------------------------------------------------------- */

static enum sq_status read_run(struct audit *a, struct sq_store *store,
                               const char *run, struct sq_err *err)
{
    sq_str id = sq_str_from(run);
    a->nmatches = 0;
    enum sq_status st =
        sq_store_each(store, SQ_QUERY_SAMPLE, &id, 1, on_response, a, err);
    if (st == SQ_OK && a->nmatches)
        st = sq_store_each(store, SQ_QUERY_RUN_ANSWERS, &id, 1, on_answer, a,
                           err);
    return st;
}

static enum sq_status put_rates(struct audit *a, struct sq_store *store,
                                const char *run, struct sq_err *err)
{
    sq_str id = sq_str_from(run);
    a->run = run;
    return sq_store_each(store, SQ_QUERY_RUN_METRICS, &id, 1, on_metric, a,
                         err);
}

static enum sq_status no_overlap(const struct audit *a,
                                 const struct sq_gold_audit_options *how,
                                 struct sq_err *err)
{
    if (!a->matched && a->named)
        return sq_err_set(err, SQ_INPUT,
                          "%s: its samples are in run %s%s, but their "
                          "responses there are others (SHA-256); name the run "
                          "of the responses that were labelled with --run",
                          how->file, how->runs[0],
                          how->nruns > 1 ? " and the others" : "");
    if (!a->matched)
        return sq_err_set(err, SQ_INPUT,
                          "%s: run %s%s has none of its %zu samples; name "
                          "another with --run",
                          how->file, how->runs[0],
                          how->nruns > 1 ? " and the others" : "",
                          a->gold->npairs);
    return sq_err_set(err, SQ_INPUT,
                      "%s: %zu of its responses are there, but neither a rule "
                      "nor a judge decides what is labelled; score the run "
                      "with --judge",
                      how->file, a->matched);
}

enum sq_status sq_gold_audit_render(struct sq_store *store,
                                    const struct sq_gold *gold,
                                    const struct sq_gold_audit_options *how,
                                    struct sq_buf *out, struct sq_err *err)
{
    static const struct sq_grid_column columns[] = {
        {"run", false},      {"rater", false},   {"template", false},
        {"question", false}, {"measure", false}, {"value", true},
        {"lo", true},        {"hi", true},       {"n", true},
        {"note", false}};
    struct audit a = {.gold = gold,
                      .grid = {.columns = columns, .ncolumns = 10}};
    enum sq_status st = SQ_OK;
    size_t n = 0;
    a.people = strcmp(how->format, "table") == 0 ||
               strcmp(how->format, "markdown") == 0;
    for (size_t i = 0; i < how->nruns && st == SQ_OK; i++)
        st = read_run(&a, store, how->runs[i], err);
    for (size_t i = 0; i < a.nraters && st == SQ_OK; i++)
        n += put_rater(&a, &a.raters[i]);
    if (st == SQ_OK && !n)
        st = no_overlap(&a, how, err);
    for (size_t i = 0; i < how->nruns && st == SQ_OK; i++)
        st = put_rates(&a, store, how->runs[i], err);
    if (st == SQ_OK && a.people)
        sq_buf_addf(out, "%zu responses of %s, %zu in it\n\n", a.matched,
                    how->file, gold->npairs);
    if (st == SQ_OK)
        sq_grid_render(&a.grid, how->format, out);
    sq_grid_release(&a.grid);
    free(a.matches);
    free(a.raters);
    sq_arena_release(&a.arena);
    return st;
}
