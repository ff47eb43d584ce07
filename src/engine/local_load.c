#include "engine/local_lib.h"
#include "base/module.h"

enum sq_status sq_llama_api_load(const struct sq_llama_api **out,
                                 struct sq_err *err)
{
    static const struct sq_module module = {
        "engine_local.so", "sq_llama_api_table",
        "local models need it; run make llama, then make"};
    const void *table = NULL;
    enum sq_status st = sq_module_load(&module, &table, err);
    *out = table;
    return st;
}
