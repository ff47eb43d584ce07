#include "model.h"
#include <ggml-alloc.h>
#include <ggml-backend.h>
#include <ggml.h>
#include <gguf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/rng.h"

#define RMS_EPS 1e-5F
#define ROPE_BASE 10000.0F
#define MAX_NODES 4096

/* AdamW's, but for the learning rate (Loshchilov and Hutter, 2019,
 * arXiv:1711.05101). */
#define BETA1 0.9
#define BETA2 0.98
#define EPSILON 1e-8
#define DECAY 0.1

enum layer_part {
    ATTN_NORM,
    ATTN_Q,
    ATTN_K,
    ATTN_V,
    ATTN_OUT,
    FFN_NORM,
    FFN_GATE,
    FFN_UP,
    FFN_DOWN,
    LAYER_PARTS
};

static const char *const part_names[LAYER_PARTS] = {
    [ATTN_NORM] = "attn_norm",  [ATTN_Q] = "attn_q",
    [ATTN_K] = "attn_k",        [ATTN_V] = "attn_v",
    [ATTN_OUT] = "attn_output", [FFN_NORM] = "ffn_norm",
    [FFN_GATE] = "ffn_gate",    [FFN_UP] = "ffn_up",
    [FFN_DOWN] = "ffn_down",
};

enum { TOKEN_EMBD, OUTPUT_NORM, OUTPUT, FIRST_LAYER };

/* A graph with what goes in, what comes out, and its memory. */
struct graph {
    struct sq_corpus_shape batch;
    struct ggml_cgraph *nodes;
    struct ggml_tensor *token, *pos, *mask, *at, *label, *used;
    struct ggml_tensor *loss, *guess;
    ggml_gallocr_t memory;
};

struct sq_model {
    struct sq_model_shape shape;
    ggml_backend_t backend;
    struct ggml_context *fixed;   /* weights, their momenta, inputs */
    struct ggml_context *results; /* all else of the graphs */
    ggml_backend_buffer_t buffer; /* of what is fixed */
    size_t nweights;
    struct ggml_tensor **weight, **momentum1, **momentum2;
    struct ggml_tensor *loss_grad, *adamw;
    struct graph learn[SQ_MODEL_SHAPES], forward;
    size_t nlearn;
    long long steps;
};

static struct ggml_tensor *part(const struct sq_model *m, size_t layer,
                                enum layer_part which)
{
    return m->weight[FIRST_LAYER + layer * LAYER_PARTS + which];
}

/* ---- tensors ------------------------------------------------------------ */

/* rows 0: a vector */
static void add_weight(struct sq_model *m, size_t columns, size_t rows)
{
    struct ggml_tensor *w[3];
    for (int i = 0; i < 3; i++)
        w[i] = rows ? ggml_new_tensor_2d(m->fixed, GGML_TYPE_F32,
                                         (int64_t)columns, (int64_t)rows)
                    : ggml_new_tensor_1d(m->fixed, GGML_TYPE_F32,
                                         (int64_t)columns);
    ggml_set_param(w[0]);
    m->weight[m->nweights] = w[0];
    m->momentum1[m->nweights] = w[1];
    m->momentum2[m->nweights++] = w[2];
}

static void add_weights(struct sq_model *m)
{
    size_t d = m->shape.width;
    size_t h = m->shape.hidden;
    size_t n = FIRST_LAYER + m->shape.layers * LAYER_PARTS;
    m->weight = sq_xcalloc(n, sizeof(struct ggml_tensor *));
    m->momentum1 = sq_xcalloc(n, sizeof(struct ggml_tensor *));
    m->momentum2 = sq_xcalloc(n, sizeof(struct ggml_tensor *));
    add_weight(m, d, SQ_CORPUS_TOKENS);
    add_weight(m, d, 0);
    add_weight(m, d, SQ_CORPUS_TOKENS);
    ggml_set_name(m->weight[TOKEN_EMBD], "token_embd.weight");
    ggml_set_name(m->weight[OUTPUT_NORM], "output_norm.weight");
    ggml_set_name(m->weight[OUTPUT], "output.weight");
    for (size_t i = 0; i < m->shape.layers; i++)
        for (int k = 0; k < LAYER_PARTS; k++) {
            bool norm = k == ATTN_NORM || k == FFN_NORM;
            add_weight(m, k == FFN_DOWN ? h : d,
                       norm                           ? 0
                       : k == FFN_GATE || k == FFN_UP ? h
                                                      : d);
            ggml_format_name(m->weight[m->nweights - 1], "blk.%zu.%s.weight", i,
                             part_names[k]);
        }
}

