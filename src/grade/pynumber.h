#ifndef SQ_GRADE_PYNUMBER_H
#define SQ_GRADE_PYNUMBER_H
/*
 * Numbers as the scripts that published figures read them with Python's regular
 * expressions: \d is a decimal digit of any script. Every function takes time
 * linear in the text.
 */
#include "base/buf.h"
#include "base/str.h"

/* Length of the decimal digit (Unicode's Nd) at byte i; 0 = none there. */
size_t sq_pynumber_digit(sq_str s, size_t i);
/* re.sub(r"(\d),(\d)", r"\1\2", text), appended: one pass, from left to right,
 * so that 1,2,3 becomes 12,3. */
void sq_pynumber_join(sq_str text, struct sq_buf *out);
/* The last match of r"[-+]?\d*\.\d+|\d+"; false when there is none. So a whole
 * number never keeps its sign, and of 1.2.3 it is .3. */
bool sq_pynumber_last(sq_str text, sq_str *out);
/* str.lower() and the ASCII punctuation removed, appended. */
void sq_pynumber_plain(sq_str text, struct sq_buf *out);

#endif
