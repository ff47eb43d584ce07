#ifndef SQ_RUN_CHOICES_H
#define SQ_RUN_CHOICES_H
/*
 * Epochs of a sample that are asked for by one request (--num-choices): a
 * group. The first ask is the group's: its request wants as many answers as
 * there are members, and the budget holds what all may take. The others hang
 * on it as its mates. Each answer goes to an ask of its own, in order, as if it
 * had been asked for alone, but that the mates' requests are none.
 *
 * A group parts when the budget has no room for all of it, when the run ends
 * without sending it, and where fewer answers came than it wanted: those of the
 * mates who have none go to the session's list `parted`, to be sent alone. Once
 * a server gave too few, the run makes no more groups.
 */
#include "run/item.h"

/* Takes an ask of the same sample into the group; false when it has no place
 * in it. group NULL = there is none. */
bool sq_choices_join(struct sq_ask *group, struct sq_ask *ask);
/* Has it as many members as a request may want answers? */
bool sq_choices_full(const struct sq_ask *group);
/* The group's first ask alone is left; an ask without mates stays as it is. */
void sq_choices_part(struct sq_ask *group);
/* The next ask that must be sent alone, off the list; NULL = none. */
struct sq_ask *sq_choices_parted(struct sq_session *s);
/* An engine answered the request of an ask: settles what was held and hands
 * each answer, or the error, to an ask. *response is moved. */
void sq_choices_arrive(struct sq_session *s, struct sq_ask *ask,
                       struct sq_response *response);

#endif
