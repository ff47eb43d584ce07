#ifndef SQ_REPORT_PAGE_H
#define SQ_REPORT_PAGE_H
/*
 * A report: one HTML page that needs nothing else. Every figure stands in a
 * table; a script of ours draws charts of them (with Chart.js, where it was
 * found when seqeval was built) and lists the samples with their steps. All
 * texts of models, data sets and users are escaped; the page's policy lets no
 * other script run and nothing be loaded.
 */
#include "store/store.h"

/* Of these runs, by their ids, each once. */
enum sq_status sq_page_render(struct sq_store *store, const char *const *runs,
                              size_t nruns, struct sq_buf *out,
                              struct sq_err *err) SQ_CHECKED;

#endif
