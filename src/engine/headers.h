#ifndef SQ_ENGINE_HEADERS_H
#define SQ_ENGINE_HEADERS_H
/* Extra request headers, which may hold secrets: no message quotes them. */
#include "base/err.h"
#include "base/mem.h"

/* Reads "Name: value" lines; empty ones and those that begin with # are skipped
 * over. *out, in the arena, ends in NULL. A line that is no header, or a header
 * that belongs to seqeval (Content-Type, Content-Length, Transfer-Encoding,
 * Host), is SQ_INPUT with file and line. */
enum sq_status sq_headers_load(const char *path, struct sq_arena *arena,
                               const char *const **out,
                               struct sq_err *err) SQ_CHECKED;

#endif
