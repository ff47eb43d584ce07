#include "suite/suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/records.h"
#include "suite/chain.h"
#include "suite/field.h"
#include "suite/ids.h"
#include "suite/steps.h"

struct sq_suite_cursor {
    size_t ordinal; /* of the next sample */
    /* of data files */
    char *data_dir;
    size_t file; /* being read */
    struct sq_records *records;
    struct sq_ids ids;
    bool *bound; /* lines of the annotation that have met their sample */
    struct sq_ifeval *instructions;
    /* of a generator */
    struct sq_chain_params chain;
};

void sq_sample_free(struct sq_sample *s)
{
    if (!s)
        return;
    sq_arena_release(&s->arena);
    free(s);
}

/* ---- opening ----------------------------------------------------------- */

static enum sq_status check_file(struct sq_suite *s,
                                 const struct sq_data_file *f,
                                 const struct sq_suite_open *how,
                                 char found[SQ_DIGEST_HEX], struct sq_err *err)
{
    enum sq_data_state state;
    char *path = sq_data_path(f, how->data_dir);
    enum sq_status st = sq_data_verify(f, how->data_dir, &state, found, err);

    if (st != SQ_OK)
        goto out;
    if (state == SQ_DATA_MISSING)
        st = sq_err_set(err, SQ_INPUT,
                        "%s: suite %.*s needs this file: get it by 'seqeval "
                        "data pull %.*s', or name the folder that holds %.*s "
                        "by --data",
                        path, SQ_STR_ARG(s->def->name),
                        SQ_STR_ARG(s->def->name), SQ_STR_ARG(f->file));
    else if (state != SQ_DATA_OK && !how->allow_modified)
        st = sq_err_set(err, SQ_INPUT,
                        "%s: is not suite %.*s's data: its SHA-256 is %s, "
                        "want %.*s; 'seqeval data pull %.*s' gets the right "
                        "file, --allow-modified takes this one",
                        path, SQ_STR_ARG(s->def->name), found,
                        SQ_STR_ARG(f->sha256), SQ_STR_ARG(s->def->name));
    else if (state != SQ_DATA_OK)
        s->modified = true;
out:
    free(path);
    return st;
}

static enum sq_status open_data(struct sq_suite *s,
                                const struct sq_suite_open *how,
                                struct sq_err *err)
{
    struct sq_sha256 *all;
    char found[SQ_DIGEST_HEX] = "";
    size_t i;
    enum sq_status st = SQ_OK;

    if (!how->data_dir)
        return sq_err_set(err, SQ_USAGE,
                          "suite %.*s: no folder for data files: give --data "
                          "DIR, or set SEQEVAL_DATA or HOME",
                          SQ_STR_ARG(s->def->name));
    all = sq_sha256_new();
    for (i = 0; i < s->def->nfiles && st == SQ_OK; i++) {
        st = check_file(s, &s->def->files[i], how, found, err);
        sq_sha256_add(all, sq_str_from(found));
        sq_sha256_add(all, SQ_STR("\n"));
    }
    sq_sha256_finish(all, s->data_digest);
    if (s->def->nfiles == 1)
        memcpy(s->data_digest, found, sizeof(found));
    if (st == SQ_OK && s->def->steps)
        s->cursor->bound = sq_xcalloc(sq_steps_lines(s->def->steps),
                                      sizeof(*s->cursor->bound));
    s->cursor->data_dir = sq_xstrdup(how->data_dir);
    return st;
}

/* Is the piece "key=value" one of the list "key=value,..."? */
static bool listed(sq_str list, sq_str piece)
{
    sq_str other;

    while (sq_str_split(&list, ',', &other))
        if (sq_str_eq(other, piece))
            return true;
    return false;
}

static char *label_of(sq_str name, sq_str params, sq_str defaults)
{
    struct sq_buf label;
    sq_str piece;
    char *text, sep = ':';

    sq_buf_init(&label, SQ_MAX_MESSAGE);
    sq_buf_add(&label, name);
    while (sq_str_split(&params, ',', &piece)) {
        if (listed(defaults, piece))
            continue;
        sq_buf_addc(&label, sep);
        sq_buf_add(&label, piece);
        sep = ',';
    }
    text = sq_buf_take(&label);
    sq_buf_release(&label);
    return text;
}

static enum sq_status open_chain(struct sq_suite *s, sq_str params,
                                 struct sq_err *err)
{
    struct sq_chain_params given, standard;
    char *defaults;
    sq_str own = sq_arena_str(&s->def->arena, params);
    enum sq_status st = sq_chain_params_parse(own, &given, err);

