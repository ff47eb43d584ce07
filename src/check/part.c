#include "check/part.h"
#include <string.h>

/* Code blocks, and starts of lines, that are tried. */
#define MAX_BLOCKS 32
#define MAX_STARTS 4

enum { STAGE_WHOLE, STAGE_BLOCKS, STAGE_LINES, STAGE_END };

struct sq_parts sq_parts_of(sq_str text, const char *open, bool whole)
{
    return (struct sq_parts){.text = text, .open = open, .whole = whole};
}

static void put(const struct sq_parts *p, size_t start, size_t end, sq_str *out,
                size_t *at)
{
    *out = sq_str_trim(sq_str_sub(p->text, start, end));
    *at = out->n ? (size_t)(out->p - p->text.p) : start;
}

/* The next code block; for the whole, only one that has nothing but blanks
 * around it. */
static bool next_block(struct sq_parts *p, sq_str *out, size_t *at)
{
    struct sq_code code;
    sq_str before, after;

    if (p->tried++ == MAX_BLOCKS || !sq_code_next(&p->lines, &code))
        return false;
    put(p, code.at, code.at + code.body.n, out, at);
    if (!p->whole)
        return true;
    before = sq_str_trim(sq_str_sub(p->text, 0, code.at));
    after = sq_str_sub(p->text, p->lines.pos, p->text.n);
    return p->tried == 1 && sq_text_blank(after) &&
           sq_str_find(before, SQ_STR("\n"), 0) == SIZE_MAX;
}

/* The next line that starts with one of the characters. */
static bool next_line(struct sq_parts *p, sq_str *out, size_t *at)
{
    bool start = true;

    if (p->tried++ == MAX_STARTS)
        return false;
    for (; p->pos < p->text.n; p->pos++) {
        char c = p->text.p[p->pos];

        if (start && c && strchr(p->open, c)) {
            put(p, p->pos, p->text.n, out, at);
            p->pos++;
            return true;
        }
        start = c == '\n' || (start && sq_is_space(c));
    }
    return false;
}

bool sq_parts_next(struct sq_parts *p, sq_str *out, size_t *at, bool *open_end)
{
    *open_end = false;
    if (p->stage == STAGE_WHOLE) {
        p->stage = STAGE_BLOCKS;
        p->lines = sq_lines_of(p->text);
        put(p, 0, p->text.n, out, at);
        return true;
    }
    if (p->stage == STAGE_BLOCKS) {
        if (next_block(p, out, at))
            return true;
        p->stage = p->whole ? STAGE_END : STAGE_LINES;
        p->tried = 0;
    }
    if (p->stage == STAGE_LINES) {
        *open_end = true;
        if (next_line(p, out, at))
            return true;
        p->stage = STAGE_END;
    }
    return false;
}
