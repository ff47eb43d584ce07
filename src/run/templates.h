#ifndef SQ_RUN_TEMPLATES_H
#define SQ_RUN_TEMPLATES_H
/* The judge templates of a run: the user's, or those of its suites. */
#include "run/session.h"

/* Into the session. One that asks in both orders is there twice, the second
 * time swapped. SQ_USAGE when two judge the same thing, or when one compares
 * and there is nothing to compare with. */
enum sq_status sq_templates_open(struct sq_session *s,
                                 struct sq_err *err) SQ_CHECKED;

#endif
