/*
 * Programs that try to get out of the sandbox, tests/sandbox/escapes.txt, each
 * a test of its own; and what must hold when they are all over. Everything is
 * skipped where the machine refuses namespaces.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "sandbox/sandbox.h"

#define MAX_TRIES 200
#define MAX_PIDS 256

struct attempt {
    sq_str program, name;
    enum sq_program_end want;
    double seconds;
    bool fails_outside; /* without a sandbox it would get what it wants */
    struct sq_program_result got;
    size_t times; /* it was delivered */
};

static struct attempt tries[MAX_TRIES];
static size_t ntries;
static sq_str prelude;
static char *text;
static char why_not[1024];
static long pids[MAX_PIDS];
static size_t npids;

static void on_done(void *ctx, void *tag, const struct sq_program_result *r)
{
    struct attempt *a = tag;
    (void)ctx;
    a->got = *r;
    a->times++;
}

static struct sq_sandbox *open_sandbox(size_t workers, bool unsafe)
{
    struct sq_sandbox *s = NULL;
    struct sq_err err = {0};
    struct sq_sandbox_config config = {
        .workers = workers, .unsafe = unsafe, .done = on_done};
    if (sq_sandbox_open(&s, &config, &err) != SQ_OK) {
        assert_int_equal(err.status, SQ_UNAVAILABLE);
        snprintf(why_not, sizeof why_not, "%s", err.msg);
    }
    return s;
}

/* A test's program with the first part before it. */
static void submit(struct sq_sandbox *s, struct attempt *a)
{
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_CONFIG);
    sq_buf_add(&b, prelude);
    for (sq_str rest = a->program; rest.n;) {
        size_t nul = sq_str_find(rest, SQ_STR("@NUL@"), 0);
        size_t bad = sq_str_find(rest, SQ_STR("@BAD@"), 0);
        size_t at = nul < bad ? nul : bad;
        if (at > rest.n)
            at = rest.n;
        sq_buf_add(&b, sq_str_sub(rest, 0, at));
        if (at < rest.n)
            sq_buf_addc(&b, at == nul ? '\0' : '\xff');
        rest = sq_str_sub(rest, at + 5, rest.n);
    }
    sq_sandbox_submit(s, sq_buf_str(&b), a->seconds, a);
    sq_buf_release(&b);
}

static void finish(struct sq_sandbox *s)
{
    struct sq_err err = {0};
    while (s->in_flight)
        assert_int_equal(sq_sandbox_step(s, 1000, &err), SQ_OK);
}

/* ---- the file --------------------------------------------------------------
 */

static void read_head(struct attempt *a, sq_str head)
{
    size_t colon = sq_str_find(head, SQ_STR(": "), 0);
    assert_true(colon != SIZE_MAX);
    a->name = sq_str_sub(head, colon + 2, head.n);
    sq_str rest = sq_str_sub(head, 0, colon), word, number;
    sq_str_split(&rest, ' ', &word);
    a->seconds = 60;
    if (sq_str_split(&rest, ' ', &number))
        assert_true(sq_str_to_num(number, &a->seconds));
    a->fails_outside = sq_str_ends(word, SQ_STR("*"));
    word.n -= a->fails_outside;
    int end = 0;
    while (end < SQ_PROGRAM_COUNT &&
           !sq_str_eq(word, sq_str_from(
                                sq_program_end_name((enum sq_program_end)end))))
        end++;
    assert_true(end < SQ_PROGRAM_COUNT);
    a->want = (enum sq_program_end)end;
}

static void read_file(void)
{
    const char *src = getenv("SEQEVAL_SRC");
    char *path = sq_path_join(src ? src : ".", "tests/sandbox/escapes.txt");
    struct sq_err err = {0};
    size_t n = 0;
    assert_int_equal(sq_path_read(path, 1 << 20, &text, &n, &err), SQ_OK);
    free(path);
    sq_str rest = {text, n}, line;
    sq_str *into = NULL;
    while (sq_str_line(&rest, &line)) {
        if (sq_str_eq(line, SQ_STR("--- prelude"))) {
            into = &prelude;
        } else if (sq_str_starts(line, SQ_STR("--- "))) {
            assert_true(ntries < MAX_TRIES);
            into = &tries[ntries].program;
            read_head(&tries[ntries++], sq_str_sub(line, 4, line.n));
        } else if (into) {
            if (!into->p)
                into->p = line.p;
            into->n = (size_t)(line.p + line.n - into->p) + 1;
            continue;
        }
        if (into)
            *into = (sq_str){0};
    }
}

/* ---- processes -------------------------------------------------------------
 */

