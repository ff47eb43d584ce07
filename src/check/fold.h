#ifndef SQ_CHECK_FOLD_H
#define SQ_CHECK_FOLD_H
/* Case folding, and looking for words without regard to case. */
#include "base/str.h"

/* The small letter of a capital of Latin (to U+017F), Greek, Cyrillic or
 * Armenian script or of a full-width one; every other character itself. */
uint32_t sq_fold(uint32_t cp);

/* Where `phrase` stands in text at byte `at`, folded, a run of white space in
 * the one equal to any such run in the other: the bytes that it takes there, 0
 * when it isn't there. *steps grows by the characters compared. */
size_t sq_fold_match(sq_str text, size_t at, sq_str phrase, size_t *steps);

/* A word goes on over byte `at`: letters or digits stand on both sides of it,
 * and neither is an ideograph. */
bool sq_word_goes_on(sq_str text, size_t at);

/* Walks the places in a text where one of the phrases stands as whole words: no
 * letter or digit next to it on a side where it has one itself. Next to
 * ideographs there need be no blank. Longer phrases go first, none overlap.
 * The work has a limit, since phrases may share long beginnings. At most
 * SQ_WORDS_MAX phrases; more are not looked for. */
#define SQ_WORDS_MAX 64

struct sq_words {
    sq_str text;
    const sq_str *phrases;
    size_t n;
    size_t pos;
    size_t steps;
    bool limit;                   /* gave up */
    uint32_t first[SQ_WORDS_MAX]; /* of each phrase, folded */
    bool may[256];                /* a phrase starts with such a low byte */
};
struct sq_words sq_words_of(sq_str text, const sq_str *phrases, size_t n);
/* The next one: bytes [*at, *at + *len); *which is its index. */
bool sq_words_next(struct sq_words *w, size_t *at, size_t *len, size_t *which);

#endif
