#ifndef SQ_ENGINE_FILE_DIGEST_H
#define SQ_ENGINE_FILE_DIGEST_H
/* SHA-256 of large files, which takes seconds: what was once computed is kept
 * in the user's cache (sq_path_data, folder digests) under the file's path, and
 * holds as long as its size and time of change do. */
#include "base/digest.h"

enum sq_status sq_file_digest(const char *path, char hex[SQ_DIGEST_HEX],
                              struct sq_err *err) SQ_CHECKED;

#endif
