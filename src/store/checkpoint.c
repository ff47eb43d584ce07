#include "store/checkpoint.h"
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include "base/mem.h"

/* Of 4 KiB. */
#define PAGES_AT_ONCE 4000

struct sq_checkpoint {
    sqlite3 *writer;
    char *path; /* of its file */
    int told;   /* length of the log when the thread was last told of it */
    bool running;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    bool wanted, nearly, ending;
};

static sqlite3 *open_beside(const char *path)
{
    sqlite3 *con = NULL;
    int rc = sqlite3_open_v2(path, &con,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    /* To read once tells the connection that there is a log. */
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(con, "PRAGMA schema_version", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        return con;
    sqlite3_close(con);
    return NULL;
}

/* What fails here (a full disk, no file to be had for the connection) is tried
 * again by the next commit; nothing is lost, for it is in the log. */
static void move(sqlite3 *con)
{
    if (con)
        (void)sqlite3_wal_checkpoint_v2(con, NULL, SQLITE_CHECKPOINT_PASSIVE,
                                        NULL, NULL);
}

static void *serve(void *ctx)
{
    struct sq_checkpoint *c = ctx;
    sqlite3 *con = open_beside(c->path);

    pthread_mutex_lock(&c->lock);
    while (!c->ending) {
        if (!c->wanted) {
            pthread_cond_wait(&c->changed, &c->lock);
            continue;
        }
        c->wanted = false;
        pthread_mutex_unlock(&c->lock);
        move(con); /* all of the log, which takes its time */
        move(con); /* what came meanwhile */
        pthread_mutex_lock(&c->lock);
        c->nearly = true;
    }
    pthread_mutex_unlock(&c->lock);
    sqlite3_close(con);
    return NULL;
}

/* Signals are the main thread's. */
static bool start(struct sq_checkpoint *c)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    c->running = pthread_create(&c->thread, NULL, serve, c) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return c->running;
}

static void tell(struct sq_checkpoint *c)
{
    if (!c->running && !start(c)) {
        c->nearly = true; /* the next commit does all of it */
        return;
    }
    pthread_mutex_lock(&c->lock);
    c->wanted = true;
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

static bool take_nearly(struct sq_checkpoint *c)
{
    pthread_mutex_lock(&c->lock);
    bool nearly = c->nearly;
    c->nearly = false;
    pthread_mutex_unlock(&c->lock);
    return nearly;
}

static int on_commit(void *ctx, sqlite3 *writer, const char *name, int pages)
{
    struct sq_checkpoint *c = ctx;

    (void)name;
    if (pages < c->told)
        c->told = 0; /* the log began anew */
    if (pages - c->told >= PAGES_AT_ONCE) {
        c->told = pages;
        tell(c);
    } else if (c->told && take_nearly(c)) {
        move(writer);
    }
    return SQLITE_OK;
}

struct sq_checkpoint *sq_checkpoint_begin(sqlite3 *con)
{
    struct sq_checkpoint *c;

    if (!sqlite3_threadsafe())
        return NULL;
    c = sq_xcalloc(1, sizeof *c);
    c->writer = con;
    c->path = sq_xstrdup(sqlite3_db_filename(con, "main"));
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    sqlite3_wal_hook(con, on_commit, c);
    return c;
}

void sq_checkpoint_end(struct sq_checkpoint *c)
{
    if (!c)
        return;
    sqlite3_wal_hook(c->writer, NULL, NULL);
    if (c->running) {
        pthread_mutex_lock(&c->lock);
        c->ending = true;
        pthread_cond_signal(&c->changed);
        pthread_mutex_unlock(&c->lock);
        pthread_join(c->thread, NULL);
    }
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free(c->path);
    free(c);
}
