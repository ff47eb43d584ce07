#ifndef SQ_SANDBOX_CGROUP_H
#define SQ_SANDBOX_CGROUP_H
/*
 * Control groups (version 2): what a program may have with all its processes
 * together, where the machine lets us say so. Resource limits alone count each
 * process for itself.
 *
 * A worker has a group for the programs it runs, one after another; it is made
 * beside our own or further up, where groups below get memory and pids and
 * where we may make one (root; a user in a part of the tree that systemd has
 * handed over). Nothing that is there is changed. A group is locked while its
 * owner lives, so that another run finds those which a killed one left, and
 * removes them.
 *
 * Life cycle: find, make, remove.
 */
#include <stddef.h>
#include "base/err.h"

struct sq_cgroup {
    char *path; /* NULL: there is none */
    int lock;
};

/* The folder in which groups can be made, yours; `self` is /proc/self. Else
 * SQ_UNAVAILABLE and why not. */
enum sq_status sq_cgroup_find(const char *self, char **folder,
                              struct sq_err *err) SQ_CHECKED;
/* Removes what ended runs left there. */
void sq_cgroup_sweep(const char *folder);
/* Makes a group there with the limits of limits.h. */
enum sq_status sq_cgroup_make(struct sq_cgroup *g, const char *folder,
                              struct sq_err *err) SQ_CHECKED;
/* Waits for the last of its processes to be gone, for a second at most. One
 * that was never made (path NULL) is fine. */
void sq_cgroup_remove(struct sq_cgroup *g);

#endif
