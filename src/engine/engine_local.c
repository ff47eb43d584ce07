#include "engine/local_lib.h"

#include <limits.h>
#include <llama.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"

#ifndef SQ_LLAMA_RELEASE
#error "SQ_LLAMA_RELEASE is the release of the headers; mk/llama.mk sets it"
#endif

struct sq_llama {
    struct sq_llama_info info;
    char description[128];
    struct sq_llama_load how;
    struct sq_buf line; /* of the library's log, not yet ended */
    char
        complaint[512]; /* the first error it logged: the others follow of it */
    struct llama_model *model;
    const struct llama_vocab *vocab;
    struct llama_context *context;
    struct llama_batch batch;
    struct sq_llama_room room;
    bool ready; /* something was decoded */
};

/* ---- the library's log -------------------------------------------------- */

/* It comes in pieces; an error is kept for our own message. */
static void on_log(enum ggml_log_level level, const char *text, void *user)
{
    struct sq_llama *l = user;
    if (level == GGML_LOG_LEVEL_ERROR && strlen(text) > 1 && !l->complaint[0]) {
        size_t n = strcspn(text, "\n");
        n = n < sizeof l->complaint - 1 ? n : sizeof l->complaint - 1;
        memcpy(l->complaint, text, n);
        l->complaint[n] = '\0';
    }
    if (!l->how.log || l->how.log->level < SQ_LOG_TRACE)
        return;
    sq_buf_adds(&l->line, text);
    if (l->line.over || strchr(text, '\n')) {
        while (l->line.n && l->line.p[l->line.n - 1] == '\n')
            l->line.p[--l->line.n] = '\0';
        sq_log(l->how.log, SQ_LOG_TRACE, "libllama: %s", l->line.p);
        sq_buf_reset(&l->line);
    }
}

static void no_log(enum ggml_log_level level, const char *text, void *user)
{
    (void)level;
    (void)text;
    (void)user;
}

/* What the library said about its failure, without its functions' names. */
static const char *complaint(const struct sq_llama *l)
{
    const char *colon = strstr(l->complaint, ": ");
    if (!l->complaint[0])
        return "libllama does not say why";
    return colon ? colon + 2 : l->complaint;
}

/* ---- its aborts --------------------------------------------------------- */

/* The one that the library works on: it does not say whose fault an abort is.
 */
static const struct sq_llama *at_work;

/* Called where the library ends the process, as some damaged files make it. It
 * cannot be gone on with, so the process ends here: with one line in place of
 * the library's and of a core. What came back before is stored. */
static void on_abort(const char *text)
{
    const struct sq_llama *l = at_work;
    struct sq_log plain = {.out = stderr, .level = SQ_LOG_ERROR};
    char line[512] = "";
    /* "/where/it/was/built/FILE:LINE: WHAT" */
    const char *what = strstr(text, ": ");
    what = what ? what + 2 : text;
    size_t n = strcspn(what, "\n");
    memcpy(line, what, n < sizeof line ? n : sizeof line - 1);
    sq_log(l && l->how.log ? l->how.log : &plain, SQ_LOG_ERROR,
           "%s: libllama cannot go on with it, and the file is damaged or of a "
           "kind that it does not run: %s",
           l ? l->how.path : "a model", line);
    _exit(sq_status_exit(l && l->ready ? SQ_INTERNAL : SQ_INPUT));
}

/* ---- loading ------------------------------------------------------------ */

static enum sq_status check_release(struct sq_err *err)
{
    const char *found = llama_version();
    if (strcmp(found, SQ_LLAMA_RELEASE) == 0)
        return SQ_OK;
    return sq_err_set(err, SQ_UNAVAILABLE,
                      "libllama is release %s, and engine_local.so was built "
                      "for %s: run make again",
                      found, SQ_LLAMA_RELEASE);
}

/* Once in a process: they would be registered twice. */
static void load_backends(const char *folder)
{
    if (folder && ggml_backend_dev_count() == 0)
        ggml_backend_load_all_from_path(folder);
    if (ggml_backend_dev_count() == 0)
        ggml_backend_load_all();
}

static enum sq_status check_kind(struct sq_llama *l, const char *path,
                                 struct sq_err *err)
{
    const char *what = NULL;
    if (llama_vocab_type(l->vocab) == LLAMA_VOCAB_TYPE_NONE ||
        l->info.vocabulary <= 0)
        what = "has no vocabulary";
    else if (llama_model_has_encoder(l->model) ||
             !llama_model_has_decoder(l->model) ||
             llama_model_is_diffusion(l->model))
        what = "is no model that goes on with a text token by token";
    return what ? sq_err_set(err, SQ_INPUT, "%s: the model %s", path, what)
                : SQ_OK;
}