static long parent_of(long pid)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return -1;
    size_t n = fread(line, 1, sizeof line - 1, f);
    fclose(f);
    line[n] = '\0';
    const char *end = strrchr(line, ')');
    return end && strlen(end) > 4 ? strtol(end + 4, NULL, 10) : -1;
}

/* Notes all processes below this one. */
static void note_descendants(void)
{
    DIR *d = opendir("/proc");
    npids = 0;
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        long pid = strtol(e->d_name, NULL, 10);
        for (long up = pid; up > 1 && npids < MAX_PIDS; up = parent_of(up))
            if (up == (long)getpid() && pid != up) {
                pids[npids++] = pid;
                break;
            }
    }
    closedir(d);
}

static void assert_all_gone(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    int64_t until = sq_clock_ms() + 20000;
    for (size_t i = 0; i < npids; i++)
        while (kill((pid_t)pids[i], 0) == 0) {
            assert_true(sq_clock_ms() < until);
            sq_clock_sleep_ms(5);
        }
}

/* ---- tests -----------------------------------------------------------------
 */

/* All attempts, two at a time, and then one more program, which must find
 * everything in order. */
static int run_all(void **state)
{
    (void)state;
    struct sq_sandbox *s = open_sandbox(2, false);
    if (!s)
        return 0;
    for (size_t i = 0; i < ntries; i++) {
        struct sq_err err = {0};
        while (s->full)
            assert_int_equal(sq_sandbox_step(s, 1000, &err), SQ_OK);
        submit(s, &tries[i]);
    }
    finish(s);
    note_descendants();
    sq_sandbox_close(s);
    return 0;
}

static void ends_as_it_must(void **state)
{
    struct attempt *a = *state;
    if (*why_not)
        skip();
    assert_int_equal(a->times, 1);
    if (a->got.end != a->want)
        fail_msg("%.*s: %s (%s), want %s", SQ_STR_ARG(a->name),
                 sq_program_end_name(a->got.end), a->got.why,
                 sq_program_end_name(a->want));
    /* by what it tried, not by a slip in the test */
    assert_null(strstr(a->got.why, "NameError"));
    assert_true(sq_utf8_valid(sq_str_from(a->got.why), NULL));
}

static void nothing_is_left(void **state)
{
    (void)state;
    if (*why_not)
        skip();
    /* two workers, each `sandbox` and its driver */
    assert_true(npids >= 4);
    assert_all_gone();
    assert_false(sq_path_exists("/var/tmp/seqeval-escaped"));
    assert_false(sq_path_exists("left"));
    assert_false(sq_path_exists("/tmp/left"));
}

/* Without the sandbox the same programs do get what they want. */
static void attempts_are_real(void **state)
{
    (void)state;
    if (*why_not)
        skip();
    struct sq_sandbox *s = open_sandbox(1, true);
    assert_non_null(s);
    assert_true(s->unsafe);
    size_t n = 0;
    for (size_t i = 0; i < ntries; i++) {
        if (!tries[i].fails_outside)
            continue;
        tries[i].times = 0;
        submit(s, &tries[i]);
        finish(s);
        n++;
        if (tries[i].got.end == SQ_PROGRAM_PASSED)
            fail_msg("%.*s is turned down without a sandbox, too",
                     SQ_STR_ARG(tries[i].name));
    }
    sq_sandbox_close(s);
    assert_true(n > 10);
}

static struct attempt *run_one(struct sq_sandbox *s, sq_str program,
                               double seconds)
{
    static struct attempt a;
    a = (struct attempt){0};
    sq_sandbox_submit(s, program, seconds, &a);
    finish(s);
    return &a;
}

/* A sleeper had no CPU, for all that is known because others had it: it gets
 * its second chance. A spinner had a core. */
static void the_late_run_again(void **state)
{
    (void)state;
    struct sq_sandbox *s = open_sandbox(1, false);
    if (!s)
        skip();
    struct attempt *a = run_one(s, SQ_STR("import time; time.sleep(60)"), 0.2);
    assert_int_equal(a->got.end, SQ_PROGRAM_TIMEOUT);
    assert_true(a->got.again);
    assert_true(a->got.wall_s >= 0.2);
    a = run_one(s, SQ_STR("import time; time.sleep(0.1)"), 30);
    assert_int_equal(a->got.end, SQ_PROGRAM_PASSED);
    assert_false(a->got.again);
    sq_sandbox_close(s);
}

