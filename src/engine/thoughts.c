#include "engine/thoughts.h"

sq_str sq_thoughts_part(sq_str text, sq_str *thoughts)
{
    const sq_str open = SQ_STR("<think>"), close = SQ_STR("</think>");
    sq_str begin = sq_str_trim(text);
    *thoughts = SQ_STR("");
    if (!sq_str_starts(begin, open))
        return text;
    size_t end = sq_str_find(begin, close, open.n);
    *thoughts = sq_str_trim(sq_str_sub(begin, open.n, end));
    if (end == SIZE_MAX)
        return SQ_STR("");
    /* up to the end of the text as it came */
    text = sq_str_sub(text, (size_t)(begin.p - text.p) + end + close.n, text.n);
    while (text.n > 0 && sq_is_space(text.p[0]))
        text = sq_str_sub(text, 1, text.n);
    return text;
}
