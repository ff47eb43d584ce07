#ifndef SQ_CHECK_PART_H
#define SQ_CHECK_PART_H
/*
 * Where in a response JSON or XML may stand: the whole of it; the code block
 * that it consists of; and, where prose may stand around it, each code block
 * and what starts at a line's first character.
 */
#include "check/text.h"

struct sq_parts {
    sq_str text;
    const char *open; /* characters that may start it: "{[", "<" */
    bool whole;       /* nothing may stand around it */
    int stage;
    size_t tried;
    size_t pos;
    struct sq_lines lines;
};
struct sq_parts sq_parts_of(sq_str text, const char *open, bool whole);
/* The next candidate, without blanks around it: bytes [*at, *at + out->n). open
 * end: what stands behind the value there is none of its business. At most some
 * 40, in all not longer than six times the text. */
bool sq_parts_next(struct sq_parts *p, sq_str *out, size_t *at, bool *open_end);

#endif
