#include "report/html.h"

void sq_html_text(sq_str text, struct sq_buf *out)
{
    for (size_t pos = 0; pos < text.n;) {
        uint32_t c = sq_utf8_next(text, &pos);
        switch (c) {
        case '&':
            sq_buf_adds(out, "&amp;");
            break;
        case '<':
            sq_buf_adds(out, "&lt;");
            break;
        case '>':
            sq_buf_adds(out, "&gt;");
            break;
        case '"':
            sq_buf_adds(out, "&quot;");
            break;
        case '\'':
            sq_buf_adds(out, "&#39;");
            break;
        case '\t':
        case '\n':
        case '\r':
            sq_buf_addc(out, (char)c);
            break;
        default:
            if (c < 0x20 || (c >= 0x7f && c < 0xa0))
                c = 0xfffd;
            sq_buf_add_utf8(out, c);
        }
    }
}

/* Colours that follow the reader's choice of light or dark. */
static const char style[] =
    ":root{color-scheme:light dark}\n"
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;"
    "padding:0 1rem}\n"
    "div{overflow-x:auto}\n"
    "table{border-collapse:collapse;margin:0 0 2rem}\n"
    "caption{text-align:left;font-weight:600;padding:.5rem 0}\n"
    "th,td{padding:.3rem .8rem;border-bottom:1px solid #8886;text-align:left;"
    "white-space:nowrap}\n"
    ".n{text-align:right;font-variant-numeric:tabular-nums}\n"
    "p{max-width:45rem;color:#777}\n";

void sq_html_begin(const char *title, struct sq_buf *out)
{
    sq_buf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                     "<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" "
                     "content=\"default-src 'none'; style-src "
                     "'unsafe-inline'\">\n"
                     "<meta name=\"viewport\" "
                     "content=\"width=device-width,initial-scale=1\">\n"
                     "<title>");
    sq_html_text(sq_str_from(title), out);
    sq_buf_addf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n",
                style);
    sq_buf_adds(out, "<h1>");
    sq_html_text(sq_str_from(title), out);
    sq_buf_adds(out, "</h1>\n");
}

void sq_html_end(struct sq_buf *out)
{
    sq_buf_adds(out, "</main>\n</body>\n</html>\n");
}

static void add_cell(const char *tag, const char *scope, bool number,
                     sq_str text, struct sq_buf *out)
{
    sq_buf_addf(out, "<%s%s%s>", tag, scope, number ? " class=\"n\"" : "");
    sq_html_text(text, out);
    sq_buf_addf(out, "</%s>", tag);
}

void sq_html_grid(const struct sq_grid *g, sq_str caption, struct sq_buf *out)
{
    sq_buf_adds(out, "<div><table>\n<caption>");
    sq_html_text(caption, out);
    sq_buf_adds(out, "</caption>\n<thead><tr>");
    for (size_t c = 0; c < g->ncolumns; c++)
        add_cell("th", " scope=\"col\"", g->columns[c].number,
                 sq_str_from(g->columns[c].name), out);
    sq_buf_adds(out, "</tr></thead>\n<tbody>\n");
    for (size_t r = 0; r < g->nrows; r++) {
        sq_buf_adds(out, "<tr>");
        for (size_t c = 0; c < g->ncolumns; c++)
            add_cell("td", "", g->columns[c].number,
                     g->cells[r * g->ncolumns + c], out);
        sq_buf_adds(out, "</tr>\n");
    }
    sq_buf_adds(out, "</tbody>\n</table></div>\n");
}
