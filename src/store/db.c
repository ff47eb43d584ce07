/* SQLite behind db.h. Knows nothing of what is stored. */
#include "store/db.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sqlite3.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#define BUSY_MS 10000

struct sq_stmt {
    struct sq_stmt *next;
    struct sq_db *db;
    const char *sql; /* told apart by address */
    sqlite3_stmt *st;
    int rc; /* the first thing that went wrong since it was taken */
    bool taken;
};

struct sq_db {
    sqlite3 *con;
    char *path;
    void (*committed)(void *ctx, int pages);
    void *committed_ctx;
    struct sq_stmt *stmts;
    int depth;   /* of nested transactions */
    bool failed; /* a nested one did: the outermost must be undone */
};

/* A write that failed is taken for a full disk: the system's own word for it
 * (EFBIG, EDQUOT, ENOSPC) does not always come through SQLite. */
static bool out_of_space(int rc, int e)
{
    if ((rc & 0xff) == SQLITE_FULL || rc == SQLITE_IOERR_WRITE ||
        rc == SQLITE_IOERR_SHMSIZE)
        return true;
    return ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN) &&
           (e == ENOSPC || e == EFBIG || e == EDQUOT);
}

static enum sq_status fail(const struct sq_db *db, int rc, struct sq_err *err)
{
    bool last = sqlite3_extended_errcode(db->con) == rc;
    const char *text = last ? sqlite3_errmsg(db->con) : sqlite3_errstr(rc);
    int e = sqlite3_system_errno(db->con);

    if (out_of_space(rc, e))
        return sq_err_set(err, SQ_STORE,
                          "%s: cannot write (%s); what was stored so far is "
                          "safe; free space and run again",
                          db->path, e ? strerror(e) : text);
    switch (rc & 0xff) {
    case SQLITE_NOTADB:
        return sq_err_set(err, SQ_INPUT,
                          "%s: not a seqeval database; name another file",
                          db->path);
    case SQLITE_CORRUPT:
        return sq_err_set(err, SQ_INPUT,
                          "%s: the database is damaged (%s); restore a copy "
                          "or name another file",
                          db->path, text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return sq_err_set(err, SQ_STORE,
                          "%s: another process has kept it locked for %d s; "
                          "run again when that is done",
                          db->path, BUSY_MS / 1000);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return sq_err_set(err, SQ_INPUT,
                          "%s: cannot be opened or written (%s); check the "
                          "rights of the file and its folder",
                          db->path, e ? strerror(e) : text);
    case SQLITE_IOERR:
        return sq_err_set(err, SQ_STORE,
                          "%s: reading or writing failed (%s); what was "
                          "stored so far is safe",
                          db->path, e ? strerror(e) : text);
    case SQLITE_CONSTRAINT:
    case SQLITE_RANGE:
    case SQLITE_MISUSE:
        return sq_err_set(err, SQ_INTERNAL, "%s: %s", db->path, text);
    default:
        return sq_err_set(err, SQ_STORE, "%s: %s", db->path, text);
    }
}

/* ---- connections ------------------------------------------------------- */

static bool beside_exists(const char *path, const char *suffix, bool any_size)
{
    struct sq_buf b;
    struct stat st;
    bool yes;

    sq_buf_init(&b, SQ_MAX_MESSAGE);
    sq_buf_adds(&b, path);
    sq_buf_adds(&b, suffix);
    yes = stat(b.p, &st) == 0 && (any_size || st.st_size > 0);
    sq_buf_release(&b);
    return yes;
}

static bool folder_writable(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash ? sq_str_dup((sq_str){path, (size_t)(slash - path) + 1})
                      : sq_xstrdup(".");
    bool yes = access(dir, W_OK | X_OK) == 0;

    free(dir);
    return yes;
}

/* The name for sqlite3_open_v2: as a URI, so that no path is special to it
 * (":memory:", "", "file:..."). */
static void add_uri(struct sq_buf *b, const char *path)
{
    sq_buf_adds(b, "file:");
    if (path[0] != '/')
        sq_buf_adds(b, "./");
    for (const char *p = path; *p; p++) {
        if (*p == '%' || *p == '?' || *p == '#')
            sq_buf_addf(b, "%%%02X", (unsigned)*p);
        else
            sq_buf_addc(b, *p);
    }
}

/* A reader takes part in the locking where it may make the files that this
 * needs. Where it may not and they are not there, nobody else is at work, and
 * the file is read as it stands. */
static int open_flags(const char *path, enum sq_db_mode mode,
                      struct sq_buf *uri)
{
    add_uri(uri, path);
    if (mode == SQ_DB_WRITE)
        return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (access(path, W_OK) == 0 && folder_writable(path))
        return SQLITE_OPEN_READWRITE;
    if (!beside_exists(path, "-shm", true) &&
        !beside_exists(path, "-wal", false))
        sq_buf_adds(uri, "?immutable=1");
    return SQLITE_OPEN_READONLY;
}

static enum sq_status check_file(const char *path, enum sq_db_mode mode,
                                 struct sq_err *err)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        if (mode == SQ_DB_WRITE && errno == ENOENT)
            return SQ_OK;
        return sq_err_set(err, SQ_INPUT,
                          "%s: no database here (%s); seqeval "
                          "run makes one",
                          path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode))
        return sq_err_set(err, SQ_INPUT, "%s: not a file; name a database",
                          path);
    if (mode == SQ_DB_WRITE && access(path, W_OK) != 0)
        return sq_err_set(err, SQ_INPUT,
                          "%s: the database may not be written (%s); change "
                          "its rights or name another file",
                          path, strerror(errno));
    return SQ_OK;
}

