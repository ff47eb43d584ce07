#include "suite/suite.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/path.h"
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

/* Names become folders, slices (iteration=3) and parts of labels. */
static bool is_name(sq_str s)
{
    return s.n > 0 && s.n <= 64 &&
           all_in(s, "abcdefghijklmnopqrstuvwxyz0123456789_-");
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
    is_name, "lower-case letters, digits, '_' and '-' (at most 64)"};
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

static enum sq_status load_file(const struct place *at,
                                struct sq_data_file *out)
{
    static const char *const keys[] = {"file",  "url",     "sha256",
                                       "bytes", "licence", NULL};
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

static enum sq_status load_facets(const struct sq_json *sample,
                                  const char *where, struct sq_suite_def *def,
                                  struct sq_err *err)
{
    const struct sq_json *item;
    struct sq_field *facets;
    size_t i = 0;
    enum sq_status st;

    if (!sq_json_get(sample, "facets"))
        return SQ_OK;
    st = sq_json_need_object(sample, "facets", where, &item, err);
    if (st != SQ_OK)
        return st;
    facets = sq_arena_array(&def->arena, sq_json_count(item), sizeof(*facets));
    for (item = sq_json_first(item); item; item = sq_json_next(item), i++) {
        sq_str name = sq_json_key(item);

        if (!is_name(name))
            return sq_err_set(err, SQ_INPUT,
                              "%s: facets: '%.*s': want %s as a name", where,
                              SQ_STR_ARG(name), NAME.want);
        if (sq_json_str(item).n == 0)
            return sq_err_set(err, SQ_INPUT,
                              "%s: facets: %.*s: want the name of a field",
                              where, SQ_STR_ARG(name));
        facets[i].name = sq_arena_str(&def->arena, name);
        facets[i].value = sq_arena_str(&def->arena, sq_json_str(item));
    }
    def->facets = facets;
    def->nfacets = i;
    return SQ_OK;
}

/* How a record becomes a sample. */
static enum sq_status load_sample(const struct sq_json *json, const char *path,
                                  struct sq_suite_def *def, struct sq_err *err)
{
    static const char *const keys[] = {"input", "id", "facets", NULL};
    const struct sq_json *sample;
    struct place at;
    char where[512];
    enum sq_status st = sq_json_need_object(json, "sample", path, &sample, err);

    if (st != SQ_OK)
        return st;
    snprintf(where, sizeof(where), "%s: sample", path);
    st = sq_json_only(sample, keys, where, err);
    at = (struct place){sample, where, &def->arena, err};
    if (st == SQ_OK)
        st = need(&at, "input", &FIELD, &def->input_field);
    if (st == SQ_OK && sq_json_get(sample, "id"))
        st = need(&at, "id", &FIELD, &def->id_field);
    if (st == SQ_OK)
        st = load_facets(sample, where, def, err);
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
        if (!is_name(judges[i]))
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

static enum sq_status load_sampling(const struct sq_json *json,
                                    const char *path, struct sq_sampling *out,
                                    struct sq_err *err)
{
    static const char *const keys[] = {"temperature", "top_p", "max_tokens",
                                       "seed", NULL};
    const struct sq_json *obj;
    char where[512];
    enum sq_status st;

    *out = (struct sq_sampling){NAN, NAN, -1, -1};
    if (!sq_json_get(json, "sampling"))
        return SQ_OK;
    st = sq_json_need_object(json, "sampling", path, &obj, err);
    if (st != SQ_OK)
        return st;
    snprintf(where, sizeof(where), "%s: sampling", path);
    st = sq_json_only(obj, keys, where, err);
    if (st == SQ_OK)
        st = sq_json_opt_num(obj, "temperature", where, &out->temperature, err);
    if (st == SQ_OK && (out->temperature < 0 || out->temperature > 100))
        st = sq_err_set(err, SQ_INPUT, "%s: temperature: want 0 to 100", where);
    if (st == SQ_OK)
        st = sq_json_opt_num(obj, "top_p", where, &out->top_p, err);
    if (st == SQ_OK && (out->top_p <= 0 || out->top_p > 1))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: top_p: want more than 0 and at most 1", where);
    if (st == SQ_OK)
        st = sq_json_opt_int(obj, "max_tokens", where, 1, 1LL << 31,
                             &out->max_tokens, err);
    if (st == SQ_OK)
        st = sq_json_opt_int(obj, "seed", where, 0, 1LL << 53, &out->seed, err);
    return st;
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

    if (!sq_json_get(json, "steps"))
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
    if (def->steps)
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

/* A suite is generated or made of data files. */
static enum sq_status load_source(const struct sq_json *json, const char *where,
                                  struct sq_suite_def *def, struct sq_err *err)
{
    static const char *const data_keys[] = {"data", "sample", "steps",
                                            "instructions", NULL};
    static const struct form generator = {is_generator, "\"chain\""};
    struct place at = {json, where, &def->arena, err};
    size_t i;
    enum sq_status st;

