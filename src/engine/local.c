#include "engine/local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/stop.h"
#include "engine/local_prompt.h"

struct local {
    struct sq_engine base;
    struct sq_engine_config config;
    struct sq_arena arena;
    struct sq_local_shared own;
    struct sq_local_shared *shared;
    struct sq_local_model *model;
    struct sq_local_prompting prompting;
};

/* ---- opening ------------------------------------------------------------- */

/* The shown name of a model: its file's, without folder and ending. */
static const char *display_name(struct sq_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    sq_str name = sq_str_from(slash ? slash + 1 : path);
    if (sq_str_ends(name, SQ_STR(".gguf")) && name.n > 5)
        name.n -= 5;
    return sq_arena_str(a, name).p;
}

/* The model's file and how it is prompted decide an answer. */
static const char *endpoint(struct local *l)
{
    char hex[SQ_DIGEST_HEX];
    if (!l->prompting.template_)
        return sq_arena_printf(&l->arena, "%s raw", l->model->digest);
    sq_sha256_of(sq_str_from(l->prompting.template_), hex);
    return sq_arena_printf(&l->arena, "%s chat %.16s", l->model->digest, hex);
}

static sq_str metadata(struct local *l)
{
    const struct sq_local_model *m = l->model;
    struct sq_json *j = sq_json_object();
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_CONFIG);
    sq_json_put_str(j, "file", sq_str_from(m->path));
    sq_json_put_str(j, "sha256", sq_str_from(m->digest));
    sq_json_put_int(j, "bytes", (long long)m->file.file_bytes);
    sq_json_put_str(j, "name", sq_str_from(m->file.name));
    sq_json_put_str(j, "architecture", sq_str_from(m->file.arch));
    sq_json_put_int(j, "parameters", m->info->parameters);
    sq_json_put_str(j, "quantisation", sq_str_from(m->info->quantisation));
    sq_json_put_int(j, "context", m->context);
    sq_json_put_str(j, "prompt", sq_str_from(l->prompting.how));
    sq_json_put_str(j, "libllama", sq_str_from(m->info->release));
    sq_json_put_int(j, "parallel", m->parallel);
    sq_json_put_int(j, "threads", m->room.threads);
    sq_json_render(j, &text);
    sq_str out = sq_arena_str(&l->arena, sq_buf_str(&text));
    sq_buf_release(&text);
    sq_json_free(j);
    return out;
}

static void local_close(struct sq_engine *e)
{
    struct local *l = (struct local *)e;
    if (l->model) {
        sq_local_batch_drop(l->model->batch, l);
        sq_local_model_put(l->shared, l->model);
    }
    sq_local_prompting_release(&l->prompting);
    sq_arena_release(&l->arena);
    free(l);
}

static enum sq_status local_open(struct sq_engine **out,
                                 const struct sq_engine_config *config,
                                 struct sq_err *err)
{
    struct local *l = sq_xcalloc(1, sizeof *l);
    l->base.ops = &sq_engine_local;
    l->config = *config;
    l->shared = config->local ? config->local : &l->own;
    const char *path = sq_arena_str(&l->arena, config->model).p;
    struct sq_local_wanted wanted = {path, config->concurrency, config->log};
    enum sq_status st = sq_local_model_get(l->shared, &wanted, &l->model, err);
    if (st == SQ_OK)
        st = sq_local_prompting_init(&l->prompting, l->model->api,
                                     l->model->llama, config->chat_template,
                                     config->completions, err);
    if (st != SQ_OK) {
        local_close(&l->base);
        return st;
    }
    l->base.model = display_name(&l->arena, path);
    l->base.endpoint = endpoint(l);
    l->base.metadata = metadata(l);
    *out = &l->base;
    return SQ_OK;
}

/* ---- answers ------------------------------------------------------------- */

/* The text with what is no UTF-8 replaced: a model may end within a character.
 */
static void take_text(struct sq_local_job *job, struct sq_response *r)
{
    sq_str text = sq_buf_str(&job->text);
    struct sq_buf clean;
    if (sq_utf8_valid(text, NULL) && !memchr(text.p, '\0', text.n)) {
        r->text_len = text.n;
        r->text = sq_buf_take(&job->text);
        return;
    }
    sq_buf_init(&clean, SQ_MAX_REPLY);
    for (size_t at = 0; at < text.n;) {
        uint32_t c = sq_utf8_next(text, &at);
        sq_buf_add_utf8(&clean, c ? c : 0xFFFD);
    }
    r->text_len = clean.n;
    r->text = sq_buf_take(&clean);
    sq_buf_release(&clean);
}

/* A chat completion object of OpenAI's, for those who read logprobs there. */
static void put_raw(const struct local *l, const struct sq_local_job *job,
                    struct sq_response *r)
{
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPLY);
    sq_buf_adds(&out, "{\"object\":\"chat.completion\",\"model\":");
    sq_json_quote(sq_str_from(l->base.model), &out);
    sq_buf_adds(&out, ",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                      "\"assistant\",\"content\":");
    sq_json_quote((sq_str){r->text, r->text_len}, &out);
    sq_buf_adds(&out, "},\"logprobs\":{\"content\":[");
    sq_buf_add(&out, sq_buf_str(&job->logprobs));
    sq_buf_addf(&out,
                "]},\"finish_reason\":\"%s\"}],\"usage\":{"
                "\"prompt_tokens\":%lld,\"completion_tokens\":%lld,"
                "\"total_tokens\":%lld,\"prompt_tokens_details\":{"
                "\"cached_tokens\":%lld}}}",
                r->finish_reason, r->prompt_tokens, r->completion_tokens,
                r->prompt_tokens + r->completion_tokens, r->cached_tokens);
    if (!out.over) {
        r->raw_len = out.n;
        r->raw = sq_buf_take(&out);
    }
    sq_buf_release(&out);
}

