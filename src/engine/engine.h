#ifndef SQ_ENGINE_ENGINE_H
#define SQ_ENGINE_ENGINE_H
/*
 * The table of engines, and a request's identity. To add an engine: write
 * NAME.c with its struct sq_engine_ops, add a row in engine.c.
 */
#include "base/digest.h"
#include "seqeval.h"

/* SPEC is NAME (= openai:NAME), openai:NAME, replay:FILE, ... Splits it into
 * the engine and *model, what stands behind the colon. A known prefix without
 * anything behind it is SQ_USAGE. */
enum sq_status sq_engine_find(sq_str spec, const struct sq_engine_ops **ops,
                              sq_str *model, struct sq_err *err) SQ_CHECKED;
/* All of them; ends in NULL. */
const struct sq_engine_ops *const *sq_engine_all(void);

/* Puts what the engine tells about its model, if anything. */
void sq_engine_put_metadata(struct sq_json *to, const char *key,
                            const struct sq_engine *e);

/* Identity of a response: SHA-256 over engine, endpoint, model, messages,
 * sampling, stop strings, logprobs, extra members, schema and epoch (and, with
 * an engine that asks nobody, the sample). Equal keys mean: never ask again. */
void sq_request_key(const struct sq_engine *e, const struct sq_request *r,
                    char key[SQ_DIGEST_HEX]);

#endif
