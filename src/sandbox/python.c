#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"

#define PATIENCE_MS 30000

/* Prints where it lies, the version as a number after it. */
static const char script[] = "import os, sys\n"
                             "print(os.path.realpath(sys.executable))\n"
                             "print('%d%02d' % sys.version_info[:2])\n";

#define OLDEST 309 /* 3.9: os.pidfd_open */

/* Reads all that fd gives, at most for PATIENCE_MS. */
static void read_all(int fd, struct sq_buf *out)
{
    int64_t until = sq_clock_ms() + PATIENCE_MS;
    char part[1024];
    for (;;) {
        int64_t left = until - sq_clock_ms();
        struct pollfd p = {fd, POLLIN, 0};
        if (left <= 0 || (poll(&p, 1, (int)left) <= 0 && errno != EINTR))
            return;
        ssize_t n = read(fd, part, sizeof part);
        if (n <= 0)
            return;
        sq_buf_add(out, (sq_str){part, (size_t)n});
    }
}

static bool ask(const char *name, struct sq_buf *out)
{
    int fd[2];
    if (pipe(fd) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        (void)dup2(null, STDIN_FILENO);
        (void)dup2(fd[1], STDOUT_FILENO);
        (void)dup2(null, STDERR_FILENO);
        (void)close(fd[0]);
        (void)close(fd[1]);
        (void)execlp(name, name, "-IS", "-c", script, (char *)NULL);
        _exit(127);
    }
    (void)close(fd[1]);
    if (pid > 0)
        read_all(fd[0], out);
    (void)close(fd[0]);
    if (pid < 0)
        return false;
    (void)kill(pid, SIGKILL); /* it has closed its output, or took too long */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return true;
}

enum sq_status sq_sandbox_python(const char *name, char **path,
                                 struct sq_err *err)
{
    struct sq_buf out;
    long long version = 0;
    sq_str line = {0}, rest;
    if (!name)
        name = "python3";
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    bool ran = ask(name, &out);
    rest = sq_buf_str(&out);
    *path = ran && sq_str_line(&rest, &line) && line.n && line.p[0] == '/'
                ? sq_str_dup(line)
                : NULL;
    bool told =
        *path && sq_str_line(&rest, &line) && sq_str_to_int(line, &version);
    sq_buf_release(&out);
    if (told && version >= OLDEST)
        return SQ_OK;
    free(*path);
    *path = NULL;
    if (told)
        return sq_err_set(err, SQ_UNAVAILABLE,
                          "%s is Python %lld.%lld; programs want 3.9 or later",
                          name, version / 100, version % 100);
    return sq_err_set(err, SQ_UNAVAILABLE,
                      "no Python to run programs with: %s does not start; "
                      "install python3 or give --python FILE",
                      name);
}
