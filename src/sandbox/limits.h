#ifndef SQ_SANDBOX_LIMITS_H
#define SQ_SANDBOX_LIMITS_H
/* What one program may have; sandbox.h says more. */

#define SQ_SANDBOX_MEMORY (512LL << 20) /* bytes of address space a process */
/* With all its processes and files, where there are control groups; and of a
 * core, microseconds in each period: somewhat more than one thread can use. */
#define SQ_SANDBOX_MEMORY_ALL (640LL << 20)
#define SQ_SANDBOX_CPU_MAX "110000 100000"
#define SQ_SANDBOX_PROCESSES 8             /* processes and threads together */
#define SQ_SANDBOX_FILES 64                /* open at once, in a process */
#define SQ_SANDBOX_TMP (64LL << 20)        /* bytes of all its files */
#define SQ_SANDBOX_FILE_BYTES (16LL << 20) /* bytes of one file */
/* Per cent of its time: one that had a core for so long and is not over is
 * late for good. */
#define SQ_SANDBOX_OWN_CPU 90

#endif
