#ifndef SQ_BASE_BASE64_H
#define SQ_BASE_BASE64_H
/* Base64 (RFC 4648, 4): the standard alphabet, padded, nothing in between. */
#include <stdbool.h>
#include "base/buf.h"

void sq_base64_encode(sq_str bytes, struct sq_buf *out);
/* Appends what text stands for. False when it is no base64: *bad is the first
 * byte that does not fit. */
bool sq_base64_decode(sq_str text, struct sq_buf *out, size_t *bad);

#endif