static void large_programs_go_through(void **state)
{
    (void)state;
    struct sq_sandbox *s = open_sandbox(1, false);
    if (!s)
        skip();
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_CONFIG);
    sq_buf_adds(&b, "x = '''");
    for (size_t i = 0; i < 10 << 10; i++)
        for (int k = 0; k < 16; k++)
            sq_buf_adds(&b, "0123456789abcdef0123456789abcdef0123456789abcdef"
                            "0123456789abcdef");
    sq_buf_adds(&b, "'''\nassert len(x) == 10 << 20");
    struct attempt *a = run_one(s, sq_buf_str(&b), 30);
    sq_buf_release(&b);
    assert_string_equal(a->got.why, "");
    assert_int_equal(a->got.end, SQ_PROGRAM_PASSED);
    sq_sandbox_close(s);
}

/* A worker that is killed from outside takes no verdict with it. */
static void a_dead_worker_is_replaced(void **state)
{
    (void)state;
    struct sq_sandbox *s = open_sandbox(1, false);
    if (!s)
        skip();
    struct sq_err err = {0};
    static struct attempt a;
    a = (struct attempt){0};
    sq_sandbox_submit(s, SQ_STR("import time; time.sleep(0.3)"), 30, &a);
    assert_int_equal(sq_sandbox_step(s, 10, &err), SQ_OK);
    note_descendants();
    assert_true(npids >= 2);
    for (size_t i = 0; i < npids; i++)
        (void)kill((pid_t)pids[i], SIGKILL);
    finish(s);
    assert_int_equal(a.got.end, SQ_PROGRAM_PASSED);
    assert_true(a.got.again);
    sq_sandbox_close(s);
    assert_all_gone();
}

/* What is killed takes its program along, also where no namespace does it. */
static void a_dead_worker_leaves_nothing(void **state)
{
    (void)state;
    struct sq_sandbox *s = open_sandbox(1, true);
    if (!s)
        skip();
    struct sq_err err = {0};
    static struct attempt a;
    a = (struct attempt){0};
    sq_sandbox_submit(s, SQ_STR("import time; time.sleep(60)"), 1, &a);
    while (note_descendants(), npids < 2)
        assert_int_equal(sq_sandbox_step(s, 10, &err), SQ_OK);
    for (size_t i = 0; i < npids; i++)
        if (parent_of(pids[i]) == (long)getpid())
            (void)kill((pid_t)pids[i], SIGKILL);
    finish(s);
    assert_int_equal(a.got.end, SQ_PROGRAM_TIMEOUT);
    sq_sandbox_close(s);
    assert_all_gone();
}

static void refusals_are_one_line(void **state)
{
    (void)state;
    struct sq_sandbox *s = NULL;
    struct sq_err err = {0};
    struct sq_sandbox_config config = {.helper = "/nowhere/sandbox",
                                       .done = on_done};
    assert_int_equal(sq_sandbox_open(&s, &config, &err), SQ_UNAVAILABLE);
    assert_null(s);
    assert_non_null(strstr(err.msg, "--unsafe-code"));
    config =
        (struct sq_sandbox_config){.python = "no-such-python", .done = on_done};
    assert_int_equal(sq_sandbox_open(&s, &config, &err), SQ_UNAVAILABLE);
    assert_non_null(strstr(err.msg, "no-such-python"));
    config.python = "true";
    assert_int_equal(sq_sandbox_open(&s, &config, &err), SQ_UNAVAILABLE);
}

int main(void)
{
    static const struct CMUnitTest fixed[] = {
        cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(attempts_are_real),
        cmocka_unit_test(the_late_run_again),
        cmocka_unit_test(large_programs_go_through),
        cmocka_unit_test(a_dead_worker_is_replaced),
        cmocka_unit_test(a_dead_worker_leaves_nothing),
        cmocka_unit_test(refusals_are_one_line),
    };
    enum { NFIXED = sizeof fixed / sizeof *fixed };
    static struct CMUnitTest tests[MAX_TRIES + NFIXED];
    static char names[MAX_TRIES][80];
    (void)signal(SIGPIPE, SIG_IGN);
    read_file();
    for (size_t i = 0; i < ntries; i++) {
        snprintf(names[i], sizeof names[i], "%.*s", SQ_STR_ARG(tries[i].name));
        for (char *c = names[i]; *c; c++)
            if (*c == ' ')
                *c = '_';
        tests[i] = (struct CMUnitTest){.name = names[i],
                                       .test_func = ends_as_it_must,
                                       .initial_state = &tries[i]};
    }
    memcpy(tests + ntries, fixed, sizeof fixed);
    int failed = _cmocka_run_group_tests("sandbox", tests, ntries + NFIXED,
                                         run_all, NULL);
    if (*why_not)
        fprintf(stderr, "skipped: %s\n", why_not);
    free(text);
    return failed;
}
