#include "base/base64.h"

#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void sq_base64_encode(sq_str bytes, struct sq_buf *out)
{
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
        unsigned v = 0;
        char four[4] = "====";
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < n ? (unsigned char)bytes.p[i + k] : 0);
        for (size_t k = 0; k <= n; k++)
            four[k] = alphabet[v >> (18 - 6 * k) & 63];
        sq_buf_add(out, (sq_str){four, 4});
    }
}

/* Each character's value plus one, 0 = it has none. */
static void read_alphabet(unsigned char values[256])
{
    memset(values, 0, 256);
    for (unsigned char i = 0; i < 64; i++)
        values[(unsigned char)alphabet[i]] = i + 1;
}

bool sq_base64_decode(sq_str text, struct sq_buf *out, size_t *bad)
{
    unsigned char values[256];
    size_t n = text.n;
    unsigned v = 0;
    read_alphabet(values);
    while (n > 0 && text.n - n < 2 && text.p[n - 1] == '=')
        n--;
    for (size_t i = 0; i < n; i++) {
        unsigned char value = values[(unsigned char)text.p[i]];
        *bad = i;
        if (!value)
            return false;
        v = (v << 6 | (value - 1u)) & 0xffffff;
        if (i % 4 == 3) {
            char three[3] = {(char)(v >> 16), (char)(v >> 8), (char)v};
            sq_buf_add(out, (sq_str){three, 3});
        }
    }
    *bad = n;
    if (text.n % 4)
        return false;
    /* Of two or three last characters no bit may be left over. */
    v <<= 6 * (text.n - n);
    if (n % 4 == 0)
        return text.n == n;
    char rest[2] = {(char)(v >> 16), (char)(v >> 8)};
    size_t nrest = n % 4 - 1;
    *bad = n - 1;
    if (v & (nrest == 1 ? 0xffffu : 0xffu))
        return false;
    sq_buf_add(out, (sq_str){rest, nrest});
    return true;
}
