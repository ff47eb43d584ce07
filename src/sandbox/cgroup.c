#include "sandbox/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "sandbox/limits.h"

#define PREFIX "seqeval-"
#define MAX_TEXT ((size_t)1 << 20)
#define LEAVE_MS 1000

/* Where groups of version 2 are mounted, and of the tree what: from lines
 * "ID PARENT DEVICE ROOT POINT OPTIONS.. - cgroup2 ..". */
static bool find_mount(sq_str mounts, sq_str *root, sq_str *point)
{
    sq_str line, field[5];
    while (sq_str_line(&mounts, &line)) {
        if (sq_str_find(line, SQ_STR(" - cgroup2 "), 0) == SIZE_MAX)
            continue;
        bool whole = true;
        for (int i = 0; i < 5; i++)
            whole = whole && sq_str_split(&line, ' ', &field[i]);
        *root = field[3];
        *point = field[4];
        if (whole)
            return true;
    }
    return false;
}

/* Our own place in the tree, from the line "0::PATH". */
static bool find_own(sq_str groups, sq_str *own)
{
    sq_str line;
    while (sq_str_line(&groups, &line))
        if (sq_str_starts(line, SQ_STR("0::/"))) {
            *own = sq_str_sub(line, 3, line.n);
            return true;
        }
    return false;
}

/* Do groups below this folder get what we want to limit, and may we make one?
 */
static bool serves(const char *folder)
{
    char *path = sq_path_join(folder, "cgroup.subtree_control"), *text = NULL;
    struct sq_err err = {0};
    size_t n = 0;
    bool memory = false, pids = false;
    if (sq_path_read(path, MAX_TEXT, &text, &n, &err) == SQ_OK) {
        sq_str rest = sq_str_trim((sq_str){text, n}), word;
        while (sq_str_split(&rest, ' ', &word)) {
            memory = memory || sq_str_eq(word, SQ_STR("memory"));
            pids = pids || sq_str_eq(word, SQ_STR("pids"));
        }
    }
    free(text);
    free(path);
    return memory && pids && access(folder, W_OK) == 0;
}

static enum sq_status read_self(const char *self, const char *name, char **text,
                                size_t *n, struct sq_err *err)
{
    char *path = sq_path_join(self, name);
    enum sq_status st = sq_path_read(path, MAX_TEXT, text, n, err);
    free(path);
    return st == SQ_OK ? st : sq_err_set(err, SQ_UNAVAILABLE, "no %s", name);
}

/* From our own group up to the top of what is mounted. */
static char *first_that_serves(sq_str root, sq_str point, sq_str own)
{
    if (root.n > 1 && sq_str_starts(own, root))
        own = sq_str_sub(own, root.n, own.n);
    for (;;) {
        while (own.n && own.p[own.n - 1] == '/')
            own.n--;
        struct sq_buf b;
        sq_buf_init(&b, MAX_TEXT);
        sq_buf_add(&b, point);
        sq_buf_add(&b, own);
        char *folder = sq_str_dup(sq_buf_str(&b));
        sq_buf_release(&b);
        if (serves(folder))
            return folder;
        free(folder);
        if (!own.n)
            return NULL;
        while (own.n && own.p[own.n - 1] != '/')
            own.n--;
    }
}

enum sq_status sq_cgroup_find(const char *self, char **folder,
                              struct sq_err *err)
{
    char *mounts = NULL, *groups = NULL;
    size_t nmounts = 0, ngroups = 0;
    sq_str root, point, own;
    *folder = NULL;
    enum sq_status st = read_self(self, "mountinfo", &mounts, &nmounts, err);
    if (st == SQ_OK)
        st = read_self(self, "cgroup", &groups, &ngroups, err);
    if (st != SQ_OK)
        goto out;
    if (!find_mount((sq_str){mounts, nmounts}, &root, &point) ||
        !find_own((sq_str){groups, ngroups}, &own)) {
        st = sq_err_set(err, SQ_UNAVAILABLE, "no cgroup v2 is mounted");
        goto out;
    }
    *folder = first_that_serves(root, point, own);
    if (!*folder)
        st = sq_err_set(err, SQ_UNAVAILABLE,
                        "no group at %.*s%.*s or above hands on memory and "
                        "pids and may be written",
                        SQ_STR_ARG(point), SQ_STR_ARG(own));
out:
    free(mounts);
    free(groups);
    return st;
}

static bool set(const char *group, const char *name, const char *value)
{
    char *path = sq_path_join(group, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t n = strlen(value);
    bool ok = fd >= 0 && write(fd, value, n) == (ssize_t)n;
    if (fd >= 0)
        (void)close(fd);
    free(path);
    return ok;
}

/* Where there is no swap or no CPU share to give, nothing is lost. */
static bool limit(const char *group)
{
    char memory[32], pids[32];
    snprintf(memory, sizeof memory, "%lld", SQ_SANDBOX_MEMORY_ALL);
    snprintf(pids, sizeof pids, "%d", SQ_SANDBOX_PROCESSES);
    (void)set(group, "memory.swap.max", "0");
    (void)set(group, "cpu.max", SQ_SANDBOX_CPU_MAX);
    return set(group, "memory.max", memory) && set(group, "pids.max", pids);
}

/* Locked, or -1: it is another's, or not there any more. */
static int lock(const char *group)
{
    int fd = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

enum sq_status sq_cgroup_make(struct sq_cgroup *g, const char *folder,
                              struct sq_err *err)
{
    *g = (struct sq_cgroup){sq_path_join(folder, PREFIX "XXXXXX"), -1};
    if (mkdtemp(g->path)) {
        g->lock = lock(g->path);
        if (g->lock >= 0 && limit(g->path))
            return SQ_OK;
    }
    enum sq_status st =
        sq_err_set(err, SQ_UNAVAILABLE, "%s: %s", g->path, strerror(errno));
    sq_cgroup_remove(g);
    return st;
}

void sq_cgroup_remove(struct sq_cgroup *g)
{
    int64_t until = sq_clock_ms() + LEAVE_MS;
    if (!g->path)
        return;
    while (rmdir(g->path) != 0 && errno == EBUSY && sq_clock_ms() < until)
        sq_clock_sleep_ms(2);
    if (g->lock >= 0)
        (void)close(g->lock);
    free(g->path);
    *g = (struct sq_cgroup){NULL, -1};
}

void sq_cgroup_sweep(const char *folder)
{
    DIR *d = opendir(folder);
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (!sq_str_starts(sq_str_from(e->d_name), SQ_STR(PREFIX)))
            continue;
        char *path = sq_path_join(folder, e->d_name);
        int fd = lock(path);
        if (fd >= 0) {
            (void)rmdir(path);
            (void)close(fd);
        }
        free(path);
    }
    (void)closedir(d);
}
