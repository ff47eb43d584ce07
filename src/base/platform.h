#ifndef SQ_BASE_PLATFORM_H
#define SQ_BASE_PLATFORM_H
/* The one place for what POSIX does not offer. */
#include <stddef.h>
#include <stdint.h>

/* Absolute path of the running executable, yours; NULL when not known. */
char *sq_platform_exe(void);
/* Processor cores that may be used, at least 1. */
size_t sq_platform_cores(void);
/* Bytes of main memory, 0 when not known. */
uint64_t sq_platform_memory(void);

#endif
