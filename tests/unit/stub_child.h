#ifndef TESTS_UNIT_STUB_CHILD_H
#define TESTS_UNIT_STUB_CHILD_H
/* The stub server (tests/http) as a child of a test. */
#include <libgen.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct stub_child {
    pid_t pid;
    char base[64]; /* "http://127.0.0.1:PORT" */
};

/* Beside the tests' folder. */
static inline void stub_path(char *path, size_t size)
{
    char exe[1024];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    if (n < 0)
        n = 0;
    exe[n] = '\0';
    snprintf(path, size, "%s/../stub", dirname(exe));
}

/* args: NULL-terminated, at most ten. False when it did not start. */
static inline bool stub_start(struct stub_child *c, const char *const *args)
{
    char path[1100];
    char *argv[16] = {path, (char *)"--max-seconds", (char *)"60"};
    int out[2];
    int port = 0;
    size_t n = 3;
    posix_spawn_file_actions_t actions;
    stub_path(path, sizeof(path));
    for (size_t i = 0; args && args[i] && n < 15; i++)
        argv[n++] = (char *)args[i];
    setenv("no_proxy", "*", 1);
    signal(SIGPIPE, SIG_IGN);
    if (pipe(out) != 0)
        return false;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    extern char **environ;
    int rc = posix_spawn(&c->pid, path, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    char digits[16] = "";
    ssize_t got = rc == 0 ? read(out[0], digits, sizeof(digits) - 1) : 0;
    close(out[0]);
    if (got > 0)
        port = (int)strtol(digits, NULL, 10);
    snprintf(c->base, sizeof(c->base), "http://127.0.0.1:%d", port);
    return port > 0;
}

static inline void stub_stop(struct stub_child *c)
{
    kill(c->pid, SIGTERM);
    waitpid(c->pid, NULL, 0);
}

#endif
