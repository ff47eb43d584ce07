#include "grade/latex.h"

/* The last place of a needle, or SIZE_MAX. */
static size_t find_last(sq_str s, sq_str needle)
{
    for (size_t at = s.n >= needle.n ? s.n - needle.n + 1 : 0; at-- > 0;)
        if (sq_str_starts(sq_str_sub(s, at, s.n), needle))
            return at;
    return SIZE_MAX;
}

/* The end of the group that opens at s.p[at], behind its brace; 0 = open. */
static size_t group_end(sq_str s, size_t at)
{
    size_t depth = 0;

    for (; at < s.n; at++) {
        depth += s.p[at] == '{';
        depth -= s.p[at] == '}';
        if (depth == 0)
            return at + 1;
    }
    return 0;
}

bool sq_latex_boxed(sq_str text, sq_str *out)
{
    size_t at = find_last(text, SQ_STR("\\boxed")), end;
    size_t n = 6;

    if (at == SIZE_MAX) {
        at = find_last(text, SQ_STR("\\fbox"));
        n = 5;
    }
    if (at == SIZE_MAX)
        return false;
    text = sq_str_sub(text, at + n, text.n);
    if (text.n > 0 && text.p[0] == ' ') {
        end = sq_str_find(text, SQ_STR("$"), 0);
        *out = sq_str_sub(text, 1, end == SIZE_MAX ? text.n : end);
        return true;
    }
    if (text.n == 0 || text.p[0] != '{')
        return false;
    end = group_end(text, 0);
    if (end == 0)
        return false;
    *out = sq_str_sub(text, 1, end - 1);
    return true;
}
