#ifndef SQ_TRAIN_MODEL_H
#define SQ_TRAIN_MODEL_H
/*
 * A small llama (RMS norm, RoPE, SwiGLU, no biases; Touvron et al. 2023,
 * arXiv:2302.13971) that is trained from nothing on ggml: one static graph with
 * the forward pass, the gradients of all weights, and an AdamW step. One
 * thread, so that the same seed and batches give the same weights, bit by bit,
 * wherever ggml picks the same CPU backend.
 */
#include "base/err.h"
#include "corpus.h"

struct sq_model; /* private */

#define SQ_MODEL_SHAPES 4
struct sq_model_shape {
    size_t layers, heads;
    size_t width;  /* of the residual stream */
    size_t hidden; /* of the feed-forward part */
};

/* Weights drawn from seed. backends: the folder of ggml's CPU backends; learn
 * and look: the shapes of batches that sq_model_learn and sq_model_loss get.
 * NULL with err set where ggml has no CPU backend there. Close it with
 * sq_model_close. */
struct sq_model *sq_model_open(const char *backends,
                               const struct sq_model_shape *shape,
                               const struct sq_corpus_shape *learn,
                               size_t nlearn, struct sq_corpus_shape look,
                               uint64_t seed, struct sq_err *err);
void sq_model_close(struct sq_model *m);
size_t sq_model_parameters(const struct sq_model *m);

/* One step of AdamW at learning rate `rate`. The loss before it, summed over
 * the batch's answer tokens, in nats. */
double sq_model_learn(struct sq_model *m, const struct sq_corpus_batch *b,
                      double rate);
/* The same loss without a step. guess, when not NULL, has room for
 * shape.answers: the likeliest token at each. */
double sq_model_loss(struct sq_model *m, const struct sq_corpus_batch *b,
                     int32_t *guess);
/* Writes a GGUF file, matrices as Q8_0, with vocabulary and chat template. */
enum sq_status sq_model_save(struct sq_model *m, const char *name,
                             const char *path, struct sq_err *err) SQ_CHECKED;
/* Takes the weights of such a file, of the same shape; not what AdamW keeps. */
enum sq_status sq_model_load(struct sq_model *m, const char *path,
                             struct sq_err *err) SQ_CHECKED;

#endif
