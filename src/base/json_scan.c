#include "base/json_scan.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

enum {
    MAX_NUMBER = 63, /* what cJSON's number buffer holds */
    MAX_KEYS_TO_COMPARE = 64
};

struct level {
    bool object;
    size_t first_key; /* in scan.keys */
};

struct scan {
    const char *start, *p, *end;
    struct sq_json_scan *out;
    size_t depth;
    struct level *levels;
    sq_str *keys; /* of the objects that are open, inner ones last */
    size_t nkeys, cap_keys;
};

__attribute__((format(printf, 3, 4))) static bool
fault(struct scan *s, const char *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(s->out->what, sizeof(s->out->what), fmt, ap);
    va_end(ap);
    s->out->at = (size_t)(at - s->start);
    return false;
}

/* "expected WANT, found ..." */
static bool unexpected(struct scan *s, const char *want)
{
    if (s->p == s->end)
        return fault(s, s->p, "expected %s, found the end of the text", want);
    unsigned char c = (unsigned char)*s->p;
    if (c > 0x20 && c < 0x7F)
        return fault(s, s->p, "expected %s, found '%c'", want, c);
    return fault(s, s->p, "expected %s, found byte 0x%02X", want, c);
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end &&
           (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
        s->p++;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The code unit of "\uXXXX" at p, -1 when that is not what stands there. */
static int unit_at(const struct scan *s, const char *p)
{
    int v = 0;
    if (s->end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_value(p[i]);
        if (digit < 0)
            return -1;
        v = v << 4 | digit;
    }
    return v;
}

static void note_lone_surrogate(struct scan *s)
{
    struct sq_json_scan *out = s->out;
    if ((out->nlone & (out->nlone - 1)) == 0) /* full at each power of two */
        out->lone = sq_xrealloc(out->lone, out->nlone ? out->nlone * 2 : 1,
                                sizeof(*out->lone));
    out->lone[out->nlone++] = (size_t)(s->p - s->start);
}

static bool scan_escape(struct scan *s)
{
    if (s->end - s->p < 2)
        return fault(s, s->p, "the text ends within an escape");
    if (s->p[1] != 'u') {
        if (!s->p[1] || !strchr("\"\\/bfnrt", s->p[1]))
            return fault(s, s->p, "unknown escape (a backslash is \\\\)");
        s->p += 2;
        return true;
    }
    int unit = unit_at(s, s->p);
    if (unit < 0)
        return fault(s, s->p, "\\u needs four hexadecimal digits");
    if (unit == 0)
        return fault(s, s->p, "\\u0000 is not supported in a string");
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        int low = unit <= 0xDBFF ? unit_at(s, s->p + 6) : -1;
        if (low >= 0xDC00 && low <= 0xDFFF)
            s->p += 6;
        else
            note_lone_surrogate(s);
    }
    s->p += 6;
    return true;
}

/* Bytes of w that are zero get their top bit set, the lowest such byte for
 * certain (Mycroft 1987); the bits of others may be wrong above it only. */
static uint64_t zero_bytes(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return (w - ones) & ~w & ones << 7;
}

size_t sq_json_plain(const char *p, size_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t i = 0;
    uint64_t w;
    for (; n - i >= sizeof(w); i += sizeof(w)) {
        memcpy(&w, p + i, sizeof(w));
        uint64_t control = zero_bytes(w & ones * 0xE0);
        if (control | zero_bytes(w ^ ones * '"') | zero_bytes(w ^ ones * '\\'))
            break;
    }
    while (i < n && p[i] != '"' && p[i] != '\\' && (unsigned char)p[i] >= 0x20)
        i++;
    return i;
}

static bool scan_string(struct scan *s, sq_str *raw)
{
    const char *open = s->p++;
    for (;;) {
        s->p += sq_json_plain(s->p, (size_t)(s->end - s->p));
        if (s->p == s->end)
            return fault(s, open, "a string begins here that never ends");
        if (*s->p == '"')
            break;
        if (*s->p != '\\')
            return fault(s, s->p,
                         "control character 0x%02X in a string (as an escape "
                         "it is \\u%04x)",
                         (unsigned char)*s->p, (unsigned char)*s->p);
        if (!scan_escape(s))
            return false;
    }
    *raw = (sq_str){open + 1, (size_t)(s->p - open) - 1};
    s->p++;
    return true;
}

static size_t skip_digits(struct scan *s)
{
    const char *from = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        s->p++;
    return (size_t)(s->p - from);
}

static bool scan_number(struct scan *s)
{
    const char *from = s->p;
    if (*s->p == '-')
        s->p++;
    const char *whole = s->p;
    size_t n = skip_digits(s);
    if (n == 0)
        return unexpected(s, "a digit");
    if (n > 1 && *whole == '0')
        return fault(s, whole, "a number must not begin with 0");
    if (s->p < s->end && *s->p == '.') {
        s->p++;
        if (skip_digits(s) == 0)
            return unexpected(s, "a digit after the decimal point");
    }
    if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
            s->p++;
        if (skip_digits(s) == 0)
            return unexpected(s, "a digit of the exponent");
    }
    if (s->p - from > MAX_NUMBER)
        return fault(s, from, "a number of more than %d characters",
                     (int)MAX_NUMBER);
    return true;
}

