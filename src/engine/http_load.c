#include "engine/http.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include "base/path.h"

static const char module_name[] = "http.so";

enum sq_status sq_http_load(const struct sq_http_api **out, struct sq_err *err)
{
    enum sq_status status = SQ_UNAVAILABLE;
    char *dir = sq_path_modules();
    char *path = dir ? sq_path_join(dir, module_name) : NULL;
    /* Never by the bare name: dlopen would search the library path. */
    if (!path || !sq_path_exists(path)) {
        sq_err_set(err, SQ_UNAVAILABLE,
                   "%s is not there: asking over HTTP needs it; install "
                   "libcurl's headers (libcurl4-openssl-dev) and run make",
                   path ? path : module_name);
        goto out;
    }
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        sq_err_set(err, SQ_UNAVAILABLE, "%s does not load: %s", path,
                   dlerror());
        goto out;
    }
    *out = dlsym(module, "sq_http_api_table");
    if (!*out) {
        sq_err_set(err, SQ_UNAVAILABLE,
                   "%s is not seqeval's: it has no sq_http_api_table", path);
        dlclose(module);
        goto out;
    }
    status = SQ_OK;
out:
    free(path);
    free(dir);
    return status;
}

enum sq_status sq_http_shared_get(struct sq_http_shared *s, struct sq_err *err)
{
    if (s->users == 0) {
        enum sq_status status = sq_http_load(&s->api, err);
        if (status == SQ_OK)
            status = s->api->open(&s->pump, &s->config, err);
        if (status != SQ_OK)
            return status;
    }
    s->users++;
    return SQ_OK;
}

void sq_http_shared_put(struct sq_http_shared *s)
{
    if (s->users == 0 || --s->users > 0)
        return;
    s->api->close(s->pump);
    s->pump = NULL;
}
