#include "base/log.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"

/* A longer line would wrap on the usual terminal and could not be wiped. */
enum { PROGRESS_WIDTH = 79 };

static void wipe(struct sq_log *log)
{
    if (log->drawn > 0)
        (void)fprintf(log->out, "\r%*s\r", log->drawn, "");
    log->drawn = 0;
}

void sq_log(struct sq_log *log, enum sq_log_level level, const char *fmt, ...)
{
    struct sq_buf text;
    va_list ap;
    if (!log || level > log->level)
        return;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    va_start(ap, fmt);
    sq_buf_vaddf(&text, fmt, ap);
    va_end(ap);
    if (text.over) {
        sq_buf_reset(&text);
        sq_buf_adds(&text, "(a message too long to print)");
    }
    sq_err_one_line(text.p);
    wipe(log);
    (void)fprintf(log->out, "seqeval: %s\n", text.p);
    (void)fflush(log->out);
    sq_buf_release(&text);
}

void sq_log_progress(struct sq_log *log, const char *text)
{
    if (!log || log->level < SQ_LOG_INFO)
        return;
    if (!log->tty) {
        sq_log(log, SQ_LOG_INFO, "%s", text);
        return;
    }
    sq_str s = sq_str_from(text);
    size_t end = 0;
    int width = 0;
    for (; end < s.n && width < PROGRESS_WIDTH; width++)
        (void)sq_utf8_next(s, &end);
    int pad = log->drawn > width ? log->drawn - width : 0;
    (void)fprintf(log->out, "\r%.*s%*s", (int)end, text, pad, "");
    (void)fflush(log->out);
    log->drawn = width;
}

void sq_log_progress_end(struct sq_log *log)
{
    if (!log || log->drawn == 0)
        return;
    (void)fputc('\n', log->out);
    (void)fflush(log->out);
    log->drawn = 0;
}
