#include "engine/engine.h"
#include <string.h>
#include "engine/local.h"
#include "engine/openai.h"
#include "engine/replay.h"

/* The first takes a SPEC without a prefix. */
static const struct sq_engine_ops *const engines[] = {
    &sq_engine_openai, &sq_engine_local, &sq_engine_replay, NULL};

const struct sq_engine_ops *const *sq_engine_all(void)
{
    return engines;
}

enum sq_status sq_engine_find(sq_str spec, const struct sq_engine_ops **ops,
                              sq_str *model, struct sq_err *err)
{
    size_t colon = sq_str_find(spec, SQ_STR(":"), 0);
    *ops = engines[0];
    *model = spec;
    for (size_t i = 0; colon != SIZE_MAX && engines[i]; i++) {
        /* "llama3:8b" is a name with a colon in it. */
        if (!sq_str_eq(sq_str_sub(spec, 0, colon),
                       sq_str_from(engines[i]->name)))
            continue;
        *ops = engines[i];
        *model = sq_str_sub(spec, colon + 1, spec.n);
    }
    if (model->n == 0)
        return sq_err_set(err, SQ_USAGE,
                          "\"%.*s\" names no model: want NAME, openai:NAME, "
                          "local:FILE or replay:FILE",
                          SQ_STR_ARG(spec));
    return SQ_OK;
}

void sq_engine_put_metadata(struct sq_json *to, const char *key,
                            const struct sq_engine *e)
{
    struct sq_err none = {0};
    struct sq_json *about =
        e->metadata.n ? sq_json_parse(e->metadata, key, 1, &none) : NULL;
    if (about)
        sq_json_put(to, key, about);
}
