/* Getting data files from folders and file: URLs, and verifying them. */
#include "pull_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"

static enum sq_status pull_mirror(struct seen *seen, struct sq_err *err)
{
    return pull("http://127.0.0.1:9/never", true, NULL, seen, err);
}

static void test_mirror(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    reset();
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_whole();
    assert_int_equal(seen.last, SIZE);
    assert_int_equal(seen.total, SIZE);
    /* what is right is left alone, even without a source */
    drop(MIRRORED);
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_int_equal(seen.calls, 0);
}

static void test_replaces_a_wrong_file(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    reset();
    put(FINAL, SQ_STR("something else"));
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_whole();
}

static void test_file_urls(void **state)
{
    static const struct {
        const char *before, *name;
        bool good;
    } cases[] = {{"file://", "/mirror/s/a%20b.jsonl", true},
                 {"file://localhost", "/mirror/s/a b.jsonl", true},
                 {"file://", "/mirror/s/%61%20b.jsonl", true},
                 {"file://elsewhere", "/mirror/s/a%20b.jsonl", false},
                 {"file://", "/mirror/s/a%2", false},
                 {"file://", "/mirror/s/a%zz", false},
                 {"file://", "/mirror/s/a%00", false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct seen seen = {0};
        struct sq_err err;
        char url[256];
        reset();
        (void)snprintf(url, sizeof url, "%s%s%s", cases[i].before, folder,
                       cases[i].name);
        enum sq_status st = pull(url, false, NULL, &seen, &err);
        assert_int_equal(st, cases[i].good ? SQ_OK : SQ_INPUT);
        if (cases[i].good)
            assert_whole();
        else
            assert_non_null(strstr(err.msg, "want file:///PATH"));
    }
}

/* What an earlier pull may have left, and how the next goes on. */
static void test_resume(void **state)
{
    static const struct {
        size_t good, bad; /* bytes of the part: right ones, then wrong ones */
        bool source;      /* there is one */
        long long first;  /* least bytes at the first report */
    } cases[] = {
        {0, 0, true, 1},
        {100000, 0, true, 100001},
        {SIZE - 1, 0, true, SIZE},
        {SIZE, 0, false, 0},      /* all is there already */
        {100, 50, true, 0},       /* of another version */
        {SIZE - 10, 10, true, 0}, /* likewise, as long as it should be */
        {SIZE, 1000, true, 0},    /* longer than it should be */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct seen seen = {0};
        struct sq_err err;
        struct sq_buf part;
        reset();
        sq_buf_init(&part, SQ_MAX_CONFIG);
        sq_buf_add(&part, sq_str_sub(whole, 0, cases[i].good));
        for (size_t k = 0; k < cases[i].bad; k++)
            sq_buf_addc(&part, '#');
        put(PART, sq_buf_str(&part));
        sq_buf_release(&part);
        if (!cases[i].source)
            drop(MIRRORED);
        enum sq_status st = pull_mirror(&seen, &err);
        if (st != SQ_OK)
            fail_msg("case %zu: %s", i, err.msg);
        assert_whole();
        assert_true(seen.first >= cases[i].first);
    }
}

static void test_wrong_sources(void **state)
{
    static const struct {
        size_t bytes; /* of the right content */
        const char *more;
        const char *want;
    } cases[] = {{SIZE, "x", "more than its 300000 bytes"},
                 {SIZE - 1, "", "is not the file that the suite wants"},
                 {SIZE - 1, "#", "is not the file that the suite wants"},
                 {0, "", "is not the file that the suite wants"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int resumed = 0; resumed < 2; resumed++) {
            struct seen seen = {0};
            struct sq_err err;
            struct sq_buf b;
            reset();
            if (resumed)
                put(PART, sq_str_sub(whole, 0, 5000));
            sq_buf_init(&b, SQ_MAX_CONFIG);
            sq_buf_add(&b, sq_str_sub(whole, 0, cases[i].bytes));
            sq_buf_adds(&b, cases[i].more);
            put(MIRRORED, sq_buf_str(&b));
            sq_buf_release(&b);
            assert_int_equal(pull_mirror(&seen, &err), SQ_INPUT);
            if (!strstr(err.msg, cases[i].want))
                fail_msg("case %zu: %s", i, err.msg);
            assert_false(there(FINAL));
            assert_false(there(PART));
        }
    }
}

static void test_no_source(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    reset();
    drop(MIRRORED);
    assert_int_equal(pull_mirror(&seen, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, MIRRORED));
    assert_false(there(PART));
    /* a folder is no file */
    put(MIRRORED "/x", SQ_STR("x"));
    assert_int_equal(pull_mirror(&seen, &err), SQ_INPUT);
    drop(MIRRORED "/x");
    drop(MIRRORED);
}

static void test_interrupted(void **state)
{
    (void)state;
    struct seen seen = {.stop_at = 100000};
    struct sq_err err;
    reset();
    assert_int_equal(pull_mirror(&seen, &err), SQ_INTERRUPTED);
    assert_false(there(FINAL));
    long long left = size_of(PART);
    assert_true(left >= 100000 && left < SIZE);
    seen.stop_at = 0;
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_true(seen.first > left);
    assert_whole();
}

/* ---- two processes ----------------------------------------------------- */

static void slow_progress(void *ctx, long long got, long long total)
{
    (void)got;
    (void)total;
    (void)ctx;
    sq_clock_sleep_ms(60);
}

/* A child that takes its time over the pull. */
static pid_t slow_pull(void)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct sq_data_file f = wanted("file:///none");
    struct sq_err err = {0};
    char *data = at("data"), *from = at("mirror");
    struct sq_pull how = {
        .data_dir = data, .mirror = from, .progress = slow_progress};
    enum sq_status st = sq_data_pull(&f, &how, &err);
    free(from);
    free(data);
    _exit(st == SQ_OK ? 0 : 1);
}

