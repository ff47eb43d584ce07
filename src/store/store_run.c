/* Runs: beginning, owning, ending and finding them. */
#include "store/store.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/mem.h"
#include "store/handle.h"

/* ---- owning: byte ROW of DB-lock ---------------------------------------- */

static enum sq_status open_lock(struct sq_store *s, struct sq_err *err)
{
    struct sq_buf path;
    enum sq_status st = SQ_OK;

    if (s->lock_fd >= 0)
        return SQ_OK;
    sq_buf_init(&path, SQ_MAX_MESSAGE);
    sq_buf_adds(&path, sq_db_path(s->db));
    sq_buf_adds(&path, "-lock");
    s->lock_fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (s->lock_fd < 0)
        st = sq_err_set(err, SQ_STORE,
                        "%s: cannot be opened (%s); it says who owns a run",
                        path.p, strerror(errno));
    sq_buf_release(&path);
    return st;
}

static int set_lock(const struct sq_store *s, int64_t row, short type)
{
    struct flock f = {.l_type = type, .l_whence = SEEK_SET, .l_len = 1};
    int rc;

    f.l_start = (off_t)row;
    do
        rc = fcntl(s->lock_fd, F_SETLK, &f);
    while (rc != 0 && errno == EINTR);
    return rc;
}

static bool held(const struct sq_store *s, int64_t row)
{
    for (size_t i = 0; i < s->nheld; i++)
        if (s->held[i] == row)
            return true;
    return false;
}

/* *owned is false when a process that lives (it may be this one) owns it. */
static enum sq_status lock_run(struct sq_store *s, int64_t row, bool *owned,
                               struct sq_err *err)
{
    *owned = false;
    if (held(s, row))
        return SQ_OK;
    if (set_lock(s, row, F_WRLCK) != 0) {
        if (errno == EACCES || errno == EAGAIN)
            return SQ_OK;
        return sq_err_set(err, SQ_STORE,
                          "%s-lock: locking failed (%s); put the database on "
                          "a file system that has locks",
                          sq_db_path(s->db), strerror(errno));
    }
    s->held = sq_xrealloc(s->held, s->nheld + 1, sizeof(*s->held));
    s->held[s->nheld++] = row;
    *owned = true;
    return SQ_OK;
}

static void unlock_run(struct sq_store *s, int64_t row)
{
    for (size_t i = 0; i < s->nheld; i++) {
        if (s->held[i] == row) {
            s->held[i] = s->held[--s->nheld];
            set_lock(s, row, F_UNLCK);
            return;
        }
    }
}

void sq_store_unlock_all(struct sq_store *s)
{
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    s->lock_fd = -1;
    free(s->held);
    s->held = NULL;
    s->nheld = 0;
}

/* ---- beginning and ending ---------------------------------------------- */

static void read_run(struct sq_stmt *q, struct sq_run *out)
{
    out->row = sq_stmt_int(q, 0);
    snprintf(out->id, sizeof(out->id), "%.*s", SQ_STR_ARG(sq_stmt_str(q, 1)));
}

/* Takes over the newest unfinished run of the plan that nobody owns;
 * out->resumed says whether there was one. */
static enum sq_status take_run(struct sq_store *s, const char *plan_key,
                               struct sq_run *out, struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(s->db, "SELECT id, run_id FROM run"
                                           " WHERE plan_key = ?1"
                                           " AND status <> 'complete'"
                                           " ORDER BY id DESC");
    enum sq_status st;
    bool row;

    sq_stmt_bind_cstr(q, 1, plan_key);
    while ((st = sq_stmt_next(q, &row, err)) == SQ_OK && row) {
        read_run(q, out);
        st = lock_run(s, out->row, &out->resumed, err);
        if (st != SQ_OK || out->resumed)
            break;
    }
    sq_stmt_release(q);
    if (st != SQ_OK || !out->resumed)
        return st;
    q = sq_db_query(s->db, "UPDATE run SET status = 'running',"
                           " finished_at = NULL WHERE id = ?1");
    sq_stmt_bind_int(q, 1, out->row);
    return sq_stmt_run(q, err);
}

static enum sq_status make_run(struct sq_store *s,
                               const struct sq_run_info *info,
                               struct sq_run *out, struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        s->db,
        "INSERT INTO run(run_id, plan_key, created_at, status, model, judge,"
        " seqeval_version, settings_json, provenance_json)"
        " VALUES(strftime('%Y%m%d-%H%M%S-', 'now') ||"
        "  lower(hex(randomblob(3))), ?1,"
        "  strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'running', ?2, ?3, ?4, ?5,"
        "  ?6) RETURNING id, run_id");
    enum sq_status st;
    bool row, owned;

    sq_stmt_bind_cstr(q, 1, info->plan_key);
    sq_stmt_bind_cstr(q, 2, info->model);
    sq_stmt_bind_cstr(q, 3, info->judge);
    sq_stmt_bind_cstr(q, 4, SQ_VERSION);
    sq_stmt_bind_cstr(q, 5, info->settings_json);
    sq_stmt_bind_cstr(q, 6, info->provenance_json);
    st = sq_stmt_next(q, &row, err);
    if (st == SQ_OK && row) {
        read_run(q, out);
        st = sq_stmt_next(q, &row, err);
    }
    sq_stmt_release(q);
    if (st != SQ_OK)
        return st;
    st = lock_run(s, out->row, &owned, err);
    if (st == SQ_OK && !owned)
        st = sq_err_set(err, SQ_STORE,
                        "%s-lock: another process owns run %lld, which is "
                        "not there; end it and run again",
                        sq_db_path(s->db), (long long)out->row);
    return st;
}