    if (st == SQ_OK)
        st = sq_chain_params_parse(SQ_STR(""), &standard, err);
    if (st != SQ_OK)
        return st;
    s->cursor->chain = given;
    s->params = sq_chain_params_render(&given);
    defaults = sq_chain_params_render(&standard);
    s->label =
        label_of(s->def->name, sq_str_from(s->params), sq_str_from(defaults));
    free(defaults);
    return SQ_OK;
}

/* The parameters of a suite of data files: those of its instructions. */
static enum sq_status open_params(struct sq_suite *s, sq_str params,
                                  struct sq_err *err)
{
    enum sq_status st;

    if (s->def->instructions.ids.n > 0) {
        st = sq_instructions_open(&s->cursor->instructions, params,
                                  &s->def->arena, &s->params, err);
        if (st != SQ_OK)
            return st;
        s->label = label_of(s->def->name, sq_str_from(s->params),
                            SQ_STR("rules=reference"));
        s->languages = sq_ifeval_languages(s->cursor->instructions);
        return SQ_OK;
    }
    if (params.n > 0)
        return sq_err_set(err, SQ_USAGE, "suite %.*s takes no parameters",
                          SQ_STR_ARG(s->def->name));
    s->label = sq_str_dup(s->def->name);
    s->params = sq_xstrdup("");
    return SQ_OK;
}

enum sq_status sq_suite_open_def(struct sq_suite **out,
                                 struct sq_suite_def *def, sq_str params,
                                 const struct sq_suite_open *how,
                                 struct sq_err *err)
{
    struct sq_suite *s = sq_xcalloc(1, sizeof(*s));
    enum sq_status st;

    *out = NULL;
    s->def = def;
    s->cursor = sq_xcalloc(1, sizeof(*s->cursor));
    if (def->generator.n > 0)
        st = open_chain(s, params, err);
    else
        st = open_params(s, params, err);
    if (st == SQ_OK && def->generator.n == 0)
        st = open_data(s, how, err);
    if (st == SQ_OK)
        *out = s;
    else
        sq_suite_close(s);
    return st;
}

enum sq_status sq_suite_open(struct sq_suite **out, sq_str spec,
                             const struct sq_suite_open *how,
                             struct sq_err *err)
{
    struct sq_suite_def *def;
    sq_str params = spec, name;
    enum sq_status st;

    *out = NULL;
    (void)sq_str_split(&params, ':', &name);
    st = sq_suite_def_find(&def, how->home, name, err);
    if (st != SQ_OK)
        return st;
    return sq_suite_open_def(out, def, params, how, err);
}

enum sq_status sq_suite_rewind(struct sq_suite *s, struct sq_err *err)
{
    struct sq_suite_cursor *c = s->cursor;

    (void)err; /* closing files cannot fail */
    sq_records_close(c->records);
    c->records = NULL;
    c->file = 0;
    c->ordinal = 0;
    sq_ids_release(&c->ids);
    if (c->bound)
        memset(c->bound, 0, sq_steps_lines(s->def->steps) * sizeof(*c->bound));
    return SQ_OK;
}

void sq_suite_close(struct sq_suite *s)
{
    if (!s)
        return;
    sq_records_close(s->cursor->records);
    sq_ids_release(&s->cursor->ids);
    free(s->cursor->bound);
    free(s->cursor->data_dir);
    free(s->cursor);
    free(s->label);
    free(s->params);
    sq_suite_def_free(s->def);
    free(s);
}

/* ---- reading ----------------------------------------------------------- */

/* All string fields: what a recording may be joined by. */
static void take_texts(const struct sq_json *record, struct sq_sample *sample)
{
    struct sq_field *texts =
        sq_arena_array(&sample->arena, sq_json_count(record), sizeof(*texts));
    const struct sq_json *item;
    size_t n = 0;

    for (item = sq_json_first(record); item; item = sq_json_next(item)) {
        if (sq_json_type(item) != SQ_JSON_STRING)
            continue;
        texts[n].name = sq_arena_str(&sample->arena, sq_json_key(item));
        texts[n++].value = sq_arena_str(&sample->arena, sq_json_str(item));
    }
    sample->texts = texts;
    sample->ntexts = n;
}

static enum sq_status take_facets(const struct sq_suite_def *def,
                                  const struct sq_json *record,
                                  const char *where, struct sq_sample *sample,
                                  struct sq_err *err)
{
    struct sq_field *facets =
        sq_arena_array(&sample->arena, def->nfacets, sizeof(*facets));
    size_t i;

