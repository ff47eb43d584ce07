#include "sandbox/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define PATIENCE_MS 30000

static void read_all(int fd, struct sq_buf *out)
{
    int64_t until = sq_clock_ms() + PATIENCE_MS;
    char part[1024];
    for (;;) {
        int64_t left = until - sq_clock_ms();
        struct pollfd p = {fd, POLLIN, 0};
        int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return;
        ssize_t n = read(fd, part, sizeof part);
        if (n <= 0)
            return;
        sq_buf_add(out, (sq_str){part, (size_t)n});
    }
}

bool sq_sandbox_capture(const char *const argv[], struct sq_buf *out)
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
        (void)execvp(argv[0], (char *const *)(uintptr_t)argv);
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