static void add_inputs(struct sq_model *m, struct graph *g)
{
    struct ggml_context *c = m->fixed;
    int64_t width = (int64_t)g->batch.width;
    int64_t rows = (int64_t)g->batch.rows;
    int64_t answers = (int64_t)g->batch.answers;
    g->token = ggml_new_tensor_1d(c, GGML_TYPE_I32, rows * width);
    g->pos = ggml_new_tensor_1d(c, GGML_TYPE_I32, rows * width);
    g->mask = ggml_new_tensor_4d(c, GGML_TYPE_F32, width, width, 1, rows);
    g->at = ggml_new_tensor_1d(c, GGML_TYPE_I32, answers);
    g->label = ggml_new_tensor_2d(c, GGML_TYPE_F32, SQ_CORPUS_TOKENS, answers);
    g->used = ggml_new_tensor_2d(c, GGML_TYPE_F32, 1, answers);
}

/* Uniform of variance 1/columns, a smaller one into the residual stream, which
 * all layers add to. */
static void draw_weights(struct sq_model *m, uint64_t seed)
{
    struct sq_rng rng;
    sq_rng_seed(&rng, seed);
    for (size_t i = 0; i < m->nweights; i++) {
        struct ggml_tensor *w = m->weight[i];
        size_t n = (size_t)ggml_nelements(w);
        size_t k =
            i < FIRST_LAYER ? LAYER_PARTS : (i - FIRST_LAYER) % LAYER_PARTS;
        double reach = sqrt(3.0 / (double)w->ne[0]);
        float *v = sq_xcalloc(n, sizeof *v);
        if (k == ATTN_OUT || k == FFN_DOWN)
            reach /= sqrt(2.0 * (double)m->shape.layers);
        for (size_t j = 0; j < n; j++)
            v[j] = ggml_n_dims(w) == 1
                       ? 1.0F
                       : (float)((2 * sq_rng_unit(&rng) - 1) * reach);
        ggml_backend_tensor_set(w, v, 0, n * sizeof *v);
        free(v);
    }
}

/* ---- graphs ------------------------------------------------------------- */

static struct ggml_tensor *norm(struct ggml_context *c, struct ggml_tensor *x,
                                struct ggml_tensor *weight)
{
    return ggml_mul(c, ggml_rms_norm(c, x, RMS_EPS), weight);
}

/* [width, places] to [head, heads, width of a row, rows] */
static struct ggml_tensor *heads(struct sq_model *m, const struct graph *g,
                                 struct ggml_tensor *x)
{
    int64_t n = (int64_t)m->shape.heads;
    return ggml_reshape_4d(m->results, x, (int64_t)m->shape.width / n, n,
                           (int64_t)g->batch.width, (int64_t)g->batch.rows);
}

static struct ggml_tensor *turned(struct sq_model *m, const struct graph *g,
                                  struct ggml_tensor *x)
{
    int64_t n = (int64_t)m->shape.heads;
    int64_t head = (int64_t)m->shape.width / n;
    x = ggml_reshape_3d(m->results, x, head, n, ggml_nelements(x) / head / n);
    x = ggml_rope_ext(m->results, x, g->pos, NULL, (int)head,
                      GGML_ROPE_TYPE_NORMAL, SQ_CORPUS_LONGEST, ROPE_BASE, 1, 0,
                      1, 32, 1);
    return ggml_permute(m->results, heads(m, g, x), 0, 2, 1, 3);
}

