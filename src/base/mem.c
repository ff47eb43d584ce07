#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

struct sq_arena_block {
    struct sq_arena_block *next;
    size_t used, cap;
    max_align_t data[];
};

struct sq_arena_defer {
    struct sq_arena_defer *next;
    void (*fn)(void *);
    void *p;
};

/* Small first: there is an arena per sample. */
enum { FIRST_BLOCK = 512, LARGEST_BLOCK = 64 << 10 };

_Noreturn void sq_out_of_memory(void)
{
    fputs("seqeval: out of memory\n", stderr);
    _Exit(sq_status_exit(SQ_LIMIT));
}

void *sq_xmalloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        sq_out_of_memory();
    return p;
}

void *sq_xcalloc(size_t count, size_t size)
{
    void *p = count && size ? calloc(count, size) : calloc(1, 1);
    if (!p)
        sq_out_of_memory();
    return p;
}

void *sq_xrealloc(void *p, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        sq_out_of_memory();
    void *q = realloc(p, count && size ? count * size : 1);
    if (!q)
        sq_out_of_memory();
    return q;
}

char *sq_xstrdup(const char *s)
{
    return sq_str_dup(sq_str_from(s));
}

char *sq_str_dup(sq_str s)
{
    char *p = sq_xmalloc(s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

static struct sq_arena_block *block_new(size_t cap)
{
    struct sq_arena_block *b = NULL;
    if (cap > SIZE_MAX - sizeof(*b))
        sq_out_of_memory();
    b = sq_xcalloc(1, sizeof(*b) + cap);
    b->cap = cap;
    return b;
}

void *sq_arena_alloc(struct sq_arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    struct sq_arena_block *b = a->blocks;
    if (size > SIZE_MAX - align)
        sq_out_of_memory();
    size = (size + align - 1) / align * align;
    if (!b || size > b->cap - b->used) {
        size_t cap = b ? b->cap * 2 : FIRST_BLOCK;
        if (cap > LARGEST_BLOCK)
            cap = LARGEST_BLOCK;
        struct sq_arena_block *fresh = block_new(size > cap ? size : cap);
        /* A huge one goes behind, so that the room in b is still used. */
        if (b && size > cap) {
            fresh->next = b->next;
            b->next = fresh;
        } else {
            fresh->next = b;
            a->blocks = fresh;
        }
        b = fresh;
    }
    void *p = (char *)b->data + b->used;
    b->used += size;
    return p;
}

void *sq_arena_array(struct sq_arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        sq_out_of_memory();
    return sq_arena_alloc(a, count * size);
}

char *sq_arena_strdup(struct sq_arena *a, const char *s)
{
    return (char *)sq_arena_str(a, sq_str_from(s)).p;
}

sq_str sq_arena_str(struct sq_arena *a, sq_str s)
{
    char *p = sq_arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return (sq_str){p, s.n};
}

char *sq_arena_printf(struct sq_arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    size_t size = n > 0 ? (size_t)n + 1 : 1;
    char *p = sq_arena_alloc(a, size);
    if (n > 0)
        (void)vsnprintf(p, size, fmt, again);
    va_end(again);
    va_end(ap);
    return p;
}

void sq_arena_on_release(struct sq_arena *a, void (*fn)(void *), void *p)
{
    struct sq_arena_defer *d = sq_arena_alloc(a, sizeof(*d));
    *d = (struct sq_arena_defer){a->defers, fn, p};
    a->defers = d;
}

void *sq_arena_kept(const struct sq_arena *a, void (*fn)(void *))
{
    const struct sq_arena_defer *d = a->defers;
    while (d && d->fn != fn)
        d = d->next;
    return d ? d->p : NULL;
}

void sq_arena_release(struct sq_arena *a)
{
    for (struct sq_arena_defer *d = a->defers; d; d = d->next)
        d->fn(d->p);
    a->defers = NULL;
    while (a->blocks) {
        struct sq_arena_block *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
}
