#include "suite/chain_draw.h"
#include <string.h>

/* One word or number in four belongs to the test split. */
static bool in_test(uint64_t domain, uint64_t key)
{
    const uint64_t words[] = {domain, key};
    return sq_rng_mix(words, 2) % 4 == 0;
}

bool sq_chain_word_in_test(sq_str word)
{
    uint64_t key = 0;
    for (size_t i = 0; i < word.n; i++)
        key = key << 8 | (unsigned char)word.p[i];
    return in_test(1, key);
}

bool sq_chain_number_in_test(long long number)
{
    return in_test(2, (uint64_t)number);
}

/* Models may refuse over these, which would measure something else. */
static bool rude(const char *word)
{
    static const char *const parts[] = {
        "rape", "anus", "anal", "nazi", "penis", "semen", "pedo", "homo",
        "nig",  "neg",  "fag",  "tit",  "pis",   "pus",   "fuk",  "dik",
        "kil",  "rap",  "bomb", "dago", "god",   "satan",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(word, parts[i]))
            return true;
    return false;
}

void sq_chain_draw_word(struct sq_rng *rng, bool test, size_t min, size_t max,
                        char *word)
{
    static const char consonants[] = "bdfgklmnprstvz";
    static const char vowels[] = "aeiou";
    sq_str w;
    do {
        w.n = min + (size_t)sq_rng_below(rng, max - min + 1);
        bool vowel = sq_rng_below(rng, 4) == 0;
        for (size_t i = 0; i < w.n; i++, vowel = !vowel)
            if (vowel)
                word[i] = vowels[sq_rng_below(rng, sizeof vowels - 1)];
            else
                word[i] = consonants[sq_rng_below(rng, sizeof consonants - 1)];
        word[w.n] = '\0';
        w.p = word;
    } while (sq_chain_word_in_test(w) != test || rude(word));
}

long long sq_chain_draw_number(struct sq_rng *rng, bool test, int min_digits,
                               int max_digits)
{
    long long x;
    do {
        int digits = min_digits + (int)sq_rng_below(rng, (uint64_t)max_digits -
                                                             min_digits + 1);
        long long low = 1;
        for (int i = 1; i < digits; i++)
            low *= 10;
        x = low + (long long)sq_rng_below(rng, (uint64_t)(9 * low));
    } while (sq_chain_number_in_test(x) != test);
    return x;
}
