#ifndef SQ_BASE_CLOCK_H
#define SQ_BASE_CLOCK_H
/* Time: monotonic for durations, UTC for what is stored. */
#include <stdint.h>

int64_t sq_clock_us(void); /* monotonic microseconds */
int64_t sq_clock_ms(void); /* monotonic milliseconds */
/* "2026-01-31T23:59:59.123Z" */
#define SQ_TIME_SIZE 25
void sq_clock_utc(char out[SQ_TIME_SIZE]);
/* A signal ends it early, so that a stop is noticed. */
void sq_clock_sleep_ms(int64_t ms);

#endif
