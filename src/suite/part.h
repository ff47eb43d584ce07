#ifndef SQ_SUITE_PART_H
#define SQ_SUITE_PART_H
/*
 * FILE.part: a data file on its way. It is locked while open (a second process
 * waits), hashed as it grows, and becomes FILE only when it is whole and has
 * the right digest.
 *
 * Life cycle: open, add..., then finish; close in any case, which keeps what
 * has come so far.
 */
#include "suite/data.h"

struct sq_log;
struct sq_sha256;

struct sq_part {
    const struct sq_data_file *file;
    char *final_path, *path;
    int fd;
    long long n;           /* bytes so far */
    struct sq_sha256 *sha; /* of them */
};

/* Waits for the lock (SQ_INTERRUPTED on sq_stop), then takes in what an earlier
 * pull left. *done: another process has brought the right file meanwhile, there
 * is nothing to do. Close it also when this fails. */
enum sq_status sq_part_open(struct sq_part *p, const struct sq_data_file *f,
                            const char *data_dir, struct sq_log *log,
                            bool *done, struct sq_err *err) SQ_CHECKED;
/* More than the file's size empties the part and is SQ_INPUT. */
enum sq_status sq_part_add(struct sq_part *p, sq_str bytes,
                           struct sq_err *err) SQ_CHECKED;
/* Empties it. */
enum sq_status sq_part_restart(struct sq_part *p,
                               struct sq_err *err) SQ_CHECKED;
/* Syncs and renames it when its digest, *found, is *right; else empties it. */
enum sq_status sq_part_finish(struct sq_part *p, bool *right, char found[65],
                              struct sq_err *err) SQ_CHECKED;
/* Gives the lock back; an empty part is removed. */
void sq_part_close(struct sq_part *p);

#endif