    for (i = 0; i < def->nfacets; i++) {
        enum sq_status st =
            sq_field_text(record, def->facets[i].value.p, where, &sample->arena,
                          &facets[i].value, err);
        if (st != SQ_OK)
            return st;
        facets[i].name = def->facets[i].name;
    }
    sample->facets = facets;
    sample->nfacets = def->nfacets;
    return SQ_OK;
}

static enum sq_status take_id(struct sq_suite *s, const struct sq_json *record,
                              const char *where, struct sq_sample *sample,
                              struct sq_err *err)
{
    const struct sq_suite_def *def = s->def;
    enum sq_status st;

    if (def->id_field.n == 0) {
        sample->id = sq_str_from(
            sq_arena_printf(&sample->arena, "%zu", sample->ordinal));
        return SQ_OK;
    }
    st = sq_field_text(record, def->id_field.p, where, &sample->arena,
                       &sample->id, err);
    if (st == SQ_OK && !sq_ids_add(&s->cursor->ids, sample->id))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: %s: '%.*s' is an earlier record's id as well",
                        where, def->id_field.p, SQ_STR_ARG(sample->id));
    return st;
}

static enum sq_status make_sample(struct sq_suite *s,
                                  const struct sq_json *record,
                                  const char *where, struct sq_sample *sample,
                                  struct sq_err *err)
{
    size_t line;
    enum sq_status st;

    sample->ordinal = s->cursor->ordinal;
    st = sq_json_need_str(record, s->def->input_field.p, where, &sample->query,
                          err);
    if (st != SQ_OK)
        return st;
    sample->query = sq_arena_str(&sample->arena, sample->query);
    st = take_id(s, record, where, sample, err);
    if (st == SQ_OK)
        st = take_facets(s->def, record, where, sample, err);
    if (st != SQ_OK)
        return st;
    take_texts(record, sample);
    if (s->cursor->instructions)
        return sq_instructions_bind(s->cursor->instructions,
                                    &s->def->instructions, record, where,
                                    sample, err);
    if (!s->def->steps)
        return SQ_OK;
    st = sq_steps_bind(s->def->steps, sample, where, &line, err);
    if (st == SQ_OK)
        s->cursor->bound[line] = true;
    return st;
}

/* The next record of all files, or *record = NULL behind the last. */
static enum sq_status next_record(struct sq_suite *s, struct sq_json **record,
                                  struct sq_err *err)
{
    struct sq_suite_cursor *c = s->cursor;
    enum sq_status st = SQ_OK;

    *record = NULL;
    for (; c->file < s->def->nfiles; c->file++) {
        if (!c->records) {
            char *path = sq_data_path(&s->def->files[c->file], c->data_dir);
            st = sq_records_open(&c->records, path, err);
            free(path);
        }
        if (st == SQ_OK)
            st = sq_records_next(c->records, record, err);
        if (st != SQ_OK || *record)
            return st;
        sq_records_close(c->records);
        c->records = NULL;
    }
    return SQ_OK;
}

/* An annotation that speaks of samples that the data has not is a mistake in
 * one of the two; modified data may well have fewer. */
static enum sq_status all_bound(const struct sq_suite *s, struct sq_err *err)
{
    size_t i;

    if (!s->def->steps || s->modified)
        return SQ_OK;
    for (i = 0; i < sq_steps_lines(s->def->steps); i++) {
        sq_str id = sq_steps_id(s->def->steps, i);

        if (!s->cursor->bound[i])
            return sq_err_set(
                err, SQ_INPUT, "%s/%s: id '%.*s': the data has no such sample",
                s->def->folder, s->def->steps_file.p, SQ_STR_ARG(id));
    }
    return SQ_OK;
}

enum sq_status sq_suite_next(struct sq_suite *s, struct sq_sample **out,
                             struct sq_err *err)
{
    struct sq_suite_cursor *c = s->cursor;
    struct sq_json *record;
    enum sq_status st;

    *out = NULL;
    if (s->def->generator.n > 0) {
        if (c->ordinal < (size_t)c->chain.n)
            *out = sq_chain_sample(&c->chain, c->ordinal++);
        return SQ_OK;
    }
    st = next_record(s, &record, err);
    if (st != SQ_OK)
        return st;
    if (!record)
        return all_bound(s, err);
    *out = sq_xcalloc(1, sizeof(**out));
    st = make_sample(s, record, sq_records_where(c->records), *out, err);
    sq_json_free(record);
    if (st == SQ_OK) {
        c->ordinal++;
    } else {
        sq_sample_free(*out);
        *out = NULL;
    }
    return st;
}
