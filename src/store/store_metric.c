/* The metrics of a run: values of samples out, rows of the leaderboard in. */
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/mem.h"
#include "seqeval_metric.h"
#include "store/handle.h"

enum sq_status sq_store_metric_number(struct sq_store *s, const char *name,
                                      int64_t *number, struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "SELECT id FROM metric WHERE name = ?1");
    enum sq_status st;

    *number = 0;
    sq_stmt_bind_cstr(q, 1, name);
    st = sq_stmt_run_int(q, number, err);
    if (st != SQ_OK || *number)
        return st;
    q = sq_db_query(s->db, "INSERT INTO metric(name) VALUES(?1)");
    sq_stmt_bind_cstr(q, 1, name);
    st = sq_stmt_run(q, err);
    *number = sq_db_last_row(s->db);
    return st;
}

/* ---- a suite's samples and slices --------------------------------------- */

struct entry {
    int64_t row;
    size_t place; /* in values */
};

struct slice {
    char *name;
    size_t end; /* in members: where the next one begins */
};

struct clustering {
    char *slice;  /* "clustered=family" */
    size_t *of;   /* a cluster for each place */
    size_t count; /* clusters of the samples that it names */
};

/* A sample's values: how many, and how many of them are 1. */
struct tally {
    long long epochs, ones;
};

/* Samples stand in the order of the suite, not in that of their arrival: sums
 * come out the same, to the last bit, however the run was cut up. */
struct roll {
    struct sq_store *s;
    struct entry *entries; /* by row */
    size_t *steps;         /* by place */
    double *values;        /* by place, of the metric at hand; NAN = none */
    struct tally *tallies; /* likewise */
    size_t n;
    size_t *members; /* places: slice after slice, in order */
    size_t nmembers;
    struct slice *slices; /* by name */
    size_t nslices;
    struct clustering *clusterings; /* by name; the first is '' */
    size_t nclusterings;
};

static void roll_release(struct roll *r)
{
    for (size_t i = 0; i < r->nslices; i++)
        free(r->slices[i].name);
    for (size_t i = 0; i < r->nclusterings; i++) {
        free(r->clusterings[i].slice);
        free(r->clusterings[i].of);
    }
    free(r->clusterings);
    free(r->slices);
    free(r->members);
    free(r->values);
    free(r->tallies);
    free(r->steps);
    free(r->entries);
}

/* Room for one more in an array of n. */
static void *grow(void *p, size_t n, size_t size)
{
    bool full = (n & (n - 1)) == 0; /* 0 or a power of two */

    return full ? sq_xrealloc(p, n ? 2 * n : 1, size) : p;
}

static int by_row(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return (x->row > y->row) - (x->row < y->row);
}

/* n when the suite has no such sample. */
static size_t place_of(const struct roll *r, int64_t row)
{
    const struct entry key = {.row = row};
    const struct entry *e =
        r->n ? bsearch(&key, r->entries, r->n, sizeof(key), by_row) : NULL;

    return e ? e->place : r->n;
}

static enum sq_status read_samples(struct roll *r, int64_t suite,
                                   struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        r->s->db, "SELECT id, (SELECT count(*) FROM step t"
                  "  WHERE t.sample = p.id AND t.answerable)"
                  " FROM sample p WHERE suite = ?1 ORDER BY ordinal, id");
    enum sq_status st;
    bool row;

    sq_stmt_bind_int(q, 1, suite);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        r->entries = grow(r->entries, r->n, sizeof(r->entries[0]));
        r->steps = grow(r->steps, r->n, sizeof(r->steps[0]));
        r->entries[r->n] = (struct entry){sq_stmt_int(q, 0), r->n};
        r->steps[r->n++] = (size_t)sq_stmt_int(q, 1);
    }
    sq_stmt_release(q);
    r->values = sq_xcalloc(r->n ? r->n : 1, sizeof(r->values[0]));
    r->tallies = sq_xcalloc(r->n ? r->n : 1, sizeof(r->tallies[0]));
    if (r->n)
        qsort(r->entries, r->n, sizeof(r->entries[0]), by_row);
    return st;
}

