#ifndef SQ_SANDBOX_WORKER_H
#define SQ_SANDBOX_WORKER_H
/*
 * One worker process and what is said with it; the pool is sandbox.c.
 *
 * Life cycle: start, then poll fd for what want() says and call talk; end kills
 * it and all that runs in it. The worker speaks lines: first
 * "ready VERSION", with " cgroup" behind it when programs are in their control
 * group, or "no PART: why", then for each request one "WORD WALL_MS CPU_MS
 * BYTES" and that many bytes.
 */
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "sandbox/sandbox.h"

enum sq_worker_state { SQ_WORKER_STARTING, SQ_WORKER_IDLE, SQ_WORKER_BUSY };

struct sq_worker {
    pid_t pid;
    int fd; /* a socket to it, non-blocking */
    enum sq_worker_state state;
    sq_str out; /* of the request, what is still to be sent; borrowed */
    struct sq_buf in;
    int64_t deadline_ms; /* when it counts as stuck */
};

/* argv: what to execute, NULL-terminated. */
enum sq_status sq_worker_start(struct sq_worker *w, char *const argv[],
                               struct sq_err *err) SQ_CHECKED;
/* Kills and reaps it; one that was never started is left alone. */
void sq_worker_end(struct sq_worker *w);

/* Begins a request; its bytes are borrowed until the answer is there. */
void sq_worker_ask(struct sq_worker *w, sq_str request, int64_t deadline_ms);

enum sq_worker_news {
    SQ_NEWS_NONE,
    SQ_NEWS_READY,   /* it can be asked; *text is its version */
    SQ_NEWS_REFUSED, /* it cannot start; *text is why */
    SQ_NEWS_RESULT,  /* *r is the answer; it is idle again */
    SQ_NEWS_GONE     /* it ended, or talked nonsense */
};
/* Sends and receives what can be without waiting. *text is borrowed until the
 * next call. */
enum sq_worker_news sq_worker_talk(struct sq_worker *w, sq_str *text,
                                   struct sq_program_result *r);

#endif