static void read_info(struct sq_llama *l)
{
    struct sq_llama_info *info = &l->info;
    (void)llama_model_desc(l->model, l->description, sizeof l->description);
    info->release = llama_version();
    info->description = l->description;
    info->quantisation = llama_ftype_name(llama_model_ftype(l->model));
    info->chat_template = llama_model_chat_template(l->model, NULL);
    info->parameters = (long long)llama_model_n_params(l->model);
    info->context = llama_model_n_ctx_train(l->model);
    info->vocabulary = llama_vocab_n_tokens(l->vocab);
    info->begin =
        llama_vocab_get_add_bos(l->vocab) ? llama_vocab_bos(l->vocab) : -1;
    info->shares =
        !llama_model_is_recurrent(l->model) && !llama_model_is_hybrid(l->model);
}

static void unload(struct sq_llama *l)
{
    if (!l)
        return;
    if (l->context) {
        llama_batch_free(l->batch);
        llama_free(l->context);
    }
    if (l->model)
        llama_model_free(l->model);
    llama_log_set(no_log, NULL);
    if (at_work == l)
        at_work = NULL;
    sq_buf_release(&l->line);
    free(l);
}

/* Some quantised weights are laid out anew for speed, and then one token is
 * multiplied in another way than several are (ggml-cpu: repack.cpp, gemv and
 * gemm). */
static struct llama_model *load_model(const struct sq_llama_load *how)
{
    struct llama_model_params p = llama_model_default_params();
    p.use_extra_bufts = !how->exact;
    return llama_model_load_from_file(how->path, p);
}

static enum sq_status load(struct sq_llama **out,
                           const struct sq_llama_load *how, struct sq_err *err)
{
    enum sq_status st = check_release(err);
    if (st != SQ_OK)
        return st;
    struct sq_llama *l = sq_xcalloc(1, sizeof *l);
    l->how = *how;
    sq_buf_init(&l->line, SQ_MAX_MESSAGE);
    /* Else an abort within the library would start a debugger. */
    (void)setenv("GGML_NO_BACKTRACE", "1", 1);
    llama_log_set(on_log, l);
    at_work = l;
    (void)ggml_set_abort_callback(on_abort);
    load_backends(how->backends);
    llama_backend_init();
    if (ggml_backend_dev_count() == 0)
        st = sq_err_set(err, SQ_UNAVAILABLE,
                        "libllama finds no backend for this processor%s%s",
                        how->backends ? " in " : "",
                        how->backends ? how->backends : "");
    else
        l->model = load_model(how);
    if (st == SQ_OK && !l->model)
        st = sq_err_set(err, SQ_INPUT, "%s: libllama cannot load it: %s",
                        how->path, complaint(l));
    if (st == SQ_OK) {
        l->vocab = llama_model_get_vocab(l->model);
        read_info(l);
        st = check_kind(l, how->path, err);
    }
    if (st != SQ_OK) {
        unload(l);
        return st;
    }
    *out = l;
    return SQ_OK;
}

static const struct sq_llama_info *info(const struct sq_llama *l)
{
    return &l->info;
}

/* ---- the context -------------------------------------------------------- */

static bool stop_asked(void *user)
{
    const struct sq_llama *l = user;
    return *l->how.stop > 0;
}

static enum sq_status
begin(struct sq_llama *l, const struct sq_llama_room *room, struct sq_err *err)
{
    struct llama_context_params p = llama_context_default_params();
    at_work = l;
    l->complaint[0] = '\0';
    if (l->context) {
        llama_batch_free(l->batch);
        llama_free(l->context);
        l->context = NULL;
    }
    /* One more of each for the token that decode may add, and a sequence that
     * the caller may share with. */
    p.n_ctx = (uint32_t)room->cells + 1;
    p.n_batch = p.n_ubatch = (uint32_t)room->batch;
    p.n_seq_max = p.n_outputs_max = (uint32_t)room->sequences + 2;
    if (room->exact) /* adds up cell by cell, without the others' */
        p.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
    p.n_threads = p.n_threads_batch = room->threads;
    p.kv_unified = true; /* else a part of a sequence cannot be shared */
    p.swa_full = true;   /* likewise */
    p.abort_callback = l->how.stop ? stop_asked : NULL;
    p.abort_callback_data = l;
    l->context = llama_init_from_model(l->model, p);
    if (!l->context)
        return sq_err_set(err, SQ_LIMIT,
                          "no context of %d tokens for %d sequences: %s",
                          room->cells, room->sequences, complaint(l));
    l->room = *room;
    l->batch = llama_batch_init(room->batch + 1, 0, 1);
    return SQ_OK;
}

static void threads(struct sq_llama *l, int n)
{
    llama_set_n_threads(l->context, n, n);
}

/* ---- text --------------------------------------------------------------- */

static long tokenise(struct sq_llama *l, sq_str text, bool special,
                     int32_t *tokens, size_t room)
{
    if (text.n > INT32_MAX)
        return -1;
    if (text.n == 0)
        return 0;
    int32_t most = room > INT32_MAX ? INT32_MAX : (int32_t)room;
    int32_t n = llama_tokenize(l->vocab, text.p, (int32_t)text.n, tokens, most,
                               false, special);
    return n == INT32_MIN ? -1 : n < 0 ? -(long)n : n;
}

