#include "engine/http.h"
#include "base/module.h"

enum sq_status sq_http_load(const struct sq_http_api **out, struct sq_err *err)
{
    static const struct sq_module module = {
        "http.so", "sq_http_api_table",
        "asking over HTTP needs it; install libcurl's headers "
        "(libcurl4-openssl-dev) and run make"};
    const void *table = NULL;
    enum sq_status st = sq_module_load(&module, &table, err);
    *out = table;
    return st;
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
