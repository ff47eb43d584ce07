/* The check language: is the text in the language that was asked for? */
#include "check/families.h"
#include "check/finding.h"
#include "check/langid.h"
#include "check/text.h"

struct language_args {
    sq_str code;
    struct sq_langid *langid;
};

/* Parts of a text that are told at most: telling one takes half a millisecond.
 * A part is a line, or several where they are short, of at most PART_MAX bytes,
 * so that a translation below a lead-in is told apart from it. */
#define MAX_PARTS 64
#define PART_MIN 80
#define PART_MAX SQ_LANGID_MAX

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "code", NULL};
    struct language_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st;

    *args = a;
    st = sq_json_only(rule, keys, where, err);
    if (!st)
        st = sq_json_need_str(rule, "code", where, &a->code, err);
    if (!st && !sq_langid_knows(a->code))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: code: \"%.*s\" is no ISO 639-1 code of a language "
                        "that can be told",
                        where, SQ_STR_ARG(a->code));
    if (st)
        return st;
    a->code = sq_arena_str(arena, a->code);
    return sq_langid_load(where, arena, &a->langid, err);
}

/* What the paragraphs came to, in bytes. */
struct told {
    size_t parts;
    bool cut; /* there are more */
    size_t yes, no;
    size_t at, len; /* the first in the language */
};

static void tell(const struct language_args *a, sq_str part, size_t at,
                 struct told *t)
{
    if (part.n < SQ_LANGID_MIN)
        return;
    if (t->parts == MAX_PARTS) {
        t->cut = true;
        return;
    }
    t->parts++;
    switch (sq_langid_is(a->langid, part, a->code)) {
    case SQ_LANGID_IS:
        if (!t->yes) {
            t->at = at;
            t->len = part.n;
        }
        t->yes += part.n;
        break;
    case SQ_LANGID_IS_NOT:
        t->no += part.n;
        break;
    case SQ_LANGID_SHORT:
        break;
    }
}

/* Long lines in pieces. */
static void tell_piecewise(const struct language_args *a, sq_str text,
                           size_t start, size_t end, struct told *t)
{
    while (start < end && !t->cut) {
        size_t stop = end - start > PART_MAX ? start + PART_MAX : end;

        tell(a, sq_str_sub(text, start, stop), start, t);
        start = stop;
    }
}

/* The lines outside code; where none can be told, all of the text. */
static struct told tell_parts(const struct language_args *a, sq_str text)
{
    struct sq_lines l = sq_lines_of(text);
    struct told t = {0};
    struct sq_line line;
    size_t start = 0, end = 0; /* of the part that is being gathered */

    while (!t.cut && sq_lines_next(&l, &line)) {
        bool mine = line.kind == SQ_LINE_PROSE && !line.blank;

        if (!mine || end - start >= PART_MIN) {
            tell_piecewise(a, text, start, end, &t);
            start = end;
        }
        if (!mine)
            continue;
        if (start == end)
            start = line.at;
        end = line.at + line.text.n;
    }
    tell_piecewise(a, text, start, end, &t);
    if (!t.yes && !t.no)
        tell(a, text, 0, &t);
    return t;
}

static void run(const void *args, struct sq_check_text text,
                struct sq_finding *out)
{
    const struct language_args *a = args;
    struct told t;

    if (sq_finding_empty(out, text.text))
        return;
    t = tell_parts(a, text.text);
    if (!t.yes && t.cut && text.shared) {
        sq_finding_set(out, SQ_FINDING_UNDECIDED,
                       "not in the first %d parts of a long text", MAX_PARTS);
    } else if (!t.yes && !t.no) {
        sq_finding_set(out, SQ_FINDING_UNDECIDED,
                       "too short to tell the language");
    } else if (t.yes && (text.shared || t.yes >= t.no)) {
        sq_finding_set(out, SQ_FINDING_HOLDS, "%zu of %zu bytes are in %.*s",
                       t.yes, t.yes + t.no, SQ_STR_ARG(a->code));
        sq_finding_at(out, t.at, t.len);
    } else {
        sq_finding_set(out, SQ_FINDING_BROKEN, "%zu of %zu bytes are in %.*s",
                       t.yes, t.yes + t.no, SQ_STR_ARG(a->code));
    }
}

const struct sq_check sq_check_language = {"language", "code (ISO 639-1)",
                                           compile, run};
