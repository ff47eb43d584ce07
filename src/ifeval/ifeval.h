#ifndef SQ_IFEVAL_IFEVAL_H
#define SQ_IFEVAL_IFEVAL_H
/*
 * IFEval (Zhou et al., arXiv 2311.07911): its 25 kinds of instructions, made
 * into steps with two rules each, of the graders `strict` (the response as it
 * is) and `loose` (any of 8 forms of it). benchmarks/ifeval/README.md tells
 * what is checked, and what the reference gets wrong and `fixed` repairs.
 *
 * Life cycle: open, then a step for each instruction; all lives in its arena,
 * and steps live as long as both arenas.
 */
#include "seqeval.h"

struct sq_ifeval;

/* fixed: the repaired rules. The data of libexttextcat is loaded: missing, it
 * is SQ_UNAVAILABLE. */
enum sq_status sq_ifeval_open(struct sq_ifeval **out, bool fixed,
                              struct sq_arena *arena,
                              struct sq_err *err) SQ_CHECKED;
/* What tells human languages here, for a run's provenance: "langdetect" (its
 * profiles are installed) or "libexttextcat". */
const char *sq_ifeval_languages(const struct sq_ifeval *shared);
/* Makes the step of the instruction `id` ("punctuation:no_comma") with its
 * arguments, an object in which null means absent. It has no span: start and
 * end are 0. where names the record in messages. */
enum sq_status sq_ifeval_step(const struct sq_ifeval *shared, sq_str id,
                              const struct sq_json *kwargs, const char *where,
                              struct sq_arena *arena, struct sq_step *out,
                              struct sq_err *err) SQ_CHECKED;

#endif
