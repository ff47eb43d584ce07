#ifndef SQ_BASE_DIGEST_H
#define SQ_BASE_DIGEST_H
/* SHA-256 (FIPS 180-4) by libcrypto, as 64 lower-case hex digits. */
#include "base/err.h"
#include "base/str.h"

#define SQ_DIGEST_HEX 65 /* with the NUL */

/* Of a sequence of bytes given in pieces. */
struct sq_sha256;
struct sq_sha256 *sq_sha256_new(void);
void sq_sha256_add(struct sq_sha256 *d, sq_str bytes);
/* Adds the length, then the bytes: ("ab","c") and ("a","bc") differ. */
void sq_sha256_add_field(struct sq_sha256 *d, sq_str bytes);
/* Writes the digest and frees d. */
void sq_sha256_finish(struct sq_sha256 *d, char hex[SQ_DIGEST_HEX]);
void sq_sha256_free(struct sq_sha256 *d);

void sq_sha256_of(sq_str bytes, char hex[SQ_DIGEST_HEX]);
/* The same in base64, as Content-Security-Policy names scripts. */
#define SQ_DIGEST_BASE64 45 /* with the NUL */
void sq_sha256_base64(sq_str bytes, char text[SQ_DIGEST_BASE64]);
/* Of a file's bytes as stored; *size (may be NULL) gets their number. A stop
 * (base/stop.h) is SQ_INTERRUPTED: a file may be of any size. */
enum sq_status sq_sha256_file(const char *path, char hex[SQ_DIGEST_HEX],
                              unsigned long long *size,
                              struct sq_err *err) SQ_CHECKED;

#endif
