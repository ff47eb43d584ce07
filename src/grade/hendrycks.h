#ifndef SQ_GRADE_HENDRYCKS_H
#define SQ_GRADE_HENDRYCKS_H
/*
 * Equality of answers to MATH by their text alone, as published with the data
 * (hendrycks/math, modeling/math_equivalence.py): both are stripped of what
 * makes no difference (\left, \!, degrees, units in "\text{ ", "x =", blanks;
 * \frac12 becomes \frac{1}{2}, 3/4 a \frac, 0.5 a half), and must then be the
 * same. Where stripping stumbles (a unit twice, nothing behind \frac), the
 * texts as they stand must be the same.
 */
#include "base/buf.h"
#include "base/str.h"

/* Appends the stripped text; false where it stumbles. */
bool sq_hendrycks_strip(sq_str s, struct sq_buf *out);
bool sq_hendrycks_same(sq_str a, sq_str b);

#endif
