#ifndef SQ_GRADE_ROUGE_H
#define SQ_GRADE_ROUGE_H
/*
 * ROUGE-L F as the Python package `rouge` 1.0 computes it (pltrdy/rouge,
 * rouge_score.py, summary level, exclusive; that of published figures, and not
 * Google's rouge_score): a text is cut into sentences at each full stop and
 * into words at white space; for each pair of sentences the words on one
 * longest common subsequence are taken (of equal ones, the walk back from the
 * end drops the hypothesis's word); L is the number of distinct words taken
 * over all pairs, R = L / distinct words of the reference, P = L / those of the
 * hypothesis, F = 2PR / (P + R + 1e-8).
 */
#include "base/str.h"

/* Pairs of words that are compared at most, those counted that both texts have;
 * beyond, no answer. A pair takes a bit of memory for a while, 256 MB in all.
 */
#define SQ_ROUGE_MOST ((size_t)1 << 31)

/* False when there are too many words. *f is 0 where either text has no
 * sentence, on which the package fails. */
bool sq_rouge_l(sq_str hypothesis, sq_str reference, double *f);

#endif