static void wait_for_part(void)
{
    for (int i = 0; i < 200 && !(there(PART) && size_of(PART) > 0); i++)
        sq_clock_sleep_ms(5);
    assert_true(there(PART));
}

static void test_two_pulls(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    int status = -1;
    reset();
    pid_t pid = slow_pull();
    assert_true(pid > 0);
    wait_for_part();
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_whole();
    assert_int_equal(seen.calls, 0); /* the other one brought it */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* The other process gives up and removes its empty part while we wait: ours
 * must not be written into a file without a name. */
static void test_other_gives_up(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    int status = -1;
    reset();
    put(PART, SQ_STR(""));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        char *path = at(PART);
        int fd = open(path, O_RDWR);
        if (fd < 0 || fcntl(fd, F_SETLK, &lock) != 0)
            _exit(1);
        put("data/s/locked", SQ_STR(""));
        sq_clock_sleep_ms(250);
        _exit(unlink(path) == 0 ? 0 : 1);
    }
    for (int i = 0; i < 200 && !there("data/s/locked"); i++)
        sq_clock_sleep_ms(5);
    drop("data/s/locked");
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_whole();
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void test_killed(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sq_err err;
    int status = 0;
    reset();
    pid_t pid = slow_pull();
    assert_true(pid > 0);
    wait_for_part();
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_false(there(FINAL));
    assert_int_equal(pull_mirror(&seen, &err), SQ_OK);
    assert_whole();
}

/* ---- verifying --------------------------------------------------------- */

static void test_verify(void **state)
{
    static const struct {
        size_t bytes;
        const char *more;
        enum sq_data_state want;
        const char *name;
    } cases[] = {{SIZE, "", SQ_DATA_OK, "ok"},
                 {SIZE, "x", SQ_DATA_WRONG_SIZE, "wrong size"},
                 {SIZE - 1, "x", SQ_DATA_WRONG_DIGEST, "wrong digest"},
                 {0, "", SQ_DATA_WRONG_SIZE, "wrong size"}};
    (void)state;
    struct sq_data_file f = wanted("file:///none");
    enum sq_data_state got;
    struct sq_err err = {0};
    char found[65], *data = at("data");
    reset();
    assert_int_equal(sq_data_verify(&f, data, &got, found, &err), SQ_OK);
    assert_int_equal(got, SQ_DATA_MISSING);
    assert_string_equal(sq_data_state_name(got), "missing");
    assert_string_equal(found, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sq_buf b;
        sq_buf_init(&b, SQ_MAX_CONFIG);
        sq_buf_add(&b, sq_str_sub(whole, 0, cases[i].bytes));
        sq_buf_adds(&b, cases[i].more);
        put(FINAL, sq_buf_str(&b));
        sq_buf_release(&b);
        assert_int_equal(sq_data_verify(&f, data, &got, found, &err), SQ_OK);
        assert_int_equal(got, cases[i].want);
        assert_string_equal(sq_data_state_name(got), cases[i].name);
        assert_int_equal(strcmp(found, sha256) == 0, got == SQ_DATA_OK);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_replaces_a_wrong_file),
        cmocka_unit_test(test_file_urls),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_wrong_sources),
        cmocka_unit_test(test_no_source),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_two_pulls),
        cmocka_unit_test(test_other_gives_up),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_verify),
    };
    return cmocka_run_group_tests(tests, make_content, remove_folder);
}
