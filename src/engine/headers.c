#include "engine/headers.h"
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/path.h"

/* RFC 9110, 5.6.2. */
static bool is_token(sq_str s)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9');
        if (!alnum && (c == '\0' || !strchr(marks, c)))
            return false;
    }
    return s.n > 0;
}

static bool is_ours(sq_str name)
{
    static const char *const ours[] = {"Content-Type", "Content-Length",
                                       "Transfer-Encoding", "Host"};
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (sq_str_eq_nocase(name, sq_str_from(ours[i])))
            return true;
    return false;
}

/* Why a line is no header that may be sent; NULL when it is one. */
static const char *fault_of(sq_str line)
{
    size_t colon = sq_str_find(line, SQ_STR(":"), 0);
    sq_str name = sq_str_sub(line, 0, colon);
    if (colon == SIZE_MAX || !is_token(name))
        return "want \"Name: value\"";
    if (is_ours(name))
        return "this header is set by seqeval";
    for (size_t i = colon; i < line.n; i++)
        if (((unsigned char)line.p[i] < ' ' && line.p[i] != '\t') ||
            line.p[i] == 0x7f)
            return "a control character in the value";
    return sq_str_trim(sq_str_sub(line, colon + 1, line.n)).n > 0
               ? NULL
               : "the value is empty";
}

enum sq_status sq_headers_load(const char *path, struct sq_arena *arena,
                               const char *const **out, struct sq_err *err)
{
    char *text = NULL;
    size_t size = 0, n = 0, number = 0;
    const char **lines = NULL;
    enum sq_status st =
        sq_path_read(path, SQ_MAX_MESSAGE * 16, &text, &size, err);
    sq_str rest = {text, size}, line;
    while (st == SQ_OK && sq_str_line(&rest, &line)) {
        number++;
        line = sq_str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        const char *fault = fault_of(line);
        if (fault) {
            st = sq_err_set(err, SQ_INPUT, "%s:%zu: %s", path, number, fault);
            break;
        }
        lines = sq_xrealloc(lines, n + 1, sizeof(*lines));
        lines[n++] = sq_arena_str(arena, line).p;
    }
    const char **kept = sq_arena_array(arena, n + 1, sizeof(*kept));
    for (size_t i = 0; i < n; i++)
        kept[i] = lines[i];
    *out = kept;
    free(lines);
    free(text);
    return st;
}
