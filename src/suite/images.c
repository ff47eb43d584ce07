#include "suite/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/gz.h"
#include "suite/field.h"

static const struct {
    const char *name;
    enum sq_image_form form;
} forms[] = {{"data_url", SQ_IMAGE_DATA_URL},
             {"base64", SQ_IMAGE_BASE64},
             {"file", SQ_IMAGE_FILE}};

/* What an image begins with, and at which byte. */
static const struct {
    const char *type;
    size_t at;
    sq_str bytes;
} types[] = {{"image/png", 0, {"\x89PNG\r\n\x1a\n", 8}},
             {"image/jpeg", 0, {"\xff\xd8\xff", 3}},
             {"image/gif", 0, {"GIF87a", 6}},
             {"image/gif", 0, {"GIF89a", 6}},
             {"image/webp", 8, {"WEBP", 4}}};

enum sq_status sq_images_load(const struct sq_json *sample, const char *where,
                              struct sq_arena *arena, struct sq_images_def *out,
                              struct sq_err *err)
{
    static const char *const keys[] = {"field", "form", NULL};
    const struct sq_json *obj;
    char place[600];
    sq_str form;

    *out = (struct sq_images_def){SQ_IMAGE_NONE, {NULL, 0}};
    if (!sq_json_get(sample, "images"))
        return SQ_OK;
    snprintf(place, sizeof(place), "%s: images", where);
    enum sq_status st = sq_json_need_object(sample, "images", where, &obj, err);
    if (st == SQ_OK)
        st = sq_json_only(obj, keys, place, err);
    if (st == SQ_OK)
        st = sq_json_need_str(obj, "field", place, &out->field, err);
    if (st == SQ_OK)
        st = sq_json_need_str(obj, "form", place, &form, err);
    if (st != SQ_OK)
        return st;
    if (out->field.n == 0)
        return sq_err_set(err, SQ_INPUT, "%s: field: want a field's name",
                          place);
    out->field = sq_arena_str(arena, out->field);
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (sq_str_eq(form, sq_str_from(forms[i].name)))
            out->form = forms[i].form;
    if (out->form == SQ_IMAGE_NONE)
        return sq_err_set(err, SQ_INPUT,
                          "%s: form: want data_url, base64 or file, found "
                          "'%.*s'",
                          place, SQ_STR_ARG(form));
    return SQ_OK;
}

/* ---- one image --------------------------------------------------------- */

struct one {
    const struct sq_record *r;
    const struct sq_images_def *def;
    const struct sq_image_files *files;
    size_t index; /* in the field's list */
    struct sq_arena *arena;
    struct sq_err *err;
};

/* An error that says which image it is of. */
static enum sq_status wrong(const struct one *i, const char *what)
{
    return sq_err_set(i->err, SQ_INPUT, "%s: %.*s: image %zu: %s", i->r->where,
                      SQ_STR_ARG(i->def->field), i->index + 1, what);
}

/* NULL when it is none that is known. */
static const char *type_of(sq_str bytes)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (sq_str_eq(
                sq_str_sub(bytes, types[i].at, types[i].at + types[i].bytes.n),
                types[i].bytes))
            return types[i].type;
    return NULL;
}

/* The data URL of an image whose base64 is text; given: the type that it is
 * said to be, "" = none. */
static enum sq_status from_base64(const struct one *i, sq_str text,
                                  sq_str given, sq_str *out)
{
    struct sq_buf bytes;
    size_t bad = 0;
    const char *type = NULL;
    char line[120];
    enum sq_status st = SQ_OK;

    sq_buf_init(&bytes, SQ_IMAGE_MAX);
    if (!sq_base64_decode(text, &bytes, &bad)) {
        snprintf(line, sizeof(line), "no base64, at its byte %zu", bad);
        st = wrong(i, line);
    } else if (bytes.over) {
        st = wrong(i, "more than 20 MiB");
    } else if (!(type = type_of(sq_buf_str(&bytes)))) {
        st = wrong(i, "neither PNG, JPEG, GIF nor WebP by its first bytes");
    } else if (given.n && !sq_str_eq(given, sq_str_from(type))) {
        snprintf(line, sizeof(line), "is called %.40s and is %s",
                 sq_arena_str(i->arena, given).p, type);
        st = wrong(i, line);
    }
    if (st == SQ_OK)
        *out = sq_str_from(sq_arena_printf(i->arena, "data:%s;base64,%.*s",
                                           type, SQ_STR_ARG(text)));
    sq_buf_release(&bytes);
    return st;
}

static enum sq_status from_data_url(const struct one *i, sq_str text,
                                    sq_str *out)
{
    static const sq_str scheme = {"data:", 5}, mark = {";base64,", 8};
    size_t at = sq_str_find(text, mark, 0);

    if (!sq_str_starts(text, scheme) || at == SIZE_MAX || at > 64)
        return wrong(i, "want data:TYPE;base64,..., as data:image/png;base64,"
                        "iVBO...");
    return from_base64(i, sq_str_sub(text, at + mark.n, text.n),
                       sq_str_sub(text, scheme.n, at), out);
}

