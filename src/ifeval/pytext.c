#include "ifeval/pytext.h"
#include <string.h>
#include "ifeval/pycase.h"

bool sq_py_is_space(uint32_t cp)
{
    return (cp >= 0x09 && cp <= 0x0d) || (cp >= 0x1c && cp <= 0x20) ||
           cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
           cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

size_t sq_py_far_space_at(sq_str s, size_t i)
{
    size_t pos = i;

    return sq_py_is_space(sq_utf8_next(s, &pos)) ? pos - i : 0;
}

size_t sq_py_space_before(sq_str s, size_t i)
{
    size_t start = i;

    while (start > 0 && i - start < 4) {
        start--;
        if (((unsigned char)s.p[start] & 0xc0) != 0x80)
            break;
    }
    return start < i && sq_py_space_at(s, start) == i - start ? i - start : 0;
}

sq_str sq_py_strip(sq_str s)
{
    size_t n;

    while ((n = sq_py_space_at(s, 0)) > 0)
        s = sq_str_sub(s, n, s.n);
    while ((n = sq_py_space_before(s, s.n)) > 0)
        s.n -= n;
    return s;
}

sq_str sq_py_strip_left(sq_str s, const char *set)
{
    while (s.n > 0 && memchr(set, s.p[0], strlen(set)))
        s = sq_str_sub(s, 1, s.n);
    return s;
}

sq_str sq_py_strip_right(sq_str s, const char *set)
{
    while (s.n > 0 && memchr(set, s.p[s.n - 1], strlen(set)))
        s.n--;
    return s;
}

bool sq_py_blank(sq_str s)
{
    return sq_py_strip(s).n == 0;
}

bool sq_py_is_upper(uint32_t cp)
{
    return sq_py_lower_of(cp) != cp || cp == 0x130;
}

void sq_py_lower(sq_str s, struct sq_buf *out)
{
    size_t pos = 0;

    while (pos < s.n) {
        size_t at = pos;
        char c = s.p[pos];
        uint32_t cp;

        if ((unsigned char)c < 0x80) {
            sq_buf_addc(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
            pos++;
            continue;
        }
        cp = sq_utf8_next(s, &pos);
        if (cp == 0x130) {
            sq_buf_adds(out, "i\xcc\x87"); /* it becomes two */
        } else if (sq_py_lower_of(cp) != cp) {
            sq_buf_add_utf8(out, sq_py_lower_of(cp));
        } else {
            sq_buf_add(out, sq_str_sub(s, at, pos));
        }
    }
}
