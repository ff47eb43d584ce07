#ifndef SQ_BASE_PATH_H
#define SQ_BASE_PATH_H
/*
 * Files and where the program finds its own parts. "Home" is the folder with
 * benchmarks/ and judges/: SEQEVAL_HOME, else the source tree the program was
 * built in (the folder above the executable's), else PREFIX/share/seqeval.
 * "Modules" is the folder of the parts loaded on demand (http.so): the
 * executable's own or the one above it in a source tree, else
 * PREFIX/lib/seqeval.
 */
#include <stdbool.h>
#include "base/err.h"
#include "base/str.h"

/* "a/b"; yours. An absolute b is returned alone. */
char *sq_path_join(const char *a, const char *b);
bool sq_path_exists(const char *path);
bool sq_path_is_dir(const char *path);
/* mkdir -p. */
enum sq_status sq_path_mkdirs(const char *path, struct sq_err *err) SQ_CHECKED;
/* Makes the folder that is to hold file `path`. */
enum sq_status sq_path_mkdirs_for(const char *path,
                                  struct sq_err *err) SQ_CHECKED;
/* The whole file, NUL-terminated, yours; more than max bytes is SQ_INPUT. */
enum sq_status sq_path_read(const char *path, size_t max, char **out, size_t *n,
                            struct sq_err *err) SQ_CHECKED;
/* Writes beside `path` under another name, syncs, renames: readers see the old
 * or the new content, never a part. "-" means stdout. */
enum sq_status sq_path_write(const char *path, sq_str content,
                             struct sq_err *err) SQ_CHECKED;

/* Yours; NULL when none could be found. */
char *sq_path_home(void);
char *sq_path_modules(void);
/* Where pulled data goes: SEQEVAL_DATA, else $XDG_CACHE_HOME/seqeval, else
 * ~/.cache/seqeval. Yours. */
char *sq_path_data(void);

#endif
