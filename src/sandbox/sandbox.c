#include "sandbox/sandbox.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/platform.h"
#include "sandbox/cgroup.h"
#include "sandbox/worker.h"

#define MAX_WORKERS 64
#define START_MS 60000 /* to be ready, on a busy machine */
#define GRACE_MS 10000 /* above a program's own time, likewise */
#define MAX_RESTARTS 5 /* of workers that fail one after another */
#define MAX_ALONE 32   /* that wait while others run */
#define PATIENCE 3     /* times its limit that a late program may go on */
#define MAX_PROGRAM ((size_t)256 << 20)

/* A program on its way. */
struct job {
    struct sq_buf request;
    double seconds;
    void *tag;
    bool again; /* to be run alone, the second time */
    struct job *next;
};

struct line {
    struct job *first, **end;
};

struct seat {
    struct sq_cgroup group; /* for its programs; path NULL: there is none */
    struct sq_worker worker;
    struct job *job; /* what it runs */
};

struct pool {
    struct sq_sandbox pub;
    struct sq_sandbox_config config;
    char *helper, *python;
    struct seat *seats;
    size_t nseats, nwaiting, nalone, running;
    bool lonely; /* the one that runs is to be alone */
    struct line waiting, alone;
    size_t restarts;
};

static struct pool *pool_of(struct sq_sandbox *s)
{
    return (struct pool *)s;
}

static void put(struct line *l, struct job *job)
{
    job->next = NULL;
    *l->end = job;
    l->end = &job->next;
}

static struct job *take(struct line *l)
{
    struct job *job = l->first;
    if (!job)
        return NULL;
    l->first = job->next;
    if (!l->first)
        l->end = &l->first;
    return job;
}

static void free_job(struct job *job)
{
    if (!job)
        return;
    sq_buf_release(&job->request);
    free(job);
}

static enum sq_status start(struct pool *p, struct seat *seat,
                            struct sq_err *err)
{
    char how[] = "confined", not_at_all[] = "unsafe";
    char *const argv[] = {p->helper, p->config.unsafe ? not_at_all : how,
                          p->python, seat->group.path, NULL};
    enum sq_status st = sq_worker_start(&seat->worker, argv, err);
    seat->worker.deadline_ms = sq_clock_ms() + START_MS;
    return st;
}

static void deliver(struct pool *p, struct job *job,
                    struct sq_program_result *r)
{
    r->again = job->again;
    p->pub.in_flight--;
    p->config.done(p->config.ctx, job->tag, r);
    free_job(job);
}

static void request(struct job *job, sq_str program, int patience)
{
    long long ms = (long long)(job->seconds * 1000);
    sq_buf_init(&job->request, MAX_PROGRAM);
    sq_buf_addf(&job->request, "run %lld %lld %zu\n", ms, ms * patience,
                program.n);
    sq_buf_add(&job->request, program);
}

/* A second time, with nothing beside it. */
static void run_again(struct pool *p, struct job *job)
{
    struct sq_buf first = job->request;
    sq_str program = sq_buf_str(&first), line;
    sq_str_line(&program, &line);
    request(job, program, 1);
    sq_buf_release(&first);
    job->again = true;
    put(&p->alone, job);
    p->nalone++;
}

static void on_result(struct pool *p, struct seat *seat,
                      struct sq_program_result *r)
{
    struct job *job = seat->job;
    seat->job = NULL;
    p->running--;
    p->restarts = 0;
    p->lonely = false;
    bool shared = r->end == SQ_PROGRAM_TIMEOUT &&
                  r->cpu_s * 100 < SQ_SANDBOX_OWN_CPU * job->seconds;
    if (shared && !job->again)
        run_again(p, job);
    else
        deliver(p, job, r);
}

