#ifndef SQ_BASE_BUF_H
#define SQ_BASE_BUF_H
/*
 * A growing byte buffer with a ceiling. Invariants: after init, p is never
 * NULL and p[n] is NUL. An append that would pass the ceiling adds nothing
 * and sets `over`, as do all later ones: build first, ask `over` once.
 * Life cycle: init, add..., then take (yours) or release.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

/* Ceilings, in bytes, all in one place. */
#define SQ_MAX_MESSAGE ((size_t)4 << 10)
#define SQ_MAX_REPLY ((size_t)32 << 20)
#define SQ_MAX_PROMPT ((size_t)32 << 20)
#define SQ_MAX_RECORD ((size_t)64 << 20)
#define SQ_MAX_CONFIG ((size_t)64 << 20)
#define SQ_MAX_REPORT ((size_t)1 << 30)

struct sq_buf {
    char *p;
    size_t n;
    size_t cap;
    size_t max;
    bool over;
};

void sq_buf_init(struct sq_buf *b, size_t max);
void sq_buf_release(struct sq_buf *b);
/* Empties it and clears `over`; keeps the memory. */
void sq_buf_reset(struct sq_buf *b);
/* The same, but gives the memory back: for the buffers of a pool, each of which
 * would grow to the largest thing that it ever held. */
void sq_buf_trim(struct sq_buf *b);
void sq_buf_add(struct sq_buf *b, sq_str s);
void sq_buf_adds(struct sq_buf *b, const char *cstr);
void sq_buf_addc(struct sq_buf *b, char c);
void sq_buf_addf(struct sq_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void sq_buf_vaddf(struct sq_buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
/* One code point as UTF-8. */
void sq_buf_add_utf8(struct sq_buf *b, uint32_t cp);
sq_str sq_buf_str(const struct sq_buf *b);
/* Hands the NUL-terminated bytes over (free() them); b is as after init. */
char *sq_buf_take(struct sq_buf *b);

#endif
