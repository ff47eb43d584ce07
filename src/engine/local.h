#ifndef SQ_ENGINE_LOCAL_H
#define SQ_ENGINE_LOCAL_H
/*
 * Engine "local": a GGUF file through libllama in this process. SPEC is
 * local:FILE.
 *
 * Messages become a prompt by the chat template that the configuration names,
 * else by the model's own; one that libllama does not know is SQ_USAGE. A model
 * without one is a base model: its prompt is the messages' contents, in order,
 * with an empty line between two, as it is for any model when the configuration
 * says completions. What a template leaves out of a message ends the run.
 *
 * Without a temperature the likeliest token is taken. What is drawn at random
 * depends on seed (0 when not set), epoch and prompt alone, as far as the
 * logits do not depend on what else is computed in the same batch (their last
 * digits do). A response's stop is LENGTH at its most tokens and where the
 * context ends; a prompt that does not fit is a response with stop ERROR. A
 * request's JSON schema is not enforced; extra members are SQ_USAGE.
 *
 * raw is there when logprobs were asked for: a chat completion object as OpenAI
 * has it, with logprobs.content.
 */
#include "engine/local_model.h"

extern const struct sq_engine_ops sq_engine_local;

#endif