static enum sq_status read_slices(struct roll *r, int64_t suite,
                                  struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        r->s->db, "SELECT f.name || '=' || f.value, p.id FROM sample p"
                  " JOIN sample_facet f ON f.sample = p.id"
                  " WHERE p.suite = ?1 ORDER BY 1, p.ordinal, p.id");
    enum sq_status st;
    bool row;

    sq_stmt_bind_int(q, 1, suite);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        sq_str name = sq_stmt_str(q, 0);
        size_t last = r->nslices;

        if (!last || !sq_str_eq(name, sq_str_from(r->slices[last - 1].name))) {
            r->slices = grow(r->slices, last, sizeof(r->slices[0]));
            r->slices[r->nslices++].name = sq_str_dup(name);
        }
        r->members = grow(r->members, r->nmembers, sizeof(r->members[0]));
        r->members[r->nmembers++] = place_of(r, sq_stmt_int(q, 1));
        r->slices[r->nslices - 1].end = r->nmembers;
    }
    sq_stmt_release(q);
    return st;
}

/* Each sample is a cluster of its own, until it is said to be in another. */
static struct clustering *add_clustering(struct roll *r, sq_str name)
{
    size_t n = r->nclusterings;

    r->clusterings = grow(r->clusterings, n, sizeof(r->clusterings[0]));
    struct clustering *c = &r->clusterings[r->nclusterings++];
    struct sq_buf slice;

    sq_buf_init(&slice, SQ_MAX_MESSAGE);
    sq_buf_addf(&slice, SQ_CLUSTERED "=%.*s", SQ_STR_ARG(name));
    *c = (struct clustering){.slice = sq_str_dup(sq_buf_str(&slice)),
                             .of = sq_xcalloc(r->n + 1, sizeof(size_t))};
    sq_buf_release(&slice);
    for (size_t i = 0; i < r->n; i++)
        c->of[i] = i;
    return c;
}

/* A cluster is named by the place of its first sample. */
static enum sq_status read_clusters(struct roll *r, int64_t suite,
                                    struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        r->s->db, "SELECT c.name, p.id, first_value(p.id) OVER"
                  "  (PARTITION BY c.name, c.value ORDER BY p.ordinal, p.id)"
                  " FROM sample p JOIN sample_cluster c ON c.sample = p.id"
                  " WHERE p.suite = ?1 ORDER BY 1");
    struct clustering *c = add_clustering(r, SQ_STR(""));
    enum sq_status st;
    bool row;

    sq_stmt_bind_int(q, 1, suite);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        sq_str name = sq_stmt_str(q, 0);
        size_t place = place_of(r, sq_stmt_int(q, 1));
        size_t first = place_of(r, sq_stmt_int(q, 2));

        if (!sq_str_eq(sq_str_from(c->slice + sizeof(SQ_CLUSTERED)), name))
            c = add_clustering(r, name);
        c->of[place] = first;
        c->count += place == first;
    }
    sq_stmt_release(q);
    return st;
}

/* ---- one metric after another ------------------------------------------- */

struct metric {
    int64_t number;
    char *name;
};

static enum sq_status read_metrics(struct sq_store *s, struct metric **list,
                                   size_t *n, struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "SELECT id, name FROM metric ORDER BY name");
    enum sq_status st;
    bool row;

    *list = NULL;
    *n = 0;
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        *list = grow(*list, *n, sizeof((*list)[0]));
        (*list)[(*n)++] =
            (struct metric){sq_stmt_int(q, 0), sq_str_dup(sq_stmt_str(q, 1))};
    }
    sq_stmt_release(q);
    return st;
}

