/* The check language: is the text in the language that was asked for? */
#include "check/families.h"
#include "check/finding.h"
#include "check/langid.h"
#include "check/text.h"

struct language_args {
    sq_str code;
    struct sq_langid *langid;
};

/* Paragraphs of a text that are told at most: telling takes a millisecond. */
#define MAX_PARTS 16

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
    size_t yes, no;
    size_t at, len; /* the first in the language */
};

static void tell(const struct language_args *a, sq_str part, size_t at,
                 struct told *t)
{
    if (part.n < SQ_LANGID_MIN || t->parts >= MAX_PARTS)
        return;
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

/* Blocks of prose between blank lines; where none can be told, all of it. */
static struct told tell_parts(const struct language_args *a, sq_str text)
{
    struct sq_lines l = sq_lines_of(text);
    struct told t = {0};
    struct sq_line line;
    size_t start = 0, end = 0;
    bool open = false;

    while (sq_lines_next(&l, &line)) {
        if (line.kind == SQ_LINE_PROSE && !line.blank) {
            if (!open)
                start = line.at;
            open = true;
            end = line.at + line.text.n;
            continue;
        }
        if (open)
            tell(a, sq_str_sub(text, start, end), start, &t);
        open = false;
    }
    if (open)
        tell(a, sq_str_sub(text, start, end), start, &t);
    if (!t.yes && !t.no) {
        t.parts = 0;
        tell(a, text, 0, &t);
    }
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
    if (!t.yes && !t.no) {
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
