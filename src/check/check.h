#ifndef SQ_CHECK_CHECK_H
#define SQ_CHECK_CHECK_H
/*
 * The table of checks. To add one: write check_NAME.c in the family it belongs
 * to (or a new one), add its row to the table in check.c, and cases to
 * tests/checks/NAME.jsonl, which need no C.
 */
#include "check/find.h"
#include "seqeval.h"

/* All of them, in the order of their names; ends in NULL. */
const struct sq_check *const *sq_check_all(void);
/* Compiles one rule object {"check": NAME, "role": ROLE, ...arguments}: an
 * unknown check, role or argument and a wrong value are SQ_INPUT with `where`.
 */
enum sq_status sq_rule_compile(const struct sq_json *rule, const char *where,
                               struct sq_arena *arena, struct sq_rule *out,
                               struct sq_err *err) SQ_CHECKED;

#endif