static void deliver(struct local *l, const struct sq_request *request,
                    struct sq_response *r)
{
    l->base.waiting = --l->base.in_flight;
    l->base.due_ms = l->base.in_flight > 0; /* long ago: there is work */
    l->base.full = false;
    l->config.done(l->config.ctx, request, r);
}

static void answer(struct local *l, struct sq_local_job *job)
{
    struct sq_response r = SQ_RESPONSE_INIT;
    r.latency_ms = sq_clock_ms() - job->begun_ms;
    r.prompt_tokens = (long long)job->nprompt;
    r.completion_tokens = (long long)(job->n - job->nprompt);
    r.cached_tokens = (long long)job->cached;
    if (job->end == SQ_LOCAL_NOT_SANE) {
        r.stop = SQ_STOP_ERROR;
        r.error = sq_xstrdup("the model's logits are no numbers: is its file "
                             "damaged?");
    } else {
        r.stop = job->end == SQ_LOCAL_LENGTH ? SQ_STOP_LENGTH : SQ_STOP_STOP;
        r.finish_reason = sq_xstrdup(sq_stop_name(r.stop));
        r.server_model = sq_xstrdup(l->model->info->description);
        take_text(job, &r);
        if (job->top_logprobs > 0)
            put_raw(l, job, &r);
    }
    deliver(l, job->request, &r);
}

/* ---- asking -------------------------------------------------------------- */

static void seed(struct sq_rng *rng, const struct sq_request *r,
                 const int32_t *tokens, size_t n)
{
    uint64_t words[3] = {r->sampling.seed >= 0 ? (uint64_t)r->sampling.seed : 0,
                         (uint64_t)r->epoch, 0};
    for (size_t i = 0; i < n; i++)
        words[2] = words[2] * 0x100000001b3u ^ (uint32_t)tokens[i];
    sq_rng_seed(rng, sq_rng_mix(words, 3));
}

/* The prompt does not fit, or there is none: the request's own fault. */
static bool refuse(struct local *l, const struct sq_request *request, size_t n)
{
    char why[160];
    if (n > 0 && n < (size_t)l->model->context)
        return false;
    struct sq_response r = SQ_RESPONSE_INIT;
    r.stop = SQ_STOP_ERROR;
    if (n > 0)
        snprintf(why, sizeof why,
                 "the prompt has %zu tokens, and the context ends at %d", n,
                 l->model->context);
    else
        snprintf(why, sizeof why, "the prompt is empty");
    r.error = sq_xstrdup(why);
    deliver(l, request, &r);
    return true;
}

static enum sq_status local_submit(struct sq_engine *e,
                                   const struct sq_request *request,
                                   struct sq_err *err)
{
    struct local *l = (struct local *)e;
    int32_t *tokens = NULL;
    size_t n = 0;
    if (request->extra.n)
        return sq_err_set(err, SQ_USAGE,
                          "--extra-body is for models behind an API; a local "
                          "one has no request body");
    enum sq_status st =
        sq_local_prompt(&l->prompting, request, &tokens, &n, err);
    if (st != SQ_OK)
        return st;
    e->waiting = ++e->in_flight;
    e->due_ms = 1;
    e->full = e->in_flight >= (size_t)l->model->parallel;
    if (refuse(l, request, n)) {
        free(tokens);
        return SQ_OK;
    }
    struct sq_local_job *job = sq_local_job_new(tokens, n);
    job->sampling = request->sampling;
    job->stops = request->stops;
    job->nstops = request->nstops;
    job->top_logprobs = request->top_logprobs;
    seed(&job->rng, request, tokens, n);
    job->asker = l;
    job->request = request;
    job->begun_ms = sq_clock_ms();
    sq_local_batch_add(l->model->batch, job);
    return SQ_OK;
}

/* Moves on whatever is asked of the model, by other engines too. */
static enum sq_status local_step(struct sq_engine *e, int wait_ms,
                                 struct sq_err *err)
{
    struct local *l = (struct local *)e;
    struct sq_local_batch *batch = l->model->batch;
    struct sq_local_job *job;
    (void)wait_ms; /* there is always something to do */
    if (sq_stop)
        return SQ_OK;
    enum sq_status st = sq_local_batch_step(batch, err);
    while ((job = sq_local_batch_done(batch))) {
        answer(job->asker, job);
        sq_local_job_free(job);
    }
    return st;
}

const struct sq_engine_ops sq_engine_local = {
    .name = "local",
    .about = "a GGUF file, in this process by libllama",
    .asks = true,
    .open = local_open,
    .submit = local_submit,
    .step = local_step,
    .close = local_close,
};
