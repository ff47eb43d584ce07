#include "suite/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/path.h"
#include "suite/field.h"
#include "suite/params.h"
#include "suite/steps.h"

#define FILE_NAME "suite.json"

/* ---- shapes of values -------------------------------------------------- */

static bool all_in(sq_str s, const char *set)
{
    size_t i;

    for (i = 0; i < s.n; i++)
        if (!memchr(set, s.p[i], strlen(set)))
            return false;
    return true;
}

static bool is_sha256(sq_str s)
{
    return s.n == 64 && all_in(s, "0123456789abcdef");
}

static bool is_url(sq_str s)
{
    return sq_str_starts(s, SQ_STR("https://")) ||
           sq_str_starts(s, SQ_STR("http://")) ||
           sq_str_starts(s, SQ_STR("file://"));
}

/* It stays below the data folder. */
static bool is_relative(sq_str s)
{
    sq_str piece;

    while (sq_str_split(&s, '/', &piece))
        if (piece.n == 0 || sq_str_eq(piece, SQ_STR(".")) ||
            sq_str_eq(piece, SQ_STR("..")))
            return false;
    return true;
}

/* A shape and how to ask for it. */
struct form {
    bool (*fits)(sq_str); /* NULL = anything but "" */
    const char *want;
};
static const struct form NAME = {
    sq_field_is_name, "lower-case letters, digits, '_' and '-' (at most 64)"};
static const struct form FIELD = {NULL, "the name of a field"};

/* An object being read and the place to name in messages. */
struct place {
    const struct sq_json *obj;
    const char *where;
    struct sq_arena *arena;
    struct sq_err *err;
};

/* A string member of a form; it is copied into the arena. */
static enum sq_status need(const struct place *at, const char *key,
                           const struct form *form, sq_str *out)
{
    sq_str v;
    enum sq_status st = sq_json_need_str(at->obj, key, at->where, &v, at->err);

    if (st != SQ_OK)
        return st;
    if (v.n == 0 || (form->fits && !form->fits(v)))
        return sq_err_set(at->err, SQ_INPUT, "%s: %s: want %s, found '%.*s'",
                          at->where, key, form->want, SQ_STR_ARG(v));
    *out = sq_arena_str(at->arena, v);
    return SQ_OK;
}

/* ---- parts of a definition --------------------------------------------- */

/* A member with constants, {"lang": "sw"}. */
static enum sq_status opt_fields(const struct place *at, const char *key,
                                 const struct sq_field **out, size_t *n)
{
    const struct sq_json *obj;
    char where[600];
    enum sq_status st;

    if (!sq_json_get(at->obj, key))
        return SQ_OK;
    st = sq_json_need_object(at->obj, key, at->where, &obj, at->err);
    snprintf(where, sizeof(where), "%s: %s", at->where, key);
    if (st == SQ_OK)
        st = sq_task_fields(obj, where, at->arena, out, n, at->err);
    return st;
}

static enum sq_status load_file(const struct place *at,
                                struct sq_data_file *out)
{
    static const char *const keys[] = {"file",    "url", "sha256", "bytes",
                                       "licence", "set", "fields", NULL};
    static const struct form path = {
        is_relative, "a path below the data folder, as NAME/FILE"};
    static const struct form url = {is_url,
                                    "an http://, https:// or file:// address"};
    static const struct form sha256 = {is_sha256, "64 lower-case hex digits"};
    static const struct form licence = {NULL,
                                        "the licence's name, or \"unstated\""};
    enum sq_status st = sq_json_only(at->obj, keys, at->where, at->err);

    if (st == SQ_OK)
        st = need(at, "file", &path, &out->file);
    if (st == SQ_OK)
        st = need(at, "url", &url, &out->url);
    if (st == SQ_OK)
        st = need(at, "sha256", &sha256, &out->sha256);
    if (st == SQ_OK)
        st = sq_json_need_int(at->obj, "bytes", at->where, 1, 1LL << 50,
                              &out->bytes, at->err);
    if (st == SQ_OK)
        st = need(at, "licence", &licence, &out->licence);
    out->set = SQ_STR("test");
    if (st == SQ_OK && sq_json_get(at->obj, "set"))
        st = need(at, "set", &NAME, &out->set);
    if (st == SQ_OK)
        st = opt_fields(at, "fields", &out->constants, &out->nconstants);
    return st;
}

static enum sq_status load_files(const struct sq_json *json, const char *where,
                                 struct sq_suite_def *def, struct sq_err *err)
{
    const struct sq_json *item;
    struct sq_data_file *files;
    size_t i = 0, k;
    enum sq_status st = sq_json_need_array(json, "data", where, &item, err);