static bool scan_word(struct scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    sq_str rest = {s->p, (size_t)(s->end - s->p)};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        sq_str word = sq_str_from(words[i]);
        if (sq_str_starts(rest, word)) {
            s->p += word.n;
            return true;
        }
    }
    if (sq_str_starts(rest, SQ_STR("NaN")) ||
        sq_str_starts(rest, SQ_STR("Inf")))
        return fault(s, s->p, "NaN and Infinity are not JSON (null is)");
    return unexpected(s, "a value");
}

static bool add_key(struct scan *s, sq_str key)
{
    const struct level *level = &s->levels[s->depth - 1];
    if (s->nkeys - level->first_key < MAX_KEYS_TO_COMPARE)
        for (size_t i = level->first_key; i < s->nkeys; i++)
            if (sq_str_eq(s->keys[i], key))
                return fault(s, key.p - 1,
                             "key \"%.*s\" stands twice in one object",
                             (int)(key.n < 80 ? key.n : 80), key.p);
    if (s->nkeys == s->cap_keys) {
        s->cap_keys = s->cap_keys ? s->cap_keys * 2 : 32;
        s->keys = sq_xrealloc(s->keys, s->cap_keys, sizeof(*s->keys));
    }
    s->keys[s->nkeys++] = key;
    return true;
}

/* A key with its colon, and the white space around them. */
static bool scan_key(struct scan *s)
{
    sq_str key = {0};
    skip_space(s);
    if (s->p == s->end || *s->p != '"')
        return unexpected(s, "a key in double quotes");
    if (!scan_string(s, &key) || !add_key(s, key))
        return false;
    skip_space(s);
    if (s->p == s->end || *s->p != ':')
        return unexpected(s, "':' after a key");
    s->p++;
    return true;
}

/* Opens the array or object at p; *empty tells that it was closed at once. */
static bool open_level(struct scan *s, bool *empty)
{
    bool object = *s->p == '{';
    if (s->depth == SQ_JSON_MAX_DEPTH)
        return fault(s, s->p, "nested more than %d levels deep",
                     SQ_JSON_MAX_DEPTH);
    s->levels[s->depth++] = (struct level){object, s->nkeys};
    s->p++;
    skip_space(s);
    *empty = s->p < s->end && *s->p == (object ? '}' : ']');
    return *empty || !object || scan_key(s);
}

/* Behind a value: closes what closes, up to the next value's start or, at depth
 * 0, the end. */
static bool scan_after(struct scan *s)
{
    while (s->depth > 0) {
        const struct level *level = &s->levels[s->depth - 1];
        skip_space(s);
        if (s->p < s->end && *s->p == ',') {
            s->p++;
            return !level->object || scan_key(s);
        }
        if (s->p == s->end || *s->p != (level->object ? '}' : ']'))
            return unexpected(s, level->object ? "',' or '}' after a member"
                                               : "',' or ']' after an element");
        s->p++;
        s->nkeys = level->first_key;
        s->depth--;
    }
    return true;
}

static bool scan_value(struct scan *s)
{
    do {
        sq_str raw;
        bool ok = true, empty = true;
        skip_space(s);
        char c = s->p < s->end ? *s->p : '\0';
        if (c == '{' || c == '[')
            ok = open_level(s, &empty);
        else if (c == '"')
            ok = scan_string(s, &raw);
        else if (c == '-' || (c >= '0' && c <= '9'))
            ok = scan_number(s);
        else
            ok = scan_word(s);
        if (!ok || (empty && !scan_after(s)))
            return false;
    } while (s->depth > 0);
    return true;
}

bool sq_json_scan(sq_str text, struct sq_json_scan *out)
{
    struct level levels[SQ_JSON_MAX_DEPTH];
    if (!text.p)
        text = SQ_STR("");
    struct scan s = {
        .start = text.p, .p = text.p, .end = text.p + text.n, .levels = levels};
    size_t bad;
    *out = (struct sq_json_scan){0};
    s.out = out;
    bool ok = scan_value(&s);
    free(s.keys);
    out->used = ok ? (size_t)(s.p - s.start) : 0;
    /* The first fault is the one to report. */
    sq_str read = sq_str_sub(text, 0, ok ? out->used : out->at);
    if (!sq_utf8_valid(read, &bad))
        ok = fault(&s, text.p + bad, "invalid UTF-8");
    return ok;
}
