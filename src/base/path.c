#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/platform.h"

char *sq_path_join(const char *a, const char *b)
{
    struct sq_buf path;
    sq_str head = sq_str_from(a);
    if (b[0] == '/' || head.n == 0)
        return sq_xstrdup(b);
    sq_buf_init(&path, SIZE_MAX / 2);
    sq_buf_add(&path, head);
    if (head.p[head.n - 1] != '/')
        sq_buf_addc(&path, '/');
    sq_buf_adds(&path, b);
    return path.p;
}

bool sq_path_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool sq_path_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum sq_status sq_path_mkdirs(const char *path, struct sq_err *err)
{
    enum sq_status status = SQ_OK;
    char *copy = sq_xstrdup(path);
    size_t n = strlen(copy);
    for (size_t i = 1; i <= n && !status; i++) {
        if (copy[i] != '/' && copy[i] != '\0')
            continue;
        char kept = copy[i];
        copy[i] = '\0';
        int failed = mkdir(copy, 0777) ? errno : 0;
        if (failed && !sq_path_is_dir(copy))
            status = sq_err_set(err, SQ_IO, "%s: cannot make this folder: %s",
                                copy, strerror(failed));
        copy[i] = kept;
    }
    free(copy);
    return status;
}

/* The folder part of path: "" for a bare name. Yours. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return sq_xstrdup("");
    size_t n = slash > path ? (size_t)(slash - path) : 1;
    return sq_str_dup((sq_str){path, n});
}

enum sq_status sq_path_mkdirs_for(const char *path, struct sq_err *err)
{
    char *folder = folder_of(path);
    enum sq_status status = folder[0] ? sq_path_mkdirs(folder, err) : SQ_OK;
    free(folder);
    return status;
}

enum sq_status sq_path_read(const char *path, size_t max, char **out, size_t *n,
                            struct sq_err *err)
{
    enum { CHUNK = 64 << 10 };
    enum sq_status status = SQ_OK;
    struct sq_buf b;
    struct stat st;
    size_t got;
    char *chunk = NULL;

    *out = NULL;
    FILE *f = fopen(path, "rb");
    if (!f)
        return sq_err_set(err, SQ_INPUT, "%s: %s", path, strerror(errno));
    sq_buf_init(&b, max);
    if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        status = sq_err_set(err, SQ_INPUT, "%s: is a folder, not a file", path);
        goto out;
    }
    chunk = sq_xmalloc(CHUNK);
    while (!b.over && (got = fread(chunk, 1, CHUNK, f)) > 0)
        sq_buf_add(&b, (sq_str){chunk, got});
    if (ferror(f))
        status = sq_err_set(err, SQ_IO, "%s: %s", path, strerror(errno));
    else if (b.over)
        status = sq_err_set(err, SQ_INPUT,
                            "%s: larger than the %zu bytes allowed", path, max);
    if (status)
        goto out;
    *out = b.p;
    *n = b.n;
    b.p = NULL;
out:
    free(chunk);
    sq_buf_release(&b);
    (void)fclose(f);
    return status;
}

static enum sq_status cannot_write(const char *path, struct sq_err *err)
{
    return sq_err_set(err, SQ_IO, "%s: cannot write: %s", path,
                      strerror(errno));
}

static bool write_all(int fd, sq_str s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        s = sq_str_sub(s, (size_t)n, s.n);
    }
    return true;
}

/* A device, pipe or terminal: nothing to rename over. */
static enum sq_status write_through(const char *path, sq_str content,
                                    struct sq_err *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot_write(path, err);
    bool ok = write_all(fd, content);
    enum sq_status status = ok ? SQ_OK : cannot_write(path, err);
    if (close(fd) && !status)
        status = cannot_write(path, err);
    return status;
}

static enum sq_status replace(const char *path, sq_str content,
                              struct sq_err *err)
{
    struct sq_buf part;
    enum sq_status status = SQ_OK;
    sq_buf_init(&part, SIZE_MAX / 2);
    sq_buf_addf(&part, "%s.%ld.part", path, (long)getpid());
    /* One that is there was left by a dead process that had our number. */
    (void)unlink(part.p);
    int fd = open(part.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        status = cannot_write(path, err);
        goto out;
    }
    if (!write_all(fd, content) || fsync(fd))
        status = cannot_write(path, err);
    if (close(fd) && !status)
        status = cannot_write(path, err);
    if (!status && rename(part.p, path))
        status = cannot_write(path, err);
    if (status)
        (void)unlink(part.p);
out:
    sq_buf_release(&part);
    return status;
}

enum sq_status sq_path_write(const char *path, sq_str content,
                             struct sq_err *err)
{
    struct stat st;
    if (strcmp(path, "-") == 0) {
        if (fflush(stdout) || !write_all(STDOUT_FILENO, content))
            return cannot_write("standard output", err);
        return SQ_OK;
    }
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return write_through(path, content, err);
    return replace(path, content, err);
}

/* ---- the program's own parts -------------------------------------------- */

/* The executable's folder; NULL when not known. Yours. */
static char *exe_folder(void)
{
    char *exe = sq_platform_exe();
    char *folder = exe ? folder_of(exe) : NULL;
    free(exe);
    return folder;
}

/* base/below if base/below/member is there, else NULL. Yours. */
static char *folder_with(const char *base, const char *below,
                         const char *member)
{
    char *folder = below[0] ? sq_path_join(base, below) : sq_xstrdup(base);
    char *probe = sq_path_join(folder, member);
    if (!sq_path_exists(probe)) {
        free(folder);
        folder = NULL;
    }
    free(probe);
    return folder;
}

static const char *set_env(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

char *sq_path_home(void)
{
    static const char member[] = "benchmarks";
    const char *named = set_env("SEQEVAL_HOME");
    if (named)
        return sq_xstrdup(named);
    char *home = NULL;
    char *bin = exe_folder();
    char *above = bin ? folder_of(bin) : NULL;
    if (above)
        home = folder_with(above, "", member);
    if (above && !home)
        home = folder_with(above, "share/seqeval", member);
    if (!home)
        home = folder_with(SQ_PREFIX, "share/seqeval", member);
    free(above);
    free(bin);
    return home;
}

char *sq_path_modules(void)
{
    static const char member[] = "http.so";
    char *modules = NULL;
    char *bin = exe_folder();
    char *above = bin ? folder_of(bin) : NULL;
    if (bin)
        modules = folder_with(bin, "", member);
    if (above && !modules)
        modules = folder_with(above, "", member);
    if (above && !modules)
        modules = folder_with(above, "lib/seqeval", member);
    if (!modules)
        modules = folder_with(SQ_PREFIX, "lib/seqeval", member);
    free(above);
    free(bin);
    return modules;
}

char *sq_path_data(void)
{
    const char *named = set_env("SEQEVAL_DATA");
    const char *cache = set_env("XDG_CACHE_HOME");
    const char *home = set_env("HOME");
    if (named)
        return sq_xstrdup(named);
    /* The XDG base directory specification: a relative path is to be ignored */
    if (cache && cache[0] == '/')
        return sq_path_join(cache, "seqeval");
    return home ? sq_path_join(home, ".cache/seqeval") : NULL;
}
