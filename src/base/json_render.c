#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The shortest of the usual forms that reads back as the same number. */
static void render_number(const struct sq_json *j, struct sq_buf *out)
{
    long long whole;
    double v = sq_json_num(j);
    if (sq_json_int(j, &whole) && !(whole == 0 && signbit(v))) {
        sq_buf_addf(out, "%lld", whole);
        return;
    }
    if (!isfinite(v)) {
        sq_buf_adds(out, "null");
        return;
    }
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, v);
        double back = strtod(text, NULL);
        if (back >= v && back <= v)
            break;
    }
    sq_buf_adds(out, text);
}

static void render_items(const struct sq_json *j, bool object,
                         struct sq_buf *out)
{
    const struct sq_json *first = sq_json_first(j);
    sq_buf_addc(out, object ? '{' : '[');
    for (const struct sq_json *i = first; i; i = sq_json_next(i)) {
        if (i != first)
            sq_buf_addc(out, ',');
        if (object) {
            sq_json_quote(sq_json_key(i), out);
            sq_buf_addc(out, ':');
        }
        sq_json_render(i, out);
    }
    sq_buf_addc(out, object ? '}' : ']');
}

void sq_json_render(const struct sq_json *j, struct sq_buf *out)
{
    switch (sq_json_type(j)) {
    case SQ_JSON_NULL:
        sq_buf_adds(out, "null");
        break;
    case SQ_JSON_BOOL:
        sq_buf_adds(out, sq_json_bool(j) ? "true" : "false");
        break;
    case SQ_JSON_NUMBER:
        render_number(j, out);
        break;
    case SQ_JSON_STRING:
        sq_json_quote(sq_json_str(j), out);
        break;
    case SQ_JSON_ARRAY:
        render_items(j, false, out);
        break;
    case SQ_JSON_OBJECT:
        render_items(j, true, out);
        break;
    }
}

static bool is_plain(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 0x20 && u < 0x7F && c != '"' && c != '\\';
}

static void quote_code_point(uint32_t cp, struct sq_buf *out)
{
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    if (cp == 0)
        cp = 0xFFFD;
    if (cp == '"' || cp == '\\')
        sq_buf_addf(out, "\\%c", (int)cp);
    else if (cp < 0x20 && letters[cp])
        sq_buf_addf(out, "\\%c", letters[cp]);
    else if (cp < 0x20 || cp == 0x7F)
        sq_buf_addf(out, "\\u%04x", (unsigned)cp);
    else
        sq_buf_add_utf8(out, cp);
}

void sq_json_quote(sq_str s, struct sq_buf *out)
{
    sq_buf_addc(out, '"');
    for (size_t pos = 0; pos < s.n;) {
        size_t from = pos;
        while (pos < s.n && is_plain(s.p[pos]))
            pos++;
        sq_buf_add(out, sq_str_sub(s, from, pos));
        if (pos < s.n)
            quote_code_point(sq_utf8_next(s, &pos), out);
    }
    sq_buf_addc(out, '"');
}
