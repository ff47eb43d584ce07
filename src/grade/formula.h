#ifndef SQ_GRADE_FORMULA_H
#define SQ_GRADE_FORMULA_H
/*
 * The value of a formula in LaTeX or plain text at a random point, to compare
 * two formulas: those that agree at several points are taken as equal (Schwartz
 * 1980, Zippel 1979; a false yes has no practical chance).
 *
 * Read are numbers, single letters (with a subscript), Greek letters, \pi, e,
 * i, \infty as a letter, + - * / ^ !, \cdot \times \div, products without a
 * sign, \frac \sqrt \binom, |x|, brackets, and the usual functions. What is
 * anything else has no value: words, units, sets, 3\frac12 (a sum or a
 * product), bases as in 12_3.
 */
#include <complex.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"

/* False when it is no formula. The same letter has the same value at the same
 * point, in every formula. */
bool sq_formula_value(sq_str s, uint64_t point, double complex *out);
/* Do both have values, and the same ones? */
bool sq_formula_equal(sq_str a, sq_str b);

#endif
