#include "cmd/places.h"

#include "base/mem.h"
#include "base/path.h"

enum sq_status sq_cmd_home(char **out, struct sq_err *err)
{
    *out = sq_path_home();
    if (*out)
        return SQ_OK;
    return sq_err_set(err, SQ_UNAVAILABLE,
                      "the folder with benchmarks/ and judges/ is not found; "
                      "set SEQEVAL_HOME to it");
}

enum sq_status sq_cmd_data_dir(char **out, const char *given,
                               struct sq_err *err)
{
    *out = given ? sq_xstrdup(given) : sq_path_data();
    if (*out)
        return SQ_OK;
    return sq_err_set(err, SQ_USAGE,
                      "no folder for data files: give --data DIR, or set "
                      "SEQEVAL_DATA or HOME");
}
