#ifndef SQ_CHECK_FIND_H
#define SQ_CHECK_FIND_H
/* The way from a check to the table it stands in (check.c): rules made of
 * rules look their parts up there. */
#include "seqeval.h"

/* NULL when there is none of that name. */
const struct sq_check *sq_check_find(sq_str name);

#endif
