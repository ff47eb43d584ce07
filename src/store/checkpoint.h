#ifndef SQ_STORE_CHECKPOINT_H
#define SQ_STORE_CHECKPOINT_H
/*
 * Moves what SQLite's write-ahead log holds into the database by a thread of
 * its own, so that whoever commits need not wait for the disk: each such move
 * syncs both files, which takes tens of milliseconds, and SQLite would do it
 * inside of a commit. Private to src/store.
 *
 * The log begins anew only when all of it was moved, which a thread beside a
 * steady writer never quite manages: what little it leaves is moved by the next
 * commit.
 */
#include "store/db.h"

struct sq_checkpoint;

/* For a connection that writes, in WAL mode; takes the place of SQLite's own
 * checkpoints. The thread is made when there is first something to move. NULL
 * where SQLite was built without threads: it then goes on by itself. */
struct sq_checkpoint *sq_checkpoint_begin(struct sq_db *db);
/* Has the thread move now what the log holds, before as much is there as it
 * waits for; NULL is none. */
void sq_checkpoint_hurry(struct sq_checkpoint *c);
/* Before the connection is closed; NULL is none. */
void sq_checkpoint_end(struct sq_checkpoint *c);

#endif
