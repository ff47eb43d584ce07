#ifndef SQ_STORE_HANDLE_H
#define SQ_STORE_HANDLE_H
/* What the files of the store share. Private to src/store. */
#include "store/db.h"
#include "store/store.h"

struct sq_store {
    struct sq_db *db;
    int lock_fd;   /* of DB-lock; -1 until a run is begun */
    int64_t *held; /* rows of the runs that this store owns */
    size_t nheld;
    struct sq_checkpoint *checkpoint; /* NULL = none */
    struct sq_packer *packer;         /* NULL = nothing was packed yet */
};

/* Lets go of all runs and closes DB-lock. */
void sq_store_unlock_all(struct sq_store *s);

/* The number of a metric's name, made if need be; inside a transaction. */
enum sq_status sq_store_metric_number(struct sq_store *s, const char *name,
                                      int64_t *number,
                                      struct sq_err *err) SQ_CHECKED;

#endif
