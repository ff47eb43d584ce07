/* Opening, refusing, migrating; a disk that is full or may not be written. */
#include "store_fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "store/schema.h"

static enum sq_status try_open(const char *path, enum sq_store_mode mode,
                               struct sq_err *err)
{
    struct sq_store *s;
    enum sq_status st = sq_store_open(&s, path, mode, err);

    sq_store_close(s);
    return st;
}

static void write_file(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static bool exists(const char *dir, const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return access(path, F_OK) == 0;
}

static void test_makes_folders(void **state)
{
    struct fixture *f = *state;
    char path[128];

    snprintf(path, sizeof(path), "%s/a/b/t 50%%?#.db", f->dir);
    sq_store_close(open_store(path, SQ_STORE_WRITE));
    assert_int_equal(access(path, F_OK), 0);
    sq_store_close(open_store(path, SQ_STORE_WRITE));
    sq_store_close(open_store(path, SQ_STORE_READ));
    sql_is(path, "PRAGMA journal_mode", "wal");
    sql_is(path, "PRAGMA user_version", "1");
    sql_is(path, "PRAGMA application_id", "1936811382");
    sql_is(path, "PRAGMA integrity_check", "ok");
    sql_is(path, "SELECT count(*) FROM pragma_foreign_key_check", "0");
}

static void test_reading_makes_nothing(void **state)
{
    struct fixture *f = *state;
    struct sq_err err = {0};

    refused(try_open(f->path, SQ_STORE_READ, &err), SQ_INPUT, &err,
            "no database here");
    assert_false(exists(f->dir, "t.db"));
    write_file(f->path, "", 0);
    refused(try_open(f->path, SQ_STORE_READ, &err), SQ_INPUT, &err,
            "empty file");
    sq_store_close(open_store(f->path, SQ_STORE_WRITE));
    sq_store_close(open_store(f->path, SQ_STORE_READ));
    assert_false(exists(f->dir, "t.db-wal"));
    assert_false(exists(f->dir, "t.db-shm"));
    assert_false(exists(f->dir, "t.db-lock"));
}

static void test_reading_writes_nothing(void **state)
{
    struct fixture *f = *state;
    const struct sq_run_info info = {"p", "m", "", "{}", "{}"};
    struct sq_err err = {0};
    struct sq_store *s;
    struct sq_run run;

    sq_store_close(open_store(f->path, SQ_STORE_WRITE));
    s = open_store(f->path, SQ_STORE_READ);
    assert_int_not_equal(sq_store_run_begin(s, &info, &run, &err), SQ_OK);
    sq_store_close(s);
    sql_is(f->path, "SELECT count(*) FROM runs", "0");
}

static void test_refuses_garbage(void **state)
{
    struct fixture *f = *state;
    struct sq_err err = {0};
    char bytes[4096];

    memset(bytes, 'x', sizeof(bytes));
    write_file(f->path, bytes, sizeof(bytes));
    refused(try_open(f->path, SQ_STORE_WRITE, &err), SQ_INPUT, &err,
            "not a seqeval database");
    refused(try_open(f->path, SQ_STORE_READ, &err), SQ_INPUT, &err,
            "not a seqeval database");
    refused(try_open(f->dir, SQ_STORE_WRITE, &err), SQ_INPUT, &err,
            "not a file");
}

static void test_refuses_other_programs(void **state)
{
    struct fixture *f = *state;
    struct sq_err err = {0};

    sql_run(f->path, "CREATE TABLE theirs(a)");
    refused(try_open(f->path, SQ_STORE_WRITE, &err), SQ_INPUT, &err,
            "another program");
    sql_run(f->path, "PRAGMA application_id=77; PRAGMA user_version=1");
    refused(try_open(f->path, SQ_STORE_WRITE, &err), SQ_INPUT, &err,
            "another program");
    refused(try_open(f->path, SQ_STORE_READ, &err), SQ_INPUT, &err,
            "another program");
    sql_is(f->path, "PRAGMA journal_mode", "delete");
    sql_is(f->path, "SELECT group_concat(name) FROM sqlite_schema", "theirs");
}

static void test_refuses_newer(void **state)
{
    struct fixture *f = *state;
    struct sq_err err = {0};

    sq_store_close(open_store(f->path, SQ_STORE_WRITE));
    sql_run(f->path, "PRAGMA user_version=2");
    refused(try_open(f->path, SQ_STORE_WRITE, &err), SQ_INPUT, &err,
            "newer seqeval (schema 2, this one knows 1)");
    refused(try_open(f->path, SQ_STORE_READ, &err), SQ_INPUT, &err, "newer");
}

/* ---- migrations -------------------------------------------------------- */

static const char *const make_a[] = {"CREATE TABLE a(x)",
                                     "INSERT INTO a VALUES(1)", NULL};
static const char *const make_b[] = {"CREATE TABLE b(x)",
                                     "INSERT INTO b SELECT x + 1 FROM a", NULL};
static const char *const broken[] = {"CREATE TABLE c(x)", "no SQL", NULL};
static const char *const *const steps[] = {make_a, make_b};
static const char *const *const bad_steps[] = {make_a, make_b, broken};

static void test_migrates_from_every_version(void **state)
{
    struct fixture *f = *state;
    struct sq_err err = {0};

    for (size_t from = 0; from <= 2; from++) {
        struct sq_db *db;

        unlink(f->path);
        ok(sq_db_open(&db, f->path, SQ_DB_WRITE, &err), &err);
        ok(sq_schema_migrate(db, steps, from, &err), &err);
        assert_int_equal(sq_schema_check(db, 2, &err),
                         from < 2 ? SQ_INPUT : SQ_OK);
        ok(sq_schema_migrate(db, steps, 2, &err), &err);
        ok(sq_schema_check(db, 2, &err), &err);
        refused(sq_schema_check(db, 3, &err), SQ_INPUT, &err, "older seqeval");
        sq_db_close(db);
        sql_is(f->path, "SELECT a.x, b.x FROM a, b", "1|2");
        sql_is(f->path, "PRAGMA user_version", "2");
    }
}

static void test_failed_migration_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct sq_err err = {0};
    struct sq_db *db;

    ok(sq_db_open(&db, f->path, SQ_DB_WRITE, &err), &err);
    assert_int_not_equal(sq_schema_migrate(db, bad_steps, 3, &err), SQ_OK);
    sq_db_close(db);
    sql_is(f->path, "SELECT group_concat(name) FROM sqlite_schema", "a,b");
    sql_is(f->path, "PRAGMA user_version", "2");
}