static struct ggml_tensor *attention(struct sq_model *m, const struct graph *g,
                                     size_t layer, struct ggml_tensor *x)
{
    struct ggml_context *c = m->results;
    double head = (double)m->shape.width / (double)m->shape.heads;
    struct ggml_tensor *q = ggml_mul_mat(c, part(m, layer, ATTN_Q), x);
    struct ggml_tensor *k = ggml_mul_mat(c, part(m, layer, ATTN_K), x);
    struct ggml_tensor *v = ggml_mul_mat(c, part(m, layer, ATTN_V), x);
    struct ggml_tensor *w = ggml_mul_mat(c, turned(m, g, k), turned(m, g, q));
    w = ggml_soft_max_ext(c, w, g->mask, (float)(1 / sqrt(head)), 0);
    v = ggml_cont(c, ggml_permute(c, heads(m, g, v), 1, 2, 0, 3));
    x = ggml_permute(c, ggml_mul_mat(c, v, w), 0, 2, 1, 3);
    return ggml_reshape_2d(c, ggml_cont(c, x), (int64_t)m->shape.width,
                           (int64_t)(g->batch.rows * g->batch.width));
}

/* The last layer's attention sees all places, but what comes after it is
 * wanted at the answers alone. */
static struct ggml_tensor *logits(struct sq_model *m, const struct graph *g)
{
    struct ggml_context *c = m->results;
    struct ggml_tensor *x = ggml_get_rows(c, m->weight[TOKEN_EMBD], g->token);
    for (size_t i = 0; i < m->shape.layers; i++) {
        struct ggml_tensor *y =
            attention(m, g, i, norm(c, x, part(m, i, ATTN_NORM)));
        if (i + 1 == m->shape.layers) {
            y = ggml_get_rows(c, y, g->at);
            x = ggml_get_rows(c, x, g->at);
        }
        x = ggml_add(c, x, ggml_mul_mat(c, part(m, i, ATTN_OUT), y));
        y = norm(c, x, part(m, i, FFN_NORM));
        y = ggml_swiglu_split(c, ggml_mul_mat(c, part(m, i, FFN_GATE), y),
                              ggml_mul_mat(c, part(m, i, FFN_UP), y));
        x = ggml_add(c, x, ggml_mul_mat(c, part(m, i, FFN_DOWN), y));
    }
    x = norm(c, x, m->weight[OUTPUT_NORM]);
    return ggml_mul_mat(c, m->weight[OUTPUT], x);
}

/* [columns, rows] to [rows, columns], in memory too. */
static struct ggml_tensor *flipped(struct ggml_context *c,
                                   struct ggml_tensor *x)
{
    return x->op == GGML_OP_TRANSPOSE && ggml_is_contiguous(x->src[0])
               ? x->src[0]
               : ggml_cont(c, ggml_transpose(c, x));
}

/* The gradients come as outer products, which are half as fast on a CPU as the
 * same by a product of matrices that are flipped before. */
static void speed_up(struct ggml_context *c, struct ggml_cgraph *g)
{
    for (int i = 0; i < ggml_graph_n_nodes(g); i++) {
        struct ggml_tensor *x = ggml_graph_node(g, i);
        if (x->op != GGML_OP_OUT_PROD)
            continue;
        x->op = GGML_OP_MUL_MAT;
        x->src[0] = flipped(c, x->src[0]);
        x->src[1] = flipped(c, x->src[1]);
    }
}

/* Of answers that are not in use the logits are made 0: no gradient comes from
 * them, and with a label of zeros no loss. */
static void build_forward(struct sq_model *m, struct graph *g)
{
    struct ggml_context *c = m->results;
    struct ggml_tensor *out = logits(m, g);
    g->nodes = ggml_new_graph_custom(c, MAX_NODES, true);
    g->loss = ggml_cross_entropy_loss(c, ggml_mul(c, out, g->used), g->label);
    g->guess = ggml_argmax(c, out);
    ggml_set_output(g->loss);
    ggml_set_output(g->guess);
    ggml_set_loss(g->loss);
    ggml_build_forward_expand(g->nodes, g->loss);
}

/* What g has becomes a graph with gradients and a step for each weight. */
static void build_backward(struct sq_model *m, struct graph *g)
{
    struct ggml_context *c = m->results;
    struct ggml_cgraph *all = ggml_new_graph_custom(c, MAX_NODES, false);
    size_t n = (size_t)ggml_graph_n_nodes(g->nodes);
    struct ggml_tensor **grads = sq_xcalloc(n, sizeof(struct ggml_tensor *));
    grads[n - 1] = m->loss_grad;
    ggml_build_backward_expand(c, g->nodes, grads);
    free(grads);
    speed_up(c, g->nodes);
    ggml_build_forward_expand(all, g->loss);
    for (size_t i = 0; i < m->nweights; i++)
        ggml_build_forward_expand(
            all,
            ggml_opt_step_adamw(c, m->weight[i],
                                ggml_graph_get_grad(g->nodes, m->weight[i]),
                                m->momentum1[i], m->momentum2[i], m->adamw));
    g->nodes = all;
}

