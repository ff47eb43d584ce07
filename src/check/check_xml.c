/* The check xml: is there well-formed XML? Expat reads it; this file alone
 * includes its header. Entities are not expanded: a document that declares any
 * is given up, as are very deep ones. */
#include "check/families.h"
#include <expat.h>
#include "check/finding.h"
#include "check/part.h"

struct xml_args {
    bool whole;
    sq_str root; /* name of the outermost element; "" = any */
};

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"check", "role", "whole", "root", NULL};
    struct xml_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_json_only(rule, keys, where, err);

    *args = a;
    a->whole = true;
    if (!st)
        st = sq_json_opt_bool(rule, "whole", where, &a->whole, err);
    if (!st)
        st = sq_json_opt_str(rule, "root", where, &a->root, err);
    a->root = sq_arena_str(arena, a->root);
    return st;
}

/* Levels of elements. */
#define MAX_LEVELS 1000

struct reading {
    XML_Parser parser;
    const struct xml_args *a;
    size_t level;
    bool other_root;
    const char *limit; /* why it was given up */
};

static void give_up(struct reading *r, const char *why)
{
    r->limit = why;
    XML_StopParser(r->parser, XML_FALSE);
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
    struct reading *r = ctx;

    (void)atts;
    if (r->level == 0 && r->a->root.n)
        r->other_root = !sq_str_eq(r->a->root, sq_str_from(name));
    if (++r->level > MAX_LEVELS)
        give_up(r, "elements are too deep");
}

static void on_end(void *ctx, const XML_Char *name)
{
    struct reading *r = ctx;

    (void)name;
    r->level--;
}

static void on_entity(void *ctx, const XML_Char *name, int parameter,
                      const XML_Char *value, int length, const XML_Char *base,
                      const XML_Char *system, const XML_Char *public_id,
                      const XML_Char *notation)
{
    (void)name, (void)parameter, (void)value, (void)length;
    (void)base, (void)system, (void)public_id, (void)notation;
    give_up(ctx, "it declares entities");
}

/* Longest text that Expat is handed: its lengths are int. */
#define MAX_XML ((size_t)64 << 20)

/* Reads one candidate; what came of it to `out`. */
static void read_xml(const struct xml_args *a, sq_str s, struct sq_finding *out)
{
    struct reading r = {.a = a, .parser = XML_ParserCreate(NULL)};
    enum XML_Status status;

    if (!r.parser)
        sq_out_of_memory();
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetEntityDeclHandler(r.parser, on_entity);
    status = s.n > MAX_XML ? XML_STATUS_ERROR
                           : XML_Parse(r.parser, s.p, (int)s.n, XML_TRUE);
    if (s.n > MAX_XML)
        r.limit = "the text is too long";
    if (r.limit)
        sq_finding_set(out, SQ_FINDING_ERROR, "XML is not read: %s", r.limit);
    else if (status != XML_STATUS_OK)
        sq_finding_set(out, SQ_FINDING_BROKEN, "no XML: %s, line %lu",
                       XML_ErrorString(XML_GetErrorCode(r.parser)),
                       (unsigned long)XML_GetCurrentLineNumber(r.parser));
    else if (r.other_root)
        sq_finding_set(out, SQ_FINDING_BROKEN, "the XML is no <%.*s>",
                       SQ_STR_ARG(a->root));
    else
        sq_finding_set(out, SQ_FINDING_HOLDS, "there is XML");
    XML_ParserFree(r.parser);
}

static void run(const void *args, struct sq_check_text text,
                struct sq_finding *out)
{
    const struct xml_args *a = args;
    struct sq_parts p = sq_parts_of(text.text, "<", a->whole && !text.shared);
    bool open_end, first = true;
    sq_str s;
    size_t at;

    if (sq_finding_empty(out, text.text))
        return;
    while (sq_parts_next(&p, &s, &at, &open_end)) {
        struct sq_finding f = {.verdict = SQ_FINDING_ERROR};

        /* With prose behind it the XML ends at the last >. */
        while (open_end && s.n && s.p[s.n - 1] != '>')
            s.n--;
        read_xml(a, s, &f);
        if (first || f.verdict != SQ_FINDING_BROKEN)
            *out = f;
        first = false;
        if (f.verdict == SQ_FINDING_BROKEN)
            continue;
        sq_finding_at(out, at, s.n);
        return;
    }
}

const struct sq_check sq_check_xml = {"xml", "whole, root", compile, run};