    if (st != SQ_OK)
        return st;
    if (sq_json_count(item) == 0)
        return sq_err_set(err, SQ_INPUT, "%s: data: want at least one file",
                          where);
    files = sq_arena_array(&def->arena, sq_json_count(item), sizeof(*files));
    for (item = sq_json_first(item); item; item = sq_json_next(item), i++) {
        char file_where[512];
        struct place at = {item, file_where, &def->arena, err};

        snprintf(file_where, sizeof(file_where), "%s: data[%zu]", where, i);
        st = load_file(&at, &files[i]);
        if (st != SQ_OK)
            return st;
        for (k = 0; k < i; k++)
            if (sq_str_eq(files[k].file, files[i].file))
                return sq_err_set(err, SQ_INPUT,
                                  "%s: file: '%.*s' is data[%zu] already",
                                  file_where, SQ_STR_ARG(files[i].file), k);
    }
    def->files = files;
    def->nfiles = i;
    return SQ_OK;
}

/* How a record becomes a sample. */
static enum sq_status load_sample(const struct sq_json *json, const char *path,
                                  struct sq_suite_def *def, struct sq_err *err)
{
    static const char *const keys[] = {"input",   "id",     "facets", "cluster",
                                       "records", "images", NULL};
    const struct sq_json *sample;
    struct place at;
    char where[512];
    enum sq_status st = sq_json_need_object(json, "sample", path, &sample, err);

    if (st != SQ_OK)
        return st;
    snprintf(where, sizeof(where), "%s: sample", path);
    st = sq_json_only(sample, keys, where, err);
    at = (struct place){sample, where, &def->arena, err};
    if (st == SQ_OK && def->task.prompt.n > 0 && sq_json_get(sample, "input"))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: input: a suite with a prompt has none", where);
    if (st == SQ_OK && def->task.prompt.n == 0)
        st = need(&at, "input", &FIELD, &def->input_field);
    if (st == SQ_OK)
        st = sq_task_range(sample, where, &def->first, &def->last, err);
    if (st == SQ_OK && sq_json_get(sample, "id"))
        st = need(&at, "id", &FIELD, &def->id_field);
    if (st == SQ_OK)
        st = sq_images_load(sample, where, &def->arena, &def->images, err);
    if (st == SQ_OK)
        st = sq_facets_load(sample, where, &def->arena, &def->facets, err);
    return st;
}

static enum sq_status load_judges(const struct sq_json *json, const char *where,
                                  struct sq_suite_def *def, struct sq_err *err)
{
    const struct sq_json *item;
    sq_str *judges;
    size_t i = 0, k;
    enum sq_status st;

    if (!sq_json_get(json, "judges"))
        return SQ_OK;
    st = sq_json_need_array(json, "judges", where, &item, err);
    if (st != SQ_OK)
        return st;
    judges = sq_arena_array(&def->arena, sq_json_count(item), sizeof(*judges));
    for (item = sq_json_first(item); item; item = sq_json_next(item), i++) {
        judges[i] = sq_arena_str(&def->arena, sq_json_str(item));
        if (!sq_field_is_name(judges[i]))
            return sq_err_set(err, SQ_INPUT,
                              "%s: judges[%zu]: want a template's name: %s",
                              where, i, NAME.want);
        for (k = 0; k < i; k++)
            if (sq_str_eq(judges[k], judges[i]))
                return sq_err_set(err, SQ_INPUT,
                                  "%s: judges[%zu]: '%.*s' is there twice",
                                  where, i, SQ_STR_ARG(judges[i]));
    }
    def->judges = judges;
    def->njudges = i;
    return SQ_OK;
}

static bool is_steps_name(sq_str s)
{
    return sq_str_ends(s, SQ_STR(".jsonl")) && s.p[0] != '.' &&
           sq_str_find(s, SQ_STR("/"), 0) == SIZE_MAX;
}

static bool is_ifeval(sq_str s)
{
    return sq_str_eq(s, SQ_STR("ifeval"));
}

static enum sq_status load_steps(const struct sq_json *json, const char *where,
                                 struct sq_suite_def *def, struct sq_err *err)
{
    static const struct form name = {
        is_steps_name, "the name of a .jsonl file beside " FILE_NAME};
    struct place at = {json, where, &def->arena, err};
    char *path;
    enum sq_status st;

    if (!sq_json_get(json, "steps") || def->task.nsteps > 0)
        return SQ_OK;
    st = need(&at, "steps", &name, &def->steps_file);
    if (st != SQ_OK)
        return st;
    path = sq_path_join(def->folder, def->steps_file.p);
    st = sq_steps_load(&def->steps, path, &def->arena, err);
    if (st == SQ_OK)
        st = sq_sha256_file(path, def->steps_digest, NULL, err);
    free(path);
    return st;
}

