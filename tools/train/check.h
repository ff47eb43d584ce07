#ifndef SQ_TRAIN_CHECK_H
#define SQ_TRAIN_CHECK_H
/*
 * What libllama makes of a file that was trained here, so that it can be laid
 * beside what the training program makes of it: two programs that share no code
 * above ggml's kernels.
 */
#include "base/err.h"
#include "corpus.h"

/* The loss summed over the answer tokens of chains [0, end) of p, in nats, and
 * the number of these tokens. An error where the file cannot be loaded or
 * libllama reads a query, by the file's chat template, as other tokens than
 * sq_corpus_line_make. ggml's backends must be loaded (sq_model_open). */
enum sq_status sq_check_loss(const char *path, const struct sq_chain_params *p,
                             size_t end, double *loss, size_t *tokens,
                             struct sq_err *err) SQ_CHECKED;

#endif
