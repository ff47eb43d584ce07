#ifndef SQ_BASE_RECORDS_CSV_H
#define SQ_BASE_RECORDS_CSV_H
/*
 * Rows of CSV (RFC 4180) as records; used by records.c, which finds where a row
 * ends. A row is given without its line break; a \r at its end is ignored.
 */
#include <stddef.h>
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

/* Zeroed before use; release when done. */
struct sq_csv_header {
    char **names;
    size_t n;
};

struct sq_csv_place {
    const char *path;
    size_t line; /* of the row's first byte */
};

/* Column names must be there and differ; the first alone may be empty, as tools
 * write it that number the rows. */
enum sq_status sq_csv_header_read(struct sq_csv_header *h, sq_str row,
                                  struct sq_csv_place place,
                                  struct sq_err *err) SQ_CHECKED;
/* An object of strings, yours. Another width than the header's is an error. */
enum sq_status sq_csv_record(const struct sq_csv_header *h, sq_str row,
                             struct sq_csv_place place, struct sq_json **record,
                             struct sq_err *err) SQ_CHECKED;
void sq_csv_header_release(struct sq_csv_header *h);

#endif
