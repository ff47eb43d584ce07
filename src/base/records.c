#include "base/records.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/gz.h"
#include "base/json_scan.h"
#include "base/mem.h"
#include "base/records_csv.h"

enum form { FORM_SEQUENCE, FORM_LINES, FORM_ARRAY, FORM_CSV };

/* The window buf[start, end) holds what is read and not yet used. */
struct sq_records {
    struct sq_gz *gz;
    char *path;
    char *buf;
    size_t start, end, cap;
    bool eof;
    size_t line, column; /* of buf[start], 1-based */
    enum form form;
    bool first;  /* no record was returned yet */
    bool closed; /* nothing is to come */
    struct sq_buf where;
    struct sq_csv_header header;
    struct sq_err broken; /* what ended the reading */
};

enum { FIRST_WINDOW = 64 << 10 };

/* ---- the window --------------------------------------------------------- */

/* Reads more behind the window. SQ_OK with eof set when there is no more. */
static enum sq_status fill(struct sq_records *r, struct sq_err *err)
{
    size_t got = 0;
    if (r->start > 0 && r->end == r->cap) {
        memmove(r->buf, r->buf + r->start, r->end - r->start);
        r->end -= r->start;
        r->start = 0;
    }
    if (r->end == r->cap) {
        if (r->cap >= SQ_MAX_RECORD)
            return sq_err_set(err, SQ_INPUT,
                              "%s:%zu:%zu: the record that begins here is "
                              "larger than %zu MB, or it never ends",
                              r->path, r->line, r->column, SQ_MAX_RECORD >> 20);
        r->cap = r->cap ? r->cap * 2 : FIRST_WINDOW;
        r->buf = sq_xrealloc(r->buf, r->cap, 1);
    }
    enum sq_status status =
        sq_gz_read(r->gz, r->buf + r->end, r->cap - r->end, &got, err);
    r->end += got;
    r->eof = got == 0;
    return status;
}

/* Takes n bytes off the window's front. */
static void advance(struct sq_records *r, size_t n)
{
    const char *p = r->buf + r->start;
    const char *end = p + n;
    const char *nl;
    while ((nl = memchr(p, '\n', (size_t)(end - p)))) {
        r->line++;
        r->column = 1;
        p = nl + 1;
    }
    r->column += (size_t)(end - p);
    r->start += n;
}

/* What may be skipped before a record: in CSV blanks are part of a field. */
static bool is_gap(enum form form, char c)
{
    return form == FORM_CSV ? c == '\n' || c == '\r' : sq_is_space(c);
}

/* The first byte of the next record, '\0' at the end of the file. */
static enum sq_status peek(struct sq_records *r, char *c, struct sq_err *err)
{
    for (;;) {
        size_t n = 0;
        size_t have = r->end - r->start;
        while (n < have && is_gap(r->form, r->buf[r->start + n]))
            n++;
        if (n > 0)
            advance(r, n);
        if (n < have) {
            *c = r->buf[r->start];
            return SQ_OK;
        }
        if (r->eof) {
            *c = '\0';
            return SQ_OK;
        }
        enum sq_status status = fill(r, err);
        if (status)
            return status;
    }
}

static enum sq_status fault(const struct sq_records *r, struct sq_err *err,
                            const char *what)
{
    return sq_err_set(err, SQ_INPUT, "%s:%zu:%zu: %s", r->path, r->line,
                      r->column, what);
}

/* ---- where a record ends ------------------------------------------------ */

/* Goes on from where it stopped for want of bytes. */
struct extent {
    size_t at; /* bytes looked at */
    size_t depth;
    bool in_string, escaped;
};

/* True when the object is complete (or cannot be one): `at` is its length. A
 * line break within a string is a fault that the parser reports; to read on in
 * search of the closing quote would be to swallow the file. */
static bool object_ends(const char *p, size_t n, struct extent *x)
{
    bool ended = false;
    size_t i = x->at;
    while (i < n && !ended) {
        if (x->in_string && !x->escaped)
            i += sq_json_plain(p + i, n - i);
        if (i == n)
            break;
        char c = p[i++];
        if (x->in_string) {
            if (x->escaped)
                x->escaped = false;
            else if (c == '\\')
                x->escaped = true;
            else if (c == '"')
                x->in_string = false;
            ended = c == '\n';
        } else if (c == '"') {
            x->in_string = true;
        } else if (c == '{' || c == '[') {
            x->depth++;
        } else if (c == '}' || c == ']') {
            ended = --x->depth == 0;
        }
    }
    x->at = i;
    return ended;
}

static bool line_ends(const char *p, size_t n, struct extent *x)
{
    const char *nl = memchr(p + x->at, '\n', n - x->at);
    x->at = nl ? (size_t)(nl - p) : n;
    return nl != NULL;
}

/* In CSV a line break in quotes ends nothing; a quote within quotes is doubled,
 * so counting them does. */
static bool row_ends(const char *p, size_t n, struct extent *x)
{
    size_t i = x->at;
    for (; i < n && (x->in_string || p[i] != '\n'); i++)
        if (p[i] == '"')
            x->in_string = !x->in_string;
    x->at = i;
    return i < n;
}

/* Has the window hold a whole record; *n gets its length. */
static enum sq_status find_end(struct sq_records *r, size_t *n,
                               struct sq_err *err)
{
    struct extent x = {0};
    for (;;) {
        const char *p = r->buf + r->start;
        size_t have = r->end - r->start;
        bool ended = r->form == FORM_CSV     ? row_ends(p, have, &x)
                     : r->form == FORM_LINES ? line_ends(p, have, &x)
                                             : object_ends(p, have, &x);
        *n = x.at;
        if (ended || r->eof)
            return SQ_OK;
        enum sq_status status = fill(r, err);
        if (status)
            return status;
    }
}

