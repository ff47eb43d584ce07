#include "run/merge.h"

#include <stdlib.h>

#include "run/metrics.h"
#include "store/store_merge.h"

/* Results and status of a run made of shards. */
static enum sq_status finish(struct sq_store *store,
                             const struct sq_sharded *sharded,
                             struct sq_err *err)
{
    const struct sq_run_options usual = {0};
    struct sq_session s = {
        .options = &usual, .store = store, .run = sharded->run};
    enum sq_status st = sq_store_run_suites(store, &sharded->run, &s.suite_rows,
                                            &s.nsuites, err);
    if (st == SQ_OK)
        st = sq_metrics_put(&s, err);
    if (st == SQ_OK)
        st = sq_store_sharded_finish(store, sharded, err);
    free(s.suite_rows);
    return st;
}

static enum sq_status finish_all(struct sq_store *store, struct sq_buf *text,
                                 struct sq_err *err)
{
    int64_t after = 0;
    for (;;) {
        struct sq_sharded sharded;
        enum sq_status st = sq_store_sharded(store, after, &sharded, err);
        if (st != SQ_OK || !sharded.run.row)
            return st;
        st = finish(store, &sharded, err);
        sq_buf_addf(text, "run %s: %s (%s)\n", sharded.run.id,
                    sharded.whole ? "complete" : "incomplete", sharded.shards);
        after = sharded.run.row;
        free(sharded.shards);
        if (st != SQ_OK)
            return st;
    }
}

/* Opened by itself first: its version is checked, and what was left of a
 * process that was killed is taken in. */
static enum sq_status merge_file(struct sq_store *store, const char *file,
                                 struct sq_buf *text, struct sq_err *err)
{
    struct sq_store *in = NULL;
    struct sq_merged merged = {0};
    enum sq_status st = sq_store_open(&in, file, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_store_merge(store, file, &merged, err);
    sq_store_close(in);
    if (st == SQ_OK)
        sq_buf_addf(text, "%s: %zu runs, %zu shards\n", file, merged.runs,
                    merged.shards);
    return st;
}

enum sq_status sq_merge(const char *out, const char *const *files, size_t n,
                        struct sq_buf *text, struct sq_err *err)
{
    struct sq_store *store = NULL;
    enum sq_status st = sq_store_open(&store, out, SQ_STORE_WRITE, err);
    for (size_t i = 0; i < n && st == SQ_OK; i++)
        st = merge_file(store, files[i], text, err);
    if (st == SQ_OK)
        st = finish_all(store, text, err);
    sq_store_close(store);
    return st;
}
