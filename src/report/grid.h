#ifndef SQ_REPORT_GRID_H
#define SQ_REPORT_GRID_H
/*
 * A grid of cells and its renderings. Cells are text; a column of numbers is
 * set flush right for people and unquoted in JSON (an empty cell is null
 * there).
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct sq_grid_column {
    const char *name;
    bool number;
};

struct sq_grid {
    const struct sq_grid_column *columns;
    size_t ncolumns;
    sq_str *cells; /* row after row, in the arena of whoever fills it */
    size_t nrows, cap;
};

/* Appends a row of ncolumns cells; the texts are borrowed. */
void sq_grid_add(struct sq_grid *g, const sq_str *cells);
void sq_grid_release(struct sq_grid *g);

/* For a terminal: columns parted by two blanks, no trailing blanks. Widths
 * count code points. Control characters are shown as U+FFFD. */
void sq_grid_table(const struct sq_grid *g, struct sq_buf *out);
/* GitHub's tables; in cells line breaks are made blanks and all that begins
 * markup is escaped: `|`, `\`, `<`, `&`, `[`, `]`, `*` and the back-tick. */
void sq_grid_markdown(const struct sq_grid *g, struct sq_buf *out);
/* Text with that escaping. */
void sq_grid_markdown_text(sq_str s, struct sq_buf *out);
/* RFC 4180 with a header line and \r\n. */
void sq_grid_csv(const struct sq_grid *g, struct sq_buf *out);
/* An array of objects, one a line. */
void sq_grid_json(const struct sq_grid *g, struct sq_buf *out);
/* A number with the 15 digits that SQLite prints, in the arena; empty when it
 * is not finite. */
sq_str sq_grid_number(struct sq_arena *arena, double v);
/* A cell for people: a fraction with four places; whole numbers and text stay.
 */
sq_str sq_grid_rounded(struct sq_arena *arena, sq_str text);
/* A p-value for people: three places, "<0.001" below that. */
sq_str sq_grid_p(struct sq_arena *arena, double p);
/* SQ_USAGE, about --format, unless it is table, markdown, csv or json. */
enum sq_status sq_grid_format_check(const char *format,
                                    struct sq_err *err) SQ_CHECKED;
/* By the format's name. */
void sq_grid_render(const struct sq_grid *g, const char *format,
                    struct sq_buf *out);

#endif
