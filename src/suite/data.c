#include "suite/data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/path.h"

const char *sq_data_state_name(enum sq_data_state state)
{
    switch (state) {
    case SQ_DATA_OK:
        return "ok";
    case SQ_DATA_MISSING:
        return "missing";
    case SQ_DATA_WRONG_SIZE:
        return "wrong size";
    case SQ_DATA_WRONG_DIGEST:
        break;
    }
    return "wrong digest";
}

char *sq_data_path(const struct sq_data_file *f, const char *data_dir)
{
    char *file = sq_str_dup(f->file);
    char *path = sq_path_join(data_dir, file);

    free(file);
    return path;
}

enum sq_status sq_data_verify(const struct sq_data_file *f,
                              const char *data_dir, enum sq_data_state *state,
                              char found[65], struct sq_err *err)
{
    char *path = sq_data_path(f, data_dir);
    unsigned long long size = 0;
    enum sq_status st = SQ_OK;
    struct stat sb;

    found[0] = '\0';
    if (stat(path, &sb) != 0) {
        *state = SQ_DATA_MISSING;
        if (errno != ENOENT && errno != ENOTDIR)
            st = sq_err_set(err, SQ_INPUT, "%s: %s", path, strerror(errno));
        goto out;
    }
    st = sq_sha256_file(path, found, &size, err);
    if (st != SQ_OK)
        goto out;
    if (sq_str_eq(sq_str_from(found), f->sha256))
        *state = SQ_DATA_OK;
    else if (size != (unsigned long long)f->bytes)
        *state = SQ_DATA_WRONG_SIZE;
    else
        *state = SQ_DATA_WRONG_DIGEST;
out:
    free(path);
    return st;
}
