#ifndef SQ_ENGINE_LOCAL_PROMPT_H
#define SQ_ENGINE_LOCAL_PROMPT_H
/* From a request's messages to the tokens of a prompt. */
#include "engine/local_lib.h"

/* How a model is prompted. */
struct sq_local_prompting {
    const struct sq_llama_api *api;
    struct sq_llama *llama;
    const char *template_; /* text or name; NULL = raw; owned */
    const char *how;       /* "raw", "the model's", NAME or FILE; owned */
};

/* chosen: a name of libllama's or a file with a template's text, NULL = the
 * model's own; raw: none at all. SQ_USAGE when libllama does not know it. */
enum sq_status sq_local_prompting_init(struct sq_local_prompting *p,
                                       const struct sq_llama_api *api,
                                       struct sq_llama *llama,
                                       const char *chosen, bool raw,
                                       struct sq_err *err) SQ_CHECKED;
void sq_local_prompting_release(struct sq_local_prompting *p);

/* *tokens is yours. SQ_USAGE when the template leaves a message out. */
enum sq_status sq_local_prompt(const struct sq_local_prompting *p,
                               const struct sq_request *request,
                               int32_t **tokens, size_t *n,
                               struct sq_err *err) SQ_CHECKED;

#endif
