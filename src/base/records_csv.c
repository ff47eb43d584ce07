#include "base/records_csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct row {
    sq_str text;
    size_t at; /* where the next field begins; SIZE_MAX when there is none */
    struct sq_csv_place place;
    struct sq_buf field;
};

static enum sq_status fault(const struct row *r, size_t at, const char *what,
                            struct sq_err *err)
{
    size_t line = r->place.line, column = 1;
    for (size_t i = 0; i < at; i++) {
        bool nl = r->text.p[i] == '\n';
        line += nl;
        column = nl ? 1 : column + 1;
    }
    return sq_err_set(err, SQ_INPUT, "%s:%zu:%zu: %s", r->place.path, line,
                      column, what);
}

static enum sq_status row_init(struct row *r, sq_str text,
                               struct sq_csv_place place, struct sq_err *err)
{
    size_t bad;
    if (sq_str_ends(text, SQ_STR("\r")))
        text.n--;
    *r = (struct row){.text = text, .place = place};
    sq_buf_init(&r->field, SQ_MAX_RECORD);
    if (!sq_utf8_valid(text, &bad))
        return fault(r, bad, "invalid UTF-8 (save the file as UTF-8)", err);
    const char *nul = text.n ? memchr(text.p, '\0', text.n) : NULL;
    if (nul)
        return fault(r, (size_t)(nul - text.p), "a NUL byte", err);
    return SQ_OK;
}

/* At an opening quote: the field up to its closing one. */
static enum sq_status quoted(struct row *r, size_t *at, struct sq_err *err)
{
    size_t open = *at;
    size_t from = open + 1;
    for (;;) {
        size_t quote = sq_str_find(r->text, SQ_STR("\""), from);
        if (quote == SIZE_MAX)
            return fault(r, open, "a quote opens here that never closes", err);
        bool doubled = quote + 1 < r->text.n && r->text.p[quote + 1] == '"';
        sq_buf_add(&r->field, sq_str_sub(r->text, from, quote + doubled));
        from = quote + 1 + doubled;
        if (!doubled)
            break;
    }
    *at = from;
    if (from < r->text.n && r->text.p[from] != ',')
        return fault(r, from, "expected ',' after a closing quote", err);
    return SQ_OK;
}

/* The next field into r->field. Precondition: r->at is not SIZE_MAX. */
static enum sq_status next_field(struct row *r, struct sq_err *err)
{
    size_t at = r->at;
    sq_buf_reset(&r->field);
    if (at < r->text.n && r->text.p[at] == '"') {
        enum sq_status status = quoted(r, &at, err);
        if (status)
            return status;
    } else {
        size_t from = at;
        while (at < r->text.n && r->text.p[at] != ',' && r->text.p[at] != '"')
            at++;
        if (at < r->text.n && r->text.p[at] == '"')
            return fault(r, at,
                         "a quote within a field (quote the field and double "
                         "the quote)",
                         err);
        sq_buf_add(&r->field, sq_str_sub(r->text, from, at));
    }
    r->at = at < r->text.n ? at + 1 : SIZE_MAX;
    return SQ_OK;
}

static bool is_name(const struct sq_csv_header *h, sq_str name)
{
    for (size_t i = 0; i < h->n; i++)
        if (sq_str_eq(sq_str_from(h->names[i]), name))
            return true;
    return false;
}

enum sq_status sq_csv_header_read(struct sq_csv_header *h, sq_str row,
                                  struct sq_csv_place place, struct sq_err *err)
{
    struct row r;
    enum sq_status status = row_init(&r, row, place, err);
    while (!status && r.at != SIZE_MAX) {
        size_t begin = r.at;
        status = next_field(&r, err);
        sq_str name = sq_str_trim(sq_buf_str(&r.field));
        if (status)
            break;
        if (name.n == 0 && h->n > 0)
            status = fault(&r, begin, "a column without a name", err);
        else if (is_name(h, name))
            status = fault(&r, begin, "a second column of the same name", err);
        if (status)
            break;
        h->names = sq_xrealloc(h->names, h->n + 1, sizeof(*h->names));
        h->names[h->n++] = sq_str_dup(name);
    }
    sq_buf_release(&r.field);
    return status;
}

enum sq_status sq_csv_record(const struct sq_csv_header *h, sq_str row,
                             struct sq_csv_place place, struct sq_json **record,
                             struct sq_err *err)
{
    struct row r;
    size_t n = 0;
    struct sq_json *j = sq_json_object();
    enum sq_status status = row_init(&r, row, place, err);
    for (; !status && r.at != SIZE_MAX; n++) {
        status = next_field(&r, err);
        if (!status && n < h->n)
            sq_json_put_str(j, h->names[n], sq_buf_str(&r.field));
    }
    if (!status && n != h->n)
        status = sq_err_set(err, SQ_INPUT,
                            "%s:%zu:1: the row has %zu fields, the header %zu",
                            place.path, place.line, n, h->n);
    if (status) {
        sq_json_free(j);
        j = NULL;
    }
    *record = j;
    sq_buf_release(&r.field);
    return status;
}

void sq_csv_header_release(struct sq_csv_header *h)
{
    for (size_t i = 0; i < h->n; i++)
        free(h->names[i]);
    free(h->names);
    *h = (struct sq_csv_header){0};
}
