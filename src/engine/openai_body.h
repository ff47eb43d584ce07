#ifndef SQ_ENGINE_OPENAI_BODY_H
#define SQ_ENGINE_OPENAI_BODY_H
/*
 * What goes to POST /chat/completions or /completions, as a pure function.
 * https://platform.openai.com/docs/api-reference/chat and .../completions
 */
#include "base/buf.h"
#include "seqeval.h"

/* How a server wants to be asked. */
struct sq_openai_form {
    bool completions;       /* /completions, for base models */
    bool completion_tokens; /* "max_completion_tokens" for "max_tokens" */
    bool no_schema;         /* it refuses a response_format with a schema */
    bool stream;            /* as server-sent events */
    bool no_stream_usage;   /* it refuses stream_options */
    bool no_choices;        /* it refuses "n": one choice a request */
};

/* How many choices such a request asks for, at least 1. */
size_t sq_openai_choices_of(const struct sq_request *request,
                            const struct sq_openai_form *form);

/* Appends {"model", "messages", ...}; of the rest only what is set. The prompt
 * of /completions is the messages' contents, in order, with an empty line
 * between two of them; so a single message's text goes out as it is. A message
 * with images is a list of parts: the images, then the text. */
void sq_openai_body(sq_str model, const struct sq_request *request,
                    const struct sq_openai_form *form, struct sq_buf *out);

#endif
