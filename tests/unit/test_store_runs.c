/* Runs: resuming, owning, finding; two processes at one database. */
#include "store_fixture.h"
#include <ctype.h>
#include <signal.h>
#include <sys/wait.h>

static void finish(struct sq_store *s, const struct sq_run *run,
                   const char *status)
{
    struct sq_err err = {0};

    ok(sq_store_run_finish(s, run, status, &err), &err);
}

static void test_begin(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run run = begin_run(s, "p");
    char want[128];

    assert_false(run.resumed);
    assert_int_equal(strlen(run.id), 22);
    for (size_t i = 0; i < 22; i++) {
        if (i == 8 || i == 15)
            assert_int_equal(run.id[i], '-');
        else
            assert_true(i < 15 ? isdigit((unsigned char)run.id[i])
                               : isxdigit((unsigned char)run.id[i]) &&
                                     !isupper((unsigned char)run.id[i]));
    }
    snprintf(want, sizeof(want), "%s|running|-|m1||" SQ_VERSION "|{\"n\":1}|1",
             run.id);
    sql_is(f->path,
           "SELECT run_id, status, finished_at, model, judge, seqeval_version,"
           " settings_json, created_at LIKE '20__-__-__T__:__:__.___Z'"
           " FROM runs",
           want);
    finish(s, &run, "complete");
    sql_is(f->path, "SELECT status, finished_at >= created_at FROM runs",
           "complete|1");
    sq_store_close(s);
}

static void test_resumes_what_is_unfinished(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run first = begin_run(s, "p"), again, other;

    finish(s, &first, "interrupted");
    other = begin_run(s, "q");
    assert_false(other.resumed);
    again = begin_run(s, "p");
    assert_true(again.resumed);
    assert_int_equal(again.row, first.row);
    assert_string_equal(again.id, first.id);
    sql_is(f->path, "SELECT status, finished_at FROM run WHERE id = 1",
           "running|-");
    /* Its own store owns it: no second hand on the same run. */
    assert_int_not_equal(begin_run(s, "p").row, first.row);
    finish(s, &again, "incomplete");
    assert_int_equal(begin_run(s, "p").row, first.row);
    finish(s, &again, "complete");
    assert_int_not_equal(begin_run(s, "p").row, first.row);
    sq_store_close(s);
}

/* A child that owns a run of plan "p", says so with one byte, and waits. */
static pid_t child_with_run(const struct fixture *f, struct sq_run *run)
{
    int pipes[2];
    pid_t pid;

    assert_int_equal(pipe(pipes), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);

        *run = begin_run(s, "p");
        if (write(pipes[1], run, sizeof(*run)) != (ssize_t)sizeof(*run))
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(pipes[0], run, sizeof(*run)), sizeof(*run));
    close(pipes[0]);
    close(pipes[1]);
    return pid;
}

static void test_takeover_after_kill(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
    struct sq_run theirs, mine;
    pid_t pid = child_with_run(f, &theirs);

    mine = begin_run(s, "p");
    assert_false(mine.resumed);
    assert_int_not_equal(mine.row, theirs.row);
    finish(s, &mine, "complete");
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    mine = begin_run(s, "p");
    assert_true(mine.resumed);
    assert_string_equal(mine.id, theirs.id);
    sq_store_close(s);
}

/* ---- two writers ------------------------------------------------------- */

#define ROWS 200

/* Opens the database, which may not be there yet, and puts its rows: each in a
 * transaction of its own and one key in two the other's as well. */
static int write_rows(const char *path, int who)
{
    const struct sq_run_info info = {"p", "m", "", "{}", "{}"};
    struct sq_err err = {0};
    struct sq_store *s;
    struct sq_run run;
    enum sq_status st = sq_store_open(&s, path, SQ_STORE_WRITE, &err);
    int64_t row;

    if (st == SQ_OK)
        st = sq_store_run_begin(s, &info, &run, &err);
    for (int i = 0; st == SQ_OK && i < ROWS; i++) {
        struct sq_response r = {
            .stop = SQ_STOP_STOP, .text = sq_xstrdup("text"), .text_len = 4};
        char key[64];
        struct sq_store_origin origin = {key, "e", "u", "m", NULL};

        snprintf(key, sizeof(key), "%d-%d", i % 2 ? who : 0, i);
        st = sq_store_begin(s, &err);
        if (st == SQ_OK)
            st = sq_store_response_put(s, &origin, &r, &row, &err);
        sq_response_release(&r);
        if (st == SQ_OK && row == 0)
            return 2;
        if (st == SQ_OK)
            st = sq_store_commit(s, &err);
    }
    if (st == SQ_OK)
        st = sq_store_run_finish(s, &run, "complete", &err);
    sq_store_close(s);
    if (st != SQ_OK)
        fprintf(stderr, "# writer %d: %s\n", who, err.msg);
    return st == SQ_OK ? 0 : 1;
}

