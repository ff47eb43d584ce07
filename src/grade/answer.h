#ifndef SQ_GRADE_ANSWER_H
#define SQ_GRADE_ANSWER_H
/* The answer to a problem of mathematics: where it stands, and whether it is
 * the same as another. */
#include "base/str.h"

/*
 * What a solution gives as its answer: in this order, "final answer is $X$. I
 * hope" (Lewkowycz et al., arXiv 2206.14858), the last \boxed{X}, the rest
 * of the line behind the last "he answer is", else the last "final answer is",
 * the last number. (The order and the words of microsoft/rho and Qwen2.5-Math.)
 * False when there is none of these.
 */
bool sq_answer_find(sq_str text, sq_str *out);
/*
 * The same, when the published rule on texts says so (grade/hendrycks.h), or
 * else what they mean: decimal numbers with the same digits (10,080 is 10080,
 * 3.0 is 3), formulas with the same values (grade/formula.h), lists, tuples,
 * intervals and matrices of which each part is so, in order and with the same
 * brackets; equations of which both sides differ by the same; words in any
 * case. Dollars, percent signs and units in \text count for nothing.
 */
bool sq_answer_same(sq_str a, sq_str b);

#endif
