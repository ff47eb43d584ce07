#ifndef SQ_SUITE_RECORD_H
#define SQ_SUITE_RECORD_H
/*
 * A record of a data file as a definition speaks of it: its own fields, the
 * constants of its file, fields derived from others by a cut, and, with a
 * prefix, those of the record at the same place in another file ("en.answer").
 * And templates over these, "Question: {question}".
 *
 * A name means, in this order: `index` (0-based place in its file), a derived
 * field, a constant, a field of the record.
 */
#include "grade/cut.h"
#include "seqeval.h"

/* A field made of another. */
struct sq_derived {
    sq_str name, of;
    const struct sq_cut *cut;
};

struct sq_record {
    const struct sq_json *json;
    const struct sq_field *constants;
    size_t nconstants;
    const struct sq_derived *derived; /* of the suite */
    size_t nderived;
    sq_str prefix;                  /* of the record beside it; "" = none */
    const struct sq_record *beside; /* NULL = none */
    size_t index;
    const char *where; /* "file.jsonl:12" */
};

/* The JSON value of a name that is neither derived nor a constant; NULL = there
 * is none. */
const struct sq_json *sq_record_json(const struct sq_record *r, sq_str name);
/* Is it a name for more than a field of the record's own? */
bool sq_record_made(const struct sq_record *r, sq_str name);
/* A name's value as text: a string, a number, a truth value, or an array of
 * these, one a line. Absent, null and of another type is SQ_INPUT, as is a
 * derived field whose marker is not there. In the arena, or borrowed. */
enum sq_status sq_record_text(const struct sq_record *r, sq_str name,
                              struct sq_arena *arena, sq_str *out,
                              struct sq_err *err) SQ_CHECKED;

/* A template's syntax: {name}; {{ and }} stand for the braces. */
enum sq_status sq_template_check(sq_str t, const char *where,
                                 struct sq_err *err) SQ_CHECKED;
/* Appends it with its fields filled in. what names the template's key. */
enum sq_status sq_template_render(sq_str t, const struct sq_record *r,
                                  struct sq_arena *arena, struct sq_buf *out,
                                  struct sq_err *err) SQ_CHECKED;
/* The same, as text in the arena. */
enum sq_status sq_template_text(sq_str t, const struct sq_record *r,
                                struct sq_arena *arena, sq_str *out,
                                struct sq_err *err) SQ_CHECKED;
/* A copy of a JSON value in which every string is a template, filled in; one
 * that is a lone {name} of an array becomes that array. Yours. */
enum sq_status sq_template_fill(const struct sq_json *j,
                                const struct sq_record *r, struct sq_json **out,
                                struct sq_err *err) SQ_CHECKED;

#endif
