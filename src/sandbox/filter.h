#ifndef SQ_SANDBOX_FILTER_H
#define SQ_SANDBOX_FILTER_H
/* The system calls that a program may make. Linux, libseccomp. */
#include <stddef.h>
#include "base/err.h"

/* Writes the filter to file descriptor fd as an array of struct sock_filter.
 *
 * A list of what is allowed: memory, files below the root that is there,
 * pipes, waiting, threads, children, signals, time. All else fails with EPERM:
 * running another executable, sockets (but for connected pairs), namespaces,
 * mounts, tracing and reading other processes, keys, bpf, io_uring, modules,
 * anonymous files, and all calls that do not exist yet. */
enum sq_status sq_sandbox_filter_write(int fd, struct sq_err *err) SQ_CHECKED;

#endif
