#ifndef SQ_CHECK_NUMBER_WORDS_H
#define SQ_CHECK_NUMBER_WORDS_H
/* Numbers in English words, for number.c: "two hundred and five". */
#include "base/str.h"

/* The ASCII letters from i on; empty when another letter or digit follows. */
sq_str sq_number_word(sq_str s, size_t i);
/* Reads the number in words that starts at i (a word's first letter): returns
 * the offset behind it, or 0 when there is none. */
size_t sq_number_words(sq_str s, size_t i, double *value);
/* Reads a scale at i, behind a number: " thousand", "-million", "k". Multiplies
 * *value and returns the offset behind it; i when there is none. */
size_t sq_number_scale(sq_str s, size_t i, double *value);

#endif
