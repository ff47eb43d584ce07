#ifndef SQ_REPORT_NOTES_H
#define SQ_REPORT_NOTES_H
/* What a reader of a run's numbers must know of its judges and its programs. */
#include "store/store.h"

/* Appends the notes of a run, parted by "; "; nothing when all is well. */
enum sq_status sq_notes_render(struct sq_store *store, const char *run_id,
                               struct sq_buf *out,
                               struct sq_err *err) SQ_CHECKED;

/* The same as a line, "run ID: NOTES"; none when all is well. */
enum sq_status sq_notes_line(struct sq_store *store, const char *run_id,
                             struct sq_buf *out, struct sq_err *err) SQ_CHECKED;

#endif