static void piece(struct sq_llama *l, int32_t token, struct sq_buf *out)
{
    char room[64];
    int32_t n =
        llama_token_to_piece(l->vocab, token, room, sizeof room, 0, false);
    if (n >= 0) {
        sq_buf_add(out, (sq_str){room, (size_t)n});
        return;
    }
    char *longer = sq_xmalloc((size_t)-n);
    int32_t got = llama_token_to_piece(l->vocab, token, longer, -n, 0, false);
    sq_buf_add(out, (sq_str){longer, got > 0 ? (size_t)got : 0});
    free(longer);
}

static bool ends(struct sq_llama *l, int32_t token)
{
    return llama_vocab_is_eog(l->vocab, token);
}

/* ---- computing ---------------------------------------------------------- */

/* Would the library accept them? It aborts the process at some that it does
 * not. */
static bool decodable(const struct sq_llama *l,
                      const struct sq_llama_token *tokens, size_t n)
{
    int wanted = 0;
    if (n == 0 || n > (size_t)l->room.batch)
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct sq_llama_token *t = &tokens[i];
        if (t->token < 0 || t->token >= l->info.vocabulary || t->sequence < 0 ||
            t->sequence >= l->room.sequences || t->position < 0 ||
            t->position >= l->room.cells)
            return false;
        wanted += t->want;
    }
    return wanted <= l->room.sequences;
}

static void forget(struct sq_llama *l, int sequence, int from)
{
    (void)llama_memory_seq_rm(llama_get_memory(l->context), sequence, from, -1);
}

static void put(struct llama_batch *b, const struct sq_llama_token *t)
{
    int32_t i = b->n_tokens++;
    b->token[i] = t->token;
    b->pos[i] = t->position;
    b->n_seq_id[i] = 1;
    b->seq_id[i][0] = t->sequence;
    b->logits[i] = t->want;
}

/* ggml multiplies by one column in another way than by more, and attends in
 * another way from 64 tokens on (ggml-cpu: llamafile/sgemm.cpp, n < 2; ops.cpp,
 * GGML_FA_TILE_Q). So a token that is alone gets company where its logits are
 * to be the same whatever it is decoded with. */
static enum sq_llama_decoded
decode(struct sq_llama *l, const struct sq_llama_token *tokens, size_t n)
{
    if (!decodable(l, tokens, n))
        return SQ_LLAMA_FAILED;
    struct llama_batch *b = &l->batch;
    b->n_tokens = 0;
    for (size_t i = 0; i < n; i++)
        put(b, &tokens[i]);
    bool alone = n == 1 && l->room.exact;
    if (alone)
        put(b, &(struct sq_llama_token){.token = tokens[0].token,
                                        .sequence = l->room.sequences + 1});
    at_work = l;
    int32_t code = llama_decode(l->context, *b);
    l->ready = l->ready || code == 0;
    if (alone)
        forget(l, l->room.sequences + 1, 0);
    return code == 0   ? SQ_LLAMA_DONE
           : code == 1 ? SQ_LLAMA_FULL
           : code == 2 ? SQ_LLAMA_STOPPED
                       : SQ_LLAMA_FAILED;
}

static const float *logits(struct sq_llama *l, size_t i)
{
    return llama_get_logits_ith(l->context, (int32_t)i);
}

static void share(struct sq_llama *l, int from, int to, int n)
{
    llama_memory_seq_cp(llama_get_memory(l->context), from, to, 0, n);
}

/* ---- chat templates ----------------------------------------------------- */

static bool format(const char *template_, const struct sq_message *messages,
                   size_t n, struct sq_buf *out)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    struct llama_chat_message *chat = sq_arena_array(&arena, n, sizeof *chat);
    size_t room = 1024;
    bool known = false;
    for (size_t i = 0; i < n; i++) {
        chat[i].role = messages[i].role;
        chat[i].content = sq_arena_str(&arena, messages[i].content).p;
        room += 2 * messages[i].content.n;
    }
    char *text = NULL;
    for (int tries = 0; tries < 2 && room <= INT32_MAX; tries++) {
        free(text);
        text = sq_xmalloc(room);
        int32_t used = llama_chat_apply_template(template_, chat, n, true, text,
                                                 (int32_t)room);
        if (used < 0)
            break;
        known = (size_t)used <= room;
        if (known) {
            sq_buf_add(out, (sq_str){text, (size_t)used});
            break;
        }
        room = (size_t)used;
    }
    free(text);
    sq_arena_release(&arena);
    return known;
}

static void template_names(struct sq_buf *out)
{
    const char *names[128];
    int32_t n = llama_chat_builtin_templates(names, 128);
    for (int32_t i = 0; i < n && i < 128; i++)
        sq_buf_addf(out, "%s%s", i ? ", " : "", names[i]);
}

const struct sq_llama_api sq_llama_api_table = {
    .load = load,
    .unload = unload,
    .info = info,
    .begin = begin,
    .threads = threads,
    .tokenise = tokenise,
    .piece = piece,
    .ends = ends,
    .decode = decode,
    .logits = logits,
    .share = share,
    .forget = forget,
    .format = format,
    .template_names = template_names,
};
