#include "report/html.h"

#include <stdlib.h>

#include "base/digest.h"
#include "report/assets.h"

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

void sq_html_begin(const char *title, const sq_str *scripts, size_t nscripts,
                   struct sq_buf *out)
{
    sq_str style = sq_asset_style();
    char digest[SQ_DIGEST_BASE64];
    sq_buf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                     "<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" "
                     "content=\"default-src 'none'; base-uri 'none'; "
                     "form-action 'none'; style-src ");
    sq_sha256_base64(style, digest);
    sq_buf_addf(out, "'sha256-%s'", digest);
    for (size_t i = 0; i < nscripts; i++) {
        sq_sha256_base64(scripts[i], digest);
        sq_buf_addf(out, "%s 'sha256-%s'", i ? "" : "; script-src", digest);
    }
    sq_buf_adds(out, "\">\n<meta name=\"viewport\" "
                     "content=\"width=device-width,initial-scale=1\">\n"
                     "<title>");
    sq_html_text(sq_str_from(title), out);
    sq_buf_adds(out, "</title>\n<style>");
    sq_buf_add(out, style);
    sq_buf_adds(out, "</style>\n</head>\n<body>\n<main>\n<h1>");
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

/* Has no row anything there? */
static bool empty_column(const struct sq_grid *g, size_t column)
{
    for (size_t r = 0; r < g->nrows; r++)
        if (g->cells[r * g->ncolumns + column].n)
            return false;
    return g->nrows > 0;
}

void sq_html_grid(const struct sq_grid *g, sq_str caption, struct sq_buf *out)
{
    bool *left_out = sq_xcalloc(g->ncolumns + 1, sizeof *left_out);
    sq_buf_adds(out, "<div class=\"scroll\"><table>\n<caption>");
    sq_html_text(caption, out);
    sq_buf_adds(out, "</caption>\n<thead><tr>");
    for (size_t c = 0; c < g->ncolumns; c++) {
        left_out[c] = empty_column(g, c);
        if (!left_out[c])
            add_cell("th", " scope=\"col\"", g->columns[c].number,
                     sq_str_from(g->columns[c].name), out);
    }
    sq_buf_adds(out, "</tr></thead>\n<tbody>\n");
    for (size_t r = 0; r < g->nrows; r++) {
        sq_buf_adds(out, "<tr>");
        for (size_t c = 0; c < g->ncolumns; c++)
            if (!left_out[c])
                add_cell("td", "", g->columns[c].number,
                         g->cells[r * g->ncolumns + c], out);
        sq_buf_adds(out, "</tr>\n");
    }
    sq_buf_adds(out, "</tbody>\n</table></div>\n");
    free(left_out);
}
