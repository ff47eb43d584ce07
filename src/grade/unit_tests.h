#ifndef SQ_GRADE_UNIT_TESTS_H
#define SQ_GRADE_UNIT_TESTS_H
/*
 * unit_tests: the code in a response passes tests when it is run with them.
 *
 * Arguments: "tests" (needed), a text that tests it, or several; "prompt",
 * what the code continues; "entry", the function's name; "before", text above
 * all; "setup", text above the tests; "stops"; "seconds" (default 3). Tests,
 * prompt and entry, where given, must not be blank: a record that lacks its
 * tests would pass whatever it is asked, or fail it. completion.h says which
 * part of the response the code is. The program is
 *
 *     before NL prompt code NL setup NL test NL test NL ...
 *
 * (before and setup with their line breaks only where there are any), and it
 * passes when it runs to its end without an exception: the rule of
 * openai/human-eval (execution.py), with prompt, code and tests as there.
 *
 * The check alone decides nothing: whoever scores has the program run
 * (src/sandbox) and reads its end.
 */
#include "seqeval.h"
#include "seqeval_program.h"

/* Is it a check that wants a program run? */
bool sq_unit_tests_is(const struct sq_check *check);
/* The program for a text, in the arena. */
struct sq_program sq_unit_tests_program(const void *args, sq_str text,
                                        struct sq_arena *arena);
/* What its end means: passed holds; failed, late, killed and left early are
 * broken; lost is an error. Evidence is the code that was run. */
void sq_unit_tests_ended(const void *args, struct sq_check_text text,
                         const struct sq_program_result *r,
                         struct sq_finding *out);

extern const struct sq_check sq_grade_unit_tests;

#endif
