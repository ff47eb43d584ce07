#ifndef SQ_SUITE_STEPS_H
#define SQ_SUITE_STEPS_H
/*
 * The step annotation of a suite (benchmarks/README.md: steps.jsonl): one line
 * for each sample, with the spans of its steps and their rules. Loaded whole
 * into the suite's arena; samples borrow their steps from it.
 */
#include "seqeval.h"

struct sq_steps;

/* Loads the file; every line is validated as far as it can be without the
 * query's text, and every rule is compiled. All of it lives in the arena. */
enum sq_status sq_steps_load(const struct sq_steps **out, const char *path,
                             struct sq_arena *arena,
                             struct sq_err *err) SQ_CHECKED;
/* Lines, and steps in all of them. */
size_t sq_steps_lines(const struct sq_steps *s);
size_t sq_steps_count(const struct sq_steps *s);
/* Id of a line; line < sq_steps_lines. */
sq_str sq_steps_id(const struct sq_steps *s, size_t line);
/* Gives the sample (with its id and query) its steps; *line gets the line's
 * index. No line for it, a query with another digest (other data) and a span
 * that does not fit the text are SQ_INPUT; where names the sample's record. */
enum sq_status sq_steps_bind(const struct sq_steps *s, struct sq_sample *sample,
                             const char *where, size_t *line,
                             struct sq_err *err) SQ_CHECKED;

#endif
