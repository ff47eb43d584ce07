#ifndef SQ_ENGINE_POLLER_H
#define SQ_ENGINE_POLLER_H
/*
 * Which of many sockets can be read or written? Over poll: what it costs to
 * look through a thousand sockets is less than epoll's calls to watch and
 * forget one at every request (measured at 64, 256 and 1,000).
 */
#include <stddef.h>

#define SQ_POLL_IN 1
#define SQ_POLL_OUT 2
#define SQ_POLL_BAD 4 /* reported, not asked for: error or hang-up */

struct sq_poll_event {
    int fd;
    int ready; /* SQ_POLL_* */
};

/* Asks for room for n sockets and some files beside: raises the soft limit of
 * open files as far as the hard one lets it. */
void sq_poller_allow(size_t n);

struct sq_poller;

struct sq_poller *sq_poller_new(void);
void sq_poller_free(struct sq_poller *p);
/* Watches fd (0 or more) for want (SQ_POLL_IN, SQ_POLL_OUT or both) from now
 * on; 0 forgets it, and must be said before fd is closed. */
void sq_poller_set(struct sq_poller *p, int fd, int want);
/* Waits up to timeout_ms (-1 = for ever) and writes at most max events; the
 * number of them, 0 after the time or a signal, -1 with errno set. */
int sq_poller_wait(struct sq_poller *p, int timeout_ms,
                   struct sq_poll_event *events, size_t max);

#endif
