#ifndef SQ_BASE_ZIP_H
#define SQ_BASE_ZIP_H
/* One file out of a ZIP archive (PKWARE APPNOTE 6.3), stored or deflated, below
 * 4 GiB: what a Python wheel is. */
#include "base/gz.h"

/* Hands the content of `member` to sink, in order. SQ_INPUT when the archive is
 * none, is damaged, or has no such member. The content's CRC is not compared: a
 * digest of the whole decides. */
enum sq_status sq_zip_member(const char *path, const char *member, sq_sink sink,
                             void *ctx, struct sq_err *err) SQ_CHECKED;

#endif
