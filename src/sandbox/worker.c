#include "sandbox/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define MAX_REPLY ((size_t)64 << 10)
#define MAX_FD 4096 /* as far as is looked for files to close */

/* An idle one ends by itself when nobody talks to it, and so hands up the CPU
 * time of what ran in it; for this long it may. */
#define LEAVE_MS 500

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* In the child: nothing of ours but the socket goes with it, and signals meant
 * for the terminal's group do not reach it. */
static void become(char *const argv[], int fd)
{
    char *const environment[] = {NULL};
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    for (int sig = 1; sig < 32; sig++)
        (void)signal(sig, SIG_DFL);
    (void)setsid();
    if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
        _exit(127);
    int null = open("/dev/null", O_WRONLY);
    if (null < 0 || dup2(null, STDERR_FILENO) < 0)
        _exit(127);
    for (int i = 3; i < MAX_FD; i++)
        (void)close(i);
    (void)execve(argv[0], argv, environment);
    _exit(127);
}

enum sq_status sq_worker_start(struct sq_worker *w, char *const argv[],
                               struct sq_err *err)
{
    int fd[2];
    *w = (struct sq_worker){.fd = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
        return sq_err_set(err, SQ_IO, "sandbox: socketpair: %s",
                          strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(fd[0]);
        become(argv, fd[1]);
    }
    (void)close(fd[1]);
    if (pid < 0) {
        (void)close(fd[0]);
        return sq_err_set(err, SQ_IO, "sandbox: fork: %s", strerror(errno));
    }
    (void)fcntl(fd[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(fd[0], F_SETFD, FD_CLOEXEC);
    *w = (struct sq_worker){.pid = pid, .fd = fd[0]};
    sq_buf_init(&w->in, MAX_REPLY);
    return SQ_OK;
}

void sq_worker_end(struct sq_worker *w)
{
    if (w->pid <= 0)
        return;
    (void)close(w->fd);
    int64_t until = sq_clock_ms() + (w->state == SQ_WORKER_IDLE ? LEAVE_MS : 0);
    pid_t gone = 0;
    while (gone == 0 && sq_clock_ms() < until) {
        gone = waitpid(w->pid, NULL, WNOHANG);
        if (gone == 0)
            sq_clock_sleep_ms(1);
    }
    if (gone == 0) {
        (void)kill(w->pid, SIGKILL);
        while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    sq_buf_release(&w->in);
    *w = (struct sq_worker){.fd = -1};
}

void sq_worker_ask(struct sq_worker *w, sq_str request, int64_t deadline_ms)
{
    w->out = request;
    w->deadline_ms = deadline_ms;
    w->state = SQ_WORKER_BUSY;
}

static bool send_some(struct sq_worker *w)
{
    while (w->out.n) {
        ssize_t n = send(w->fd, w->out.p, w->out.n, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        w->out = sq_str_sub(w->out, (size_t)n, w->out.n);
    }
    return true;
}

/* False when it is over. */
static bool receive_some(struct sq_worker *w)
{
    char part[8192];
    for (;;) {
        ssize_t n = recv(w->fd, part, sizeof part, 0);
        if (n > 0)
            sq_buf_add(&w->in, (sq_str){part, (size_t)n});
        else if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        if (n == 0 || w->in.over)
            return false;
    }
}

static enum sq_worker_news read_greeting(struct sq_worker *w, sq_str line,
                                         sq_str *text)
{
    if (sq_str_starts(line, SQ_STR("ready "))) {
        *text = sq_str_sub(line, 6, line.n);
        w->state = SQ_WORKER_IDLE;
        return SQ_NEWS_READY;
    }
    if (!sq_str_starts(line, SQ_STR("no ")))
        return SQ_NEWS_GONE;
    *text = sq_str_sub(line, 3, line.n);
    return SQ_NEWS_REFUSED;
}

static bool end_from_name(sq_str name, enum sq_program_end *end)
{
    for (int i = 0; i < SQ_PROGRAM_COUNT; i++)
        if (sq_str_eq(name, sq_str_from(
                                sq_program_end_name((enum sq_program_end)i)))) {
            *end = (enum sq_program_end)i;
            return true;
        }
    return false;
}

/* "WORD WALL_MS CPU_MS BYTES" and as many bytes behind the line. */
static enum sq_worker_news read_result(struct sq_worker *w, sq_str line,
                                       sq_str rest, struct sq_program_result *r)
{
    sq_str word, piece;
    long long number[3];
    sq_str_split(&line, ' ', &word);
    for (int i = 0; i < 3; i++)
        if (!sq_str_split(&line, ' ', &piece) ||
            !sq_str_to_int(piece, &number[i]) || number[i] < 0)
            return SQ_NEWS_GONE;
    if ((size_t)number[2] > rest.n)
        return SQ_NEWS_NONE;
    *r = (struct sq_program_result){.wall_s = (double)number[0] / 1000,
                                    .cpu_s = (double)number[1] / 1000};
    if ((size_t)number[2] != rest.n || !end_from_name(word, &r->end))
        return SQ_NEWS_GONE;
    size_t n = 0, at = 0;
    for (; at < rest.n && n + 5 < sizeof r->why; n++)
        r->why[n] = rest.p[at++];
    while (n > 0 && !sq_utf8_valid((sq_str){r->why, n}, NULL))
        n--;
    r->why[n] = '\0';
    sq_err_one_line(r->why);
    w->state = SQ_WORKER_IDLE;
    return SQ_NEWS_RESULT;
}

enum sq_worker_news sq_worker_talk(struct sq_worker *w, sq_str *text,
                                   struct sq_program_result *r)
{
    bool alive = send_some(w) && receive_some(w);
    sq_str all = sq_buf_str(&w->in);
    size_t end = sq_str_find(all, SQ_STR("\n"), 0);
    enum sq_worker_news news = SQ_NEWS_NONE;
    if (end != SIZE_MAX) {
        sq_str line = sq_str_sub(all, 0, end);
        if (w->state == SQ_WORKER_STARTING)
            news = read_greeting(w, line, text);
        else if (w->state == SQ_WORKER_BUSY)
            news = read_result(w, line, sq_str_sub(all, end + 1, all.n), r);
        else
            news = SQ_NEWS_GONE;
    }
    if (news == SQ_NEWS_NONE)
        return alive ? SQ_NEWS_NONE : SQ_NEWS_GONE;
    w->in.n = 0; /* the text stays where it is until more is received */
    return news;
}
