#include "report/notes.h"

#include "base/buf.h"

static void take_attacks(void *ctx, const struct sq_store_row *row)
{
    struct sq_buf *out = ctx;
    bool one = sq_str_eq(row->cols[0], SQ_STR("1"));
    sq_buf_addf(out, "%s%.*s %s to the judge", out->n ? "; " : "",
                SQ_STR_ARG(row->cols[0]),
                one ? "response talks" : "responses talk");
}

static void take_unsafe(void *ctx, const struct sq_store_row *row)
{
    struct sq_buf *out = ctx;
    (void)row;
    sq_buf_addf(out, "%sprograms ran without a sandbox (--unsafe-code)",
                out->n ? "; " : "");
}

enum sq_status sq_notes_render(struct sq_store *store, const char *run_id,
                               struct sq_buf *out, struct sq_err *err)
{
    sq_str run = sq_str_from(run_id);
    enum sq_status st = sq_store_each(store, SQ_QUERY_RUN_ATTACKS, &run, 1,
                                      take_attacks, out, err);
    if (st != SQ_OK)
        return st;
    return sq_store_each(store, SQ_QUERY_RUN_UNSAFE, &run, 1, take_unsafe, out,
                         err);
}
