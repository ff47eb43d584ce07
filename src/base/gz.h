#ifndef SQ_BASE_GZ_H
#define SQ_BASE_GZ_H
/* Reads a file, plain or gzip (told by its first bytes), as a stream; packs
 * texts. */
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

struct sq_gz;

/* A directory, a missing or an unreadable file is SQ_INPUT. */
enum sq_status sq_gz_open(struct sq_gz **out, const char *path,
                          struct sq_err *err) SQ_CHECKED;
/* Up to n bytes into dst; *got is 0 only at the end. A damaged or cut gzip
 * stream is SQ_INPUT. */
enum sq_status sq_gz_read(struct sq_gz *g, char *dst, size_t n, size_t *got,
                          struct sq_err *err) SQ_CHECKED;
void sq_gz_close(struct sq_gz *g);

/* Takes bytes; another status than OK ends what brings them. */
typedef enum sq_status (*sq_sink)(void *ctx, sq_str bytes, struct sq_err *err);

/* A deflate stream without header (RFC 1951) that comes in pieces: new,
 * feed..., free. feed is SQ_INPUT when it is damaged; *ended: that was its last
 * piece. */
struct sq_inflate;
struct sq_inflate *sq_inflate_new(void);
enum sq_status sq_inflate_feed(struct sq_inflate *z, sq_str bytes, sq_sink sink,
                               void *ctx, bool *ended,
                               struct sq_err *err) SQ_CHECKED;
void sq_inflate_free(struct sq_inflate *z);

/* Packs texts in zlib's format (RFC 1950), quickly rather than well. For short
 * ones most of the time goes into setting up, so a packer serves many; what
 * comes out of it does not depend on what it packed before. */
struct sq_packer *sq_packer_new(void);
/* Appends the packed text to out. */
void sq_packer_pack(struct sq_packer *p, sq_str text, struct sq_buf *out);
void sq_packer_free(struct sq_packer *p); /* NULL is allowed */

#endif
