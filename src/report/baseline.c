#include "report/baseline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void digest_text(struct sq_sha256 *d, const char *name, sq_str text)
{
    sq_sha256_add_field(d, sq_str_from(name));
    sq_sha256_add_field(d, text);
}

/* Of all that a gate reads, whatever the JSON around it looks like. */
static void digest_of(const struct sq_scores *s, char hex[SQ_DIGEST_HEX])
{
    struct sq_sha256 *d = sq_sha256_new();
    struct sq_buf settings;
    sq_buf_init(&settings, SQ_MAX_CONFIG);
    sq_json_render(s->settings, &settings);
    digest_text(d, "run", s->run);
    digest_text(d, "model", s->model);
    digest_text(d, "judge", s->judge);
    digest_text(d, "created_at", s->created);
    digest_text(d, "seqeval_version", s->version);
    digest_text(d, "settings", sq_buf_str(&settings));
    for (size_t i = 0; i < s->nsuites; i++) {
        digest_text(d, "suite", s->suites[i].label);
        digest_text(d, "definition", s->suites[i].definition);
        digest_text(d, "data", s->suites[i].data);
        digest_text(d, "steps", s->suites[i].steps);
    }
    for (size_t i = 0; i < s->nvalues; i++) {
        char value[32];
        (void)snprintf(value, sizeof value, "%.17g", s->values[i].value);
        digest_text(d, "suite", s->values[i].suite);
        digest_text(d, "metric", s->values[i].metric);
        digest_text(d, "sample", s->values[i].sample);
        digest_text(d, "value", sq_str_from(value));
    }
    sq_buf_release(&settings);
    sq_sha256_finish(d, hex);
}

/* ---- writing ------------------------------------------------------------ */

static int compare_slices(const void *pa, const void *pb)
{
    const sq_str *a = pa, *b = pb;
    return sq_str_cmp(*a, *b);
}

/* The ids of a suite's samples, each once, sorted; yours. */
static sq_str *sample_ids(const struct sq_scores *s, sq_str suite, size_t *n)
{
    sq_str *ids = sq_xcalloc(s->nvalues + 1, sizeof *ids);
    size_t all = 0;
    for (size_t i = 0; i < s->nvalues; i++)
        if (sq_str_eq(s->values[i].suite, suite))
            ids[all++] = s->values[i].sample;
    qsort(ids, all, sizeof *ids, compare_slices);
    *n = 0;
    for (size_t i = 0; i < all; i++)
        if (!*n || !sq_str_eq(ids[*n - 1], ids[i]))
            ids[(*n)++] = ids[i];
    return ids;
}

static struct sq_json *suite_json(struct sq_scores_suite u,
                                  const struct sq_scores *s)
{
    struct sq_json *j = sq_json_object(), *list = sq_json_array();
    struct sq_json *metrics = sq_json_object();
    size_t n = 0;
    sq_str *ids = sample_ids(s, u.label, &n);
    sq_json_put_str(j, "suite", u.label);
    sq_json_put_str(j, "definition", u.definition);
    sq_json_put_str(j, "data", u.data);
    sq_json_put_str(j, "steps", u.steps);
    for (size_t i = 0; i < n; i++)
        sq_json_put_str(list, NULL, ids[i]);
    sq_json_put(j, "samples", list);
    for (size_t i = 0; i < s->nvalues;) {
        const struct sq_score *v = &s->values[i];
        if (!sq_str_eq(v->suite, u.label)) {
            i++;
            continue;
        }
        struct sq_json *values = sq_json_array();
        char *name = sq_str_dup(v->metric);
        /* Ids and values are in the same order. */
        for (size_t k = 0; k < n; k++) {
            const struct sq_score *w = i < s->nvalues ? &s->values[i] : NULL;
            if (w && sq_str_eq(w->suite, u.label) &&
                sq_str_eq(w->metric, v->metric) &&
                sq_str_eq(w->sample, ids[k])) {
                sq_json_put_num(values, NULL, w->value);
                i++;
            } else {
                sq_json_put_null(values, NULL);
            }
        }
        sq_json_put(metrics, name, values);
        free(name);
    }
    sq_json_put(j, "metrics", metrics);
    free(ids);
    return j;
}

enum sq_status sq_baseline_render(const struct sq_scores *s, struct sq_buf *out,
                                  struct sq_err *err)
{
    char digest[SQ_DIGEST_HEX];
    if (!sq_str_eq(s->status, SQ_STR("complete")))
        return sq_err_set(err, SQ_INPUT,
                          "run %.*s is %.*s: a baseline needs a complete run; "
                          "run it again to ask for what is missing",
                          SQ_STR_ARG(s->run), SQ_STR_ARG(s->status));
    digest_of(s, digest);
    struct sq_json *j = sq_json_object(), *suites = sq_json_array();
    sq_json_put_int(j, "seqeval_baseline", SQ_BASELINE_VERSION);
    sq_json_put_str(j, "digest", sq_str_from(digest));
    sq_json_put_str(j, "run", s->run);
    sq_json_put_str(j, "model", s->model);
    sq_json_put_str(j, "judge", s->judge);
    sq_json_put_str(j, "created_at", s->created);
    sq_json_put_str(j, "seqeval_version", s->version);
    sq_json_put(j, "settings", sq_json_copy(s->settings));
    for (size_t i = 0; i < s->nsuites; i++)
        sq_json_put(suites, NULL, suite_json(s->suites[i], s));
    sq_json_put(j, "suites", suites);
    sq_json_render(j, out);
    sq_buf_addc(out, '\n');
    sq_json_free(j);
    return SQ_OK;
}