enum sq_status sq_store_run_begin(struct sq_store *s,
                                  const struct sq_run_info *info,
                                  struct sq_run *out, struct sq_err *err)
{
    enum sq_status st = open_lock(s, err);

    *out = (struct sq_run){0};
    if (st != SQ_OK || (st = sq_db_begin(s->db, err)) != SQ_OK)
        return st;
    st = take_run(s, info->plan_key, out, err);
    if (st == SQ_OK && !out->resumed)
        st = make_run(s, info, out, err);
    st = sq_db_end(s->db, st, err);
    if (st != SQ_OK)
        unlock_run(s, out->row);
    return st;
}

enum sq_status sq_store_run_tag(struct sq_store *s, const struct sq_run *run,
                                const char *tag, struct sq_err *err)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "INSERT OR IGNORE INTO run_tag VALUES (?1, ?2)");

    sq_stmt_bind_int(q, 1, run->row);
    sq_stmt_bind_cstr(q, 2, tag);
    return sq_stmt_run(q, err);
}

enum sq_status sq_store_run_finish(struct sq_store *s, const struct sq_run *run,
                                   const char *status, struct sq_err *err)
{
    struct sq_stmt *q = sq_db_query(
        s->db, "UPDATE run SET status = ?2,"
               " finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
               " WHERE id = ?1");
    enum sq_status st;

    sq_stmt_bind_int(q, 1, run->row);
    sq_stmt_bind_cstr(q, 2, status);
    st = sq_stmt_run(q, err);
    if (st == SQ_OK)
        unlock_run(s, run->row);
    return st;
}

/* ---- finding ----------------------------------------------------------- */

#define SHOWN 5 /* candidates named in a message */

/* Appends the first SHOWN strings of a column and tells how many there are. */
static enum sq_status list_names(struct sq_stmt *q, int col, struct sq_buf *out,
                                 size_t *n, struct sq_err *err)
{
    enum sq_status st;
    bool row;

    for (*n = 0; (st = sq_stmt_next(q, &row, err)) == SQ_OK && row; ++*n) {
        if (*n < SHOWN)
            sq_buf_addf(out, "%s%.*s", *n ? ", " : "",
                        SQ_STR_ARG(sq_stmt_str(q, col)));
    }
    if (*n > SHOWN)
        sq_buf_adds(out, ", ...");
    sq_stmt_release(q);
    return st;
}

static enum sq_status none_fits(struct sq_store *s, sq_str ref, bool model,
                                struct sq_err *err)
{
    struct sq_stmt *q =
        model ? sq_db_query(s->db, "SELECT model FROM run GROUP BY model"
                                   " ORDER BY max(id) DESC")
              : sq_db_query(s->db, "SELECT run_id FROM run ORDER BY id DESC");
    struct sq_buf names;
    enum sq_status st;
    size_t n;

    sq_buf_init(&names, SQ_MAX_MESSAGE);
    st = list_names(q, 0, &names, &n, err);
    if (st == SQ_OK && n == 0)
        st = sq_err_set(err, SQ_NOT_FOUND,
                        "%s: no runs yet; seqeval run makes one",
                        sq_db_path(s->db));
    else if (st == SQ_OK)
        st = sq_err_set(err, SQ_NOT_FOUND, "%s: no run '%.*s'; %s %s",
                        sq_db_path(s->db), SQ_STR_ARG(ref),
                        model ? "there are models" : "the newest are", names.p);
    sq_buf_release(&names);
    return st;
}

static enum sq_status several_fit(struct sq_store *s, sq_str ref,
                                  struct sq_stmt *q, struct sq_err *err)
{
    struct sq_buf names;
    enum sq_status st;
    size_t n;

    sq_buf_init(&names, SQ_MAX_MESSAGE);
    st = list_names(q, 1, &names, &n, err);
    if (st == SQ_OK)
        st = sq_err_set(err, SQ_NOT_FOUND,
                        "%s: '%.*s' fits %zu runs; give more of the id: %s",
                        sq_db_path(s->db), SQ_STR_ARG(ref), n, names.p);
    sq_buf_release(&names);
    return st;
}

static struct sq_stmt *query_prefix(struct sq_store *s, sq_str ref)
{
    struct sq_stmt *q =
        sq_db_query(s->db, "SELECT id, run_id FROM run"
                           " WHERE substr(run_id, 1, length(?1)) = ?1"
                           " AND ?1 <> '' ORDER BY id DESC");

    sq_stmt_bind_str(q, 1, ref);
    return q;
}

enum sq_status sq_store_run_find(struct sq_store *s, sq_str ref,
                                 struct sq_run *out, struct sq_err *err)
{
    const sq_str latest_of = SQ_STR("latest:");
    bool model = sq_str_starts(ref, latest_of);
    struct sq_stmt *q;
    enum sq_status st;
    bool row, more = false;

    *out = (struct sq_run){0};
    if (sq_str_eq(ref, SQ_STR("latest"))) {
        q = sq_db_query(s->db, "SELECT id, run_id FROM run"
                               " ORDER BY id DESC LIMIT 1");
    } else if (model) {
        q = sq_db_query(s->db, "SELECT id, run_id FROM run WHERE model = ?1"
                               " ORDER BY id DESC LIMIT 1");
        sq_stmt_bind_str(q, 1, sq_str_sub(ref, latest_of.n, ref.n));
    } else {
        q = query_prefix(s, ref);
    }
    st = sq_stmt_next(q, &row, err);
    if (st == SQ_OK && row) {
        read_run(q, out);
        st = sq_stmt_next(q, &more, err);
    }
    sq_stmt_release(q);
    if (st == SQ_OK && more)
        return several_fit(s, ref, query_prefix(s, ref), err);
    if (st == SQ_OK && !row)
        return none_fits(s, ref, model, err);
    return st;
}
