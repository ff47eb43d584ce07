#ifndef SQ_GRADE_PYPUNCT_H
#define SQ_GRADE_PYPUNCT_H
#include <stdbool.h>
#include <stdint.h>

/* Punctuation: ASCII's 32 marks, and Unicode's categories P*, version 14. */
bool sq_py_is_punct(uint32_t cp);

#endif
