#ifndef SQ_BASE_STR_H
#define SQ_BASE_STR_H
/*
 * Slices: borrowed (pointer, length) views of bytes, by value.
 *
 * A slice never owns its bytes and need not end in NUL. p may be NULL only
 * when n is 0. Text is UTF-8 unless a function says otherwise; functions that
 * read code points treat each invalid byte as U+FFFD and go on.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sq_str {
    const char *p;
    size_t n;
} sq_str;

/* A slice of a string literal. */
#define SQ_STR(lit) ((sq_str){(lit), sizeof(lit) - 1})
/* Arguments for a "%.*s" conversion. */
#define SQ_STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

/* View of a C string; NULL gives the empty slice. */
sq_str sq_str_from(const char *cstr);
/* Bytes [start, end) of s, clamped to s. */
static inline sq_str sq_str_sub(sq_str s, size_t start, size_t end)
{
    if (end > s.n)
        end = s.n;
    if (start > end)
        start = end;
    return (sq_str){start ? s.p + start : s.p, end - start};
}

bool sq_str_eq(sq_str a, sq_str b);
/* Order by bytes: below, at or above 0 as a is before, at or behind b. */
int sq_str_cmp(sq_str a, sq_str b);
/* Equality with ASCII letters folded. */
bool sq_str_eq_nocase(sq_str a, sq_str b);
bool sq_str_starts(sq_str s, sq_str prefix);
bool sq_str_ends(sq_str s, sq_str suffix);
/* Byte offset of the first needle in s at or after from, or SIZE_MAX. An empty
 * needle is found at from (when from <= s.n). */
size_t sq_str_find(sq_str s, sq_str needle, size_t from);

/* ASCII white space (space, \t \n \v \f \r) removed at both ends. */
sq_str sq_str_trim(sq_str s);
static inline bool sq_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
/* Takes the next line off *rest (without its \n or \r\n) into *line; false when
 * nothing is left. "a\n" is one line, "" none. */
bool sq_str_line(sq_str *rest, sq_str *line);
/* Takes the next piece before sep off *rest; false when *rest was exhausted
 * (p == NULL). "a,,b" gives "a", "", "b"; "" gives one empty piece. */
bool sq_str_split(sq_str *rest, char sep, sq_str *piece);

/* Whole of s as a decimal integer or number (a sign may lead; no blanks, no
 * leftovers, no inf/nan/hex; a number of at most SQ_NUM_MAX characters); false
 * and *out untouched otherwise. */
#define SQ_NUM_MAX 1000
bool sq_str_to_int(sq_str s, long long *out);
bool sq_str_to_num(sq_str s, double *out);

/* Of one that is not ASCII, for the next function. */
uint32_t sq_utf8_far(sq_str s, size_t *pos);
/* Decodes the code point at *pos and moves *pos past it (at least one byte).
 * Precondition: *pos < s.n. Invalid sequences, surrogates and overlong forms
 * give U+FFFD and advance one byte. */
static inline uint32_t sq_utf8_next(sq_str s, size_t *pos)
{
    unsigned char c = (unsigned char)s.p[*pos];
    if (c >= 0x80)
        return sq_utf8_far(s, pos);
    (*pos)++;
    return c;
}
/* True when all of s is valid UTF-8; else *bad (may be NULL) is the offset of
 * the first offending byte. */
bool sq_utf8_valid(sq_str s, size_t *bad);
/* Number of code points. */
size_t sq_utf8_count(sq_str s);

#endif
