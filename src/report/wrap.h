#ifndef SQ_REPORT_WRAP_H
#define SQ_REPORT_WRAP_H
/* Text for a terminal of 80 columns. */
#include "base/buf.h"
#include "base/str.h"

#define SQ_TERMINAL_WIDTH 80

/* Appends text, broken at blanks so that no line is wider than the terminal,
 * each line behind `indent` blanks. Line breaks of the text stay; a word wider
 * than a line is cut. Control characters and what could move a terminal's
 * cursor are shown as U+FFFD, tabs as blanks. Width counts code points, those
 * of East Asian scripts and emoji as two. Ends with a newline. */
void sq_wrap(struct sq_buf *out, sq_str text, size_t indent);

#endif
