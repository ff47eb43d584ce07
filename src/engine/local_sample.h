#ifndef SQ_ENGINE_LOCAL_SAMPLE_H
#define SQ_ENGINE_LOCAL_SAMPLE_H
/* The next token from a model's logits. Pure functions. */
#include <stddef.h>
#include <stdint.h>
#include "base/rng.h"

/*
 * Draws a token out of n: the likeliest (of equals the first) when temperature
 * is 0 or not set (NAN), else at random from softmax(logits / temperature),
 * with top_p below 1 among the smallest set of likeliest tokens whose
 * probabilities add up to top_p (Holtzman et al., "The Curious Case of Neural
 * Text Degeneration", 2020). -1 when the logits are no numbers.
 */
int32_t sq_local_pick(const float *logits, size_t n, double temperature,
                      double top_p, struct sq_rng *rng);

struct sq_local_logprob {
    int32_t token;
    double logprob; /* natural logarithm, at temperature 1 */
};

/* Writes the k likeliest tokens to top, best first (fewer when n < k), and the
 * logarithm of `token`'s own probability to *own. Returns their number. */
size_t sq_local_logprobs(const float *logits, size_t n, int32_t token,
                         double *own, struct sq_local_logprob *top, size_t k);

#endif
