#include "base/module.h"
#include <dlfcn.h>
#include <stdlib.h>
#include "base/path.h"

enum sq_status sq_module_load(const struct sq_module *m, const void **table,
                              struct sq_err *err)
{
    enum sq_status status = SQ_UNAVAILABLE;
    char *dir = sq_path_modules();
    char *path = dir ? sq_path_join(dir, m->file) : NULL;
    /* Never by the bare name: dlopen would search the library path. */
    if (!path || !sq_path_exists(path)) {
        sq_err_set(err, SQ_UNAVAILABLE, "%s is not there: %s",
                   path ? path : m->file, m->hint);
        goto out;
    }
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        sq_err_set(err, SQ_UNAVAILABLE, "%s does not load (%s): %s", path,
                   dlerror(), m->hint);
        goto out;
    }
    *table = dlsym(module, m->symbol);
    if (!*table) {
        sq_err_set(err, SQ_UNAVAILABLE, "%s is not seqeval's: it has no %s",
                   path, m->symbol);
        dlclose(module);
        goto out;
    }
    status = SQ_OK;
out:
    free(path);
    free(dir);
    return status;
}
