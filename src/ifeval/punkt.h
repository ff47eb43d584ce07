#ifndef SQ_IFEVAL_PUNKT_H
#define SQ_IFEVAL_PUNKT_H
/* Words that the sentence splitter of the reference treats in its own way. All
 * are lower-case and without their final dot. */
#include "base/str.h"

/* Its dot ends no sentence by itself: "mr", "u.s", "d". */
bool sq_punkt_abbreviation(sq_str word);
/* Capitalised, it begins a sentence even behind an abbreviation. */
bool sq_punkt_starts(sq_str word);
/* It is no name: capitalised, it begins a sentence behind "A.". */
bool sq_punkt_common(sq_str word);
/* Behind a number with a dot it goes on with the sentence: "1. Who". */
bool sq_punkt_follows_number(sq_str word);

#endif
