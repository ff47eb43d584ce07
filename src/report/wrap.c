#include "report/wrap.h"

/* Columns that a code point takes; blocks that terminals draw wide. */
static size_t columns(uint32_t cp)
{
    static const struct {
        uint32_t first, last;
    } wide[] = {{0x1100, 0x115f},  {0x2e80, 0x303e}, {0x3041, 0xa4cf},
                {0xac00, 0xd7a3},  {0xf900, 0xfaff}, {0xfe30, 0xfe6f},
                {0xff00, 0xff60},  {0xffe0, 0xffe6}, {0x1f300, 0x1faff},
                {0x20000, 0x3fffd}};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (cp >= wide[i].first && cp <= wide[i].last)
            return 2;
    return cp >= 0x300 && cp <= 0x36f ? 0 : 1;
}

/* What is printed in place of a code point. */
static uint32_t safe(uint32_t cp)
{
    if (cp == '\t')
        return ' ';
    bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
    bool bidi = (cp >= 0x200e && cp <= 0x200f) ||
                (cp >= 0x202a && cp <= 0x202e) ||
                (cp >= 0x2066 && cp <= 0x2069);
    return control || bidi ? 0xfffd : cp;
}

/* Bytes of s that fit into width columns; at least one code point, cut behind a
 * blank where there is one. */
static size_t fit(sq_str s, size_t width)
{
    size_t pos = 0, used = 0, blank = 0;
    while (pos < s.n) {
        size_t at = pos;
        uint32_t cp = sq_utf8_next(s, &pos);
        used += columns(safe(cp));
        if (used > width && at > 0)
            return blank ? blank : at;
        if (cp == ' ' || cp == '\t')
            blank = pos;
    }
    return s.n;
}

static void add_line(struct sq_buf *out, sq_str line, size_t indent)
{
    while (line.n && line.p[line.n - 1] == ' ')
        line.n--;
    for (size_t i = 0; line.n && i < indent; i++)
        sq_buf_addc(out, ' ');
    for (size_t pos = 0; pos < line.n;)
        sq_buf_add_utf8(out, safe(sq_utf8_next(line, &pos)));
    sq_buf_addc(out, '\n');
}

void sq_wrap(struct sq_buf *out, sq_str text, size_t indent)
{
    sq_str line;
    while (sq_str_line(&text, &line)) {
        do {
            size_t n = fit(line, SQ_TERMINAL_WIDTH - indent);
            add_line(out, sq_str_sub(line, 0, n), indent);
            line = sq_str_sub(line, n, line.n);
        } while (line.n);
    }
}
