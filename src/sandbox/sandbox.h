#ifndef SQ_SANDBOX_SANDBOX_H
#define SQ_SANDBOX_SANDBOX_H
/*
 * Running Python programs that nobody has read.
 *
 * A pool of workers, each a chain of processes of its own: `sandbox` (jail.c,
 * beside http.so), which makes the namespaces, and an interpreter (driver.py),
 * which stays warm and forks once for each program. Linux alone.
 *
 * What holds for a program, whatever it does:
 *
 * - Files: it sees a root of its own with the interpreter's standard library,
 *   read-only, and an empty /tmp in memory, gone with it. No device, no /proc,
 *   no executable; running one is refused.
 * - Network: a namespace without an interface, and no sockets (connected pairs
 *   apart).
 * - Processes: it is the first process of a pid namespace. It sees its children
 *   alone, and all of them end with it. It has no terminal, no parent that it
 *   could signal or trace, no descriptor but /dev/null and the pipe below.
 * - Rights: user nobody, no capability, no_new_privs, a list of allowed system
 *   calls (filter.c); what is not named there fails.
 * - Limits: those of limits.h, and its time on the wall; CPU time a little
 *   above that. Memory is bounded for each of its processes, and for all of
 * them where control groups can be made (cgroup.h).
 * - Input is empty, output goes nowhere, the environment is empty.
 * - Verdicts come from outside of it. That it ran to its end is seen in the
 *   registers of its process, which then waits where nothing that the program
 *   calls can be: above all of it on the stack. Another program's verdict is
 * out of reach. Its own it can have by an object that equals everything, for
 * its tests run beside it, in the benchmarks' own way; or by rewriting the
 *   interpreter's memory (ctypes, made-up byte code).
 *
 * Not promised: that the kernel has no fault, and that the time a program takes
 * is not felt by others (cores and caches are shared).
 *
 * A program that ran out of time without having had the CPU for itself (CPU
 * time below SQ_SANDBOX_OWN_CPU per cent of the limit, though it was left to go
 * on for that while it could still get there) is run once more, with no other
 * program beside it, before it counts as late; the result says so.
 *
 * Life cycle: open, submit and step in turn, close, which ends every process.
 */
#include <stddef.h>
#include "base/err.h"
#include "base/str.h"
#include "sandbox/limits.h"
#include "seqeval_program.h"

struct sq_sandbox_config {
    const char *helper; /* path of `sandbox`; NULL: where modules lie */
    const char *python; /* the interpreter, by path or name; NULL = python3 */
    size_t workers;     /* 0: one for each core */
    bool unsafe; /* no sandbox at all: the user's rights, rlimits alone */
    /* Called from step, once for each program. */
    void (*done)(void *ctx, void *tag, const struct sq_program_result *r);
    void *ctx;
};

/* The part that users see. */
struct sq_sandbox {
    size_t in_flight; /* submitted, not yet delivered */
    bool full;        /* step first */
    bool unsafe;
    bool cgroup;     /* memory, processes and CPU are limited as a whole */
    char python[32]; /* the interpreter's version, "3.11.2" */
};

/* Starts the workers and waits until the first one is ready. SQ_UNAVAILABLE
 * with one line where the machine does not give what is needed. */
enum sq_status sq_sandbox_open(struct sq_sandbox **out,
                               const struct sq_sandbox_config *config,
                               struct sq_err *err) SQ_CHECKED;
/* Takes a copy of the program, which may be any bytes. Precondition: !full. */
void sq_sandbox_submit(struct sq_sandbox *sandbox, sq_str program,
                       double seconds, void *tag);
/* Delivers what is done; waits at most wait_ms when there is nothing yet. Fails
 * when workers cannot be started any more. */
enum sq_status sq_sandbox_step(struct sq_sandbox *sandbox, int wait_ms,
                               struct sq_err *err) SQ_CHECKED;
/* NULL is fine. */
void sq_sandbox_close(struct sq_sandbox *sandbox);

/* Finds out what of it this machine gives: calls tell for each part, with why
 * not or where, and note for one that it can do without. True when programs can
 * be run. */
struct sq_sandbox_probe {
    const char *python; /* as in the configuration */
    void (*tell)(void *ctx, const char *part, bool ok, const char *why);
    void (*note)(void *ctx, const char *part, bool ok, const char *why);
    void *ctx;
};
bool sq_sandbox_probe(const struct sq_sandbox_probe *p);

/* Path of the program `sandbox`, yours; NULL when it is not there. */
char *sq_sandbox_helper(void);
/* The absolute path of the interpreter that `name` (NULL: python3) starts,
 * yours; what a shell script of that name chooses is seen through. */
enum sq_status sq_sandbox_python(const char *name, char **path,
                                 struct sq_err *err) SQ_CHECKED;

#endif
