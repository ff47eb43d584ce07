#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H
/* A folder for databases, and SQL of the tests' own over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/mem.h"
#include "store/db.h"
#include "store/store.h"

struct fixture {
    char dir[64];
    char path[128]; /* of a database that is not there yet */
};

static inline int fixture_setup(void **state)
{
    struct fixture *f = sq_xcalloc(1, sizeof(*f));

    snprintf(f->dir, sizeof(f->dir), "/tmp/sq-store-XXXXXX");
    if (!mkdtemp(f->dir))
        return -1;
    snprintf(f->path, sizeof(f->path), "%s/t.db", f->dir);
    *state = f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    int rc;

    snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
    rc = system(command);
    free(f);
    return rc;
}

static inline void ok(enum sq_status st, const struct sq_err *err)
{
    if (st != SQ_OK)
        fail_msg("%s: %s", sq_status_name(st), err->msg);
}

/* The call failed with this status and a message that has this in it. */
static inline void refused(enum sq_status st, enum sq_status want,
                           const struct sq_err *err, const char *text)
{
    if (st != want || !strstr(err->msg, text))
        fail_msg("want %s ...%s..., got %s %s", sq_status_name(want), text,
                 sq_status_name(st), err->msg);
}

static inline struct sq_store *open_store(const char *path,
                                          enum sq_store_mode mode)
{
    struct sq_err err = {0};
    struct sq_store *s;

    ok(sq_store_open(&s, path, mode, &err), &err);
    return s;
}

/* All of a query's values: columns joined by '|', rows by '\n', NULL as "-".
 * Yours. */
static inline char *sql(const char *path, const char *query)
{
    struct sq_err err = {0};
    struct sq_buf out;
    struct sq_stmt *q;
    struct sq_db *db;
    bool row;

    sq_buf_init(&out, SQ_MAX_REPORT);
    ok(sq_db_open(&db, path, SQ_DB_READ, &err), &err);
    q = sq_db_query(db, query);
    for (;;) {
        ok(sq_stmt_next(q, &row, &err), &err);
        if (!row)
            break;
        if (out.n)
            sq_buf_addc(&out, '\n');
        for (int i = 0; i < sq_stmt_ncols(q); i++) {
            sq_str v = sq_stmt_str(q, i);

            sq_buf_adds(&out, i ? "|" : "");
            sq_buf_add(&out, v.p ? v : SQ_STR("-"));
        }
    }
    sq_stmt_release(q);
    sq_db_close(db);
    return sq_buf_take(&out);
}

static inline void sql_is(const char *path, const char *query, const char *want)
{
    char *got = sql(path, query);

    assert_string_equal(got, want);
    free(got);
}

/* Writes behind the store's back. */
static inline void sql_run(const char *path, const char *statements)
{
    struct sq_err err = {0};
    struct sq_db *db;

    ok(sq_db_open(&db, path, SQ_DB_WRITE, &err), &err);
    ok(sq_db_exec(db, statements, &err), &err);
    sq_db_close(db);
}

static inline struct sq_run begin_run(struct sq_store *s, const char *plan)
{
    const struct sq_run_info info = {plan, "m1", "", "{\"n\":1}", "{}"};
    struct sq_err err = {0};
    struct sq_run run;

    ok(sq_store_run_begin(s, &info, &run, &err), &err);
    return run;
}

#endif
