#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

sq_str sq_str_from(const char *cstr)
{
    return (sq_str){cstr, cstr ? strlen(cstr) : 0};
}

bool sq_str_eq(sq_str a, sq_str b)
{
    if (a.n != b.n)
        return false;
    return a.n == 0 || memcmp(a.p, b.p, a.n) == 0;
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

int sq_str_cmp(sq_str a, sq_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool sq_str_eq_nocase(sq_str a, sq_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (fold(a.p[i]) != fold(b.p[i]))
            return false;
    return true;
}

bool sq_str_starts(sq_str s, sq_str prefix)
{
    return s.n >= prefix.n && sq_str_eq(sq_str_sub(s, 0, prefix.n), prefix);
}

bool sq_str_ends(sq_str s, sq_str suffix)
{
    return s.n >= suffix.n &&
           sq_str_eq(sq_str_sub(s, s.n - suffix.n, s.n), suffix);
}

/* Few bytes: comparing at each occurrence of the first byte is linear enough.
 */
static size_t find_short(sq_str s, sq_str needle, size_t from)
{
    const char *p = s.p + from;
    const char *last = s.p + (s.n - needle.n);
    while (p <= last) {
        p = memchr(p, needle.p[0], (size_t)(last - p) + 1);
        if (!p)
            return SIZE_MAX;
        if (memcmp(p, needle.p, needle.n) == 0)
            return (size_t)(p - s.p);
        p++;
    }
    return SIZE_MAX;
}

/* Rabin and Karp (1987), arithmetic modulo 2^64: a long needle of a model's
 * choosing ("aaaa...b") must not make the search quadratic. */
static size_t find_long(sq_str s, sq_str needle, size_t from)
{
    const uint64_t base = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t want = 0, have = 0, top = 1;
    for (size_t i = 0; i < needle.n; i++) {
        want = want * base + (unsigned char)needle.p[i];
        have = have * base + (unsigned char)s.p[from + i];
        if (i > 0)
            top *= base;
    }
    for (size_t i = from;; i++) {
        if (have == want && memcmp(s.p + i, needle.p, needle.n) == 0)
            return i;
        if (i + needle.n >= s.n)
            return SIZE_MAX;
        have -= top * (unsigned char)s.p[i];
        have = have * base + (unsigned char)s.p[i + needle.n];
    }
}

size_t sq_str_find(sq_str s, sq_str needle, size_t from)
{
    enum { SHORT = 16 };
    if (from > s.n || needle.n > s.n - from)
        return SIZE_MAX;
    if (needle.n == 0)
        return from;
    return needle.n <= SHORT ? find_short(s, needle, from)
                             : find_long(s, needle, from);
}

sq_str sq_str_trim(sq_str s)
{
    while (s.n > 0 && sq_is_space(s.p[s.n - 1]))
        s.n--;
    while (s.n > 0 && sq_is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    return s;
}

bool sq_str_line(sq_str *rest, sq_str *line)
{
    if (rest->n == 0)
        return false;
    const char *nl = memchr(rest->p, '\n', rest->n);
    size_t n = nl ? (size_t)(nl - rest->p) : rest->n;
    *line = sq_str_sub(*rest, 0, n);
    if (nl && n > 0 && line->p[n - 1] == '\r')
        line->n--;
    *rest = sq_str_sub(*rest, n + 1, rest->n);
    return true;
}

bool sq_str_split(sq_str *rest, char sep, sq_str *piece)
{
    if (!rest->p)
        return false;
    const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    if (!at) {
        *piece = *rest;
        *rest = (sq_str){NULL, 0};
        return true;
    }
    size_t n = (size_t)(at - rest->p);
    *piece = sq_str_sub(*rest, 0, n);
    *rest = sq_str_sub(*rest, n + 1, rest->n);
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool sq_str_to_int(sq_str s, long long *out)
{
    size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+');
    bool negative = i == 1 && s.p[0] == '-';
    unsigned long long limit = (unsigned long long)INT64_MAX + negative;
    unsigned long long v = 0;
    if (i == s.n)
        return false;
    for (; i < s.n; i++) {
        if (!is_digit(s.p[i]))
            return false;
        unsigned digit = (unsigned)(s.p[i] - '0');
        if (v > (limit - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    if (negative)
        *out = v == limit ? INT64_MIN : -(long long)v;
    else
        *out = (long long)v;
    return true;
}

static size_t skip_digits(sq_str s, size_t i)
{
    while (i < s.n && is_digit(s.p[i]))
        i++;
    return i;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after '.' */
static bool looks_decimal(sq_str s)
{
    size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+');
    size_t from = i;
    i = skip_digits(s, i);
    size_t digits = i - from;
    if (i < s.n && s.p[i] == '.') {
        from = ++i;
        i = skip_digits(s, i);
        digits += i - from;
    }
    if (digits == 0)
        return false;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        i += i < s.n && (s.p[i] == '-' || s.p[i] == '+');
        from = i;
        i = skip_digits(s, i);
        if (i == from)
            return false;
    }
    return i == s.n;
}

bool sq_str_to_num(sq_str s, double *out)
{
    char text[SQ_NUM_MAX + 1];
    if (s.n > SQ_NUM_MAX || !looks_decimal(s))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    double v = strtod(text, NULL);
    if (!isfinite(v))
        return false;
    *out = v;
    return true;
}

/* Length of the valid sequence at s[at], 0 when there is none (Unicode 15,
 * table 3-7). */
static size_t utf8_len(sq_str s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    size_t left = s.n - at;
    unsigned char low = 0x80, high = 0xBF;
    size_t n;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (n > left)
        return 0;
    if (p[0] == 0xE0)
        low = 0xA0;
    else if (p[0] == 0xED)
        high = 0x9F;
    else if (p[0] == 0xF0)
        low = 0x90;
    else if (p[0] == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

uint32_t sq_utf8_far(sq_str s, size_t *pos)
{
    static const unsigned char lead[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *p = (const unsigned char *)s.p + *pos;
    size_t n = utf8_len(s, *pos);
    if (n == 0) {
        (*pos)++;
        return 0xFFFD;
    }
    uint32_t cp = p[0] & lead[n];
    for (size_t i = 1; i < n; i++)
        cp = cp << 6 | (p[i] & 0x3F);
    *pos += n;
    return cp;
}

/* Offset of the first byte at or after `at` that is not ASCII. */
static size_t skip_ascii(sq_str s, size_t at)
{
    uint64_t word;
    while (s.n - at >= sizeof(word)) {
        memcpy(&word, s.p + at, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            break;
        at += sizeof(word);
    }
    while (at < s.n && (unsigned char)s.p[at] < 0x80)
        at++;
    return at;
}

bool sq_utf8_valid(sq_str s, size_t *bad)
{
    size_t at = skip_ascii(s, 0);
    while (at < s.n) {
        size_t n = utf8_len(s, at);
        if (n == 0) {
            if (bad)
                *bad = at;
            return false;
        }
        at += n;
        if (at < s.n && (unsigned char)s.p[at] < 0x80)
            at = skip_ascii(s, at);
    }
    return true;
}

size_t sq_utf8_count(sq_str s)
{
    size_t count = 0;
    for (size_t pos = 0; pos < s.n; count++)
        (void)sq_utf8_next(s, &pos);
    return count;
}
