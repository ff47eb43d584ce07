#ifndef SQ_REPORT_PAGE_PARTS_H
#define SQ_REPORT_PAGE_PARTS_H
/* The parts of a report page (report/page.h); page.c puts them together. */
#include "report/board.h"

struct sq_page_run {
    sq_str id, created, finished, status, model, judge, version;
    sq_str settings, provenance; /* JSON */
    sq_str label; /* the model, and the id where two have that model */
};

struct sq_page {
    struct sq_store *store;
    const struct sq_page_run *runs;
    size_t nruns;
    struct sq_board board; /* its entries; rows as a part reads them */
    struct sq_arena arena;
    struct sq_buf charts; /* JSON objects, commas between, for the script */
    size_t ncharts;
    struct sq_buf *out;
};

/* Each appends a section: heading, tables, places for charts. */
enum sq_status sq_page_results(struct sq_page *p,
                               struct sq_err *err) SQ_CHECKED;
/* Nothing for one run. */
enum sq_status sq_page_compare(struct sq_page *p,
                               struct sq_err *err) SQ_CHECKED;
enum sq_status sq_page_slices(struct sq_page *p, struct sq_err *err) SQ_CHECKED;
enum sq_status sq_page_states(struct sq_page *p, struct sq_err *err) SQ_CHECKED;
enum sq_status sq_page_audit(struct sq_page *p, struct sq_err *err) SQ_CHECKED;
enum sq_status sq_page_usage(struct sq_page *p, struct sq_err *err) SQ_CHECKED;
enum sq_status sq_page_provenance(struct sq_page *p,
                                  struct sq_err *err) SQ_CHECKED;

/* Appends what the script reads: {"runs", "charts", "suites"}, with every "<"
 * as an escape, so that it can stand in a script element. Offsets are in
 * UTF-16 code units, as the script counts. */
enum sq_status sq_page_data(struct sq_page *p, struct sq_err *err) SQ_CHECKED;

/* One chart of several series over the same labels. NaN = no value. */
struct sq_page_series {
    sq_str name;
    size_t
        colour; /* the run's place, so that a run has one colour throughout */
    double *values, *lo, *hi; /* lo and hi may be NULL: no intervals */
};
struct sq_page_chart {
    const char *kind; /* "bar", "line", "stack" */
    sq_str title;
    const sq_str *labels;
    size_t nlabels;
    const struct sq_page_series *series;
    size_t nseries;
    double min, max; /* of the value axis; NaN = free */
};
/* Adds the chart to those the script draws; its number. */
size_t sq_page_add_chart(struct sq_page *p, const struct sq_page_chart *c);

#endif
