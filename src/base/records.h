#ifndef SQ_BASE_RECORDS_H
#define SQ_BASE_RECORDS_H
/*
 * Records of a data file, one at a time: JSON (an array of objects), JSON Lines
 * (or any sequence of objects) and CSV (RFC 4180 with a header line), plain or
 * gzip. Memory is that of the largest record (at most SQ_MAX_RECORD), never of
 * the file. JSON is told from CSV by the first byte that is no white space
 * ('[' or '{'); a UTF-8 byte order mark is skipped. The name decides two things
 * only: in a file whose name has ".jsonl" a record must end on its line (unless
 * the file is an array), and one whose name has ".json" is never read as CSV.
 */
#include "base/err.h"
#include "base/json.h"

struct sq_records;

enum sq_status sq_records_open(struct sq_records **out, const char *path,
                               struct sq_err *err) SQ_CHECKED;
/* The next record, an object that is yours (fields of CSV are strings), or
 * *record = NULL at the end. Broken text, a record that is no object, a CSV row
 * of another width than the header and invalid UTF-8 are SQ_INPUT with
 * "path:LINE:COLUMN: ...", then and at every later call. */
enum sq_status sq_records_next(struct sq_records *r, struct sq_json **record,
                               struct sq_err *err) SQ_CHECKED;
/* "path:LINE" of the record last returned, for messages. */
const char *sq_records_where(const struct sq_records *r);
void sq_records_close(struct sq_records *r);

#endif
