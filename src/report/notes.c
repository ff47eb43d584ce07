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

/* Rows of one judge and template come in the order of their measures: passed,
 * ..., sensitivity, specificity. */
struct failing {
    struct sq_buf *out;
    bool now; /* the judge and template at hand */
};

static void take_audit(void *ctx, const struct sq_store_row *row)
{
    struct failing *f = ctx;
    sq_str measure = row->cols[2];
    double value = 0;
    bool known = sq_str_to_num(row->cols[3], &value);
    if (sq_str_eq(measure, SQ_STR("passed"))) {
        f->now = known && value < 1;
        if (!known || f->now)
            sq_buf_addf(f->out, "%sjudge %.*s %s by template %.*s",
                        f->out->n ? "; " : "", SQ_STR_ARG(row->cols[0]),
                        known ? "FAILS ITS AUDIT" : "is not fully audited",
                        SQ_STR_ARG(row->cols[1]));
    } else if (f->now && sq_str_eq(measure, SQ_STR("sensitivity"))) {
        sq_buf_addf(f->out, " (sensitivity %.2f", value);
    } else if (f->now && sq_str_eq(measure, SQ_STR("specificity"))) {
        sq_buf_addf(f->out, ", specificity %.2f)", value);
    }
}

static void take_range(void *ctx, const struct sq_store_row *row)
{
    struct sq_buf *out = ctx;
    double lo = 0, hi = 0;
    (void)sq_str_to_num(row->cols[2], &lo);
    (void)sq_str_to_num(row->cols[3], &hi);
    sq_buf_addf(out, "%s%.*s of %.*s is from %.4f to %.4f, as %.*s",
                out->n ? "; " : "", SQ_STR_ARG(row->cols[1]),
                SQ_STR_ARG(row->cols[0]), lo, hi, SQ_STR_ARG(row->cols[4]));
    sq_buf_adds(out, sq_str_eq(row->cols[4], SQ_STR("1")) ? " is missing"
                                                          : " are missing");
}

enum sq_status sq_notes_render(struct sq_store *store, const char *run_id,
                               struct sq_buf *out, struct sq_err *err)
{
    sq_str run = sq_str_from(run_id);
    struct failing f = {out, false};
    enum sq_status st =
        sq_store_each(store, SQ_QUERY_RUN_AUDIT, &run, 1, take_audit, &f, err);
    if (st != SQ_OK)
        return st;
    st = sq_store_each(store, SQ_QUERY_RUN_ATTACKS, &run, 1, take_attacks, out,
                       err);
    if (st != SQ_OK)
        return st;
    st = sq_store_each(store, SQ_QUERY_RUN_RANGES, &run, 1, take_range, out,
                       err);
    if (st != SQ_OK)
        return st;
    return sq_store_each(store, SQ_QUERY_RUN_UNSAFE, &run, 1, take_unsafe, out,
                         err);
}

enum sq_status sq_notes_line(struct sq_store *store, const char *run_id,
                             struct sq_buf *out, struct sq_err *err)
{
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    enum sq_status st = sq_notes_render(store, run_id, &text, err);
    if (st == SQ_OK && text.n)
        sq_buf_addf(out, "run %s: %s\n", run_id, text.p);
    sq_buf_release(&text);
    return st;
}
