#include "suite/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/path.h"
#include "base/stop.h"

static enum sq_status io_error(const struct sq_part *p, struct sq_err *err)
{
    return sq_err_set(err, SQ_IO, "%s: %s", p->path, strerror(errno));
}

/* Waits until no other process has it. */
static enum sq_status lock(const struct sq_part *p, struct sq_log *log,
                           struct sq_err *err)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool told = false;

    while (fcntl(p->fd, F_SETLK, &whole) != 0) {
        if (errno != EACCES && errno != EAGAIN)
            return io_error(p, err);
        if (sq_stop)
            return sq_err_set(err, SQ_INTERRUPTED,
                              "interrupted while another pull of %s goes on",
                              p->final_path);
        if (!told)
            sq_log(log, SQ_LOG_WARN, "%s: waiting for another pull of it",
                   p->path);
        told = true;
        sq_clock_sleep_ms(100);
    }
    return SQ_OK;
}

/* While we waited, its owner may have renamed the file that we have open. */
static bool still_named(const struct sq_part *p)
{
    struct stat named, open;

    return stat(p->path, &named) == 0 && fstat(p->fd, &open) == 0 &&
           named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

static enum sq_status open_locked(struct sq_part *p, struct sq_log *log,
                                  struct sq_err *err)
{
    for (;;) {
        enum sq_status st;

        p->fd = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (p->fd < 0)
            return io_error(p, err);
        st = lock(p, log, err);
        if (st != SQ_OK || still_named(p))
            return st;
        close(p->fd);
        p->fd = -1;
    }
}

/* Hashes what is there. The lock is lost when any descriptor of the file is
 * closed, so it is read through ours. */
static enum sq_status take_in(struct sq_part *p, struct sq_err *err)
{
    char bytes[1 << 16];

    for (;;) {
        ssize_t got = read(p->fd, bytes, sizeof(bytes));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io_error(p, err);
        if (got == 0)
            break;
        sq_sha256_add(p->sha, (sq_str){bytes, (size_t)got});
        p->n += got;
        if (p->n > p->file->bytes)
            return sq_part_restart(p, err);
    }
    return SQ_OK;
}

enum sq_status sq_part_open(struct sq_part *p, const struct sq_data_file *f,
                            const char *data_dir, struct sq_log *log,
                            bool *done, struct sq_err *err)
{
    enum sq_data_state state;
    char found[SQ_DIGEST_HEX];
    enum sq_status st;

    *done = false;
    *p = (struct sq_part){.file = f, .fd = -1};
    p->final_path = sq_data_path(f, data_dir);
    p->path = sq_xcalloc(1, strlen(p->final_path) + sizeof(".part"));
    memcpy(p->path, p->final_path, strlen(p->final_path));
    memcpy(p->path + strlen(p->final_path), ".part", sizeof(".part"));
    p->sha = sq_sha256_new();
    st = sq_path_mkdirs_for(p->path, err);
    if (st == SQ_OK)
        st = open_locked(p, log, err);
    if (st == SQ_OK)
        st = sq_data_verify(f, data_dir, &state, found, err);
    if (st == SQ_OK && state == SQ_DATA_OK)
        *done = true;
    else if (st == SQ_OK)
        st = take_in(p, err);
    return st;
}

enum sq_status sq_part_add(struct sq_part *p, sq_str bytes, struct sq_err *err)
{
    if (bytes.n > (size_t)(p->file->bytes - p->n)) {
        enum sq_status st = sq_part_restart(p, err);

        if (st != SQ_OK)
            return st;
        return sq_err_set(err, SQ_INPUT,
                          "%.*s: more than its %lld bytes came: this is other "
                          "content",
                          SQ_STR_ARG(p->file->file), p->file->bytes);
    }
    while (bytes.n > 0) {
        ssize_t put = write(p->fd, bytes.p, bytes.n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return io_error(p, err);
        sq_sha256_add(p->sha, sq_str_sub(bytes, 0, (size_t)put));
        bytes = sq_str_sub(bytes, (size_t)put, bytes.n);
        p->n += put;
    }
    return SQ_OK;
}

enum sq_status sq_part_restart(struct sq_part *p, struct sq_err *err)
{
    if (ftruncate(p->fd, 0) != 0 || lseek(p->fd, 0, SEEK_SET) != 0)
        return io_error(p, err);
    sq_sha256_free(p->sha);
    p->sha = sq_sha256_new();
    p->n = 0;
    return SQ_OK;
}

enum sq_status sq_part_finish(struct sq_part *p, bool *right,
                              char found[SQ_DIGEST_HEX], struct sq_err *err)
{
    sq_sha256_finish(p->sha, found);
    p->sha = sq_sha256_new();
    *right = sq_str_eq(sq_str_from(found), p->file->sha256);
    if (!*right)
        return sq_part_restart(p, err);
    if (fsync(p->fd) != 0)
        return io_error(p, err);
    if (rename(p->path, p->final_path) != 0)
        return sq_err_set(err, SQ_IO, "%s: %s", p->final_path, strerror(errno));
    return SQ_OK;
}

void sq_part_close(struct sq_part *p)
{
    struct stat sb;

    /* Removed before the lock is gone: behind it the name may be another's. */
    if (p->fd >= 0 && still_named(p) && fstat(p->fd, &sb) == 0 &&
        sb.st_size == 0)
        unlink(p->path);
    if (p->fd >= 0)
        close(p->fd);
    sq_sha256_free(p->sha);
    free(p->path);
    free(p->final_path);
}
