#ifndef SQ_ENGINE_OPENAI_STREAM_H
#define SQ_ENGINE_OPENAI_STREAM_H
/*
 * An answer that came in pieces, as server-sent events (WHATWG HTML, 9.2.6),
 * each a chunk of /chat/completions or /completions
 * (https://platform.openai.com/docs/api-reference/chat-streaming). Pure.
 */
#include <stdbool.h>
#include "base/buf.h"

/* Appends the JSON that the server would have sent in one piece: what
 * sq_openai_choices reads. Of the first `most` choices (at least one): content,
 * reasoning, refusal, finish_reason, and logprobs of a chat; the last usage,
 * the model and the system_fingerprint. False, with why in one line, when an
 * event cannot be read or is an error, or when the stream ends before a choice
 * has its finish_reason, or [DONE]: a part of an answer is none, and choices
 * that are cut are left out. Takes time and memory linear in the events and
 * most. */
bool sq_openai_unstream(sq_str events, size_t most, struct sq_buf *json,
                        char *why, size_t why_size);

#endif
