#ifndef SQ_CHECK_NUMBER_H
#define SQ_CHECK_NUMBER_H
/*
 * Numbers as people write them in English text.
 *
 * Digits: 1200, 1,200, 1 200, 1'200, 1{,}200, 1.200.000, 1.200,50 and 1200.0;
 * .5 and 1.2e3, 1.2 x 10^3; 3/4, 2 1/2, ½ and \frac{3}{4}; a sign directly
 * before the digits or the currency (-5, −$5), none in ranges (10-20); 5% is
 * both 5 and 0.05. Words: "twelve", "two hundred and five", "minus three", "a
 * dozen", "three and a half". Both may be followed by thousand, million,
 * billion or trillion; digits by k or K too. Behind the digits a unit may stand
 * (5kg, 10cm, 3pm).
 *
 * Digits inside a longer word or number don't count: B12, 5th, x2y, 1.2.3, and
 * of 3/4 neither 3 nor 4. A comma not followed by three digits separates.
 */
#include "base/str.h"

struct sq_number {
    double value;
    bool percent; /* value / 100 is meant as well */
    size_t at, end;
};

/* The next number at or behind *pos, which moves behind it. */
bool sq_number_next(sq_str text, size_t *pos, struct sq_number *out);

#endif
