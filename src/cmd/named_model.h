#ifndef SQ_CMD_NAMED_MODEL_H
#define SQ_CMD_NAMED_MODEL_H
/* --model local:NAME, where NAME is of models/registry.json. */
#include "run/run.h"

/* Puts the model's file and chat template in the place of its name; a spec that
 * is another engine's, a file, or no such name is left alone. What is put there
 * lives in the arena. A model that was not pulled is SQ_INPUT. */
enum sq_status sq_cmd_named_model(struct sq_run_model *m,
                                  const struct sq_run_options *run,
                                  struct sq_arena *arena,
                                  struct sq_err *err) SQ_CHECKED;

#endif
