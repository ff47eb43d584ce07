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
