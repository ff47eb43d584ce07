#ifndef SQ_ENGINE_REPLAY_FORM_H
#define SQ_ENGINE_REPLAY_FORM_H
/*
 * Records as other harnesses write them, told by what they have:
 *
 *   lm-evaluation-harness's samples_*.jsonl   "doc" and "resps": each of the
 *       first request's responses is a record, with the string members of doc
 *       and the prompt "arguments.gen_args_0.arg_0"
 *   inspect_ai's JSON logs   "eval" and "samples": each sample is a record with
 *       its "id", its "input" (a text, or the last user message's) and the text
 *       of "output.choices[0].message.content"; samples without output are left
 *       out
 *
 * Which model gave them is said by "eval.model" of a log, by "model_name" of
 * the results_DATE.json beside a samples_TASK_DATE.jsonl, and in records by
 * "generator", "model_name" or "model".
 */
#include "base/json.h"
#include "base/mem.h"

/* The plain records ("id", "input", "output", ...) of a foreign one, an array
 * that is yours, or NULL when it is a plain record itself. */
struct sq_json *sq_replay_form(const struct sq_json *record);

/* The name of the model in a record of any form, borrowed from it; "" = none is
 * said. other: of the two of AlpacaEval's annotations the baseline. */
sq_str sq_replay_model(const struct sq_json *record, bool other);
/* The same from what stands beside the file; in the arena, "" = nothing. */
sq_str sq_replay_model_beside(const char *path, struct sq_arena *arena);

#endif
