#ifndef SQ_SANDBOX_CAPTURE_H
#define SQ_SANDBOX_CAPTURE_H
/* What a program of ours prints. */
#include <stdbool.h>
#include "base/buf.h"

/* Runs argv (found in PATH; NULL-terminated) without input and appends its
 * standard output until it closes that, for 30 s at most; then it is killed.
 * False when it could not be started; one that is not there prints nothing. */
bool sq_sandbox_capture(const char *const argv[], struct sq_buf *out);

#endif