/* ---- reading ------------------------------------------------------------ */

static enum sq_status take_text(const struct sq_json *j, const char *key,
                                const char *where, struct sq_arena *arena,
                                sq_str *out, struct sq_err *err)
{
    enum sq_status st = sq_json_need_str(j, key, where, out, err);
    *out = sq_arena_str(arena, *out);
    return st;
}

static enum sq_status load_metric(const struct sq_json *values,
                                  const struct sq_json *ids, sq_str suite,
                                  const char *where, struct sq_scores *s,
                                  struct sq_err *err)
{
    const struct sq_json *id = sq_json_first(ids);
    sq_str metric = sq_arena_str(&s->arena, sq_json_key(values));
    if (sq_json_type(values) != SQ_JSON_ARRAY ||
        sq_json_count(values) != sq_json_count(ids))
        return sq_err_set(err, SQ_INPUT,
                          "%s: metrics.%.*s: want a value for each sample",
                          where, SQ_STR_ARG(metric));
    for (const struct sq_json *v = sq_json_first(values); v;
         v = sq_json_next(v), id = sq_json_next(id)) {
        if (sq_json_type(v) == SQ_JSON_NULL)
            continue;
        if (sq_json_type(v) != SQ_JSON_NUMBER ||
            sq_json_type(id) != SQ_JSON_STRING)
            return sq_err_set(err, SQ_INPUT,
                              "%s: metrics.%.*s: want numbers, and texts in "
                              "samples",
                              where, SQ_STR_ARG(metric));
        struct sq_score score = {suite, metric,
                                 sq_arena_str(&s->arena, sq_json_str(id)),
                                 sq_json_num(v)};
        sq_scores_add(s, score);
    }
    return SQ_OK;
}

static enum sq_status load_suite(const struct sq_json *j, const char *where,
                                 struct sq_scores *s, struct sq_err *err)
{
    struct sq_scores_suite u = {0};
    const struct sq_json *ids = NULL, *metrics = NULL;
    enum sq_status st;
    if ((st = take_text(j, "suite", where, &s->arena, &u.label, err)) !=
            SQ_OK ||
        (st = take_text(j, "definition", where, &s->arena, &u.definition,
                        err)) != SQ_OK ||
        (st = take_text(j, "data", where, &s->arena, &u.data, err)) != SQ_OK ||
        (st = take_text(j, "steps", where, &s->arena, &u.steps, err)) !=
            SQ_OK ||
        (st = sq_json_need_array(j, "samples", where, &ids, err)) != SQ_OK ||
        (st = sq_json_need_object(j, "metrics", where, &metrics, err)) != SQ_OK)
        return st;
    s->suites = sq_xrealloc(s->suites, s->nsuites + 1, sizeof *s->suites);
    s->suites[s->nsuites++] = u;
    for (const struct sq_json *m = sq_json_first(metrics); m;
         m = sq_json_next(m))
        if ((st = load_metric(m, ids, u.label, where, s, err)) != SQ_OK)
            return st;
    return SQ_OK;
}

static enum sq_status load(const struct sq_json *j, const char *path,
                           struct sq_scores *s, struct sq_err *err)
{
    long long version = 0;
    const struct sq_json *settings = NULL, *suites = NULL;
    sq_str digest;
    enum sq_status st = SQ_OK;
    if (!sq_json_int(sq_json_get(j, "seqeval_baseline"), &version))
        return sq_err_set(err, SQ_INPUT,
                          "%s: no baseline; seqeval export --baseline RUN "
                          "writes one",
                          path);
    if (version != SQ_BASELINE_VERSION)
        return sq_err_set(err, SQ_INPUT,
                          "%s: a baseline of version %lld, this seqeval knows "
                          "%d; update seqeval, or export it again",
                          path, version, SQ_BASELINE_VERSION);
    struct sq_arena *a = &s->arena;
    if ((st = sq_json_need_str(j, "digest", path, &digest, err)) != SQ_OK ||
        (st = take_text(j, "run", path, a, &s->run, err)) != SQ_OK ||
        (st = take_text(j, "model", path, a, &s->model, err)) != SQ_OK ||
        (st = take_text(j, "judge", path, a, &s->judge, err)) != SQ_OK ||
        (st = take_text(j, "created_at", path, a, &s->created, err)) != SQ_OK ||
        (st = take_text(j, "seqeval_version", path, a, &s->version, err)) !=
            SQ_OK ||
        (st = sq_json_need_object(j, "settings", path, &settings, err)) !=
            SQ_OK ||
        (st = sq_json_need_array(j, "suites", path, &suites, err)) != SQ_OK)
        return st;
    s->settings = sq_json_copy(settings);
    for (const struct sq_json *i = sq_json_first(suites); i;
         i = sq_json_next(i))
        if ((st = load_suite(i, path, s, err)) != SQ_OK)
            return st;
    if (sq_scores_sort(s, err) != SQ_OK)
        return sq_err_prefix(err, "%s", path);
    char hex[SQ_DIGEST_HEX];
    digest_of(s, hex);
    if (!sq_str_eq(digest, sq_str_from(hex)))
        return sq_err_set(err, SQ_INPUT,
                          "%s: its content and its digest differ: it was "
                          "changed after it was written; export it again",
                          path);
    return SQ_OK;
}

enum sq_status sq_baseline_load(const char *path, struct sq_scores *out,
                                struct sq_err *err)
{
    *out = (struct sq_scores){.status = SQ_STR("complete")};
    struct sq_json *j = sq_json_load(path, err);
    if (!j)
        return err->status;
    enum sq_status st = load(j, path, out, err);
    sq_json_free(j);
    return st;
}
