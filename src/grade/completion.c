#include "grade/completion.h"

#include "base/buf.h"
#include "check/text.h"

static bool indented(sq_str line)
{
    return line.n && (line.p[0] == ' ' || line.p[0] == '\t');
}

/* Does a line of s, at its left edge, begin the wanted function? */
static bool begins_function(sq_str line, sq_str entry)
{
    if (sq_str_starts(line, SQ_STR("async ")))
        line = sq_str_sub(line, 6, line.n);
    if (!sq_str_starts(line, SQ_STR("def ")))
        return false;
    line = sq_str_trim(sq_str_sub(line, 4, line.n));
    if (!entry.n)
        return true;
    sq_str rest = sq_str_sub(line, entry.n, line.n);
    return sq_str_starts(line, entry) && rest.n &&
           (rest.p[0] == '(' || sq_is_space(rest.p[0]));
}

static bool defines(sq_str s, sq_str entry)
{
    sq_str line;
    while (sq_str_line(&s, &line))
        if (begins_function(line, entry))
            return true;
    return false;
}

/* ---- code blocks -----------------------------------------------------------
 */

/* Length of the run of fence characters that begins the line, 0 = no fence. */
static size_t fence(sq_str line, char *kind)
{
    line = sq_str_trim(line);
    size_t n = 0;
    if (line.n && (line.p[0] == '`' || line.p[0] == '~'))
        while (n < line.n && line.p[n] == line.p[0])
            n++;
    if (n < 3)
        return 0;
    *kind = line.p[0];
    return n;
}

/* Takes the next block off *rest; false when there is none. */
static bool next_block(sq_str *rest, sq_str *block)
{
    sq_str line;
    char kind = 0, other = 0;
    size_t open = 0;
    while (!open) {
        if (!sq_str_line(rest, &line))
            return false;
        open = fence(line, &kind);
    }
    const char *start = rest->p;
    for (;;) {
        const char *at = rest->p;
        if (!sq_str_line(rest, &line)) {
            *block = (sq_str){start, (size_t)(at ? at - start : 0)};
            return true;
        }
        size_t n = fence(line, &other);
        if (n >= open && other == kind && sq_str_trim(line).n == n) {
            *block = (sq_str){start, (size_t)(at - start)};
            return true;
        }
    }
}

static bool find_block(sq_str text, sq_str entry, sq_str *out)
{
    sq_str block;
    bool found = false;
    while (next_block(&text, &block)) {
        if (!found)
            *out = block;
        found = true;
        if (defines(block, entry)) {
            *out = block;
            break;
        }
    }
    return found;
}

/* ---- the rules -------------------------------------------------------------
 */

static sq_str first_line(sq_str text)
{
    sq_str line = {0};
    while (sq_str_line(&text, &line))
        if (!sq_text_blank(line))
            return line;
    return (sq_str){0};
}

static sq_str cut_at_stops(const struct sq_completion_task *t, sq_str text,
                           bool *stopped)
{
    size_t end = text.n;
    for (size_t i = 0; i < t->nstops; i++) {
        size_t at = sq_str_find(text, t->stops[i], 0);
        if (at < end)
            end = at;
    }
    *stopped = end < text.n;
    return sq_str_sub(text, 0, end);
}

static bool name_char(char c)
{
    return c == '_' || c == '.' || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* At the left edge: NAME = ..., NAME: TYPE = ..., NAME[...] ..., NAME(...). */
static bool statement(sq_str line)
{
    static const char *const marks[] = {
        "=", " = ", " += ", " -= ", " *= ", "[", "(", NULL};
    size_t n = 0;
    while (n < line.n && name_char(line.p[n]))
        n++;
    sq_str rest = sq_str_sub(line, n, line.n);
    for (size_t i = 0; n && marks[i]; i++)
        if (sq_str_starts(rest, sq_str_from(marks[i])))
            return true;
    /* "Note: this" is prose */
    return n && sq_str_starts(rest, SQ_STR(": ")) &&
           sq_str_find(rest, SQ_STR(" = "), 0) != SIZE_MAX;
}

/* Can the line stand in a module? Prose seldom begins with these, in lower
 * case, or in these forms. */
static bool code_line(sq_str line)
{
    static const char *const words[] = {
        "import ", "from ",   "def ",   "class ", "async ", "@",       "#",
        ")",       "]",       "}",      "if ",    "elif ",  "else:",   "for ",
        "while ",  "with ",   "try:",   "except", "raise ", "assert ", "del ",
        "pass",    "global ", "\"\"\"", "'''",    NULL};
    if (sq_text_blank(line) || indented(line))
        return true;
    for (size_t i = 0; words[i]; i++)
        if (sq_str_starts(line, sq_str_from(words[i])))
            return true;
    return statement(line);
}

/* The lines of code around the wanted function, without the prose before the
 * first and behind the last. */
static sq_str code_lines(sq_str text, sq_str entry)
{
    sq_str rest = text, line;
    const char *start = NULL;
    bool found = false;
    for (const char *at = rest.p; sq_str_line(&rest, &line); at = rest.p) {
        if (!code_line(line)) {
            if (found)
                return (sq_str){start, (size_t)(at - start)};
            start = NULL;
            continue;
        }
        if (!start)
            start = at;
        found = found || begins_function(line, entry);
    }
    return start ? (sq_str){start, (size_t)(text.p + text.n - start)} : text;
}

/* A body without the indent that continues the prompt. */
static sq_str indent(sq_str code, struct sq_arena *arena)
{
    struct sq_buf b;
    sq_str line;
    sq_buf_init(&b, 5 * SQ_MAX_REPLY);
    while (sq_str_line(&code, &line)) {
        sq_buf_adds(&b, "    ");
        sq_buf_add(&b, line);
        sq_buf_addc(&b, '\n');
    }
    sq_str out = sq_arena_str(arena, sq_buf_str(&b));
    sq_buf_release(&b);
    return out;
}

struct sq_completion sq_completion_of(const struct sq_completion_task *t,
                                      sq_str text, struct sq_arena *arena)
{
    struct sq_completion c = {.rule = "continuation"};
    if (t->prompt.n && indented(first_line(text))) {
        c.code = cut_at_stops(t, text, &c.stopped);
        return c;
    }
    if (find_block(text, t->entry, &c.code)) {
        c.rule = "code block";
        bool body = t->prompt.n && !defines(c.code, (sq_str){0}) &&
                    !indented(first_line(c.code));
        if (body)
            c.code = indent(c.code, arena);
        return c;
    }
    if (defines(text, t->entry)) {
        c.rule = "function";
        c.code = code_lines(text, t->entry);
        return c;
    }
    c.rule = "as it is";
    c.code = cut_at_stops(t, text, &c.stopped);
    return c;
}
