#include "report/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/grid.h"
#include "report/query_columns.h"

/* A sample's value of a metric, over its epochs. */
struct value {
    sq_str suite, sample, metric, number;
};

struct run_rows {
    struct sq_arena arena;
    sq_str model;
    sq_str (*samples)[SAMPLE_COLS];
    size_t nsamples;
    struct value *values; /* by suite, sample, metric */
    size_t nvalues;
};

static void on_run(void *ctx, const struct sq_store_row *row)
{
    struct run_rows *r = ctx;
    r->model = sq_arena_str(&r->arena, row->cols[4]);
}

static void on_sample(void *ctx, const struct sq_store_row *row)
{
    struct run_rows *r = ctx;
    if (r->nsamples % 256 == 0)
        r->samples =
            sq_xrealloc(r->samples, r->nsamples + 256, sizeof *r->samples);
    /* NULL stays what it is: no response is not an empty one. */
    for (size_t i = 0; i < SAMPLE_COLS; i++)
        r->samples[r->nsamples][i] = row->cols[i].p
                                         ? sq_arena_str(&r->arena, row->cols[i])
                                         : (sq_str){NULL, 0};
    r->nsamples++;
}

static void on_value(void *ctx, const struct sq_store_row *row)
{
    struct run_rows *r = ctx;
    struct sq_arena *a = &r->arena;
    if (r->nvalues % 1024 == 0)
        r->values =
            sq_xrealloc(r->values, r->nvalues + 1024, sizeof *r->values);
    r->values[r->nvalues++] = (struct value){
        sq_arena_str(a, row->cols[0]), sq_arena_str(a, row->cols[2]),
        sq_arena_str(a, row->cols[1]), sq_arena_str(a, row->cols[3])};
}

static int compare_samples(const struct value *a, const struct value *b)
{
    int c = sq_str_cmp(a->suite, b->suite);
    return c ? c : sq_str_cmp(a->sample, b->sample);
}

static int compare_values(const void *pa, const void *pb)
{
    const struct value *a = pa, *b = pb;
    int c = compare_samples(a, b);
    return c ? c : sq_str_cmp(a->metric, b->metric);
}

