#ifndef SQ_BASE_LOG_H
#define SQ_BASE_LOG_H
/* Lines for people on stderr. A NULL log is silent. */
#include <stdbool.h>
#include <stdio.h>

enum sq_log_level {
    SQ_LOG_ERROR,
    SQ_LOG_WARN,
    SQ_LOG_INFO,
    SQ_LOG_DEBUG,
    SQ_LOG_TRACE
};

struct sq_log {
    FILE *out;
    enum sq_log_level level; /* lines above it are dropped; -q 0, -v 3, -vv 4 */
    bool tty;  /* out is a terminal: a progress line may be drawn */
    int drawn; /* private: width of the progress line now on the terminal */
};

/* Prints "seqeval: " + text + newline (after wiping a progress line). */
void sq_log(struct sq_log *log, enum sq_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Redraws the progress line; on anything but a terminal it prints a line of its
 * own (the caller decides how often). Dropped below SQ_LOG_INFO. */
void sq_log_progress(struct sq_log *log, const char *text);
/* Ends the progress line, if one is drawn. */
void sq_log_progress_end(struct sq_log *log);

#endif
