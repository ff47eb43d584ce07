#ifndef SQ_BASE_MEM_H
#define SQ_BASE_MEM_H
/*
 * Memory. Running out of it ends the process with one line on stderr: what
 * was answered so far is committed row by row, so nothing is lost.
 *
 * An arena hands out zeroed memory that lives until the arena is released;
 * nothing in it is freed alone. Life cycle: SQ_ARENA_INIT, alloc..., release
 * (after which it may be used again).
 */
#include <stddef.h>
#include "base/str.h"

/* For code that is told of a failed allocation by a library. */
_Noreturn void sq_out_of_memory(void);
/* Never NULL; size 0 gives a unique pointer. Free with free(). */
void *sq_xmalloc(size_t size);
/* count * size bytes, zeroed; overflow ends the process. */
void *sq_xcalloc(size_t count, size_t size);
void *sq_xrealloc(void *p, size_t count, size_t size);
/* NUL-terminated copy, yours. */
char *sq_xstrdup(const char *s);
char *sq_str_dup(sq_str s);

struct sq_arena {
    struct sq_arena_block *blocks; /* private */
    struct sq_arena_defer *defers; /* private */
};
#define SQ_ARENA_INIT                                                          \
    {                                                                          \
        NULL, NULL                                                             \
    }

/* Zeroed, aligned for any type. */
void *sq_arena_alloc(struct sq_arena *a, size_t size);
void *sq_arena_array(struct sq_arena *a, size_t count, size_t size);
/* Copies, NUL-terminated behind their length. */
char *sq_arena_strdup(struct sq_arena *a, const char *s);
sq_str sq_arena_str(struct sq_arena *a, sq_str s);
char *sq_arena_printf(struct sq_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Has fn(p) called when the arena is released, last registered first: for
 * handles of libraries (a compiled regex) that live as long as the arena. */
void sq_arena_on_release(struct sq_arena *a, void (*fn)(void *), void *p);
/* The p last registered with fn, so that what is costly to make is made once an
 * arena; NULL = none. */
void *sq_arena_kept(const struct sq_arena *a, void (*fn)(void *));
void sq_arena_release(struct sq_arena *a);

#endif
