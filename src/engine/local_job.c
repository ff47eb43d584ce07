#include "engine/local_job.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "engine/local_sample.h"

enum { MOST_LOGPROBS = 20 };
/* What stands for the logarithm of no probability at all, as OpenAI has it. */
#define LEAST_LOGPROB (-9999.0)

struct sq_local_job *sq_local_job_new(int32_t *tokens, size_t n)
{
    struct sq_local_job *job = sq_xcalloc(1, sizeof *job);
    job->tokens = tokens;
    job->n = job->cap = job->nprompt = n;
    job->sequence = SIZE_MAX;
    sq_buf_init(&job->text, SQ_MAX_REPLY);
    sq_buf_init(&job->logprobs, SQ_MAX_REPLY);
    return job;
}

void sq_local_job_free(struct sq_local_job *job)
{
    if (!job)
        return;
    free(job->tokens);
    sq_buf_release(&job->text);
    sq_buf_release(&job->logprobs);
    free(job);
}

/* "token":"...","logprob":-0.1,"bytes":[...] */
static void put_logprob(struct sq_buf *out, const struct sq_llama_api *api,
                        struct sq_llama *llama, int32_t token, double logprob)
{
    struct sq_buf piece;
    sq_buf_init(&piece, SQ_MAX_MESSAGE);
    api->piece(llama, token, &piece);
    sq_buf_adds(out, "\"token\":");
    sq_json_quote(sq_buf_str(&piece), out);
    sq_buf_addf(out, ",\"logprob\":%.6g,\"bytes\":[",
                logprob > LEAST_LOGPROB ? logprob : LEAST_LOGPROB);
    for (size_t i = 0; i < piece.n; i++)
        sq_buf_addf(out, "%s%u", i ? "," : "",
                    (unsigned)(unsigned char)piece.p[i]);
    sq_buf_addc(out, ']');
    sq_buf_release(&piece);
}

static void note_logprobs(struct sq_local_job *job,
                          const struct sq_llama_api *api,
                          struct sq_llama *llama, const float *logits,
                          int32_t token)
{
    struct sq_local_logprob top[MOST_LOGPROBS];
    size_t k = job->top_logprobs < MOST_LOGPROBS ? (size_t)job->top_logprobs
                                                 : MOST_LOGPROBS;
    double own;
    size_t n = sq_local_logprobs(logits, (size_t)api->info(llama)->vocabulary,
                                 token, &own, top, k);
    struct sq_buf *out = &job->logprobs;
    sq_buf_adds(out, out->n ? ",{" : "{");
    put_logprob(out, api, llama, token, own);
    sq_buf_adds(out, ",\"top_logprobs\":[");
    for (size_t i = 0; i < n; i++) {
        sq_buf_adds(out, i ? ",{" : "{");
        put_logprob(out, api, llama, top[i].token, top[i].logprob);
        sq_buf_addc(out, '}');
    }
    sq_buf_adds(out, "]}");
}

/* Cuts the text at the first stop text in it; `from`: where what is new begins.
 */
static bool stopped(struct sq_local_job *job, size_t from)
{
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < job->nstops; i++) {
        size_t back = job->stops[i].n;
        size_t at = sq_str_find(sq_buf_str(&job->text), job->stops[i],
                                from > back ? from - back : 0);
        if (job->stops[i].n && at < first)
            first = at;
    }
    if (first == SIZE_MAX)
        return false;
    job->text.n = first;
    job->text.p[first] = '\0';
    return true;
}

void sq_local_job_draw(struct sq_local_job *job, const struct sq_llama_api *api,
                       struct sq_llama *llama, const float *logits,
                       size_t context)
{
    const struct sq_sampling *s = &job->sampling;
    int32_t token =
        logits ? sq_local_pick(logits, (size_t)api->info(llama)->vocabulary,
                               s->temperature, s->top_p, &job->rng)
               : -1;
    if (token < 0) {
        job->end = SQ_LOCAL_NOT_SANE;
        return;
    }
    if (job->n == job->cap) {
        job->cap = job->cap + job->cap / 2 + 16;
        job->tokens = sq_xrealloc(job->tokens, job->cap, sizeof *job->tokens);
    }
    job->tokens[job->n++] = token;
    if (api->ends(llama, token)) {
        job->end = SQ_LOCAL_ENDED;
        return;
    }
    size_t from = job->text.n;
    api->piece(llama, token, &job->text);
    if (job->top_logprobs > 0)
        note_logprobs(job, api, llama, logits, token);
    if (stopped(job, from))
        job->end = SQ_LOCAL_ENDED;
    else if ((s->max_tokens >= 0 &&
              job->n - job->nprompt >= (size_t)s->max_tokens) ||
             job->n >= context || job->text.over || job->logprobs.over)
        job->end = SQ_LOCAL_LENGTH;
}