/* ---- as another user, in a child --------------------------------------- */

/* Runs fn in a child that root's rights do not help; its result. */
static int in_child(int (*fn)(const struct fixture *f), const struct fixture *f)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(99);
        _exit(fn(f));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int child_reads(const struct fixture *f)
{
    struct sq_err err = {0};
    struct sq_store *s;
    struct sq_run run;

    if (sq_store_open(&s, f->path, SQ_STORE_READ, &err) != SQ_OK ||
        sq_store_run_find(s, SQ_STR("latest"), &run, &err) != SQ_OK)
        return 1;
    sq_store_close(s);
    return 0;
}

static int child_cannot_write(const struct fixture *f)
{
    struct sq_err err = {0};

    return try_open(f->path, SQ_STORE_WRITE, &err) == SQ_INPUT &&
                   strstr(err.msg, f->path)
               ? 0
               : 1;
}

static void test_read_only(void **state)
{
    struct fixture *f = *state;
    struct sq_store *s = open_store(f->path, SQ_STORE_WRITE);

    begin_run(s, "p");
    /* A folder where others may read a database that is in use: the run is
     * still in the log. */
    assert_int_equal(chmod(f->path, 0644), 0);
    assert_int_equal(chmod(f->dir, 0755), 0);
    assert_int_equal(in_child(child_reads, f), 0);
    sq_store_close(s);
    assert_false(exists(f->dir, "t.db-wal"));
    assert_int_equal(in_child(child_reads, f), 0);
    assert_int_equal(in_child(child_cannot_write, f), 0);
    assert_false(exists(f->dir, "t.db-wal"));
    /* The file may be written, its folder may not; and the other way round. */
    assert_int_equal(chmod(f->path, 0666), 0);
    assert_int_equal(chmod(f->dir, 0555), 0);
    assert_int_equal(in_child(child_reads, f), 0);
    assert_int_equal(in_child(child_cannot_write, f), 0);
    assert_int_equal(chmod(f->path, 0444), 0);
    assert_int_equal(chmod(f->dir, 0777), 0);
    assert_int_equal(in_child(child_reads, f), 0);
    assert_int_equal(in_child(child_cannot_write, f), 0);
    /* No right to look into it at all. */
    assert_int_equal(chmod(f->path, 0), 0);
    assert_int_equal(in_child(child_reads, f), 1);
}

/* ---- a full disk ------------------------------------------------------- */

/* Puts responses until one fails; says how many were kept in a file. */
static int child_fills_disk(const struct fixture *f)
{
    const struct rlimit limit = {400000, 400000};
    static char text[3000];
    struct sq_response r = {.stop = SQ_STOP_STOP, .text = text};
    struct sq_err err = {0};
    struct sq_store *s;
    char key[32], told[256];
    int64_t row;
    int n = 0, fd;

    memset(text, 'a', sizeof(text) - 1);
    r.text_len = sizeof(text) - 1;
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
        sq_store_open(&s, f->path, SQ_STORE_WRITE, &err) != SQ_OK)
        return 1;
    for (; n < 10000; n++) {
        struct sq_store_origin origin = {key, "e", "u", "m", NULL};

        snprintf(key, sizeof(key), "k%d", n);
        if (sq_store_response_put(s, &origin, &r, &row, &err) != SQ_OK)
            break;
    }
    sq_store_close(s);
    snprintf(told, sizeof(told), "%s/told", f->dir);
    fd = open(told, O_WRONLY | O_CREAT, 0666);
    snprintf(told, sizeof(told), "%d", n);
    if (write(fd, told, strlen(told)) < 1)
        return 2;
    close(fd);
    return err.status == SQ_STORE && strstr(err.msg, f->path) &&
                   strstr(err.msg, "what was stored so far is safe; free space "
                                   "and run again")
               ? 0
               : 3;
}

static void test_full_disk(void **state)
{
    struct fixture *f = *state;
    char told[128] = "", path[128];
    FILE *file;

    assert_int_equal(chmod(f->dir, 0777), 0);
    assert_int_equal(in_child(child_fills_disk, f), 0);
    snprintf(path, sizeof(path), "%s/told", f->dir);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(told, sizeof(told), file));
    fclose(file);
    assert_true(strcmp(told, "0") != 0 && strcmp(told, "10000") != 0);
    sql_is(f->path, "SELECT count(*) FROM response", told);
    sql_is(f->path, "PRAGMA integrity_check", "ok");
}

#define T(test)                                                                \
    cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_makes_folders),
        T(test_reading_makes_nothing),
        T(test_reading_writes_nothing),
        T(test_refuses_garbage),
        T(test_refuses_other_programs),
        T(test_refuses_newer),
        T(test_migrates_from_every_version),
        T(test_failed_migration_changes_nothing),
        T(test_read_only),
        T(test_full_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
