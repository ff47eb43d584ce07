#include "engine/poller.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/mem.h"

void sq_poller_allow(size_t n)
{
    struct rlimit limit;
    rlim_t want = (rlim_t)n + 128;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= want)
        return;
    limit.rlim_cur = limit.rlim_max < want ? limit.rlim_max : want;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

struct sq_poller {
    struct pollfd *v;
    size_t n, cap;
    size_t *slot_of; /* by fd: place in v + 1, 0 = not watched */
    size_t nslots;
    size_t next; /* where the next wait begins to look, so all get a turn */
};

struct sq_poller *sq_poller_new(void)
{
    return sq_xcalloc(1, sizeof(struct sq_poller));
}

void sq_poller_free(struct sq_poller *p)
{
    if (!p)
        return;
    free(p->v);
    free(p->slot_of);
    free(p);
}

static size_t *slot_for(struct sq_poller *p, int fd)
{
    size_t i = (size_t)fd;
    if (i >= p->nslots) {
        size_t n = i + 64;
        p->slot_of = sq_xrealloc(p->slot_of, n, sizeof(p->slot_of[0]));
        for (size_t k = p->nslots; k < n; k++)
            p->slot_of[k] = 0;
        p->nslots = n;
    }
    return &p->slot_of[i];
}

static void forget(struct sq_poller *p, size_t *slot)
{
    if (*slot == 0)
        return;
    size_t i = *slot - 1;
    *slot = 0;
    p->n--;
    if (i < p->n) {
        p->v[i] = p->v[p->n];
        p->slot_of[p->v[i].fd] = i + 1;
    }
}

void sq_poller_set(struct sq_poller *p, int fd, int want)
{
    size_t *slot = slot_for(p, fd);
    if (want == 0) {
        forget(p, slot);
        return;
    }
    if (*slot == 0) {
        if (p->n == p->cap) {
            p->cap = p->cap ? 2 * p->cap : 64;
            p->v = sq_xrealloc(p->v, p->cap, sizeof(p->v[0]));
        }
        p->v[p->n].fd = fd;
        *slot = ++p->n;
    }
    struct pollfd *e = &p->v[*slot - 1];
    e->events = (short)((want & SQ_POLL_IN ? POLLIN : 0) |
                        (want & SQ_POLL_OUT ? POLLOUT : 0));
    e->revents = 0;
}

int sq_poller_wait(struct sq_poller *p, int timeout_ms,
                   struct sq_poll_event *events, size_t max)
{
    int left = poll(p->v, (nfds_t)p->n, timeout_ms);
    if (left < 0)
        return errno == EINTR ? 0 : -1;
    int n = 0;
    for (size_t k = 0; k < p->n && left > 0 && (size_t)n < max; k++) {
        size_t i = (p->next + k) % p->n;
        short got = p->v[i].revents;
        if (got == 0)
            continue;
        left--;
        events[n].fd = p->v[i].fd;
        events[n].ready =
            (got & POLLIN ? SQ_POLL_IN : 0) |
            (got & POLLOUT ? SQ_POLL_OUT : 0) |
            (got & (POLLERR | POLLHUP | POLLNVAL) ? SQ_POLL_BAD : 0);
        n++;
        if ((size_t)n == max)
            p->next = (i + 1) % p->n;
    }
    return n;
}