/* Records that name their steps, by the rules of IFEval. */
static enum sq_status load_instructions(const struct sq_json *json,
                                        const char *path,
                                        struct sq_suite_def *def,
                                        struct sq_err *err)
{
    static const char *const keys[] = {"rules", "ids", "kwargs", NULL};
    static const struct form rules = {is_ifeval, "\"ifeval\""};
    const struct sq_json *obj;
    struct place at;
    char where[512];
    sq_str name;
    enum sq_status st;

    if (!sq_json_get(json, "instructions"))
        return SQ_OK;
    if (def->steps || def->task.nsteps > 0)
        return sq_err_set(err, SQ_INPUT,
                          "%s: instructions: a suite has these or steps", path);
    st = sq_json_need_object(json, "instructions", path, &obj, err);
    if (st != SQ_OK)
        return st;
    snprintf(where, sizeof(where), "%s: instructions", path);
    st = sq_json_only(obj, keys, where, err);
    at = (struct place){obj, where, &def->arena, err};
    if (st == SQ_OK)
        st = need(&at, "rules", &rules, &name);
    if (st == SQ_OK)
        st = need(&at, "ids", &FIELD, &def->instructions.ids);
    if (st == SQ_OK)
        st = need(&at, "kwargs", &FIELD, &def->instructions.kwargs);
    return st;
}

/* ---- the whole --------------------------------------------------------- */

static bool is_generator(sq_str s)
{
    return sq_str_eq(s, SQ_STR("chain"));
}

static enum sq_status no_such_key(const char *where, const char *key,
                                  struct sq_err *err)
{
    return sq_err_set(err, SQ_INPUT, "%s: %s: a generated suite has none",
                      where, key);
}

/* Which files of the set hold the samples; one does at least. */
static enum sq_status load_where(const struct place *at,
                                 struct sq_suite_def *def)
{
    struct sq_source source = {.files = def->files, .set = SQ_STR("test")};
    enum sq_status st = opt_fields(at, "where", &def->where, &def->nwhere);
    size_t i;

    if (st != SQ_OK)
        return st;
    source.where = def->where;
    source.nwhere = def->nwhere;
    for (i = 0; i < def->nfiles; i++)
        if (sq_source_has(&source, &def->files[i]))
            return SQ_OK;
    if (def->nwhere == 0)
        return sq_err_set(at->err, SQ_INPUT,
                          "%s: data: no file is of the set 'test'", at->where);
    return sq_err_set(
        at->err, SQ_USAGE, "suite %.*s: no file of its data has %.*s=%.*s",
        SQ_STR_ARG(def->name), SQ_STR_ARG(def->where[def->nwhere - 1].name),
        SQ_STR_ARG(def->where[def->nwhere - 1].value));
}

/* A suite is generated or made of data files. */
static enum sq_status load_source(const struct sq_json *json, const char *where,
                                  struct sq_suite_def *def, struct sq_err *err)
{
    static const char *const data_keys[] = {"data",  "sample", "instructions",
                                            "where", "params", NULL};
    static const struct form generator = {is_generator, "\"chain\""};
    struct place at = {json, where, &def->arena, err};
    size_t i;
    enum sq_status st;

    if (!sq_json_get(json, "generator")) {
        st = load_files(json, where, def, err);
        if (st == SQ_OK)
            st = sq_task_load(json, where, &def->arena, &def->task, err);
        if (st == SQ_OK)
            st = load_where(&at, def);
        if (st == SQ_OK)
            st = load_sample(json, where, def, err);
        if (st == SQ_OK)
            st = load_steps(json, where, def, err);
        if (st == SQ_OK)
            st = load_instructions(json, where, def, err);
        return st;
    }
    for (i = 0; data_keys[i]; i++)
        if (sq_json_get(json, data_keys[i]))
            return no_such_key(where, data_keys[i], err);
    for (i = 0; sq_task_keys[i]; i++)
        if (sq_json_get(json, sq_task_keys[i]))
            return no_such_key(where, sq_task_keys[i], err);
    return need(&at, "generator", &generator, &def->generator);
}

static enum sq_status known_keys(const struct sq_json *json, const char *where,
                                 struct sq_err *err)
{
    static const char *const keys[] = {
        "name",   "title",    "version", "generator",    "data",   "sample",
        "judges", "sampling", "where",   "instructions", "params", NULL};
    const char *all[32];
    size_t n = 0;

    for (size_t i = 0; keys[i]; i++)
        all[n++] = keys[i];
    for (size_t i = 0; sq_task_keys[i]; i++)
        all[n++] = sq_task_keys[i];
    all[n] = NULL;
    return sq_json_only(json, all, where, err);
}

static enum sq_status load_all(const struct sq_json *json, const char *where,
                               struct sq_suite_def *def, struct sq_err *err)
{
    static const struct form title = {NULL, "one line about the suite"};
    struct place at = {json, where, &def->arena, err};
    enum sq_status st = known_keys(json, where, err);

