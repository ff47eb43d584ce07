#include "check/text.h"
#include <string.h>

struct range {
    uint32_t lo, hi;
};

static bool in_ranges(const struct range *r, size_t n, uint32_t cp)
{
    for (size_t i = 0; i < n; i++) {
        if (cp >= r[i].lo && cp <= r[i].hi)
            return true;
    }
    return false;
}

#define IN(table, cp) in_ranges(table, sizeof(table) / sizeof(*(table)), cp)

bool sq_text_is_far_space(uint32_t cp)
{
    static const struct range spaces[] = {
        {0x85, 0x85},     {0xa0, 0xa0},     {0x1680, 0x1680},
        {0x2000, 0x200b}, {0x2028, 0x2029}, {0x202f, 0x202f},
        {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};

    return IN(spaces, cp);
}

bool sq_text_is_far_word(uint32_t cp)
{
    /* Latin-1 signs, general punctuation, superscripts and currency, arrows to
     * Braille and the symbols behind it, CJK punctuation, private use, forms
     * and half-widths, specials, emoji. */
    static const struct range signs[] = {
        {0x80, 0xa9},     {0xab, 0xb4},       {0xb6, 0xb9},
        {0xbb, 0xbf},     {0xd7, 0xd7},       {0xf7, 0xf7},
        {0x2000, 0x20cf}, {0x2190, 0x2bff},   {0x2e00, 0x2e7f},
        {0x3000, 0x3004}, {0x3008, 0x303f},   {0x30fb, 0x30fb},
        {0xe000, 0xf8ff}, {0xfe00, 0xfe6f},   {0xfeff, 0xff0f},
        {0xff1a, 0xff20}, {0xff3b, 0xff40},   {0xff5b, 0xff65},
        {0xffe0, 0xffff}, {0x1f000, 0x1faff}, {0xe0000, 0x10ffff}};

    if (cp == 0xfffd)
        return false;
    return !IN(signs, cp);
}

bool sq_text_is_ideograph(uint32_t cp)
{
    static const struct range own[] = {{0x3005, 0x3007}, {0x3041, 0x30fa},
                                       {0x3400, 0x4dbf}, {0x4e00, 0x9fff},
                                       {0xf900, 0xfaff}, {0x20000, 0x323af}};

    return cp >= 0x3005 && IN(own, cp);
}

size_t sq_text_characters(sq_str text)
{
    size_t pos = 0, n = 0, last = 0;

    while (pos < text.n) {
        uint32_t cp = sq_utf8_next(text, &pos);

        if (cp == '\r' && pos < text.n && text.p[pos] == '\n')
            continue;
        if (n == 0 && sq_text_is_space(cp))
            continue;
        n++;
        if (!sq_text_is_space(cp))
            last = n;
    }
    return last;
}

bool sq_text_blank(sq_str text)
{
    size_t pos = 0;

    while (pos < text.n) {
        unsigned char c = (unsigned char)text.p[pos];

        if (c > ' ' && c < 0x80)
            return false;
        if (!sq_text_is_space(sq_utf8_next(text, &pos)))
            return false;
    }
    return true;
}

bool sq_text_has_word(sq_str text)
{
    size_t pos = 0;

    while (pos < text.n) {
        if (sq_text_is_word(sq_utf8_next(text, &pos)))
            return true;
    }
    return false;
}

static bool is_markup(char c)
{
    return c == '*' || c == '_' || c == '`' || sq_is_space(c);
}

sq_str sq_text_bare(sq_str s)
{
    while (s.n && is_markup(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_markup(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* ---- lines and code ---------------------------------------------------- */

struct sq_lines sq_lines_of(sq_str text)
{
    struct sq_lines l = {.text = text};

    return l;
}

/* Number of fence marks a line starts with, when they are three or more. */
static size_t fence_ticks(sq_str line, char *mark)
{
    size_t n = 0;

    if (!line.n || (line.p[0] != '`' && line.p[0] != '~'))
        return 0;
    *mark = line.p[0];
    while (n < line.n && line.p[n] == *mark)
        n++;
    return n >= 3 ? n : 0;
}

static bool is_prose_label(sq_str label)
{
    static const char *const names[] = {"text",      "txt",      "plain",
                                        "plaintext", "markdown", "md"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (sq_str_eq_nocase(label, sq_str_from(names[i])))
            return true;
    }
    return false;
}

/* The first word behind the fence; "{.python" of Pandoc loses its "{.". */
static sq_str fence_label(sq_str info)
{
    size_t n = 0;

    info = sq_str_trim(info);
    while (info.n && (info.p[0] == '{' || info.p[0] == '.')) {
        info.p++;
        info.n--;
    }
    while (n < info.n && !sq_is_space(info.p[n]) && info.p[n] != '}' &&
           info.p[n] != ',' && info.p[n] != ':')
        n++;
    return sq_str_sub(info, 0, n);
}

/* What kind of line this is; opens and closes blocks. */
static enum sq_line_kind line_kind(struct sq_lines *l, sq_str line)
{
    sq_str s = sq_str_trim(line);
    char mark = 0;
    size_t n = fence_ticks(s, &mark);
    sq_str info;

    if (n == 0 && !l->mark)
        return SQ_LINE_PROSE;
    info = sq_str_sub(s, n, s.n);
    if (l->mark) {
        if (n >= l->ticks && mark == l->mark && info.n == 0) {
            l->mark = 0;
            return SQ_LINE_FENCE;
        }
        return l->prose ? SQ_LINE_PROSE : SQ_LINE_CODE;
    }
    if (mark == '`' && sq_str_find(info, SQ_STR("`"), 0) != SIZE_MAX)
        return SQ_LINE_PROSE;
    l->mark = mark;
    l->ticks = n;
    l->label = fence_label(info);
    l->prose = is_prose_label(l->label);
    return SQ_LINE_FENCE;
}

static size_t line_indent(sq_str line)
{
    size_t col = 0;

    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '\t')
            col += 4 - col % 4;
        else if (line.p[i] == ' ')
            col++;
        else
            break;
    }
    return col;
}

bool sq_lines_next(struct sq_lines *l, struct sq_line *out)
{
    const char *start, *end;

    if (l->pos >= l->text.n)
        return false;
    start = l->text.p + l->pos;
    end = memchr(start, '\n', l->text.n - l->pos);
    out->at = l->pos;
    out->text =
        (sq_str){start, end ? (size_t)(end - start) : l->text.n - l->pos};
    l->pos += out->text.n + (end != NULL);
    if (out->text.n && start[out->text.n - 1] == '\r')
        out->text.n--;
    out->indent = line_indent(out->text);
    out->blank = sq_text_blank(out->text);
    out->kind = line_kind(l, out->text);
    return true;
}

bool sq_code_next(struct sq_lines *l, struct sq_code *out)
{
    struct sq_line line;

    while (sq_lines_next(l, &line)) {
        size_t end = l->pos;

        if (line.kind != SQ_LINE_FENCE)
            continue;
        out->at = l->pos;
        out->label = l->label;
        while (sq_lines_next(l, &line) && line.kind != SQ_LINE_FENCE)
            end = l->pos;
        out->body = sq_str_sub(l->text, out->at, end);
        return true;
    }
    return false;
}

/* ---- single lines -------------------------------------------------------- */

bool sq_text_is_heading(sq_str line)
{
    sq_str s = sq_str_trim(line);
    size_t n = 0;

    if (s.n < 2 || (s.p[0] != '#' && s.p[0] != '*'))
        return false;
    while (n < s.n && s.p[n] == '#')
        n++;
    if (n)
        return n <= 6 && n < s.n && sq_is_space(s.p[n]);
    if (sq_str_ends(s, SQ_STR(":")))
        s.n--;
    return s.n > 4 && sq_str_starts(s, SQ_STR("**")) &&
           sq_str_find(s, SQ_STR("**"), 2) == s.n - 2;
}

size_t sq_text_cells(sq_str line)
{
    sq_str s = sq_str_trim(line);
    bool rule = true;
    size_t bars = 0;

    if (!s.n || !memchr(s.p, '|', s.n))
        return 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n) {
            i++;
            rule = false;
        } else if (s.p[i] == '|') {
            bars++;
        } else if (s.p[i] != '-' && s.p[i] != ':' && s.p[i] != '+' &&
                   s.p[i] != '=' && s.p[i] != ' ') {
            rule = false;
        }
    }
    if (!bars || rule)
        return 0;
    bars -= sq_str_starts(s, SQ_STR("|"));
    bars -=
        bars && sq_str_ends(s, SQ_STR("|")) && !sq_str_ends(s, SQ_STR("\\|"));
    return bars + 1;
}
