#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_CAP = 64 };

void sq_buf_init(struct sq_buf *b, size_t max)
{
    *b = (struct sq_buf){sq_xmalloc(FIRST_CAP), 0, FIRST_CAP, max, false};
    b->p[0] = '\0';
}

void sq_buf_release(struct sq_buf *b)
{
    free(b->p);
    *b = (struct sq_buf){0};
}

void sq_buf_reset(struct sq_buf *b)
{
    b->n = 0;
    b->over = false;
    b->p[0] = '\0';
}

void sq_buf_trim(struct sq_buf *b)
{
    size_t max = b->max;
    if (b->cap > FIRST_CAP) {
        sq_buf_release(b);
        sq_buf_init(b, max);
    }
    sq_buf_reset(b);
}

/* Makes room for n more bytes and the NUL; false when that is too many. */
static bool reserve(struct sq_buf *b, size_t n)
{
    if (b->over || n > b->max - b->n) {
        b->over = true;
        return false;
    }
    size_t need = b->n + n + 1;
    if (need > b->cap) {
        size_t cap = b->cap;
        while (cap < need)
            cap = cap > SIZE_MAX / 2 ? need : cap * 2;
        b->p = sq_xrealloc(b->p, cap, 1);
        b->cap = cap;
    }
    return true;
}

void sq_buf_add(struct sq_buf *b, sq_str s)
{
    if (!reserve(b, s.n) || s.n == 0)
        return;
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
    b->p[b->n] = '\0';
}

void sq_buf_adds(struct sq_buf *b, const char *cstr)
{
    sq_buf_add(b, sq_str_from(cstr));
}

void sq_buf_addc(struct sq_buf *b, char c)
{
    if (!reserve(b, 1))
        return;
    b->p[b->n++] = c;
    b->p[b->n] = '\0';
}

void sq_buf_addf(struct sq_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    sq_buf_vaddf(b, fmt, ap);
    va_end(ap);
}

void sq_buf_vaddf(struct sq_buf *b, const char *fmt, va_list ap)
{
    va_list again;
    if (b->over)
        return;
    va_copy(again, ap);
    size_t room = b->cap - b->n;
    int n = vsnprintf(b->p + b->n, room, fmt, ap);
    bool fits = n >= 0 && (size_t)n < room && (size_t)n <= b->max - b->n;
    if (n >= 0 && !fits && reserve(b, (size_t)n)) {
        (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        fits = true;
    }
    va_end(again);
    if (fits)
        b->n += (size_t)n;
    b->p[b->n] = '\0';
}

void sq_buf_add_utf8(struct sq_buf *b, uint32_t cp)
{
    char s[4];
    size_t n;
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        cp = 0xFFFD;
    if (cp < 0x80) {
        s[0] = (char)cp;
        n = 1;
    } else if (cp < 0x800) {
        s[0] = (char)(0xC0 | cp >> 6);
        n = 2;
    } else if (cp < 0x10000) {
        s[0] = (char)(0xE0 | cp >> 12);
        n = 3;
    } else {
        s[0] = (char)(0xF0 | cp >> 18);
        n = 4;
    }
    for (size_t i = 1; i < n; i++)
        s[i] = (char)(0x80 | (cp >> 6 * (n - 1 - i) & 0x3F));
    sq_buf_add(b, (sq_str){s, n});
}

sq_str sq_buf_str(const struct sq_buf *b)
{
    return (sq_str){b->p, b->n};
}

char *sq_buf_take(struct sq_buf *b)
{
    char *p = b->p;
    sq_buf_init(b, b->max);
    return p;
}
