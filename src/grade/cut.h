#ifndef SQ_GRADE_CUT_H
#define SQ_GRADE_CUT_H
/*
 * Cutting a part out of a text, as a definition says: the answer out of a
 * response, the number out of a reference solution. In this order, each where
 * it is given:
 *
 *   after, after_last    what stands behind a marker's first or last place
 *   before, before_last  what stands before it
 *   line                 true: the first line that is not blank
 *   boxed                true: what the last \boxed{} holds (grade/latex.h)
 *   without              that text removed, wherever it stands
 *
 * and then white space at both ends. A marker is a string, or an array of them:
 * then the first of the list that occurs anywhere counts. nocase: true ignores
 * the case of ASCII letters in markers.
 */
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

struct sq_cut;

/* Every member of obj whose name is not in `more` (NULL-terminated, may be
 * NULL) is part of the cut; unknown ones are SQ_INPUT. Lives in the arena. */
enum sq_status sq_cut_compile(const struct sq_json *obj,
                              const char *const *more, const char *where,
                              struct sq_arena *arena, const struct sq_cut **out,
                              struct sq_err *err) SQ_CHECKED;
/* False when a marker or a box is not there. *out is a part of the text, or,
 * with `without`, a text in the arena. */
bool sq_cut_apply(const struct sq_cut *c, sq_str text, struct sq_arena *arena,
                  sq_str *out);
/* "no \"####\"": what was not there, for people. */
void sq_cut_describe(const struct sq_cut *c, struct sq_buf *out);

#endif