static enum sq_status read_values(struct roll *r, const struct sq_run *run,
                                  int64_t metric, bool *any, struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        r->s->db, "SELECT sample, avg(value), count(*), sum(value = 1)"
                  " FROM sample_score"
                  " WHERE run = ?1 AND metric = ?2"
                  " GROUP BY sample");
    enum sq_status st;
    bool row;

    *any = false;
    for (size_t i = 0; i < r->n; i++)
        r->values[i] = NAN;
    sq_stmt_bind_int(q, 1, run->row);
    sq_stmt_bind_int(q, 2, metric);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        size_t place = place_of(r, sq_stmt_int(q, 0));

        if (place == r->n)
            continue;
        r->values[place] = sq_stmt_num(q, 1);
        r->tallies[place] =
            (struct tally){sq_stmt_int(q, 2), sq_stmt_int(q, 3)};
        *any = true;
    }
    sq_stmt_release(q);
    return st;
}

typedef void metric_fn(void *ctx, const struct sq_metric_row *row);

static void give(const struct roll *r, struct sq_metric_row *row,
                 const struct clustering *c, size_t place, metric_fn *fn,
                 void *ctx)
{
    if (isnan(r->values[place]))
        return;
    row->value = r->values[place];
    row->steps = r->steps[place];
    row->epochs = r->tallies[place].epochs;
    row->ones = r->tallies[place].ones;
    row->cluster = c->of[place];
    fn(ctx, row);
}

static void give_all(const struct roll *r, struct sq_metric_row *row,
                     metric_fn *fn, void *ctx)
{
    const struct clustering *usual = r->clusterings;
    size_t at = 0;

    row->slice = "";
    for (size_t i = 0; i < r->n; i++)
        give(r, row, usual, i, fn, ctx);
    for (size_t i = 0; i < r->nslices; i++) {
        row->slice = r->slices[i].name;
        for (; at < r->slices[i].end; at++)
            give(r, row, usual, r->members[at], fn, ctx);
    }
    /* One cluster tells nothing of others. */
    for (size_t k = 1; k < r->nclusterings; k++) {
        row->slice = r->clusterings[k].slice;
        for (size_t i = 0; i < r->n && r->clusterings[k].count > 1; i++)
            give(r, row, &r->clusterings[k], i, fn, ctx);
    }
}

static enum sq_status read_label(struct sq_store *s, int64_t suite,
                                 char **label, struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "SELECT label FROM suite WHERE id = ?1");
    enum sq_status st;
    bool row;

    *label = NULL;
    sq_stmt_bind_int(q, 1, suite);
    st = sq_stmt_next(q, &row, err);
    if (st == SQ_OK)
        *label = row ? sq_str_dup(sq_stmt_str(q, 0)) : sq_xstrdup("");
    sq_stmt_release(q);
    return st;
}

enum sq_status sq_store_metric_each(struct sq_store *s,
                                    const struct sq_run *run, int64_t suite,
                                    void (*fn)(void *ctx,
                                               const struct sq_metric_row *row),
                                    void *ctx, struct sq_err *err)
{
    struct roll r = {.s = s};
    struct metric *metrics = NULL;
    char *label = NULL;
    size_t n = 0;
    enum sq_status st = read_label(s, suite, &label, err);

    if (st == SQ_OK)
        st = read_samples(&r, suite, err);
    if (st == SQ_OK)
        st = read_slices(&r, suite, err);
    if (st == SQ_OK)
        st = read_clusters(&r, suite, err);
    if (st == SQ_OK)
        st = read_metrics(s, &metrics, &n, err);
    for (size_t i = 0; i < n; i++) {
        struct sq_metric_row row = {.suite = label, .metric = metrics[i].name};
        bool any = false;

        if (st == SQ_OK)
            st = read_values(&r, run, metrics[i].number, &any, err);
        if (st == SQ_OK && any)
            give_all(&r, &row, fn, ctx);
        free(metrics[i].name);
    }
    free(metrics);
    free(label);
    roll_release(&r);
    return st;
}

