#ifndef SQ_ENGINE_LOCAL_JOB_H
#define SQ_ENGINE_LOCAL_JOB_H
/* One text that a model goes on with: what is asked for, the tokens so far, and
 * the answer that they make. */
#include "base/rng.h"
#include "engine/local_lib.h"

enum sq_local_end {
    SQ_LOCAL_GOES_ON,
    SQ_LOCAL_ENDED,   /* by a token that ends a response, or a stop text */
    SQ_LOCAL_LENGTH,  /* its most tokens, or a full context */
    SQ_LOCAL_NOT_SANE /* the logits were no numbers */
};

struct sq_local_job {
    /* Set by the asker; tokens is owned: prompt first, then the answer's. */
    int32_t *tokens;
    size_t n, cap, nprompt;
    struct sq_sampling sampling;
    const sq_str *stops; /* borrowed, as are asker and request */
    size_t nstops;
    long long top_logprobs;
    struct sq_rng rng;
    void *asker;
    const struct sq_request *request; /* the asker's */
    /* The answer. */
    enum sq_local_end end;
    struct sq_buf text;
    struct sq_buf logprobs; /* elements of OpenAI's logprobs.content */
    size_t cached;          /* of the prompt's tokens: not computed anew */
    int64_t begun_ms;
    /* Of the batch. */
    size_t sequence; /* SIZE_MAX = waits */
    uint64_t order;  /* when it was first let in */
    bool fed;        /* its last token is in the batch being decoded */
    size_t fed_at;   /* there */
    struct sq_local_job *next;
};

/* Takes the tokens; cap is set to n. */
struct sq_local_job *sq_local_job_new(int32_t *tokens, size_t n);
void sq_local_job_free(struct sq_local_job *job);

/* Draws the next token from the logits behind its last one; sets end when that
 * is the last. context: most tokens of prompt and answer. */
void sq_local_job_draw(struct sq_local_job *job, const struct sq_llama_api *api,
                       struct sq_llama *llama, const float *logits,
                       size_t context);

#endif
