#ifndef SQ_STORE_DB_H
#define SQ_STORE_DB_H
/*
 * The one door to SQLite: connections and prepared statements, with our errors.
 * Private to src/store.
 *
 * A statement is taken with sq_db_query, bound, run or stepped, and given back;
 * it stays prepared for the next time. What preparing and binding do wrong is
 * remembered and told by the next step, so that one check is enough.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/str.h"

struct sq_db;
struct sq_stmt;

enum sq_db_mode {
    SQ_DB_READ, /* the file must be there; nothing is changed */
    SQ_DB_WRITE /* the file is made if need be */
};

/* Opens the file; foreign keys are on, a lock of another process is waited for
 * (10 s). READ works on files and in folders that may not be written; where
 * they may, SQLite's -wal and -shm stand beside the file while it is open, as
 * beside any database in use. */
enum sq_status sq_db_open(struct sq_db **out, const char *path,
                          enum sq_db_mode mode, struct sq_err *err) SQ_CHECKED;
void sq_db_close(struct sq_db *db);
/* As given to open; names the database in messages. */
const char *sq_db_path(const struct sq_db *db);
/* Switches the file to write-ahead logging, synchronous=NORMAL: a commit
 * survives the end of the process at any moment. */
enum sq_status sq_db_use_wal(struct sq_db *db, struct sq_err *err) SQ_CHECKED;

/* After each commit, with how many pages the write-ahead log now has; fn NULL:
 * no more. SQLite's own checkpoints end with it. */
void sq_db_on_commit(struct sq_db *db, void (*fn)(void *ctx, int pages),
                     void *ctx);
/* Moves what the log holds into the database, as far as nobody is in the way (a
 * passive checkpoint), which syncs both files. What fails, as on a full disk,
 * is there for the next time; nothing is lost. */
void sq_db_move_log(struct sq_db *db);
/* May two threads have a connection each? */
bool sq_db_threads(void);

/* Runs statements separated by semicolons. */
enum sq_status sq_db_exec(struct sq_db *db, const char *sql,
                          struct sq_err *err) SQ_CHECKED;
/* First column of the first row of a query, 0 when there is none. */
enum sq_status sq_db_int(struct sq_db *db, const char *sql, int64_t *out,
                         struct sq_err *err) SQ_CHECKED;
/* Rows that the last INSERT, UPDATE or DELETE touched. */
int64_t sq_db_changes(struct sq_db *db);
/* The row that the last INSERT made: cheaper than RETURNING, which keeps its
 * rows in a table of its own first. */
int64_t sq_db_last_row(struct sq_db *db);

/* A transaction that takes the write lock at once, so that two writers wait for
 * each other. Nested ones are one with the outermost. end commits when status
 * is OK and else undoes; it returns status or why it could not commit. Only the
 * outermost commits; after an inner one failed, it can only be undone. With
 * none open, end does nothing. */
enum sq_status sq_db_begin(struct sq_db *db, struct sq_err *err) SQ_CHECKED;
enum sq_status sq_db_end(struct sq_db *db, enum sq_status status,
                         struct sq_err *err) SQ_CHECKED;

/* The statement for sql, a string that lives as long as db does. Never NULL. */
struct sq_stmt *sq_db_query(struct sq_db *db, const char *sql);
void sq_stmt_release(struct sq_stmt *q);

/* Parameters are numbered from 1. Bytes must live until the statement has been
 * given back. The _opt forms bind NULL for an empty string, a negative number.
 */
void sq_stmt_bind_int(struct sq_stmt *q, int i, int64_t v);
void sq_stmt_bind_int_opt(struct sq_stmt *q, int i, int64_t v);
void sq_stmt_bind_num(struct sq_stmt *q, int i, double v); /* NaN is NULL */
void sq_stmt_bind_str(struct sq_stmt *q, int i, sq_str v);
void sq_stmt_bind_str_opt(struct sq_stmt *q, int i, sq_str v);
void sq_stmt_bind_cstr(struct sq_stmt *q, int i, const char *v);
void sq_stmt_bind_blob_opt(struct sq_stmt *q, int i, sq_str v);

/* The next row; *row false at the end. */
enum sq_status sq_stmt_next(struct sq_stmt *q, bool *row,
                            struct sq_err *err) SQ_CHECKED;
/* Runs it to its end and gives it back. */
enum sq_status sq_stmt_run(struct sq_stmt *q, struct sq_err *err) SQ_CHECKED;
/* Likewise; *out gets the first column of the first row and is left alone when
 * there is none. */
enum sq_status sq_stmt_run_int(struct sq_stmt *q, int64_t *out,
                               struct sq_err *err) SQ_CHECKED;

/* Columns of the row, numbered from 0; borrowed until the next step. */
int sq_stmt_ncols(const struct sq_stmt *q);
int64_t sq_stmt_int(struct sq_stmt *q, int col);
int64_t sq_stmt_int_opt(struct sq_stmt *q, int col); /* -1 for NULL */
double sq_stmt_num(struct sq_stmt *q, int col);
/* p is NULL for NULL, and only then; NUL-terminated otherwise. */
sq_str sq_stmt_str(struct sq_stmt *q, int col);

#endif
