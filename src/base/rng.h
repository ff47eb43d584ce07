#ifndef SQ_BASE_RNG_H
#define SQ_BASE_RNG_H
/*
 * Reproducible random numbers: xoshiro256** (Blackman and Vigna 2018), seeded
 * through splitmix64. The stream is part of generated suites' versions: it must
 * never change.
 */
#include <stddef.h>
#include <stdint.h>

struct sq_rng {
    uint64_t s[4];
};

void sq_rng_seed(struct sq_rng *r, uint64_t seed);
uint64_t sq_rng_next(struct sq_rng *r);
/* Uniform in [0, n), without modulo bias; n > 0. */
uint64_t sq_rng_below(struct sq_rng *r, uint64_t n);
/* Uniform in [0, 1) with 53 bits. */
double sq_rng_unit(struct sq_rng *r);
/* Mixes words into one 64-bit seed; order matters. */
uint64_t sq_rng_mix(const uint64_t *words, size_t n);

#endif
