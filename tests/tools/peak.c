/* peak FILE COMMAND [ARGUMENT...]: runs the command and writes into FILE the
 * seconds it took, its seconds of CPU and the most memory it held, in KiB.
 * Exits as the command does. GNU time without GNU time. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/platform.h"

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct rusage use;
    int status = 0;
    if (argc < 3) {
        fputs("usage: peak FILE COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    int64_t begun = sq_clock_us();
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid ||
        getrusage(RUSAGE_CHILDREN, &use) != 0) {
        perror("peak");
        return 125;
    }
    FILE *out = fopen(argv[1], "w");
    if (!out) {
        perror(argv[1]);
        return 125;
    }
    fprintf(out, "%.3f %.3f %ld\n", (double)(sq_clock_us() - begun) / 1e6,
            seconds(use.ru_utime) + seconds(use.ru_stime),
            use.ru_maxrss); /* bytes on macOS */
    fclose(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
