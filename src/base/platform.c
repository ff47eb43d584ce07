#ifdef __linux__
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier): glibc's name */
#endif
#include "base/platform.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

#include "base/mem.h"
#include "base/str.h"

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

/* The beginning of a small file of the system; "" when there is none. */
static sq_str peek(const char *path, char *room, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, room, size) : 0;
    if (fd >= 0)
        close(fd);
    return (sq_str){room, n > 0 ? (size_t)n : 0};
}

/* The whole number that follows `key` in text; -1 when there is none. */
static long long number_after(sq_str text, const char *key)
{
    size_t at = sq_str_find(text, sq_str_from(key), 0);
    if (at == SIZE_MAX)
        return -1;
    sq_str rest = sq_str_trim(sq_str_sub(text, at + strlen(key), text.n));
    size_t n = 0;
    long long v = -1;
    while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
        n++;
    return sq_str_to_int(sq_str_sub(rest, 0, n), &v) ? v : -1;
}

static long long file_number(const char *path, const char *key)
{
    char room[4096];
    return number_after(peek(path, room, sizeof room), key);
}

/* Processors that a container's quota is worth (cgroup v2, cpu.max: "QUOTA
 * PERIOD" in microseconds), rounded up; -1 = no limit. */
static long long quota_cores(void)
{
    char room[64];
    sq_str rest = peek("/sys/fs/cgroup/cpu.max", room, sizeof room);
    sq_str piece;
    long long quota, period;
    rest = sq_str_trim(rest);
    if (!sq_str_split(&rest, ' ', &piece) || !sq_str_to_int(piece, &quota) ||
        !sq_str_to_int(rest, &period) || period <= 0 || quota <= 0)
        return -1;
    return (quota + period - 1) / period;
}

size_t sq_platform_cores(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        cores = CPU_COUNT(&set);
#endif
    long long quota = quota_cores();
    if (quota > 0 && quota < cores)
        cores = (long)quota;
    return cores > 1 ? (size_t)cores : 1;
}

/* Tasks that run or could run right now, this one among them: the fourth field
 * of /proc/loadavg, "0.20 0.18 0.12 1/80 11206" (proc(5)). */
static long long running_tasks(void)
{
    char room[128];
    sq_str rest = peek("/proc/loadavg", room, sizeof room), piece;
    long long n = -1;
    for (int i = 0; i < 3; i++)
        if (!sq_str_split(&rest, ' ', &piece))
            return -1;
    if (!sq_str_split(&rest, '/', &piece) || !sq_str_to_int(piece, &n))
        return -1;
    return n;
}

int sq_platform_free_cores(void)
{
    enum { LOOKS = 5 };
    const struct timespec pause = {0, 2000000};
    long long cores = (long long)sq_platform_cores(), busy = 0;
    for (int i = 0; i < LOOKS; i++) {
        long long n = running_tasks();
        busy += n > 1 ? n - 1 : 0;
        (void)nanosleep(&pause, NULL);
    }
    cores -= (busy + LOOKS / 2) / LOOKS;
    return cores > 1 ? (int)cores : 1;
}

static long long least(long long a, long long b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

long long sq_platform_free_memory(void)
{
    long long found = -1;
    long long kb = file_number("/proc/meminfo", "MemAvailable:");
    if (kb >= 0)
        found = kb * 1024;
    long long most = file_number("/sys/fs/cgroup/memory.max", "");
    long long used = file_number("/sys/fs/cgroup/memory.current", "");
    long long cache =
        file_number("/sys/fs/cgroup/memory.stat", "inactive_file ");
    if (most >= 0 && used >= 0) {
        long long left = most - used + (cache > 0 ? cache : 0);
        found = least(found, left > 0 ? left : 0);
    }
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        found = least(found, (long long)limit.rlim_cur);
    return found;
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
