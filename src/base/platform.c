#include "base/platform.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

char *sq_platform_exe(void)
{
    enum { LONGEST = 1 << 16 };
    for (size_t size = 256; size <= LONGEST; size *= 2) {
        char *path = sq_xmalloc(size);
        ssize_t n = readlink("/proc/self/exe", path, size);
        if (n > 0 && (size_t)n < size) {
            path[n] = '\0';
            return path;
        }
        free(path);
        if (n <= 0)
            break;
    }
    return NULL;
}

size_t sq_platform_cores(void)
{
#ifdef _SC_NPROCESSORS_ONLN
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    if (n > 0)
        return (size_t)n;
#endif
    return 1;
}

uint64_t sq_platform_memory(void)
{
#if defined(_SC_PHYS_PAGES) && defined(_SC_PAGESIZE)
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (pages > 0 && size > 0)
        return (uint64_t)pages * (uint64_t)size;
#endif
    return 0;
}