/* The values of one sample; NULL where it has none. */
static const struct value *values_of(const struct run_rows *r,
                                     const sq_str *sample, size_t *n)
{
    struct value key = {.suite = sample[SAMPLE_SUITE],
                        .sample = sample[SAMPLE_ID]};
    size_t lo = 0, hi = r->nvalues;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (compare_samples(&r->values[mid], &key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    *n = 0;
    while (lo + *n < r->nvalues &&
           compare_samples(&r->values[lo + *n], &key) == 0)
        ++*n;
    return r->values + lo;
}

/* A response that was given: what is missing is no answer. */
static bool answered(const sq_str *sample)
{
    return sample[SAMPLE_RESPONSE].p != NULL;
}

/* ---- the forms ----------------------------------------------------------- */

static void put_number(struct sq_json *j, const char *key, sq_str text)
{
    double v = 0;
    (void)sq_str_to_num(text, &v);
    sq_json_put_num(j, key, v);
}

static void add_line(struct sq_json *j, struct sq_buf *out)
{
    sq_json_render(j, out);
    sq_json_free(j);
}

static void render_alpaca(struct run_rows *r, struct sq_buf *out)
{
    const char *sep = "[\n";
    for (size_t i = 0; i < r->nsamples; i++) {
        const sq_str *s = r->samples[i];
        if (!answered(s))
            continue;
        struct sq_json *j = sq_json_object();
        sq_json_put_str(j, "dataset", s[SAMPLE_SUITE]);
        sq_json_put_str(j, "instruction", s[SAMPLE_QUERY]);
        sq_json_put_str(j, "output", s[SAMPLE_RESPONSE]);
        sq_json_put_str(j, "generator", r->model);
        sq_json_put_str(j, "id", s[SAMPLE_ID]);
        put_number(j, "epoch", s[SAMPLE_EPOCH]);
        sq_buf_adds(out, sep);
        add_line(j, out);
        sep = ",\n";
    }
    sq_buf_adds(out, *sep == '[' ? "[]\n" : "\n]\n");
}

static bool same_sample(const sq_str *a, const sq_str *b)
{
    return sq_str_eq(a[SAMPLE_SUITE], b[SAMPLE_SUITE]) &&
           sq_str_eq(a[SAMPLE_ID], b[SAMPLE_ID]);
}

/* Samples [from, to) are the epochs of one. */
static void add_lm_sample(struct run_rows *r, size_t from, size_t to,
                          size_t number, struct sq_buf *out)
{
    const sq_str *s = r->samples[from];
    struct sq_json *j = sq_json_object(), *doc = sq_json_object();
    struct sq_json *resps = sq_json_array(), *all = sq_json_array();
    struct sq_json *filtered = sq_json_array();
    struct sq_json *arguments = sq_json_object(), *gen = sq_json_object();
    size_t n = 0;
    const struct value *v = values_of(r, s, &n);
    sq_json_put_str(doc, "id", s[SAMPLE_ID]);
    sq_json_put_str(doc, "query", s[SAMPLE_QUERY]);
    sq_json_put_str(doc, "suite", s[SAMPLE_SUITE]);
    sq_json_put_str(gen, "arg_0", s[SAMPLE_QUERY]);
    sq_json_put(arguments, "gen_args_0", gen);
    for (size_t i = from; i < to; i++)
        if (answered(r->samples[i])) {
            sq_json_put_str(all, NULL, r->samples[i][SAMPLE_RESPONSE]);
            sq_json_put_str(filtered, NULL, r->samples[i][SAMPLE_RESPONSE]);
        }
    sq_json_put(resps, NULL, all);
    sq_json_put_int(j, "doc_id", (long long)number);
    sq_json_put(j, "doc", doc);
    sq_json_put_str(j, "target", (sq_str){NULL, 0});
    sq_json_put(j, "arguments", arguments);
    sq_json_put(j, "resps", resps);
    sq_json_put(j, "filtered_resps", filtered);
    sq_json_put_str(j, "filter", SQ_STR("none"));
    sq_json_put_str(j, "model_name", r->model);
    for (size_t i = 0; i < n; i++)
        put_number(j, v[i].metric.p, v[i].number);
    add_line(j, out);
    sq_buf_addc(out, '\n');
}

static void render_lm(struct run_rows *r, struct sq_buf *out)
{
    size_t number = 0;
    for (size_t from = 0, to; from < r->nsamples; from = to) {
        bool any = answered(r->samples[from]);
        for (to = from + 1;
             to < r->nsamples && same_sample(r->samples[from], r->samples[to]);
             to++)
            any = any || answered(r->samples[to]);
        if (any)
            add_lm_sample(r, from, to, number, out);
        number++;
    }
}

/* The names of the run's metrics, each once, in the arena. */
static size_t metric_names(struct run_rows *r, sq_str **names)
{
    size_t n = 0;
    *names = sq_arena_array(&r->arena, 256, sizeof **names);
    for (size_t i = 0; i < r->nvalues; i++) {
        size_t k = 0;
        while (k < n && !sq_str_eq((*names)[k], r->values[i].metric))
            k++;
        if (k == n && n < 256)
            (*names)[n++] = r->values[i].metric;
    }
    return n;
}

static void render_csv(struct run_rows *r, struct sq_buf *out)
{
    static const struct {
        const char *name;
        size_t column;
    } fixed[] = {{"suite", SAMPLE_SUITE}, {"sample_id", SAMPLE_ID},
                 {"epoch", SAMPLE_EPOCH}, {"state", SAMPLE_STATE},
                 {"query", SAMPLE_QUERY}, {"response", SAMPLE_RESPONSE}};
    const size_t nfixed = sizeof fixed / sizeof *fixed + 1; /* the model */
    sq_str *names;
    size_t nnames = metric_names(r, &names);
    struct sq_grid_column *columns =
        sq_arena_array(&r->arena, nfixed + nnames, sizeof *columns);
    sq_str *cells = sq_arena_array(&r->arena, nfixed + nnames, sizeof *cells);
    struct sq_grid g = {.columns = columns, .ncolumns = nfixed + nnames};
    for (size_t i = 0; i < nfixed + nnames; i++)
        columns[i].name = i == 0       ? "model"
                          : i < nfixed ? fixed[i - 1].name
                                       : names[i - nfixed].p;
    for (size_t i = 0; i < r->nsamples; i++) {
        size_t n = 0;
        if (!answered(r->samples[i]))
            continue;
        const struct value *v = values_of(r, r->samples[i], &n);
        cells[0] = r->model;
        for (size_t k = 1; k < nfixed; k++)
            cells[k] = r->samples[i][fixed[k - 1].column];
        for (size_t k = 0; k < nnames; k++) {
            cells[nfixed + k] = (sq_str){NULL, 0};
            for (size_t m = 0; m < n; m++)
                if (sq_str_eq(v[m].metric, names[k]))
                    cells[nfixed + k] = v[m].number;
        }
        sq_grid_add(&g, cells);
    }
    sq_grid_csv(&g, out);
    sq_grid_release(&g);
}

static const struct {
    const char *name;
    void (*render)(struct run_rows *r, struct sq_buf *out);
} forms[] = {{"alpaca_eval", render_alpaca},
             {"lm_eval", render_lm},
             {"csv", render_csv}};
#define NFORMS (sizeof forms / sizeof *forms)

enum sq_status sq_export_render(struct sq_store *store, const char *run,
                                const char *form, struct sq_buf *out,
                                struct sq_err *err)
{
    struct run_rows r = {.arena = SQ_ARENA_INIT};
    sq_str id = sq_str_from(run);
    size_t i = 0;
    while (i < NFORMS && strcmp(forms[i].name, form) != 0)
        i++;
    if (i == NFORMS)
        return sq_err_set(err, SQ_USAGE,
                          "--as: '%s' is none of alpaca_eval, lm_eval, csv",
                          form);
    enum sq_status st =
        sq_store_each(store, SQ_QUERY_RUN, &id, 1, on_run, &r, err);
    if (st == SQ_OK)
        st = sq_store_each(store, SQ_QUERY_SAMPLE, &id, 1, on_sample, &r, err);
    if (st == SQ_OK)
        st = sq_store_each(store, SQ_QUERY_RUN_VALUES, &id, 1, on_value, &r,
                           err);
    if (st == SQ_OK) {
        if (r.nvalues)
            qsort(r.values, r.nvalues, sizeof *r.values, compare_values);
        forms[i].render(&r, out);
    }
    free(r.samples);
    free(r.values);
    sq_arena_release(&r.arena);
    return st;
}
