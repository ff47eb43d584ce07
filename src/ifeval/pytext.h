#ifndef SQ_IFEVAL_PYTEXT_H
#define SQ_IFEVAL_PYTEXT_H
/*
 * Text as Python reads it: the reference of IFEval is Python, and its verdicts
 * hang on what a blank, a line and a lower-case letter is there.
 */
#include "base/buf.h"
#include "base/str.h"

/* str.isspace(): also U+001C to U+001F and U+0085. */
bool sq_py_is_space(uint32_t cp);
/* str.strip(), and with a set of ASCII characters. */
sq_str sq_py_strip(sq_str s);
sq_str sq_py_strip_left(sq_str s, const char *set);
sq_str sq_py_strip_right(sq_str s, const char *set);
/* Nothing but white space, or nothing. */
bool sq_py_blank(sq_str s);
/* str.lower(), appended, but that the sigma at a word's end is the usual one.
 */
void sq_py_lower(sq_str s, struct sq_buf *out);
/* A capital that sq_py_lower knows. */
bool sq_py_is_upper(uint32_t cp);
/* Length of the white space character at, or that ends at, byte i; 0 = none. */
size_t sq_py_far_space_at(sq_str s, size_t i); /* of one that is not ASCII */
static inline size_t sq_py_space_at(sq_str s, size_t i)
{
    unsigned char c = i < s.n ? (unsigned char)s.p[i] : 'a';

    if (c >= 0x80) /* U+0085, U+00A0, U+1680, U+2000 on, U+3000 */
        return c == 0xc2 || (c >= 0xe1 && c <= 0xe3) ? sq_py_far_space_at(s, i)
                                                     : 0;
    return c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f);
}
size_t sq_py_space_before(sq_str s, size_t i);

#endif
