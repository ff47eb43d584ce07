#ifndef SQ_REPORT_HTML_H
#define SQ_REPORT_HTML_H
/*
 * Parts of HTML pages. Whatever comes from a model, a data set or a user goes
 * through sq_html_text; the head forbids all requests and other scripts by a
 * Content-Security-Policy.
 */
#include "base/buf.h"
#include "base/str.h"
#include "report/grid.h"

/* Text as element content or in a quoted attribute: & < > " ' escaped, invalid
 * UTF-8 and control characters as U+FFFD (tabs and line ends stay). */
void sq_html_text(sq_str text, struct sq_buf *out);
/* A page from its doctype to its heading in <main>, and its end. Only the
 * scripts given may run: their digests are in the policy; the page has still to
 * hold them, between <script> and </script>. */
void sq_html_begin(const char *title, const sq_str *scripts, size_t nscripts,
                   struct sq_buf *out);
void sq_html_end(struct sq_buf *out);
/* A grid as a table with a caption; columns without content are left out. */
void sq_html_grid(const struct sq_grid *g, sq_str caption, struct sq_buf *out);

#endif
