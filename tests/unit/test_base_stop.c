/* What a signal does: counted, or the end of the process where that was asked
 * for. Each case is a process of its own. */
#include "base/stop.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs it in a child; its exit status, and what it wrote to stderr. */
static int status_of(void (*run)(void), char *said, size_t room)
{
    int fd[2], status = 0;
    assert_int_equal(pipe(fd), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(fd[1], STDERR_FILENO);
        sq_stop_install();
        run();
        _exit(sq_stop);
    }
    (void)close(fd[1]);
    ssize_t n = read(fd[0], said, room - 1);
    said[n > 0 ? n : 0] = '\0';
    (void)close(fd[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void twice(void)
{
    (void)raise(SIGINT);
    (void)raise(SIGTERM);
}

static void thrice(void)
{
    twice();
    (void)raise(SIGINT);
}

static void at_once(void)
{
    sq_stop_at_once(true);
    (void)raise(SIGTERM);
}

static void no_more_at_once(void)
{
    sq_stop_at_once(true);
    sq_stop_at_once(false);
    (void)raise(SIGINT);
}

static void test_signals(void **state)
{
    char said[64];
    (void)state;
    assert_int_equal(status_of(twice, said, sizeof said), 2);
    assert_int_equal(status_of(thrice, said, sizeof said), 130);
    assert_string_equal(said, "");
    assert_int_equal(status_of(at_once, said, sizeof said), 130);
    assert_string_equal(said, "seqeval: interrupted\n");
    assert_int_equal(status_of(no_more_at_once, said, sizeof said), 1);
    assert_string_equal(said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_signals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
