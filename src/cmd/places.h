#ifndef SQ_CMD_PLACES_H
#define SQ_CMD_PLACES_H
/* Where commands find the suites and their data. */
#include "base/err.h"

/* The folder with benchmarks/ and judges/, yours; SQ_UNAVAILABLE when there is
 * none. */
enum sq_status sq_cmd_home(char **out, struct sq_err *err) SQ_CHECKED;
/* The folder of data files, yours: `given` (--data) or, when that is NULL, the
 * user's cache. */
enum sq_status sq_cmd_data_dir(char **out, const char *given,
                               struct sq_err *err) SQ_CHECKED;

#endif
