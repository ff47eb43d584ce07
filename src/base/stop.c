#include "base/stop.h"

#include <unistd.h>

#include "base/err.h"

volatile sig_atomic_t sq_stop;

enum { END_AT_ONCE = 3 };

/* The handler's own. */
static volatile sig_atomic_t at_once;

static void on_signal(int sig)
{
    static const char line[] = "seqeval: interrupted\n";
    (void)sig;
    if (++sq_stop < END_AT_ONCE && !at_once)
        return;
    ssize_t told = at_once ? write(STDERR_FILENO, line, sizeof line - 1) : 0;
    (void)told; /* perhaps nobody is there to read it */
    _exit(sq_status_exit(SQ_INTERRUPTED));
}

void sq_stop_at_once(bool on)
{
    at_once = on;
}

void sq_stop_install(void)
{
    struct sigaction a = {0};
    (void)sigemptyset(&a.sa_mask);
    (void)sigaddset(&a.sa_mask, SIGINT);
    (void)sigaddset(&a.sa_mask, SIGTERM);
    a.sa_handler = on_signal;
    a.sa_flags =
        SA_RESTART; /* waits (poll, nanosleep) are ended all the same */
    (void)sigaction(SIGINT, &a, NULL);
    (void)sigaction(SIGTERM, &a, NULL);
    a.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &a, NULL);
    (void)sigaction(SIGXFSZ, &a, NULL);
}
