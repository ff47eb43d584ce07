#ifndef SQ_SUITE_FIELD_H
#define SQ_SUITE_FIELD_H
/* A field of a record that stands for a name: an id, a facet. */
#include "seqeval.h"

/* Member `key`, a string or a whole number, as text in the arena; absent, empty
 * or of another type is SQ_INPUT. */
enum sq_status sq_field_text(const struct sq_json *record, const char *key,
                             const char *where, struct sq_arena *arena,
                             sq_str *out, struct sq_err *err) SQ_CHECKED;

/* Names become folders, slices (iteration=3) and parts of labels: lower-case
 * letters, digits, '_' and '-', at most 64. */
bool sq_field_is_name(sq_str s);

#endif
