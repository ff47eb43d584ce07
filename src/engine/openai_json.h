#ifndef SQ_ENGINE_OPENAI_JSON_H
#define SQ_ENGINE_OPENAI_JSON_H
/*
 * What comes back from POST /chat/completions and /completions, as pure
 * functions.
 * https://platform.openai.com/docs/api-reference/chat, and what vLLM, SGLang,
 * llama-server, LM Studio and gateways make of it.
 */
#include "base/buf.h"
#include "seqeval.h"

/* Reads the body of a 200. True: *out is a response (stop is not ERROR) and
 * yours. False: the body is malformed, why says how in one line; an answer that
 * is not there must never count as an empty one, so a content that is null with
 * finish_reason "stop" and an unknown finish_reason are malformed too. "" is an
 * answer. A missing finish_reason beside a text means "stop".
 *
 * Thoughts are no part of the text (engine/thoughts.h): reasoning is
 * message.reasoning_content, else message.reasoning, else what the text begins
 * with. */
bool sq_openai_parse(sq_str body, struct sq_response *out, char *why,
                     size_t why_size);

/* What the body of another status, or a malformed 200, says about its cause. */
struct sq_openai_error {
    char message[240]; /* one line, cut; "" = nothing readable */
    bool unknown_model;
    bool filtered; /* a content filter refused the prompt */
    bool quota;    /* the account has nothing left: to ask again is of no use */
    bool wants_completion_tokens; /* it speaks of max_completion_tokens */
    bool refuses_schema;          /* it speaks of response_format or a schema */
    bool refuses_stream_usage;    /* it speaks of stream_options */
    bool refuses_choices;         /* it speaks of n, or of several choices */
};
/* The secrets are replaced in the message, as is what looks like a key. */
void sq_openai_error(sq_str body, const sq_str *secrets, size_t nsecrets,
                     struct sq_openai_error *out);

#endif
