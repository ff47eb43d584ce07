#include "suite/data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/gz.h"
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

char *sq_data_found(const struct sq_data_file *f, const char *data_dir)
{
    char *path = sq_data_path(f, data_dir), *packed;
    struct sq_buf name;

    if (sq_path_exists(path) || sq_str_ends(f->file, SQ_STR(".gz")))
        return path;
    sq_buf_init(&name, SQ_MAX_MESSAGE);
    sq_buf_addf(&name, "%s.gz", path);
    packed = sq_buf_take(&name);
    sq_buf_release(&name);
    if (!sq_path_exists(packed)) {
        free(packed);
        return path;
    }
    free(path);
    return packed;
}

/* Digest and size of what a packed file unpacks to; a damaged one has neither.
 */
static enum sq_status digest_unpacked(const char *path, char found[65],
                                      unsigned long long *size,
                                      struct sq_err *err)
{
    struct sq_sha256 *d = sq_sha256_new();
    struct sq_err damaged = {0};
    struct sq_gz *gz = NULL;
    char bytes[1 << 15];
    size_t got = 0;
    enum sq_status st = sq_gz_open(&gz, path, err);

    *size = 0;
    while (st == SQ_OK) {
        if (sq_gz_read(gz, bytes, sizeof(bytes), &got, &damaged) != SQ_OK ||
            got == 0)
            break;
        sq_sha256_add(d, (sq_str){bytes, got});
        *size += got;
    }
    sq_sha256_finish(d, found);
    sq_gz_close(gz);
    return st;
}

enum sq_status sq_data_verify(const struct sq_data_file *f,
                              const char *data_dir, enum sq_data_state *state,
                              char found[65], struct sq_err *err)
{
    char *path = sq_data_found(f, data_dir);
    bool packed = sq_str_ends(sq_str_from(path), SQ_STR(".gz")) &&
                  !sq_str_ends(f->file, SQ_STR(".gz"));
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
    st = packed ? digest_unpacked(path, found, &size, err)
                : sq_sha256_file(path, found, &size, err);
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