    if (!sq_json_get(json, "generator")) {
        st = load_files(json, where, def, err);
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
            return sq_err_set(err, SQ_INPUT,
                              "%s: %s: a generated suite has none", where,
                              data_keys[i]);
    return need(&at, "generator", &generator, &def->generator);
}

static enum sq_status load_all(const struct sq_json *json, const char *where,
                               struct sq_suite_def *def, struct sq_err *err)
{
    static const char *const keys[] = {
        "name",  "title",  "version",  "generator",    "data", "sample",
        "steps", "judges", "sampling", "instructions", NULL};
    static const struct form title = {NULL, "one line about the suite"};
    struct place at = {json, where, &def->arena, err};
    enum sq_status st = sq_json_only(json, keys, where, err);

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
        st = load_sampling(json, where, &def->sampling, err);
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

enum sq_status sq_suite_def_load(struct sq_suite_def **out, const char *path,
                                 struct sq_err *err)
{
    struct sq_suite_def *def = sq_xcalloc(1, sizeof(*def));
    struct sq_json *json = NULL;
    char *file = NULL, *text = NULL;
    size_t n = 0;
    enum sq_status st;

    *out = NULL;
    def->folder = folder_of(path);
    if (!def->folder) {
        st = sq_err_set(err, SQ_INPUT,
                        "%s: want a suite's folder or the " FILE_NAME " in it",
                        path);
        goto out;
    }
    file = sq_path_join(def->folder, FILE_NAME);
    st = sq_path_read(file, SQ_MAX_CONFIG, &text, &n, err);
    if (st != SQ_OK)
        goto out;
    sq_sha256_of((sq_str){text, n}, def->digest);
    json = sq_json_parse((sq_str){text, n}, file, 1, err);
    st = json ? load_all(json, file, def, err) : SQ_INPUT;
out:
    sq_json_free(json);
    free(text);
    free(file);
    if (st == SQ_OK)
        *out = def;
    else
        sq_suite_def_free(def);
    return st;
}

void sq_suite_def_free(struct sq_suite_def *def)
{
    if (!def)
        return;
    sq_arena_release(&def->arena);
    free(def->folder);
    free(def);
}

/* ---- by name ----------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum sq_status sq_suite_names(const char *home, char ***out, struct sq_err *err)
{
    char *folder = sq_path_join(home, "benchmarks");
    char **names = sq_xcalloc(1, sizeof(*names));
    size_t n = 0;
    enum sq_status st = SQ_OK;
    struct dirent *entry;
    DIR *dir = opendir(folder);

    if (!dir) {
        (void)sq_err_set(err, SQ_INPUT, "%s: %s", folder, strerror(errno));
        st = SQ_INPUT;
        free(names);
        names = NULL;
        goto out;
    }
    while ((entry = readdir(dir))) {
        char *sub = sq_path_join(folder, entry->d_name);
        char *file = sq_path_join(sub, FILE_NAME);

        if (is_name(sq_str_from(entry->d_name)) && sq_path_exists(file)) {
            names = sq_xrealloc(names, n + 2, sizeof(*names));
            names[n++] = sq_xstrdup(entry->d_name);
            names[n] = NULL;
        }
        free(file);
        free(sub);
    }
    closedir(dir);
    qsort(names, n, sizeof(*names), by_text);
out:
    free(folder);
    *out = names;
    return st;
}

static enum sq_status unknown(const char *home, sq_str name, struct sq_err *err)
{
    struct sq_buf list;
    char **names;
    size_t i;
    enum sq_status st = sq_suite_names(home, &names, err);

    if (st != SQ_OK)
        return st;
    sq_buf_init(&list, SQ_MAX_MESSAGE);
    for (i = 0; names[i]; i++) {
        sq_buf_addf(&list, "%s%s", i ? ", " : "", names[i]);
        free(names[i]);
    }
    free(names);
    st = sq_err_set(err, SQ_NOT_FOUND, "no suite '%.*s'; there is: %s",
                    SQ_STR_ARG(name), list.n ? list.p : "none");
    sq_buf_release(&list);
    return st;
}

enum sq_status sq_suite_def_find(struct sq_suite_def **out, const char *home,
                                 sq_str name, struct sq_err *err)
{
    struct sq_buf path;
    enum sq_status st;

    *out = NULL;
    sq_buf_init(&path, SQ_MAX_MESSAGE);
    sq_buf_addf(&path, "%s/benchmarks/%.*s/" FILE_NAME, home, SQ_STR_ARG(name));
    if (!is_name(name) || path.over || !sq_path_exists(path.p)) {
        st = unknown(home, name, err);
        goto out;
    }
    st = sq_suite_def_load(out, path.p, err);
    if (st == SQ_OK && !sq_str_eq((*out)->name, name)) {
        st = sq_err_set(err, SQ_INPUT,
                        "%s: name: is '%.*s', but the folder is '%.*s'", path.p,
                        SQ_STR_ARG((*out)->name), SQ_STR_ARG(name));
        sq_suite_def_free(*out);
        *out = NULL;
    }
out:
    sq_buf_release(&path);
    return st;
}
