#ifndef SQ_REPORT_NOTES_H
#define SQ_REPORT_NOTES_H
/* What a reader of a run's numbers must know of its judges. */
#include "store/store.h"

/* Appends a line for each note, "PREFIX...\n"; nothing when all is well. */
enum sq_status sq_notes_render(struct sq_store *store, const char *run_id,
                               const char *prefix, struct sq_buf *out,
                               struct sq_err *err) SQ_CHECKED;

#endif
