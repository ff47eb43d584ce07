#ifndef SQ_GRADE_GRADERS_H
#define SQ_GRADE_GRADERS_H
/*
 * The graders, each defined in the file of its family; grade.c has the table.
 * All take "reference", a text that must not be blank, unless they say
 * otherwise. docs/scoring.md tells their rules and sources for people.
 *
 * What is not a verdict but a measure is a finding that is `measured` and
 * undecided.
 */
#include "seqeval.h"

/*
 * grade_number.c: numbers as published scripts read them; the answer read is
 * given.
 *
 * last_number: the rule of allenai/open-instruct (eval/gsm, eval/mgsm), as in
 * the repository of Hu et al. (arXiv 2403.07794): commas between digits go, the
 * last number (grade/pynumber.h) or else the whole output is the prediction;
 * both sides lower-cased and without ASCII punctuation must be the same string.
 * So 12.00 is 1200, and 2.5 is 25.
 *
 * strict_number, "markers" (array of texts), and flexible_number: the two of
 * EleutherAI's lm-evaluation-harness for gsm8k. strict takes the first match of
 * MARKER(-?[0-9.,]+), flexible the last of (-?[$0-9.,]{2,})|(-?[0-9]+); then
 * commas, $, all up to the last "#### " and one full stop at the end go from
 * both sides, and the strings must be the same but for the case.
 *
 * same_text: the two, trimmed, are the same bytes.
 */
extern const struct sq_check sq_grade_last_number;
extern const struct sq_check sq_grade_strict_number;
extern const struct sq_check sq_grade_flexible_number;
extern const struct sq_check sq_grade_same_text;

/*
 * grade_rouge.c: ROUGE-L against the reference (grade/rouge.h).
 *
 * rouge_l: a measure, or, with "over" (a number), the verdict whether it is
 * more than that. "lower": true lower-cases both first. "or_says" (texts,
 * lower-case): holds, too, when the lower-cased response has one of them. Too
 * long a response is an error.
 */
extern const struct sq_check sq_grade_rouge_l;

/*
 * grade_contained.c: the rules of Hu et al. for XQuAD (the repository's
 * eval_xquad.py, in its first form of April 2024). "markers" (lower-case
 * texts): in the lower-cased response the first of the list that occurs
 * anywhere counts, at its first place.
 *
 * marker: there is one; no reference. contained: what stands behind it,
 * trimmed, or without one the response without its first "skip" characters
 * (default 0), contains the lower-cased reference, or is contained in it; so an
 * empty one is right. repeats (ours): the response holds the reference word for
 * word, whatever the case.
 */
extern const struct sq_check sq_grade_marker;
extern const struct sq_check sq_grade_contained;
extern const struct sq_check sq_grade_repeats;

/*
 * grade_squad.c: exact match and F1 (a measure) by the rule of SQuAD or, with
 * "lang", by language (grade/squad.h); the best of several references.
 */
extern const struct sq_check sq_grade_squad_em;
extern const struct sq_check sq_grade_squad_f1;

/*
 * grade_math.c: the answer of a solution (grade/answer.h) compared by what it
 * means, or by its text as published with MATH (grade/hendrycks.h).
 */
extern const struct sq_check sq_grade_math;
extern const struct sq_check sq_grade_hendrycks;

/*
 * grade_letter.c: a choice. "reference" its letter, "choices" as "A:one,
 * B:two", "markers" texts of which the last place in the response, in any case,
 * is where the answer begins. Read is the first letter of a choice that stands
 * alone there, else the only choice whose text stands there. The rule is ours.
 */
extern const struct sq_check sq_grade_letter;

#endif
