#include "base/rng.h"

static uint64_t rotl(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

/* splitmix64 (Steele, Lea and Flood 2014; Vigna's public domain version) */
static uint64_t scramble(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static const uint64_t golden = UINT64_C(0x9E3779B97F4A7C15);

void sq_rng_seed(struct sq_rng *r, uint64_t seed)
{
    for (size_t i = 0; i < 4; i++) {
        seed += golden;
        r->s[i] = scramble(seed);
    }
}

uint64_t sq_rng_next(struct sq_rng *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotl(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

uint64_t sq_rng_below(struct sq_rng *r, uint64_t n)
{
    /* 2^64 mod n values at the bottom would be drawn once too often. */
    uint64_t skip = (0 - n) % n;
    uint64_t v;
    do {
        v = sq_rng_next(r);
    } while (v < skip);
    return v % n;
}

double sq_rng_unit(struct sq_rng *r)
{
    return (double)(sq_rng_next(r) >> 11) * 0x1.0p-53;
}

uint64_t sq_rng_mix(const uint64_t *words, size_t n)
{
    uint64_t h = scramble(n + golden);
    for (size_t i = 0; i < n; i++)
        h = scramble((h ^ words[i]) + golden);
    return h;
}
