#include "base/clock.h"

#include <stdio.h>
#include <time.h>

int64_t sq_clock_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t sq_clock_ms(void)
{
    return sq_clock_us() / 1000;
}

void sq_clock_utc(char out[SQ_TIME_SIZE])
{
    struct timespec t;
    struct tm tm;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    (void)gmtime_r(&t.tv_sec, &tm);
    size_t n = strftime(out, SQ_TIME_SIZE, "%Y-%m-%dT%H:%M:%S.", &tm);
    (void)snprintf(out + n, SQ_TIME_SIZE - n, "%03uZ",
                   (unsigned)(t.tv_nsec / 1000000) % 1000);
}

void sq_clock_sleep_ms(int64_t ms)
{
    if (ms <= 0)
        return;
    struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    (void)nanosleep(&t, NULL);
}
