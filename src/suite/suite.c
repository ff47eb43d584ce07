#include "suite/suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "suite/chain.h"
#include "suite/field.h"
#include "suite/ids.h"
#include "suite/steps.h"
#include "suite/task_steps.h"

struct sq_suite_cursor {
    size_t ordinal; /* of the next sample */
    /* of data files */
    char *data_dir;
    struct sq_source source;
    struct sq_shots shots;
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
    char *path = sq_data_found(f, how->data_dir);
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
    s->cursor->source = (struct sq_source){.files = s->def->files,
                                           .nfiles = s->def->nfiles,
                                           .data_dir = s->cursor->data_dir,
                                           .task = &s->def->task,
                                           .set = SQ_STR("test"),
                                           .where = s->def->where,
                                           .nwhere = s->def->nwhere,
                                           .first = s->def->first,
                                           .last = s->def->last};
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
    while (params.n > 0 && sq_str_split(&params, ',', &piece)) {
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

/* The parameters of a suite of data files: its own, or those of its
 * instructions. */
static enum sq_status open_params(struct sq_suite *s, sq_str params,
                                  const struct sq_suite_open *how,
                                  struct sq_err *err)
{
    long long shots = how->shots_set ? how->shots : -1;
    enum sq_status st;

    if (s->def->instructions.ids.n > 0) {
        if (how->ifeval_over)
            params = SQ_STR("");
        st = sq_instructions_open(&s->cursor->instructions, params, how->ifeval,
                                  &s->def->arena, &s->params, err);
        if (st != SQ_OK)
            return st;
        s->label = label_of(s->def->name, sq_str_from(s->params),
                            SQ_STR("rules=reference"));
        s->languages = sq_ifeval_languages(s->cursor->instructions);
        return SQ_OK;
    }
    if (params.n > 0 && s->def->usual[0] == '\0')
        return sq_err_set(err, SQ_USAGE, "suite %.*s takes no parameters",
                          SQ_STR_ARG(s->def->name));
    if (params.n > 0 || shots >= 0) {
        st = sq_suite_def_choose(&s->def, params, shots, err);
        if (st != SQ_OK)
            return st;
    }
    s->params = sq_xstrdup(s->def->params);
    s->label = label_of(s->def->name, sq_str_from(s->params),
                        sq_str_from(s->def->usual));
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
        st = open_params(s, params, how, err);
    /* The parameters may have replaced def. */
    if (st == SQ_OK && s->def->generator.n == 0)
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
    sq_source_release(&c->source);
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
    sq_source_release(&s->cursor->source);
    sq_shots_release(&s->cursor->shots);
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

static bool is_template(sq_str s)
{
    return s.n > 0 && memchr(s.p, '{', s.n) != NULL;
}

/* What a recording may be joined by: all string fields, unless the definition
 * says what. */
static enum sq_status take_texts(const struct sq_task *t,
                                 const struct sq_record *r,
                                 struct sq_sample *sample, struct sq_err *err)
{
    size_t most = sq_json_count(r->json) + t->njoin, n = 0;
    struct sq_field *texts =
        sq_arena_array(&sample->arena, most, sizeof(*texts));
    const struct sq_json *item = t->njoin ? NULL : sq_json_first(r->json);

    for (; item; item = sq_json_next(item)) {
        if (sq_json_type(item) != SQ_JSON_STRING)
            continue;
        texts[n].name = sq_arena_str(&sample->arena, sq_json_key(item));
        texts[n++].value = sq_arena_str(&sample->arena, sq_json_str(item));
    }
    for (size_t i = 0; i < t->njoin; i++, n++) {
        enum sq_status st = sq_template_text(t->join[i], r, &sample->arena,
                                             &texts[n].value, err);

        if (st != SQ_OK)
            return st;
    }
    sample->texts = texts;
    sample->ntexts = n;
    return SQ_OK;
}

static enum sq_status take_id(struct sq_suite *s, const struct sq_record *r,
                              struct sq_sample *sample, struct sq_err *err)
{
    sq_str field = s->def->id_field;
    enum sq_status st;

    if (field.n == 0) {
        sample->id = sq_str_from(
            sq_arena_printf(&sample->arena, "%zu", sample->ordinal));
        return SQ_OK;
    }
    if (is_template(field))
        st = sq_template_text(field, r, &sample->arena, &sample->id, err);
    else
        st = sq_field_text(r->json, field.p, r->where, &sample->arena,
                           &sample->id, err);
    if (st == SQ_OK && !sq_ids_add(&s->cursor->ids, sample->id))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: %s: '%.*s' is an earlier record's id as well",
                        r->where, field.p, SQ_STR_ARG(sample->id));
    return st;
}

static enum sq_status take_query(const struct sq_suite_def *def,
                                 const struct sq_record *r,
                                 struct sq_sample *sample, struct sq_err *err)
{
    enum sq_status st;

    if (def->task.prompt.n > 0)
        return sq_template_text(def->task.prompt, r, &sample->arena,
                                &sample->query, err);
    st = sq_json_need_str(r->json, def->input_field.p, r->where, &sample->query,
                          err);
    if (st == SQ_OK)
        sample->query = sq_arena_str(&sample->arena, sample->query);
    return st;
}

static enum sq_status take_steps(struct sq_suite *s, const struct sq_record *r,
                                 struct sq_sample *sample, struct sq_err *err)
{
    size_t line;
    enum sq_status st;

    if (s->def->task.nsteps > 0)
        return sq_task_bind(&s->def->task, r, sample, err);
    if (s->cursor->instructions)
        return sq_instructions_bind(s->cursor->instructions,
                                    &s->def->instructions, r->json, r->where,
                                    sample, err);
    if (!s->def->steps)
        return SQ_OK;
    st = sq_steps_bind(s->def->steps, sample, r->where, &line, err);
    if (st == SQ_OK)
        s->cursor->bound[line] = true;
    return st;
}

static enum sq_status make_sample(struct sq_suite *s, const struct sq_record *r,
                                  const struct sq_data_file *file,
                                  struct sq_sample *sample, struct sq_err *err)
{
    struct sq_suite_cursor *c = s->cursor;
    struct sq_image_files images = {s->def->files, s->def->nfiles, file,
                                    c->data_dir};
    enum sq_status st;

    sample->ordinal = c->ordinal;
    st = take_query(s->def, r, sample, err);
    if (st == SQ_OK)
        st = take_id(s, r, sample, err);
    if (st == SQ_OK)
        st = sq_facets_take(&s->def->facets, r, sample, err);
    if (st == SQ_OK)
        st = take_texts(&s->def->task, r, sample, err);
    if (st == SQ_OK)
        st = sq_shots_for(&c->shots, &c->source, file, err);
    if (st == SQ_OK)
        st = sq_shots_bind(&c->shots, &s->def->task, r, file, sample, err);
    if (st == SQ_OK)
        st = sq_images_bind(&s->def->images, &images, r, sample, err);
    if (st == SQ_OK)
        st = take_steps(s, r, sample, err);
    return st;
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
    const struct sq_record *record;
    const struct sq_data_file *file;
    enum sq_status st;

    *out = NULL;
    if (s->def->generator.n > 0) {
        if (c->ordinal < (size_t)c->chain.n)
            *out = sq_chain_sample(&c->chain, c->ordinal++);
        return SQ_OK;
    }
    st = sq_source_next(&c->source, &record, &file, err);
    if (st != SQ_OK)
        return st;
    if (!record)
        return all_bound(s, err);
    *out = sq_xcalloc(1, sizeof(**out));
    st = make_sample(s, record, file, *out, err);
    if (st == SQ_OK) {
        c->ordinal++;
    } else {
        sq_sample_free(*out);
        *out = NULL;
    }
    return st;
}
