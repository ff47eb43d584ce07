#include "grade/pynumber.h"

#include <string.h>

#include "ifeval/pytext.h"

/* The zero of each script's ten digits; Unicode 14, as of Python 3.11. */
static const uint32_t zeros[] = {
    0x30,    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,
    0xb66,   0xbe6,   0xc66,   0xce6,   0xd66,   0xde6,   0xe50,   0xed0,
    0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,  0x1946,  0x19d0,  0x1a80,
    0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,  0xa900,
    0xa9d0,  0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066,
    0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0,
    0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
    0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0,
    0x1e950, 0x1fbf0};

size_t sq_pynumber_digit(sq_str s, size_t i)
{
    size_t pos = i;
    uint32_t cp;

    if (i >= s.n)
        return 0;
    if ((unsigned char)s.p[i] < 0x80)
        return s.p[i] >= '0' && s.p[i] <= '9';
    cp = sq_utf8_next(s, &pos);
    for (size_t k = 0; k < sizeof(zeros) / sizeof(*zeros); k++)
        if (cp >= zeros[k] && cp <= zeros[k] + 9)
            return pos - i;
    return 0;
}

/* The length of the digit that ends before byte i, 0 = none. */
static size_t digit_before(sq_str s, size_t i)
{
    size_t start = i;

    while (start > 0 && i - start < 4) {
        start--;
        if (((unsigned char)s.p[start] & 0xc0) != 0x80)
            break;
    }
    return start < i && sq_pynumber_digit(s, start) == i - start ? i - start
                                                                 : 0;
}

void sq_pynumber_join(sq_str text, struct sq_buf *out)
{
    size_t from = 0, taken = 0, at;

    while ((at = sq_str_find(text, SQ_STR(","), from)) != SIZE_MAX) {
        size_t before = digit_before(text, at);
        size_t after = sq_pynumber_digit(text, at + 1);

        /* The digit before must not be part of the match before. */
        if (before > 0 && after > 0 && at - before >= taken) {
            sq_buf_add(out, sq_str_sub(text, from, at));
            taken = at + 1 + after;
        } else {
            sq_buf_add(out, sq_str_sub(text, from, at + 1));
        }
        from = at + 1;
    }
    sq_buf_add(out, sq_str_sub(text, from, text.n));
}

static size_t digits(sq_str s, size_t i)
{
    size_t n;

    while ((n = sq_pynumber_digit(s, i)) > 0)
        i += n;
    return i;
}

/* Where a match that starts at i ends; i = none does. */
static size_t match_at(sq_str s, size_t i)
{
    size_t p = i, end;

    if (s.p[p] == '-' || s.p[p] == '+')
        p++;
    end = digits(s, p);
    if (end < s.n && s.p[end] == '.' && sq_pynumber_digit(s, end + 1) > 0)
        return digits(s, end + 1);
    return p == i ? end : i;
}

bool sq_pynumber_last(sq_str text, sq_str *out)
{
    size_t i = 0;
    bool found = false;

    while (i < text.n) {
        size_t end = match_at(text, i);

        if (end > i) {
            *out = sq_str_sub(text, i, end);
            found = true;
            i = end;
        } else {
            (void)sq_utf8_next(text, &i);
        }
    }
    return found;
}

void sq_pynumber_plain(sq_str text, struct sq_buf *out)
{
    static const char marks[] = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    size_t kept;

    sq_py_lower(text, out);
    kept = 0;
    for (size_t i = 0; i < out->n; i++)
        if (!memchr(marks, out->p[i], sizeof(marks) - 1))
            out->p[kept++] = out->p[i];
    out->n = kept;
    out->p[kept] = '\0';
}