enum sq_status sq_db_open(struct sq_db **out, const char *path,
                          enum sq_db_mode mode, struct sq_err *err)
{
    static const char reading[] = "PRAGMA query_only=ON;"
                                  "PRAGMA mmap_size=16777216;";
    enum sq_status st = check_file(path, mode, err);
    struct sq_buf uri;
    struct sq_db *db;
    int rc;

    *out = NULL;
    if (st != SQ_OK)
        return st;
    db = sq_xcalloc(1, sizeof(*db));
    db->path = sq_xstrdup(path);
    sq_buf_init(&uri, SQ_MAX_PROMPT);
    rc = open_flags(path, mode, &uri);
    /* A connection is used by one thread, and nobody asks how much memory
     * SQLite has: no locks for either. Of no effect from the second time on. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    rc |= SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    rc = sqlite3_open_v2(uri.p, &db->con, rc, NULL);
    sq_buf_release(&uri);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(db->con, 1);
        sqlite3_busy_timeout(db->con, BUSY_MS);
        st = sq_db_exec(db, "PRAGMA foreign_keys=ON", err);
        if (st == SQ_OK && mode == SQ_DB_READ)
            st = sq_db_exec(db, reading, err);
    } else {
        st = fail(db, rc, err);
    }
    if (st != SQ_OK) {
        sq_db_close(db);
        return st;
    }
    *out = db;
    return SQ_OK;
}

void sq_db_close(struct sq_db *db)
{
    struct sq_stmt *q, *next;

    if (!db)
        return;
    for (q = db->stmts; q; q = next) {
        next = q->next;
        sqlite3_finalize(q->st);
        free(q);
    }
    sqlite3_close(db->con);
    free(db->path);
    free(db);
}

const char *sq_db_path(const struct sq_db *db)
{
    return db->path;
}

enum sq_status sq_db_use_wal(struct sq_db *db, struct sq_err *err)
{
    int64_t give_up = sq_clock_ms() + BUSY_MS;
    int rc;

    /* Two processes that make the same file at once can each be told "busy"
     * without having been made to wait. A file system that cannot share memory
     * keeps its rollback journal: slower, as safe. */
    for (;;) {
        rc = sqlite3_exec(db->con,
                          "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                          "PRAGMA cache_size=-8192",
                          NULL, NULL, NULL);
        if ((rc & 0xff) != SQLITE_BUSY || sq_clock_ms() >= give_up)
            break;
        sq_clock_sleep_ms(5);
    }
    return rc == SQLITE_OK ? SQ_OK : fail(db, rc, err);
}

static int committed(void *ctx, sqlite3 *con, const char *name, int pages)
{
    struct sq_db *db = ctx;

    (void)con;
    (void)name;
    db->committed(db->committed_ctx, pages);
    return SQLITE_OK;
}

void sq_db_on_commit(struct sq_db *db, void (*fn)(void *ctx, int pages),
                     void *ctx)
{
    db->committed = fn;
    db->committed_ctx = ctx;
    sqlite3_wal_hook(db->con, fn ? committed : NULL, db);
}

void sq_db_move_log(struct sq_db *db)
{
    (void)sqlite3_wal_checkpoint_v2(db->con, NULL, SQLITE_CHECKPOINT_PASSIVE,
                                    NULL, NULL);
}

bool sq_db_threads(void)
{
    return sqlite3_threadsafe() != 0;
}

enum sq_status sq_db_exec(struct sq_db *db, const char *sql, struct sq_err *err)
{
    int rc = sqlite3_exec(db->con, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? SQ_OK : fail(db, rc, err);
}

enum sq_status sq_db_int(struct sq_db *db, const char *sql, int64_t *out,
                         struct sq_err *err)
{
    *out = 0;
    return sq_stmt_run_int(sq_db_query(db, sql), out, err);
}

int64_t sq_db_changes(struct sq_db *db)
{
    return sqlite3_changes(db->con);
}

int64_t sq_db_last_row(struct sq_db *db)
{
    return sqlite3_last_insert_rowid(db->con);
}

/* ---- transactions ------------------------------------------------------ */

enum sq_status sq_db_begin(struct sq_db *db, struct sq_err *err)
{
    enum sq_status st;

