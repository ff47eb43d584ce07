#ifndef SQ_IFEVAL_PYCASE_H
#define SQ_IFEVAL_PYCASE_H
/* Lower case of single characters, as Python 3.11 (Unicode 14) has it. */
#include <stdint.h>

/* The character's lower case, where that is one character, else itself: U+0130
 * alone becomes two. */
uint32_t sq_py_lower_of(uint32_t cp);

#endif
