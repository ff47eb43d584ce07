#ifndef SQ_RUN_SCORE_H
#define SQ_RUN_SCORE_H
/*
 * The scorer: a sample, what came back and what the judges found, to one state
 * for each step and the sample's metrics. Pure.
 *
 * A step's state (docs/scoring.md):
 *   not answerable                            unanswerable
 *   no usable response                        error, not_run, truncated,
 * refused a constraint rule is broken               fail a constraint rule hit
 * a limit             error a judge of steps was asked                what it
 * found all constraint rules hold (one at least)  pass nothing decides
 * not_judged
 *
 * A step whose rules name graders has a state for each of them, by their rules
 * alone; a judge's word on it is then that of the usual grader, "".
 *
 * Metrics of a sample, from the steps of the usual grader; a step counts when
 * it is answerable, is decided when its state is pass or fail:
 *   step_rate          pass / decided, where at least one is decided
 *   full_rate          1 when all pass, else 0; where all are decided
 *   prefix_rate        steps before the first fail / steps; where all are
 *                      decided
 *   step_correct_rate  done and right / known, over steps with answer rules
 *   following_rate     the judge's yes (1) or no (0)
 *   quality            the judge's 1 to 5
 * and from those of the graders strict and loose, where all are decided:
 *   prompt_level_strict_acc, prompt_level_loose_acc  as full_rate
 *   inst_level_strict_acc, inst_level_loose_acc      pass / steps; pooled
 */
#include "run/panel.h"

/* Fills *sheet with memory from the arena. */
void sq_score(const struct sq_score_input *in, struct sq_arena *arena,
              struct sq_score_sheet *sheet);

#endif
