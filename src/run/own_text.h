#ifndef SQ_RUN_OWN_TEXT_H
#define SQ_RUN_OWN_TEXT_H
/*
 * Which part of a response answers which step, where that is beyond doubt.
 * Pure.
 *
 * A response is taken apart when it has exactly as many sections as the sample
 * has answerable steps (or steps), in one of these forms:
 *   - sections that a word numbers from 1: "Step 1: ...", "## Task 2", "Q3.";
 *   - numbered items at the left edge, or headings of one level, of which each
 *     shares more words with the step in its place than with any other, or as
 *     many (at least half of them more, and all but one some);
 *   - blocks between blank lines, where a judge's quotes for all steps stand in
 *     them one by one, in order.
 * A judge's quote that stands in another section than its step's undoes it. In
 * any other case every step has the whole response. Steps without a span have
 * it, too.
 */
#include "run/panel.h"

struct sq_own_text {
    bool own;       /* false: the whole response */
    size_t at, len; /* of the part, without its number and its heading */
    size_t from;    /* where its heading starts, else as `at`: that may have
                       the answer itself ("## Capital: Canberra") */
};
/* One for each step of the sample, in the arena. */
const struct sq_own_text *sq_own_texts(const struct sq_score_input *in,
                                       struct sq_arena *arena);

#endif
