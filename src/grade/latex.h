#ifndef SQ_GRADE_LATEX_H
#define SQ_GRADE_LATEX_H
/* Answers in LaTeX, as those of MATH (Hendrycks et al., arXiv 2103.03874). */
#include "base/buf.h"
#include "base/str.h"

/* What the last \boxed{} (or \fbox{}) of the text holds, braces matched; also
 * "\boxed 5$". False when there is none or its brace is not closed. */
bool sq_latex_boxed(sq_str text, sq_str *out);

#endif