    if (st == SQ_OK)
        st = need(&at, "name", &NAME, &def->name);
    if (st == SQ_OK)
        st = need(&at, "title", &title, &def->title);
    if (st == SQ_OK)
        st = sq_json_need_int(json, "version", where, 1, 1000000, &def->version,
                              err);
    if (st == SQ_OK)
        st = load_judges(json, where, def, err);
    if (st == SQ_OK)
        st = sq_task_sampling(json, where, &def->sampling, err);
    if (st == SQ_OK)
        st = load_source(json, where, def, err);
    return st;
}

/* The folder of a path that is a folder or the suite.json in it; yours. */
static char *folder_of(const char *path)
{
    sq_str s = sq_str_from(path);

    if (sq_path_is_dir(path))
        return sq_xstrdup(path);
    if (sq_str_eq(s, SQ_STR(FILE_NAME)))
        return sq_xstrdup(".");
    if (sq_str_ends(s, SQ_STR("/" FILE_NAME)))
        return sq_str_dup(sq_str_sub(s, 0, s.n - sizeof("/" FILE_NAME) + 1));
    return NULL;
}

/* What one choice of parameters makes of a definition. */
static enum sq_status make_def(struct sq_suite_def **out, const char *folder,
                               const struct sq_json *json, struct sq_err *err)
{
    struct sq_suite_def *def = sq_xcalloc(1, sizeof(*def));
    char *file = sq_path_join(folder, FILE_NAME);
    enum sq_status st;

    def->folder = sq_xstrdup(folder);
    st = load_all(json, file, def, err);
    free(file);
    if (st == SQ_OK)
        *out = def;
    else
        sq_suite_def_free(def);
    return st;
}

static enum sq_status try_def(void *folder, const struct sq_json *json,
                              struct sq_err *err)
{
    struct sq_suite_def *def = NULL;
    enum sq_status st = make_def(&def, folder, json, err);

    sq_suite_def_free(def);
    return st;
}

/* The definition with the choice, which takes over the whole file's json. */
static enum sq_status choose(struct sq_suite_def **out, const char *folder,
                             struct sq_json *json, sq_str given,
                             long long shots, struct sq_err *err)
{
    char *file = sq_path_join(folder, FILE_NAME);
    struct sq_params params;
    enum sq_status st =
        sq_params_choose(json, file, given, shots, &params, err);

    if (st == SQ_OK)
        st = make_def(out, folder, params.json, err);
    if (st == SQ_OK) {
        (*out)->json = json;
        (*out)->params = sq_arena_strdup(&(*out)->arena, params.canonical);
        (*out)->usual = sq_arena_strdup(&(*out)->arena, params.defaults);
    } else {
        sq_json_free(json);
    }
    sq_params_release(&params);
    free(file);
    return st;
}

enum sq_status sq_suite_def_load(struct sq_suite_def **out, const char *path,
                                 struct sq_err *err)
{
    char *folder = folder_of(path), *file = NULL, *text = NULL;
    struct sq_json *json;
    size_t n = 0;
    enum sq_status st;

    *out = NULL;
    if (!folder)
        return sq_err_set(
            err, SQ_INPUT,
            "%s: want a suite's folder or the " FILE_NAME " in it", path);
    file = sq_path_join(folder, FILE_NAME);
    st = sq_path_read(file, SQ_MAX_CONFIG, &text, &n, err);
    if (st != SQ_OK)
        goto out;
    json = sq_json_parse((sq_str){text, n}, file, 1, err);
    st = json ? choose(out, folder, json, SQ_STR(""), -1, err) : SQ_INPUT;
    if (st == SQ_OK)
        st = sq_params_each((*out)->json, file, try_def, folder, err);
    if (st == SQ_OK)
        sq_sha256_of((sq_str){text, n}, (*out)->digest);
out:
    free(text);
    free(file);
    free(folder);
    if (st != SQ_OK) {
        sq_suite_def_free(*out);
        *out = NULL;
    }
    return st;
}

enum sq_status sq_suite_def_choose(struct sq_suite_def **def, sq_str given,
                                   long long shots, struct sq_err *err)
{
    struct sq_suite_def *old = *def, *made = NULL;
    struct sq_json *json = old->json;
    enum sq_status st;

    old->json = NULL;
    st = choose(&made, old->folder, json, given, shots, err);
    if (st != SQ_OK)
        return st;
    memcpy(made->digest, old->digest, sizeof(made->digest));
    sq_suite_def_free(old);
    *def = made;
    return SQ_OK;
}

void sq_suite_def_free(struct sq_suite_def *def)
{
    if (!def)
        return;
    sq_json_free(def->json);
    sq_arena_release(&def->arena);
    free(def->folder);
    free(def);
}
