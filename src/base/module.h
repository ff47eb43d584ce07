#ifndef SQ_BASE_MODULE_H
#define SQ_BASE_MODULE_H
/* Parts of the program that are loaded when they are first needed, because a
 * library behind them is slow to load or may be missing: a shared object in the
 * folder of sq_path_modules with one symbol, a table of functions. */
#include "base/err.h"

struct sq_module {
    const char *file;   /* "http.so" */
    const char *symbol; /* of its table */
    const char *hint;   /* what needs it and how to get it, for people */
};

/* *table is static and stays loaded. A missing file, or one that does not load,
 * is SQ_UNAVAILABLE; the message has the hint. */
enum sq_status sq_module_load(const struct sq_module *m, const void **table,
                              struct sq_err *err) SQ_CHECKED;

#endif
