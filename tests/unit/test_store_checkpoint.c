/* The write-ahead log is moved while the writer goes on, and begins anew. */
#include "store_fixture.h"
#include <sys/resource.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "store/checkpoint.h"

#define PAGE 4096
#define WAIT_MS 30000

static void run_sql(struct sq_db *db, const char *sql)
{
    struct sq_err err = {0};

    ok(sq_db_exec(db, sql, &err), &err);
}

static struct sq_db *open_db(const char *path)
{
    struct sq_err err = {0};
    struct sq_db *db;

    ok(sq_db_open(&db, path, SQ_DB_WRITE, &err), &err);
    ok(sq_db_use_wal(db, &err), &err);
    run_sql(db, "CREATE TABLE t(x BLOB)");
    return db;
}

/* A commit of n pages. */
static void write_pages(struct sq_db *db, int n)
{
    char sql[96];

    snprintf(sql, sizeof(sql), "INSERT INTO t VALUES(zeroblob(%d))", n * PAGE);
    run_sql(db, sql);
}

static long long size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (long long)st.st_size : 0;
}

/* How often the log began anew: bytes 12 to 15 of its header
 * (sqlite.org/fileformat2.html, The Write-Ahead Log). */
static unsigned times_begun(const char *log)
{
    unsigned char head[16] = {0};
    FILE *f = fopen(log, "rb");

    assert_non_null(f);
    assert_int_equal(fread(head, 1, sizeof(head), f), sizeof(head));
    assert_int_equal(fclose(f), 0);
    return (unsigned)head[12] << 24 | (unsigned)head[13] << 16 |
           (unsigned)head[14] << 8 | head[15];
}

static void test_moves_beside_the_writer(void **state)
{
    struct fixture *f = *state;
    char log[136];
    struct sq_db *db = open_db(f->path);

    snprintf(log, sizeof(log), "%s-wal", f->path);
    struct sq_checkpoint *c = sq_checkpoint_begin(db);
    assert_non_null(c);

    /* Nobody but the thread grows the file while the writer only waits. */
    for (int i = 0; i < 5; i++)
        write_pages(db, 1000);
    for (int ms = 0; size_of(f->path) < 4000LL * PAGE && ms < WAIT_MS; ms += 5)
        sq_clock_sleep_ms(5);
    assert_true(size_of(f->path) >= 4000LL * PAGE);

    /* Small commits go on: the log must begin anew by itself. */
    unsigned begun = times_begun(log);
    long long length = size_of(log);
    for (int ms = 0; times_begun(log) == begun && ms < WAIT_MS; ms += 5) {
        write_pages(db, 1);
        sq_clock_sleep_ms(5);
    }
    assert_int_equal(times_begun(log), begun + 1);
    write_pages(db, 1000);
    assert_true(size_of(log) < length + 1000LL * PAGE);

    sq_checkpoint_end(c);
    sq_db_close(db);
    sql_is(f->path, "PRAGMA integrity_check", "ok");
}

/* The thread gets no file for a connection of its own: the commits do it. */
static void test_without_a_second_connection(void **state)
{
    struct fixture *f = *state;
    struct rlimit before, none;
    struct sq_db *db = open_db(f->path);

    struct sq_checkpoint *c = sq_checkpoint_begin(db);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    for (int i = 0; i < 5; i++)
        write_pages(db, 1000);
    for (int ms = 0; size_of(f->path) < 4000LL * PAGE && ms < WAIT_MS;
         ms += 5) {
        write_pages(db, 1);
        sq_clock_sleep_ms(5);
    }
    assert_true(size_of(f->path) >= 4000LL * PAGE);
    sq_checkpoint_end(c);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    sq_db_close(db);
    sql_is(f->path, "PRAGMA integrity_check", "ok");
}

/* A few rows need no thread, and ending without one is no fault. */
static void test_short_log(void **state)
{
    struct fixture *f = *state;
    struct sq_db *db = open_db(f->path);

    struct sq_checkpoint *c = sq_checkpoint_begin(db);
    write_pages(db, 10);
    assert_true(size_of(f->path) < 10LL * PAGE);
    sq_checkpoint_end(c);
    sq_db_close(db);
    sql_is(f->path, "SELECT length(x) FROM t", "40960");
    sq_checkpoint_end(NULL);
}

#define T(test)                                                                \
    cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_moves_beside_the_writer),
        T(test_without_a_second_connection),
        T(test_short_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