static void allocate(struct sq_model *m, struct graph *g)
{
    g->memory =
        ggml_gallocr_new(ggml_backend_get_default_buffer_type(m->backend));
    if (!ggml_gallocr_alloc_graph(g->memory, g->nodes))
        sq_out_of_memory();
}

/* ---- opening ------------------------------------------------------------ */

static void quiet(enum ggml_log_level level, const char *text, void *user)
{
    (void)user;
    if (level == GGML_LOG_LEVEL_ERROR)
        fputs(text, stderr);
}

static bool one_thread(ggml_backend_t backend)
{
    ggml_backend_reg_t reg =
        ggml_backend_dev_backend_reg(ggml_backend_get_device(backend));
    ggml_backend_set_n_threads_t set;
    void *found =
        ggml_backend_reg_get_proc_address(reg, "ggml_backend_set_n_threads");
    memcpy(&set, &found, sizeof set);
    if (set)
        set(backend, 1);
    return set != NULL;
}

static void build(struct sq_model *m, uint64_t seed)
{
    struct ggml_init_params room = {
        (SQ_MODEL_SHAPES + 1) *
            (ggml_tensor_overhead() * MAX_NODES +
             2 * ggml_graph_overhead_custom(MAX_NODES, true)),
        NULL, true};
    const float one = 1;
    m->fixed = ggml_init(room);
    m->results = ggml_init(room);
    if (!m->fixed || !m->results)
        sq_out_of_memory();
    add_weights(m);
    for (size_t i = 0; i < m->nlearn; i++)
        add_inputs(m, &m->learn[i]);
    add_inputs(m, &m->forward);
    m->loss_grad = ggml_new_tensor_1d(m->fixed, GGML_TYPE_F32, 1);
    m->adamw = ggml_new_tensor_1d(m->fixed, GGML_TYPE_F32, 7);
    m->buffer = ggml_backend_alloc_ctx_tensors(m->fixed, m->backend);
    if (!m->buffer)
        sq_out_of_memory();
    ggml_backend_buffer_clear(m->buffer, 0);
    ggml_backend_tensor_set(m->loss_grad, &one, 0, sizeof one);
    draw_weights(m, seed);
    build_forward(m, &m->forward);
    ggml_build_forward_expand(m->forward.nodes, m->forward.guess);
    allocate(m, &m->forward);
    for (size_t i = 0; i < m->nlearn; i++) {
        build_forward(m, &m->learn[i]);
        build_backward(m, &m->learn[i]);
        allocate(m, &m->learn[i]);
    }
}

struct sq_model *sq_model_open(const char *backends,
                               const struct sq_model_shape *shape,
                               const struct sq_corpus_shape *learn,
                               size_t nlearn, struct sq_corpus_shape look,
                               uint64_t seed, struct sq_err *err)
{
    struct sq_model *m = sq_xcalloc(1, sizeof *m);
    m->shape = *shape;
    m->nlearn = nlearn;
    for (size_t i = 0; i < nlearn; i++)
        m->learn[i].batch = learn[i];
    m->forward.batch = look;
    ggml_log_set(quiet, NULL);
    ggml_backend_load_all_from_path(backends);
    m->backend = ggml_backend_init_by_type(GGML_BACKEND_DEVICE_TYPE_CPU, NULL);
    if (!m->backend || !one_thread(m->backend)) {
        sq_err_set(err, SQ_UNAVAILABLE,
                   "%s: no CPU backend of ggml there (libggml-cpu-*.so)",
                   backends);
        sq_model_close(m);
        return NULL;
    }
    build(m, seed);
    return m;
}

void sq_model_close(struct sq_model *m)
{
    if (!m)
        return;
    ggml_gallocr_free(m->forward.memory);
    for (size_t i = 0; i < m->nlearn; i++)
        ggml_gallocr_free(m->learn[i].memory);
    ggml_backend_buffer_free(m->buffer);
    ggml_free(m->results);
    ggml_free(m->fixed);
    if (m->backend)
        ggml_backend_free(m->backend);
    free(m->weight);
    free(m->momentum1);
    free(m->momentum2);
    free(m);
}

