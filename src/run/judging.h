#ifndef SQ_RUN_JUDGING_H
#define SQ_RUN_JUDGING_H
/* The judges' part of an item: what they are asked, asked again when the reply
 * cannot be read, and what they found. */
#include "run/item.h"

/* Is the template asked about samples of this suite? */
bool sq_judging_asks(const struct sq_session *s, size_t suite,
                     const struct sq_judge_template *t);
/* Of how many samples of a suite the judges say everything twice. */
#define SQ_JUDGING_REPEATS 8
/* Is this one of them? */
bool sq_judging_repeats(const struct sq_session *s, const struct sq_sample *q,
                        int epoch);
/* Makes the judges' asks about an answered item; none when there is nothing to
 * judge. Their keys are still to be made. */
void sq_judging_begin(struct sq_item *item);
/* Takes a judge's reply, or why none came (r NULL). True when the verdict could
 * not be read and the ask is NEW once more, as the next try. */
bool sq_judging_done(struct sq_ask *ask, enum sq_state state, const char *error,
                     const struct sq_response *r);

#endif