static void test_two_writers(void **state)
{
    struct fixture *f = *state;

    for (int round = 0; round < 5; round++) {
        pid_t pids[2];

        for (int i = 0; i < 2; i++) {
            pids[i] = fork();
            if (pids[i] == 0)
                _exit(write_rows(f->path, i + 1));
        }
        for (int i = 0; i < 2; i++) {
            int status = -1;

            assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
            assert_int_equal(status, 0);
        }
        sql_is(f->path, "SELECT count(*), count(DISTINCT key) FROM response",
               "300|300");
        sql_is(f->path, "SELECT count(*) FROM runs WHERE status = 'complete'",
               "2");
        assert_int_equal(unlink(f->path), 0);
    }
}

/* A commit stands although its process was killed right after it. */
static void test_commits_survive_kill(void **state)
{
    struct fixture *f = *state;
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        struct sq_response r = {.stop = SQ_STOP_STOP, .text = (char[]){"t"}};
        const struct sq_store_origin kept = {"kept", "e", "u", "m", NULL};
        const struct sq_store_origin lost = {"lost", "e", "u", "m", NULL};
        struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);
        struct sq_err err = {0};
        int64_t row;

        ok(sq_store_response_put(s, &kept, &r, &row, &err), &err);
        ok(sq_store_begin(s, &err), &err);
        ok(sq_store_response_put(s, &lost, &r, &row, &err), &err);
        kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    sql_is(f->path, "SELECT key FROM response", "kept");
}

/* ---- finding ----------------------------------------------------------- */

static void finds(struct sq_store *s, const char *ref, int64_t row)
{
    struct sq_err err = {0};
    struct sq_run run;

    ok(sq_store_run_find(s, sq_str_from(ref), &run, &err), &err);
    assert_int_equal(run.row, row);
    assert_int_equal(strlen(run.id), 22);
}

static void finds_not(struct sq_store *s, const char *ref, const char *text)
{
    struct sq_err err = {0};
    struct sq_run run;

    refused(sq_store_run_find(s, sq_str_from(ref), &run, &err), SQ_NOT_FOUND,
            &err, text);
}

static void test_find(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);

    finds_not(s, "latest", "no runs yet");
    finds_not(s, "latest:m1", "no runs yet");
    for (int i = 0; i < 7; i++)
        begin_run(s, "p");
    sql_run(f->path,
            "UPDATE run SET run_id = printf('20260101-000000-%06x', id * 16),"
            " model = iif(id = 3, 'm3', 'm1');"
            "UPDATE run SET run_id = '20260102-000000-aaaaaa' WHERE id = 2");
    finds(s, "latest", 7);
    finds(s, "latest:m1", 7);
    finds(s, "latest:m3", 3);
    finds(s, "20260101-000000-000050", 5);
    finds(s, "20260101-000000-00005", 5);
    finds(s, "20260102", 2);
    finds_not(s, "20260101",
              "'20260101' fits 6 runs; give more of the id: "
              "20260101-000000-000070, 20260101-000000-000060, "
              "20260101-000000-000050, 20260101-000000-000040, "
              "20260101-000000-000030, ...");
    finds_not(s, "2027",
              "no run '2027'; the newest are "
              "20260101-000000-000070, ");
    finds_not(s, "", "no run ''; the newest are");
    finds_not(s, "latest:m", "no run 'latest:m'; there are models m1, m3");
    finds_not(s, "%", "no run '%'");
    sq_store_close(s);
}

#define T(test)                                                                \
    cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_begin),
        T(test_resumes_what_is_unfinished),
        T(test_takeover_after_kill),
        T(test_two_writers),
        T(test_commits_survive_kill),
        T(test_find),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