size_t sq_model_parameters(const struct sq_model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->nweights; i++)
        n += (size_t)ggml_nelements(m->weight[i]);
    return n;
}

/* ---- running ------------------------------------------------------------ */

static void put(struct ggml_tensor *input, const void *data)
{
    ggml_backend_tensor_set(input, data, 0, ggml_nbytes(input));
}

static double run(struct sq_model *m, struct graph *g,
                  const struct sq_corpus_batch *b)
{
    size_t answers = g->batch.answers;
    float *label = sq_xcalloc(answers, SQ_CORPUS_TOKENS * sizeof *label);
    float *used = sq_xcalloc(answers, sizeof *used);
    float loss = 0;
    for (size_t i = 0; i < b->nanswers; i++) {
        label[i * SQ_CORPUS_TOKENS + (size_t)b->target[i]] = 1;
        used[i] = 1;
    }
    put(g->token, b->token);
    put(g->pos, b->pos);
    put(g->mask, b->mask);
    put(g->at, b->at);
    put(g->label, label);
    put(g->used, used);
    free(label);
    free(used);
    if (ggml_backend_graph_compute(m->backend, g->nodes) != GGML_STATUS_SUCCESS)
        sq_out_of_memory();
    ggml_backend_tensor_get(g->loss, &loss, 0, sizeof loss);
    return (double)loss * (double)answers;
}

double sq_model_learn(struct sq_model *m, const struct sq_corpus_batch *b,
                      double rate)
{
    double t = (double)++m->steps;
    const float adamw[7] = {(float)rate,
                            (float)BETA1,
                            (float)BETA2,
                            (float)EPSILON,
                            (float)DECAY,
                            (float)(1 / (1 - pow(BETA1, t))),
                            (float)(1 / (1 - pow(BETA2, t)))};
    ggml_backend_tensor_set(m->adamw, adamw, 0, sizeof adamw);
    struct graph *g = m->learn;
    while (memcmp(&g->batch, &b->shape, sizeof b->shape) != 0)
        g++;
    return run(m, g, b);
}

double sq_model_loss(struct sq_model *m, const struct sq_corpus_batch *b,
                     int32_t *guess)
{
    double loss = run(m, &m->forward, b);
    if (guess)
        ggml_backend_tensor_get(m->forward.guess, guess, 0,
                                m->forward.batch.answers * sizeof *guess);
    return loss;
}

/* ---- the file ----------------------------------------------------------- */

/* The matrix as Q8_0, yours; *n gets its bytes. */
static void *quantized(const struct ggml_tensor *w, size_t *n)
{
    float *v = sq_xmalloc(ggml_nbytes(w));
    *n = ggml_row_size(GGML_TYPE_Q8_0, w->ne[0]) * (size_t)w->ne[1];
    void *q = sq_xmalloc(*n);
    ggml_backend_tensor_get(w, v, 0, ggml_nbytes(w));
    ggml_quantize_chunk(GGML_TYPE_Q8_0, v, q, 0, w->ne[1], w->ne[0], NULL);
    free(v);
    return q;
}

static void put_vocabulary(struct gguf_context *file)
{
    static const int32_t normal = 1;
    static const int32_t control = 3;
    char text[SQ_CORPUS_TOKENS][16];
    const char *tokens[SQ_CORPUS_TOKENS];
    int32_t types[SQ_CORPUS_TOKENS];
    for (int i = 0; i < SQ_CORPUS_TOKENS; i++) {
        sq_corpus_token_text(i, text[i]);
        tokens[i] = text[i];
        types[i] = i < SQ_CORPUS_USER ? normal : control;
    }
    gguf_set_val_str(file, "tokenizer.ggml.model", "gpt2");
    gguf_set_val_str(file, "tokenizer.ggml.pre", "gpt-2");
    gguf_set_arr_str(file, "tokenizer.ggml.tokens", tokens, SQ_CORPUS_TOKENS);
    gguf_set_arr_data(file, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types,
                      SQ_CORPUS_TOKENS);
    gguf_set_arr_str(file, "tokenizer.ggml.merges", tokens, 0);
    gguf_set_val_u32(file, "tokenizer.ggml.eos_token_id", SQ_CORPUS_END);
    gguf_set_val_u32(file, "tokenizer.ggml.eot_token_id", SQ_CORPUS_END);
    gguf_set_val_bool(file, "tokenizer.ggml.add_bos_token", false);
    gguf_set_val_bool(file, "tokenizer.ggml.add_eos_token", false);
    gguf_set_val_str(file, "tokenizer.chat_template", sq_corpus_template);
}