/* A worker is gone or stuck: its program gets another try, then none. */
static enum sq_status replace(struct pool *p, struct seat *seat,
                              struct sq_err *err)
{
    struct job *job = seat->job;
    seat->job = NULL;
    sq_worker_end(&seat->worker);
    if (job) {
        p->running--;
        p->lonely = false;
        struct sq_program_result lost = {.end = SQ_PROGRAM_LOST,
                                         .why = "the sandbox's worker ended"};
        if (job->again)
            deliver(p, job, &lost);
        else
            run_again(p, job);
    }
    if (++p->restarts > MAX_RESTARTS)
        return sq_err_set(err, SQ_UNAVAILABLE,
                          "the sandbox's workers keep failing; `seqeval "
                          "doctor` says what this machine can do");
    return start(p, seat, err);
}

/* What a free worker gets next; NULL = nothing now. Those that are to run alone
 * do so when nothing else is left, or when they have become many. */
static struct job *next_job(struct pool *p)
{
    bool alone = p->alone.first && (!p->nwaiting || p->nalone >= MAX_ALONE);
    if (p->lonely || (alone && p->running))
        return NULL;
    if (alone) {
        p->lonely = true;
        p->nalone--;
        return take(&p->alone);
    }
    struct job *job = take(&p->waiting);
    p->nwaiting -= job != NULL;
    return job;
}

static void assign(struct pool *p)
{
    int64_t now = sq_clock_ms();
    for (size_t i = 0; i < p->nseats; i++) {
        struct seat *seat = &p->seats[i];
        if (seat->worker.state != SQ_WORKER_IDLE || seat->job)
            continue;
        struct job *job = next_job(p);
        if (!job)
            break;
        seat->job = job;
        p->running++;
        sq_worker_ask(&seat->worker, sq_buf_str(&job->request),
                      now + (int64_t)(job->seconds * 1000 * PATIENCE) +
                          GRACE_MS);
    }
    p->pub.full = p->nwaiting >= 2 * p->nseats;
}

static enum sq_status refused(const struct pool *p, sq_str why,
                              struct sq_err *err)
{
    return sq_err_set(err, SQ_UNAVAILABLE, "no sandbox on this machine: %.*s%s",
                      SQ_STR_ARG(why),
                      p->config.unsafe ? ""
                                       : " (`seqeval doctor` says more; "
                                         "--unsafe-code runs programs without "
                                         "one)");
}

static enum sq_status listen_to(struct pool *p, struct seat *seat,
                                struct sq_err *err)
{
    sq_str text = {0};
    struct sq_program_result r;
    switch (sq_worker_talk(&seat->worker, &text, &r)) {
    case SQ_NEWS_READY:
        p->pub.cgroup = sq_str_ends(text, SQ_STR(" cgroup"));
        if (p->pub.cgroup)
            text.n -= strlen(" cgroup");
        if (text.n < sizeof p->pub.python) {
            memcpy(p->pub.python, text.p, text.n);
            p->pub.python[text.n] = '\0';
        }
        return SQ_OK;
    case SQ_NEWS_REFUSED:
        return refused(p, text, err);
    case SQ_NEWS_RESULT:
        on_result(p, seat, &r);
        return SQ_OK;
    case SQ_NEWS_GONE:
        if (!*p->pub.python)
            return refused(p, SQ_STR("its worker ended at once"), err);
        return replace(p, seat, err);
    default:
        return SQ_OK;
    }
}

/* Waits for any worker to say something. */
static enum sq_status listen(struct pool *p, int wait_ms, struct sq_err *err)
{
    struct pollfd fds[MAX_WORKERS];
    for (size_t i = 0; i < p->nseats; i++) {
        const struct sq_worker *w = &p->seats[i].worker;
        fds[i] = (struct pollfd){
            w->fd, (short)(w->out.n ? POLLIN | POLLOUT : POLLIN), 0};
    }
    if (poll(fds, (nfds_t)p->nseats, wait_ms) < 0)
        return SQ_OK;
    enum sq_status st = SQ_OK;
    int64_t now = sq_clock_ms();
    for (size_t i = 0; i < p->nseats && st == SQ_OK; i++) {
        struct seat *seat = &p->seats[i];
        bool waits = seat->job || seat->worker.state == SQ_WORKER_STARTING;
        if (fds[i].revents)
            st = listen_to(p, seat, err);
        else if (waits && now > seat->worker.deadline_ms)
            st = replace(p, seat, err);
    }
    return st;
}

