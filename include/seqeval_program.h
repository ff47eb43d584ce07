#ifndef SEQEVAL_PROGRAM_H
#define SEQEVAL_PROGRAM_H
/* Part of seqeval.h: a program that a check wants run, and how it ended. */
#include <stdbool.h>
#include "base/str.h"

struct sq_program {
    sq_str text;    /* Python; any bytes */
    double seconds; /* that it may take, on the wall */
};

/* How a program ended. */
#define SQ_PROGRAM_LIST(X)                                                     \
    X(PASSED, "passed")   /* ran to its end without an exception */            \
    X(FAILED, "failed")   /* an exception came out of it */                    \
    X(TIMEOUT, "timeout") /* its time was over */                              \
    X(KILLED, "killed")   /* by a signal: memory, CPU time, a crash */         \
    X(EXITED, "exited")   /* it left before its end */                         \
    X(LOST, "lost")       /* the sandbox failed twice: nothing is known */

enum sq_program_end {
#define X(id, name) SQ_PROGRAM_##id,
    SQ_PROGRAM_LIST(X)
#undef X
        SQ_PROGRAM_COUNT
};
const char *sq_program_end_name(enum sq_program_end e);

struct sq_program_result {
    enum sq_program_end end;
    double wall_s, cpu_s;
    bool again;    /* this was the second run, alone */
    char why[512]; /* the exception, the signal; UTF-8, one line; "" */
};

#endif
