#include "store/checkpoint.h"
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include "base/mem.h"

/* Of 4 KiB. */
#define PAGES_AT_ONCE 4000

struct sq_checkpoint {
    struct sq_db *writer;
    int told; /* length of the log when the thread was last told of it */
    bool running;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    bool wanted, nearly, ending;
};

/* NULL = none: the commits do the thread's work then, too. */
static struct sq_db *open_beside(const struct sq_db *writer)
{
    struct sq_db *db = NULL;
    struct sq_err ignored;
    int64_t version;

    /* To read once tells the connection that there is a log. */
    if (sq_db_open(&db, sq_db_path(writer), SQ_DB_WRITE, &ignored) == SQ_OK &&
        sq_db_int(db, "PRAGMA schema_version", &version, &ignored) == SQ_OK)
        return db;
    sq_db_close(db);
    return NULL;
}

static void *serve(void *ctx)
{
    struct sq_checkpoint *c = ctx;
    struct sq_db *db = open_beside(c->writer);

    pthread_mutex_lock(&c->lock);
    while (!c->ending) {
        if (!c->wanted) {
            pthread_cond_wait(&c->changed, &c->lock);
            continue;
        }
        c->wanted = false;
        pthread_mutex_unlock(&c->lock);
        if (db) {
            sq_db_move_log(db); /* all of it, which takes its time */
            sq_db_move_log(db); /* what came meanwhile */
        }
        pthread_mutex_lock(&c->lock);
        c->nearly = true;
    }
    pthread_mutex_unlock(&c->lock);
    sq_db_close(db);
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

static void on_commit(void *ctx, int pages)
{
    struct sq_checkpoint *c = ctx;

    if (pages < c->told)
        c->told = 0; /* the log began anew */
    if (pages - c->told >= PAGES_AT_ONCE) {
        c->told = pages;
        tell(c);
    } else if (c->told && take_nearly(c)) {
        sq_db_move_log(c->writer);
    }
}

struct sq_checkpoint *sq_checkpoint_begin(struct sq_db *db)
{
    struct sq_checkpoint *c;

    if (!sq_db_threads())
        return NULL;
    c = sq_xcalloc(1, sizeof *c);
    c->writer = db;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    sq_db_on_commit(db, on_commit, c);
    return c;
}

void sq_checkpoint_hurry(struct sq_checkpoint *c)
{
    if (c)
        tell(c);
}

void sq_checkpoint_end(struct sq_checkpoint *c)
{
    if (!c)
        return;
    sq_db_on_commit(c->writer, NULL, NULL);
    if (c->running) {
        pthread_mutex_lock(&c->lock);
        c->ending = true;
        pthread_cond_signal(&c->changed);
        pthread_mutex_unlock(&c->lock);
        pthread_join(c->thread, NULL);
    }
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
