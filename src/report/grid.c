#include "report/grid.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

void sq_grid_add(struct sq_grid *g, const sq_str *cells)
{
    if (g->nrows == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 64;
        g->cells =
            sq_xrealloc(g->cells, g->cap * g->ncolumns, sizeof *g->cells);
    }
    memcpy(g->cells + g->nrows * g->ncolumns, cells,
           g->ncolumns * sizeof *cells);
    g->nrows++;
}

void sq_grid_release(struct sq_grid *g)
{
    free(g->cells);
    g->cells = NULL;
    g->nrows = g->cap = 0;
}

static sq_str cell(const struct sq_grid *g, size_t row, size_t col)
{
    return g->cells[row * g->ncolumns + col];
}

static void add_printable(struct sq_buf *out, sq_str s)
{
    for (size_t pos = 0; pos < s.n;) {
        uint32_t cp = sq_utf8_next(s, &pos);
        bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
        sq_buf_add_utf8(out, control ? 0xfffd : cp);
    }
}

static void add_padded(struct sq_buf *out, sq_str s, size_t width, bool right)
{
    size_t n = sq_utf8_count(s);
    size_t pad = n < width ? width - n : 0;
    for (size_t i = 0; right && i < pad; i++)
        sq_buf_addc(out, ' ');
    add_printable(out, s);
    for (size_t i = 0; !right && i < pad; i++)
        sq_buf_addc(out, ' ');
}

static void end_line(struct sq_buf *out, size_t from)
{
    while (out->n > from && out->p[out->n - 1] == ' ')
        out->p[--out->n] = '\0';
    sq_buf_addc(out, '\n');
}

void sq_grid_table(const struct sq_grid *g, struct sq_buf *out)
{
    size_t *width = sq_xcalloc(g->ncolumns, sizeof *width);
    for (size_t c = 0; c < g->ncolumns; c++) {
        width[c] = strlen(g->columns[c].name);
        for (size_t r = 0; r < g->nrows; r++) {
            size_t n = sq_utf8_count(cell(g, r, c));
            width[c] = n > width[c] ? n : width[c];
        }
    }
    for (size_t r = 0; r <= g->nrows; r++) {
        size_t from = out->n;
        for (size_t c = 0; c < g->ncolumns; c++) {
            sq_str s = r ? cell(g, r - 1, c) : sq_str_from(g->columns[c].name);
            if (c)
                sq_buf_adds(out, "  ");
            add_padded(out, s, width[c], g->columns[c].number);
        }
        end_line(out, from);
    }
    free(width);
}

void sq_grid_markdown_text(sq_str s, struct sq_buf *out)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\n' || c == '\r')
            c = ' ';
        if (c == '<' || c == '&') {
            sq_buf_adds(out, c == '<' ? "&lt;" : "&amp;");
            continue;
        }
        if (c && strchr("|\\[]*`", c))
            sq_buf_addc(out, '\\');
        sq_buf_addc(out, c);
    }
}

void sq_grid_markdown(const struct sq_grid *g, struct sq_buf *out)
{
    for (size_t c = 0; c < g->ncolumns; c++)
        sq_buf_addf(out, "| %s ", g->columns[c].name);
    sq_buf_adds(out, "|\n");
    for (size_t c = 0; c < g->ncolumns; c++)
        sq_buf_adds(out, g->columns[c].number ? "| ---: " : "| --- ");
    sq_buf_adds(out, "|\n");
    for (size_t r = 0; r < g->nrows; r++) {
        for (size_t c = 0; c < g->ncolumns; c++) {
            sq_buf_adds(out, "| ");
            sq_grid_markdown_text(cell(g, r, c), out);
            sq_buf_addc(out, ' ');
        }
        sq_buf_adds(out, "|\n");
    }
}

static void add_csv(struct sq_buf *out, sq_str s)
{
    bool quote = false;
    for (size_t i = 0; i < s.n; i++)
        quote = quote || strchr(",\"\r\n", s.p[i]);
    if (!quote) {
        sq_buf_add(out, s);
        return;
    }
    sq_buf_addc(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            sq_buf_addc(out, '"');
        sq_buf_addc(out, s.p[i]);
    }
    sq_buf_addc(out, '"');
}

void sq_grid_csv(const struct sq_grid *g, struct sq_buf *out)
{
    for (size_t r = 0; r <= g->nrows; r++) {
        for (size_t c = 0; c < g->ncolumns; c++) {
            if (c)
                sq_buf_addc(out, ',');
            add_csv(out,
                    r ? cell(g, r - 1, c) : sq_str_from(g->columns[c].name));
        }
        sq_buf_adds(out, "\r\n");
    }
}

void sq_grid_json(const struct sq_grid *g, struct sq_buf *out)
{
    sq_buf_addc(out, '[');
    for (size_t r = 0; r < g->nrows; r++) {
        sq_buf_adds(out, r ? ",\n {" : "\n {");
        for (size_t c = 0; c < g->ncolumns; c++) {
            sq_str s = cell(g, r, c);
            sq_buf_addf(out, "%s\"%s\":", c ? "," : "", g->columns[c].name);
            if (!g->columns[c].number)
                sq_json_quote(s, out);
            else if (s.n)
                sq_buf_add(out, s);
            else
                sq_buf_adds(out, "null");
        }
        sq_buf_addc(out, '}');
    }
    sq_buf_adds(out, g->nrows ? "\n]\n" : "]\n");
}

sq_str sq_grid_number(struct sq_arena *arena, double v)
{
    if (!isfinite(v))
        return (sq_str){NULL, 0};
    return sq_str_from(sq_arena_printf(arena, "%.15g", v));
}

sq_str sq_grid_p(struct sq_arena *arena, double p)
{
    if (!isfinite(p))
        return (sq_str){NULL, 0};
    if (p < 0.001)
        return SQ_STR("<0.001");
    return sq_str_from(sq_arena_printf(arena, "%.3f", p));
}

static const struct {
    const char *name;
    void (*render)(const struct sq_grid *g, struct sq_buf *out);
} formats[] = {{"table", sq_grid_table},
               {"markdown", sq_grid_markdown},
               {"csv", sq_grid_csv},
               {"json", sq_grid_json}};
#define NFORMATS (sizeof formats / sizeof *formats)

static size_t format_index(const char *name)
{
    size_t i = 0;
    while (i < NFORMATS && strcmp(formats[i].name, name) != 0)
        i++;
    return i;
}

enum sq_status sq_grid_format_check(const char *format, struct sq_err *err)
{
    if (format_index(format) < NFORMATS)
        return SQ_OK;
    return sq_err_set(err, SQ_USAGE,
                      "--format: '%s' is none of table, markdown, csv, json",
                      format);
}

void sq_grid_render(const struct sq_grid *g, const char *format,
                    struct sq_buf *out)
{
    size_t i = format_index(format);
    assert(i < NFORMATS);
    formats[i].render(g, out);
}

sq_str sq_grid_rounded(struct sq_arena *arena, sq_str text)
{
    double v;
    if (sq_str_find(text, SQ_STR("."), 0) == SIZE_MAX ||
        !sq_str_to_num(text, &v))
        return sq_arena_str(arena, text);
    return sq_str_from(sq_arena_printf(arena, "%.4f", v));
}
