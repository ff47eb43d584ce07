#ifndef SQ_BASE_PLATFORM_H
#define SQ_BASE_PLATFORM_H
/* The one place for what POSIX does not offer. */
#include <stddef.h>
#include <stdint.h>

/* Absolute path of the running executable, yours; NULL when not known. */
char *sq_platform_exe(void);
/* Processor cores that may be used (affinity, a container's quota): at least 1.
 */
size_t sq_platform_cores(void);
/* How many of them nobody else is using at the moment: at least 1. Where that
 * cannot be told, all of them. */
int sq_platform_free_cores(void);
/* Bytes that can be allocated without swapping or meeting a limit (the
 * machine's, a container's, the process's); -1 when not known. */
long long sq_platform_free_memory(void);
/* Bytes of main memory, 0 when not known. */
uint64_t sq_platform_memory(void);

#endif
