#ifndef SQ_SUITE_CHAIN_DRAW_H
#define SQ_SUITE_CHAIN_DRAW_H
/* The words and numbers that chains start from or append, and their splits. */
#include <stdbool.h>
#include "base/rng.h"
#include "base/str.h"

/* Which split a start word (lower case, 1 to 8 letters) or a start number
 * belongs to; the same goes for words and numbers that are appended. */
bool sq_chain_word_in_test(sq_str word);
bool sq_chain_number_in_test(long long number);
/* A new one of a split: word must have room for max + 1 bytes. */
void sq_chain_draw_word(struct sq_rng *rng, bool test, size_t min, size_t max,
                        char *word);
long long sq_chain_draw_number(struct sq_rng *rng, bool test, int min_digits,
                               int max_digits);

#endif
