#include "check.h"
#include <llama.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

struct reader {
    const char *path;
    struct llama_model *model;
    struct llama_context *context;
    struct llama_batch batch;
};

static void quiet(enum ggml_log_level level, const char *text, void *user)
{
    (void)level;
    (void)text;
    (void)user;
}

static void release(struct reader *r)
{
    if (r->batch.token)
        llama_batch_free(r->batch);
    llama_free(r->context);
    llama_model_free(r->model);
}

static bool open_file(struct reader *r)
{
    struct llama_model_params mp = llama_model_default_params();
    struct llama_context_params cp = llama_context_default_params();
    llama_log_set(quiet, NULL);
    mp.n_gpu_layers = 0;
    cp.n_ctx = cp.n_batch = cp.n_ubatch = SQ_CORPUS_LONGEST;
    cp.n_threads = cp.n_threads_batch = 1;
    r->model = llama_model_load_from_file(r->path, mp);
    if (r->model)
        r->context = llama_init_from_model(r->model, cp);
    if (!r->context)
        return false;
    r->batch = llama_batch_init(SQ_CORPUS_LONGEST, 0, 1);
    return true;
}

/* Does libllama make the same prompt of the query? */
static enum sq_status same_prompt(const struct reader *r,
                                  const struct sq_corpus_line *l,
                                  struct sq_err *err)
{
    char query[SQ_CORPUS_LONGEST + 1];
    char text[2 * SQ_CORPUS_LONGEST];
    llama_token token[2 * SQ_CORPUS_LONGEST];
    const struct llama_vocab *vocab = llama_model_get_vocab(r->model);
    const char *form = llama_model_chat_template(r->model, NULL);
    const struct llama_chat_message message = {"user", query};
    size_t n = 0;
    for (size_t i = 2; i < l->prompt && l->token[i] != SQ_CORPUS_END; i++)
        query[n++] = (char)l->token[i];
    query[n] = '\0';
    int32_t length = form
                         ? llama_chat_apply_template(form, &message, 1, true,
                                                     text, (int32_t)sizeof text)
                         : -1;
    if (length < 0 || length > (int32_t)sizeof text)
        return sq_err_set(err, SQ_INPUT,
                          "%s: libllama does not know its chat template",
                          r->path);
    length =
        llama_tokenize(vocab, text, length, token,
                       (int32_t)(sizeof token / sizeof *token), true, true);
    if (length != (int32_t)l->prompt ||
        memcmp(token, l->token, l->prompt * sizeof *token) != 0)
        return sq_err_set(err, SQ_INPUT,
                          "%s: libllama reads a query as other tokens than "
                          "it was trained on: %s",
                          r->path, query);
    return SQ_OK;
}

/* -log of the probability of `token` */
static double surprise(const float *logits, int32_t token)
{
    double max = logits[0];
    double sum = 0;
    for (int i = 1; i < SQ_CORPUS_TOKENS; i++)
        max = fmax(max, (double)logits[i]);
    for (int i = 0; i < SQ_CORPUS_TOKENS; i++)
        sum += exp((double)logits[i] - max);
    return max + log(sum) - (double)logits[token];
}

static enum sq_status add_line(struct reader *r, const struct sq_corpus_line *l,
                               double *loss, size_t *tokens, struct sq_err *err)
{
    struct llama_batch *b = &r->batch;
    b->n_tokens = (int32_t)l->n - 1;
    for (size_t i = 0; i + 1 < l->n; i++) {
        b->token[i] = l->token[i];
        b->pos[i] = (llama_pos)i;
        b->n_seq_id[i] = 1;
        b->seq_id[i][0] = 0;
        b->logits[i] = i + 1 >= l->prompt;
    }
    llama_memory_clear(llama_get_memory(r->context), true);
    if (llama_decode(r->context, *b) != 0)
        return sq_err_set(err, SQ_INTERNAL,
                          "%s: libllama cannot decode %zu "
                          "tokens",
                          r->path, l->n);
    for (size_t i = l->prompt - 1; i + 1 < l->n; i++) {
        const float *logits = llama_get_logits_ith(r->context, (int32_t)i);
        *loss += surprise(logits, l->token[i + 1]);
        ++*tokens;
    }
    return SQ_OK;
}

enum sq_status sq_check_loss(const char *path, const struct sq_chain_params *p,
                             size_t end, double *loss, size_t *tokens,
                             struct sq_err *err)
{
    struct reader r = {.path = path};
    struct sq_corpus_line line;
    enum sq_status st = SQ_OK;
    *loss = 0;
    *tokens = 0;
    if (!open_file(&r)) {
        st = sq_err_set(err, SQ_INPUT, "%s: libllama cannot load it", path);
        goto out;
    }
    for (size_t i = 0; st == SQ_OK && i < end; i++) {
        if (!sq_corpus_line_make(p, i, &line))
            continue;
        st = same_prompt(&r, &line, err);
        if (st == SQ_OK)
            st = add_line(&r, &line, loss, tokens, err);
    }
out:
    release(&r);
    return st;
}
