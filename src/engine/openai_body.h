#ifndef SQ_ENGINE_OPENAI_BODY_H
#define SQ_ENGINE_OPENAI_BODY_H
/*
 * What goes to POST /chat/completions, as a pure function.
 * https://platform.openai.com/docs/api-reference/chat
 */
#include "base/buf.h"
#include "seqeval.h"

/* Appends {"model", "messages", ...}; of the sampling only what is set. */
void sq_openai_body(sq_str model, const struct sq_request *request,
                    struct sq_buf *out);

#endif