/* ---- forms -------------------------------------------------------------- */

static enum sq_status next_json(struct sq_records *r, struct sq_json **record,
                                struct sq_err *err)
{
    size_t n;
    enum sq_status status = find_end(r, &n, err);
    if (status)
        return status;
    sq_str text = {r->buf + r->start, n};
    struct sq_json *j =
        sq_json_parse_at(text, r->path, r->line, r->column, err);
    if (!j)
        return err->status;
    *record = j;
    advance(r, n);
    return SQ_OK;
}

/* In an array: goes over '[', ',' and ']' to the next record. */
static enum sq_status next_of_array(struct sq_records *r, char *c,
                                    struct sq_err *err)
{
    enum sq_status status;
    if (!r->first && *c != ',' && *c != ']')
        return fault(r, err, "expected ',' or ']' after a record");
    if (*c == ',' || (r->first && *c == '[')) {
        bool comma = *c == ',';
        advance(r, 1);
        status = peek(r, c, err);
        if (status)
            return status;
        if (comma || *c != ']')
            return SQ_OK;
    }
    advance(r, 1);
    status = peek(r, c, err);
    if (status)
        return status;
    if (*c != '\0' || r->start < r->end)
        return fault(r, err, "more text after the end of the array");
    r->closed = true;
    return SQ_OK;
}

static enum sq_status next_row(struct sq_records *r, struct sq_json **record,
                               struct sq_err *err)
{
    size_t n;
    enum sq_status status = find_end(r, &n, err);
    if (status)
        return status;
    struct sq_csv_place place = {r->path, r->line};
    sq_str row = {r->buf + r->start, n};
    status = sq_csv_record(&r->header, row, place, record, err);
    if (!status)
        advance(r, n);
    return status;
}

static enum sq_status next(struct sq_records *r, struct sq_json **record,
                           struct sq_err *err)
{
    char c;
    enum sq_status status;
    if (r->closed)
        return SQ_OK;
    status = peek(r, &c, err);
    if (!status && r->form == FORM_ARRAY)
        status = next_of_array(r, &c, err);
    if (status || r->closed)
        return status;
    if (c == '\0' && r->start == r->end && r->form != FORM_ARRAY) {
        r->closed = true;
        return SQ_OK;
    }
    sq_buf_reset(&r->where);
    sq_buf_addf(&r->where, "%s:%zu", r->path, r->line);
    if (r->form == FORM_CSV)
        return next_row(r, record, err);
    if (c != '{')
        return fault(r, err, "a record must be an object: expected '{'");
    return next_json(r, record, err);
}

/* ---- opening ------------------------------------------------------------ */

static enum sq_status read_header(struct sq_records *r, struct sq_err *err)
{
    size_t n;
    enum sq_status status = find_end(r, &n, err);
    if (status)
        return status;
    struct sq_csv_place place = {r->path, r->line};
    sq_str row = {r->buf + r->start, n};
    status = sq_csv_header_read(&r->header, row, place, err);
    if (!status)
        advance(r, n);
    return status;
}

static enum sq_status begin(struct sq_records *r, struct sq_err *err)
{
    char c;
    enum sq_status status;
    const char *slash = strrchr(r->path, '/');
    const char *name = slash ? slash + 1 : r->path;
    while (r->end - r->start < 3 && !r->eof) {
        status = fill(r, err);
        if (status)
            return status;
    }
    if (r->end >= 3 && memcmp(r->buf, "\xEF\xBB\xBF", 3) == 0)
        r->start = 3;
    status = peek(r, &c, err);
    if (status)
        return status;
    if (c == '[') {
        r->form = FORM_ARRAY;
    } else if (strstr(name, ".jsonl")) {
        r->form = FORM_LINES;
    } else if (c == '{' || r->start == r->end) {
        r->form = FORM_SEQUENCE;
    } else if (strstr(name, ".json")) {
        return fault(r, err, "neither an object nor an array begins here");
    } else {
        r->form = FORM_CSV;
        return read_header(r, err);
    }
    return SQ_OK;
}

enum sq_status sq_records_open(struct sq_records **out, const char *path,
                               struct sq_err *err)
{
    struct sq_records *r = sq_xcalloc(1, sizeof(*r));
    r->path = sq_xstrdup(path);
    r->line = r->column = 1;
    r->first = true;
    sq_buf_init(&r->where, SIZE_MAX / 2);
    sq_buf_adds(&r->where, path);
    enum sq_status status = sq_gz_open(&r->gz, path, err);
    if (!status)
        status = begin(r, err);
    *out = status ? NULL : r;
    if (status)
        sq_records_close(r);
    return status;
}

enum sq_status sq_records_next(struct sq_records *r, struct sq_json **record,
                               struct sq_err *err)
{
    *record = NULL;
    if (!r->broken.status)
        (void)next(r, record, &r->broken);
    r->first = false;
    if (r->broken.status && err)
        *err = r->broken;
    return r->broken.status;
}

const char *sq_records_where(const struct sq_records *r)
{
    return r->where.p;
}

void sq_records_close(struct sq_records *r)
{
    if (!r)
        return;
    sq_gz_close(r->gz);
    sq_csv_header_release(&r->header);
    sq_buf_release(&r->where);
    free(r->path);
    free(r->buf);
    free(r);
}