    if (db->depth == 0) {
        st = sq_stmt_run(sq_db_query(db, "BEGIN IMMEDIATE"), err);
        if (st != SQ_OK)
            return st;
        db->failed = false;
    }
    db->depth++;
    return SQ_OK;
}

enum sq_status sq_db_end(struct sq_db *db, enum sq_status status,
                         struct sq_err *err)
{
    if (db->depth == 0) /* undone already */
        return status;
    if (status != SQ_OK)
        db->failed = true;
    if (--db->depth > 0)
        return status;
    if (!db->failed) {
        status = sq_stmt_run(sq_db_query(db, "COMMIT"), err);
        if (status == SQ_OK)
            return SQ_OK;
    } else if (status == SQ_OK) {
        status = sq_err_set(err, SQ_STORE,
                            "%s: a write failed before, so nothing of this "
                            "transaction was kept",
                            db->path);
    }
    /* On a full disk SQLite may have undone it already. */
    if (!sqlite3_get_autocommit(db->con))
        sqlite3_exec(db->con, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* ---- statements -------------------------------------------------------- */

struct sq_stmt *sq_db_query(struct sq_db *db, const char *sql)
{
    struct sq_stmt *q = db->stmts;

    while (q && (q->sql != sql || q->taken))
        q = q->next;
    if (!q) {
        q = sq_xcalloc(1, sizeof(*q));
        q->db = db;
        q->sql = sql;
        q->next = db->stmts;
        db->stmts = q;
    }
    q->taken = true;
    q->rc = SQLITE_OK;
    if (!q->st)
        q->rc = sqlite3_prepare_v3(db->con, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                   &q->st, NULL);
    return q;
}

void sq_stmt_release(struct sq_stmt *q)
{
    if (q->st) {
        sqlite3_reset(q->st);
        sqlite3_clear_bindings(q->st);
    }
    q->taken = false;
}

static void note(struct sq_stmt *q, int rc)
{
    if (q->rc == SQLITE_OK)
        q->rc = rc;
}

void sq_stmt_bind_int(struct sq_stmt *q, int i, int64_t v)
{
    note(q, sqlite3_bind_int64(q->st, i, v));
}

void sq_stmt_bind_int_opt(struct sq_stmt *q, int i, int64_t v)
{
    if (v < 0)
        note(q, sqlite3_bind_null(q->st, i));
    else
        note(q, sqlite3_bind_int64(q->st, i, v));
}

void sq_stmt_bind_num(struct sq_stmt *q, int i, double v)
{
    note(q, sqlite3_bind_double(q->st, i, v));
}

void sq_stmt_bind_str(struct sq_stmt *q, int i, sq_str v)
{
    note(q, sqlite3_bind_text64(q->st, i, v.p ? v.p : "", v.n, SQLITE_STATIC,
                                SQLITE_UTF8));
}

void sq_stmt_bind_str_opt(struct sq_stmt *q, int i, sq_str v)
{
    if (v.n == 0)
        note(q, sqlite3_bind_null(q->st, i));
    else
        sq_stmt_bind_str(q, i, v);
}

void sq_stmt_bind_cstr(struct sq_stmt *q, int i, const char *v)
{
    sq_stmt_bind_str(q, i, sq_str_from(v));
}

void sq_stmt_bind_blob_opt(struct sq_stmt *q, int i, sq_str v)
{
    if (v.n == 0)
        note(q, sqlite3_bind_null(q->st, i));
    else
        note(q, sqlite3_bind_blob64(q->st, i, v.p, v.n, SQLITE_STATIC));
}

enum sq_status sq_stmt_next(struct sq_stmt *q, bool *row, struct sq_err *err)
{
    int rc = q->rc;

    *row = false;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(q->st);
    if (rc == SQLITE_ROW)
        *row = true;
    else if (rc != SQLITE_DONE)
        return fail(q->db, rc, err);
    return SQ_OK;
}

enum sq_status sq_stmt_run(struct sq_stmt *q, struct sq_err *err)
{
    int64_t ignored;

    return sq_stmt_run_int(q, &ignored, err);
}

enum sq_status sq_stmt_run_int(struct sq_stmt *q, int64_t *out,
                               struct sq_err *err)
{
    enum sq_status st;
    bool row, first = true;

    /* To the end, for only there a statement of its own is committed. */
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        if (first)
            *out = sqlite3_column_int64(q->st, 0);
        first = false;
    }
    sq_stmt_release(q);
    return st;
}

int sq_stmt_ncols(const struct sq_stmt *q)
{
    return sqlite3_column_count(q->st);
}

int64_t sq_stmt_int(struct sq_stmt *q, int col)
{
    return sqlite3_column_int64(q->st, col);
}

int64_t sq_stmt_int_opt(struct sq_stmt *q, int col)
{
    if (sqlite3_column_type(q->st, col) == SQLITE_NULL)
        return -1;
    return sqlite3_column_int64(q->st, col);
}

double sq_stmt_num(struct sq_stmt *q, int col)
{
    return sqlite3_column_double(q->st, col);
}

sq_str sq_stmt_str(struct sq_stmt *q, int col)
{
    const char *p = (const char *)sqlite3_column_text(q->st, col);

    return (sq_str){p, p ? (size_t)sqlite3_column_bytes(q->st, col) : 0};
}
