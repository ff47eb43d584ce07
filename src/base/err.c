#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

void sq_err_one_line(char *s)
{
    unsigned char *p = (unsigned char *)s;
    for (; *p; p++) {
        /* The C1 controls are U+0080 to U+009F: C2 80 to C2 9F. */
        bool c1 = p[0] == 0xC2 && p[1] >= 0x80 && p[1] <= 0x9F;
        if (c1)
            *p++ = ' ';
        if (c1 || *p < 0x20 || *p == 0x7F)
            *p = ' ';
    }
}

/* A cut may have split a character: its first bytes go too. */
static void drop_split_char(char *s, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        sq_str tail = {s + n - back, back};
        if (((unsigned char)tail.p[0] & 0xC0) != 0xC0)
            continue;
        if (!sq_utf8_valid(tail, NULL))
            s[n - back] = '\0';
        return;
    }
}

__attribute__((format(printf, 3, 0))) static void
format(char *dst, size_t size, const char *fmt, va_list ap)
{
    int n = vsnprintf(dst, size, fmt, ap);
    if (n < 0)
        dst[0] = '\0';
    else if ((size_t)n >= size)
        drop_split_char(dst, size - 1);
    sq_err_one_line(dst);
}

enum sq_status sq_err_set(struct sq_err *e, enum sq_status status,
                          const char *fmt, ...)
{
    char msg[sizeof(e->msg)]; /* the arguments may point into e->msg */
    va_list ap;
    if (!e)
        return status;
    va_start(ap, fmt);
    format(msg, sizeof(msg), fmt, ap);
    va_end(ap);
    e->status = status;
    memcpy(e->msg, msg, strlen(msg) + 1);
    return status;
}

enum sq_status sq_err_prefix(struct sq_err *e, const char *fmt, ...)
{
    char prefix[sizeof(e->msg)];
    va_list ap;
    if (!e)
        return SQ_INTERNAL;
    va_start(ap, fmt);
    format(prefix, sizeof(prefix), fmt, ap);
    va_end(ap);
    return sq_err_set(e, e->status, "%s: %s", prefix, e->msg);
}

int sq_status_exit(enum sq_status status)
{
    switch (status) {
#define X(name, value, exit, text)                                             \
    case SQ_##name:                                                            \
        return exit;
        SQ_STATUS_LIST(X)
#undef X
    }
    return 5;
}

const char *sq_status_name(enum sq_status status)
{
    switch (status) {
#define X(name, value, exit, text)                                             \
    case SQ_##name:                                                            \
        return #name;
        SQ_STATUS_LIST(X)
#undef X
    }
    return "?";
}
