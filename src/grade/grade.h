#ifndef SQ_GRADE_GRADE_H
#define SQ_GRADE_GRADE_H
/*
 * The table of graders: checks that compare a response with a reference. They
 * are found by name like the other checks, and a suite's definition may use
 * both. To add one: write it in the file of its family (or a new one), add its
 * row to the table in grade.c, a line to docs/scoring.md and cases to
 * the table in tests/unit/test_grade.c.
 */
#include "seqeval.h"

/* A grader, or else a check, of that name; NULL when there is neither. */
const struct sq_check *sq_grade_find(sq_str name);
/* The graders, in the order of their names; ends in NULL. */
const struct sq_check *const *sq_grade_all(void);

#endif