/* The file's bytes, unpacked where only FILE.gz is there. */
static enum sq_status
read_file(const struct one *i, const struct sq_data_file *f, struct sq_buf *out)
{
    char *path = sq_data_found(f, i->files->data_dir), piece[16384];
    struct sq_gz *g = NULL;
    size_t n = 1;
    enum sq_status st = sq_gz_open(&g, path, i->err);

    while (st == SQ_OK && n > 0 && !out->over) {
        st = sq_gz_read(g, piece, sizeof(piece), &n, i->err);
        if (st == SQ_OK)
            sq_buf_add(out, (sq_str){piece, n});
    }
    sq_gz_close(g);
    free(path);
    if (st == SQ_OK && out->over)
        return wrong(i, "more than 20 MiB");
    return st;
}

static enum sq_status from_file(const struct one *i, sq_str name, sq_str *out)
{
    sq_str from = i->files->from->file;
    size_t folder = from.n;
    const struct sq_data_file *found = NULL;
    struct sq_buf bytes, text;
    enum sq_status st;

    while (folder > 0 && from.p[folder - 1] != '/')
        folder--;
    sq_str path = sq_str_from(sq_arena_printf(i->arena, "%.*s%.*s", (int)folder,
                                              from.p, SQ_STR_ARG(name)));
    for (size_t k = 0; k < i->files->nfiles; k++)
        if (sq_str_eq(i->files->files[k].file, path))
            found = &i->files->files[k];
    if (!found)
        return wrong(i, sq_arena_printf(i->arena,
                                        "%.200s is none of the suite's data "
                                        "files: list it in data, with \"set\": "
                                        "\"images\"",
                                        path.p));
    sq_buf_init(&bytes, SQ_IMAGE_MAX);
    sq_buf_init(&text, 2 * SQ_IMAGE_MAX);
    st = read_file(i, found, &bytes);
    if (st == SQ_OK) {
        sq_base64_encode(sq_buf_str(&bytes), &text);
        st = from_base64(i, sq_buf_str(&text), SQ_STR(""), out);
    }
    sq_buf_release(&bytes);
    sq_buf_release(&text);
    return st;
}

static enum sq_status read_one(const struct one *i, const struct sq_json *value,
                               sq_str *out)
{
    sq_str text = sq_json_str(value);

    if (text.n == 0)
        return wrong(i, "want a text");
    if (i->def->form == SQ_IMAGE_FILE)
        return from_file(i, text, out);
    if (i->def->form == SQ_IMAGE_DATA_URL)
        return from_data_url(i, text, out);
    return from_base64(i, text, SQ_STR(""), out);
}

/* ---- a record's -------------------------------------------------------- */

/* The sample's messages, to be written to; the last is the query's. */
static struct sq_message *messages_of(struct sq_sample *sample)
{
    size_t n = sample->nmessages ? sample->nmessages : 1;
    struct sq_message *m = sq_arena_array(&sample->arena, n, sizeof(*m));

    if (sample->nmessages)
        memcpy(m, sample->messages, n * sizeof(*m));
    else
        m[0] = (struct sq_message){.role = "user", .content = sample->query};
    sample->messages = m;
    sample->nmessages = n;
    return m;
}

enum sq_status sq_images_bind(const struct sq_images_def *def,
                              const struct sq_image_files *where,
                              const struct sq_record *r,
                              struct sq_sample *sample, struct sq_err *err)
{
    const struct sq_json *value;
    struct one i = {r, def, where, 0, &sample->arena, err};
    enum sq_status st = SQ_OK;

    if (def->form == SQ_IMAGE_NONE)
        return SQ_OK;
    value = sq_record_json(r, def->field);
    if (!value)
        return sq_err_set(err, SQ_INPUT,
                          "%s: %.*s: missing: want an image, "
                          "an array of them, or null",
                          r->where, SQ_STR_ARG(def->field));
    bool list = sq_json_type(value) == SQ_JSON_ARRAY;
    size_t n = list ? sq_json_count(value) : 1;
    if (sq_json_type(value) == SQ_JSON_NULL || n == 0)
        return SQ_OK;
    if (n > SQ_IMAGES_MAX)
        return sq_err_set(err, SQ_INPUT, "%s: %.*s: %zu images, at most %d",
                          r->where, SQ_STR_ARG(def->field), n, SQ_IMAGES_MAX);
    sq_str *images = sq_arena_array(i.arena, n, sizeof(*images));
    if (list)
        value = sq_json_first(value);
    for (; value && i.index < n && st == SQ_OK; i.index++) {
        st = read_one(&i, value, &images[i.index]);
        value = list ? sq_json_next(value) : NULL;
    }
    struct sq_message *m = messages_of(sample);
    m[sample->nmessages - 1].images = images;
    m[sample->nmessages - 1].nimages = n;
    return st;
}