enum sq_status sq_store_metric_put(struct sq_store *s, const struct sq_run *run,
                                   int64_t suite, const char *slice,
                                   const char *metric, double value,
                                   double stderr_, double lo, double hi,
                                   size_t n, struct sq_err *err)
{
    enum sq_status st = sq_db_begin(s->db, err);
    int64_t number;
    struct sq_stmt *q;

    if (st != SQ_OK)
        return st;
    st = sq_store_metric_number(s, metric, &number, err);
    if (st == SQ_OK) {
        q = sq_db_query(s->db, "INSERT OR REPLACE INTO result"
                               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        sq_stmt_bind_int(q, 1, run->row);
        sq_stmt_bind_int(q, 2, suite);
        sq_stmt_bind_cstr(q, 3, slice);
        sq_stmt_bind_int(q, 4, number);
        sq_stmt_bind_num(q, 5, value);
        sq_stmt_bind_num(q, 6, stderr_);
        sq_stmt_bind_num(q, 7, lo);
        sq_stmt_bind_num(q, 8, hi);
        sq_stmt_bind_int(q, 9, (int64_t)n);
        st = sq_stmt_run(q, err);
    }
    return sq_db_end(s->db, st, err);
}

/* A sample's steps, the same for all epochs. */
struct steps {
    struct sq_chain_row *rows; /* epoch and state are another's */
    size_t n, cap;
    struct sq_arena arena; /* of their texts */
};

static enum sq_status steps_of(struct sq_store *s, int64_t sample,
                               struct steps *out, struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "SELECT step, answerable, kind, depends FROM step"
                           " WHERE sample = ?1 ORDER BY step");
    enum sq_status st;
    bool row;

    sq_arena_release(&out->arena);
    out->n = 0;
    sq_stmt_bind_int(q, 1, sample);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        if (out->n == out->cap) {
            out->cap = out->cap ? 2 * out->cap : 16;
            out->rows = sq_xrealloc(out->rows, out->cap, sizeof(out->rows[0]));
        }
        out->rows[out->n++] = (struct sq_chain_row){
            .step = (size_t)sq_stmt_int(q, 0),
            .answerable = sq_stmt_int(q, 1) != 0,
            .kind = sq_arena_str(&out->arena, sq_stmt_str(q, 2)),
            .depends = sq_arena_str(&out->arena, sq_stmt_str(q, 3))};
    }
    sq_stmt_release(q);
    return st;
}

/* The chains of one sample, as its rows lie. */
static enum sq_status chains_of(struct sq_store *s, const struct sq_run *run,
                                int64_t sample, size_t ordinal,
                                const struct steps *steps, sq_chain_fn *fn,
                                void *ctx, struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "SELECT epoch, step, state FROM step_score"
                           " WHERE run = ?1 AND sample = ?2 AND grader = ''"
                           " ORDER BY epoch, step");
    enum sq_status st;
    bool row;

    sq_stmt_bind_int(q, 1, run->row);
    sq_stmt_bind_int(q, 2, sample);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        size_t step = (size_t)sq_stmt_int(q, 1);

        if (step >= steps->n) /* they are numbered from 0 */
            continue;
        struct sq_chain_row out = steps->rows[step];

        out.sample = ordinal;
        out.epoch = (size_t)sq_stmt_int(q, 0);
        out.state = (enum sq_state)sq_stmt_int(q, 2);
        fn(ctx, &out);
    }
    sq_stmt_release(q);
    return st;
}

/* Sample by sample, each in the order of its rows: to have SQLite sort them all
 * takes memory that grows with the run. */
enum sq_status sq_store_chain_each(struct sq_store *s, const struct sq_run *run,
                                   int64_t suite, sq_chain_fn *fn, void *ctx,
                                   struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(s->db, "SELECT id, ordinal FROM sample"
                                           " WHERE suite = ?1"
                                           " ORDER BY ordinal, id");
    struct steps steps = {.arena = SQ_ARENA_INIT};
    enum sq_status st;
    bool row;

    sq_stmt_bind_int(q, 1, suite);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        int64_t sample = sq_stmt_int(q, 0);

        st = steps_of(s, sample, &steps, err);
        if (st == SQ_OK)
            st = chains_of(s, run, sample, (size_t)sq_stmt_int(q, 1), &steps,
                           fn, ctx, err);
        if (st != SQ_OK)
            break;
    }
    sq_stmt_release(q);
    sq_arena_release(&steps.arena);
    free(steps.rows);
    return st;
}
