#ifndef SQ_REPORT_HTML_H
#define SQ_REPORT_HTML_H
/*
 * Parts of HTML pages. Whatever comes from a model, a data set or a user goes
 * through sq_html_text; the head forbids scripts and all requests by a
 * Content-Security-Policy.
 */
#include "base/buf.h"
#include "base/str.h"
#include "report/grid.h"

/* Text as element content or in a quoted attribute: & < > " ' escaped, invalid
 * UTF-8 and control characters as U+FFFD (tabs and line ends stay). */
void sq_html_text(sq_str text, struct sq_buf *out);
/* A page without scripts, from its doctype to <main>, and its end. */
void sq_html_begin(const char *title, struct sq_buf *out);
void sq_html_end(struct sq_buf *out);
/* A grid as a table with a caption. */
void sq_html_grid(const struct sq_grid *g, sq_str caption, struct sq_buf *out);

#endif