enum sq_status sq_sandbox_step(struct sq_sandbox *sandbox, int wait_ms,
                               struct sq_err *err)
{
    struct pool *p = pool_of(sandbox);
    assign(p);
    enum sq_status st = listen(p, wait_ms, err);
    assign(p);
    return st;
}

void sq_sandbox_submit(struct sq_sandbox *sandbox, sq_str program,
                       double seconds, void *tag)
{
    struct pool *p = pool_of(sandbox);
    struct job *job = sq_xcalloc(1, sizeof *job);
    job->seconds = seconds;
    job->tag = tag;
    request(job, program, PATIENCE);
    put(&p->waiting, job);
    p->nwaiting++;
    p->pub.in_flight++;
    assign(p);
}

/* For all workers or for none: they are to be alike. */
static void make_groups(struct pool *p)
{
    char *folder = NULL;
    struct sq_err why = {0};
    enum sq_status st = sq_cgroup_find("/proc/self", &folder, &why);
    if (st != SQ_OK)
        return;
    sq_cgroup_sweep(folder);
    for (size_t i = 0; i < p->nseats && st == SQ_OK; i++)
        st = sq_cgroup_make(&p->seats[i].group, folder, &why);
    for (size_t i = 0; i < p->nseats && st != SQ_OK; i++)
        sq_cgroup_remove(&p->seats[i].group);
    free(folder);
}

static enum sq_status begin(struct pool *p, struct sq_err *err)
{
    size_t cores = sq_platform_cores();
    p->nseats = p->config.workers ? p->config.workers : cores;
    if (p->nseats > MAX_WORKERS)
        p->nseats = MAX_WORKERS;
    p->helper =
        p->config.helper ? sq_xstrdup(p->config.helper) : sq_sandbox_helper();
    if (!p->helper || !sq_path_exists(p->helper))
        return refused(p, SQ_STR("this build has no part for it"), err);
    enum sq_status st = sq_sandbox_python(p->config.python, &p->python, err);
    p->seats = sq_xcalloc(p->nseats, sizeof *p->seats);
    if (st == SQ_OK && !p->config.unsafe)
        make_groups(p);
    for (size_t i = 0; i < p->nseats && st == SQ_OK; i++)
        st = start(p, &p->seats[i], err);
    while (st == SQ_OK && !*p->pub.python)
        st = listen(p, 1000, err);
    return st;
}

enum sq_status sq_sandbox_open(struct sq_sandbox **out,
                               const struct sq_sandbox_config *config,
                               struct sq_err *err)
{
    struct pool *p = sq_xcalloc(1, sizeof *p);
    p->config = *config;
    p->pub.unsafe = config->unsafe;
    p->waiting.end = &p->waiting.first;
    p->alone.end = &p->alone.first;
    enum sq_status st = begin(p, err);
    if (st == SQ_OK) {
        *out = &p->pub;
        return SQ_OK;
    }
    *out = NULL;
    sq_sandbox_close(&p->pub);
    return st;
}

void sq_sandbox_close(struct sq_sandbox *sandbox)
{
    if (!sandbox)
        return;
    struct pool *p = pool_of(sandbox);
    for (size_t i = 0; p->seats && i < p->nseats; i++) {
        free_job(p->seats[i].job);
        sq_worker_end(&p->seats[i].worker);
        sq_cgroup_remove(&p->seats[i].group);
    }
    for (struct job *job; (job = take(&p->waiting)) != NULL;)
        free_job(job);
    for (struct job *job; (job = take(&p->alone)) != NULL;)
        free_job(job);
    free(p->seats);
    free(p->helper);
    free(p->python);
    free(p);
}