static void put_shape(struct gguf_context *file, const struct sq_model *m)
{
    uint32_t head = (uint32_t)(m->shape.width / m->shape.heads);
    gguf_set_val_u32(file, "llama.vocab_size", SQ_CORPUS_TOKENS);
    gguf_set_val_u32(file, "llama.context_length", SQ_CORPUS_LONGEST);
    gguf_set_val_u32(file, "llama.block_count", (uint32_t)m->shape.layers);
    gguf_set_val_u32(file, "llama.embedding_length", (uint32_t)m->shape.width);
    gguf_set_val_u32(file, "llama.feed_forward_length",
                     (uint32_t)m->shape.hidden);
    gguf_set_val_u32(file, "llama.attention.head_count",
                     (uint32_t)m->shape.heads);
    gguf_set_val_u32(file, "llama.rope.dimension_count", head);
    gguf_set_val_f32(file, "llama.rope.freq_base", ROPE_BASE);
    gguf_set_val_f32(file, "llama.attention.layer_norm_rms_epsilon", RMS_EPS);
}

enum sq_status sq_model_save(struct sq_model *m, const char *name,
                             const char *path, struct sq_err *err)
{
    struct gguf_context *file = gguf_init_empty();
    void **data = sq_xcalloc(m->nweights, sizeof *data);
    enum sq_status st = SQ_OK;
    gguf_set_val_str(file, "general.architecture", "llama");
    gguf_set_val_str(file, "general.name", name);
    gguf_set_val_str(file, "general.license", "apache-2.0");
    gguf_set_val_u32(file, "general.file_type", 7); /* mostly Q8_0 */
    put_shape(file, m);
    put_vocabulary(file);
    for (size_t i = 0; i < m->nweights; i++) {
        struct ggml_tensor *w = m->weight[i];
        size_t n = ggml_nbytes(w);
        gguf_add_tensor(file, w);
        if (ggml_n_dims(w) == 1) {
            data[i] = sq_xmalloc(n);
            ggml_backend_tensor_get(w, data[i], 0, n);
        } else {
            data[i] = quantized(w, &n);
            gguf_set_tensor_type(file, w->name, GGML_TYPE_Q8_0);
        }
        gguf_set_tensor_data(file, w->name, data[i]);
    }
    if (!gguf_write_to_file(file, path, false))
        st = sq_err_set(err, SQ_IO, "%s: cannot write", path);
    for (size_t i = 0; i < m->nweights; i++)
        free(data[i]);
    free(data);
    gguf_free(file);
    return st;
}

enum sq_status sq_model_load(struct sq_model *m, const char *path,
                             struct sq_err *err)
{
    struct ggml_context *tensors = NULL;
    struct gguf_init_params how = {false, &tensors};
    struct gguf_context *file = gguf_init_from_file(path, how);
    enum sq_status st = SQ_OK;
    if (!file)
        return sq_err_set(err, SQ_INPUT, "%s: cannot be read as GGUF", path);
    for (size_t i = 0; st == SQ_OK && i < m->nweights; i++) {
        struct ggml_tensor *w = m->weight[i];
        struct ggml_tensor *t = ggml_get_tensor(tensors, w->name);
        enum ggml_type want =
            ggml_n_dims(w) == 1 ? GGML_TYPE_F32 : GGML_TYPE_Q8_0;
        if (!t || !ggml_are_same_shape(t, w) || t->type != want) {
            st = sq_err_set(err, SQ_INPUT,
                            "%s: %s is not there, or of another "
                            "shape or type than it is made with",
                            path, w->name);
        } else if (want == GGML_TYPE_F32) {
            put(w, t->data);
        } else {
            float *v = sq_xmalloc(ggml_nbytes(w));
            ggml_get_type_traits(want)->to_float(t->data, v, ggml_nelements(w));
            put(w, v);
            free(v);
        }
    }
    gguf_free(file);
    ggml_free(tensors);
    return st;
}
