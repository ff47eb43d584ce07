#include "engine/replay.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/records.h"
#include "engine/replay_form.h"
#include "engine/thoughts.h"

static const char *const id_fields[] = {"id", "sample_id", "task_id", NULL};
static const char *const text_fields[] = {"prompt", "instruction", "question",
                                          "query",  "input",       NULL};
/* output_1 and output_2 are the two of AlpacaEval's annotations: the baseline's
 * and the model's. */
static const char *const output_fields[] = {
    "output", "response", "model_output", "completion", "output_2", NULL};
static const char *const baseline_fields[] = {
    "output_1", "output", "response", "model_output", "completion", NULL};
static const char *const verdict_fields[] = {"llm_as_a_judge", "judgement",
                                             "verdict", "preference", NULL};

enum key_kind { KEY_ID, KEY_TEXT };

struct record {
    sq_str output;
    struct sq_field *texts; /* its joining fields, for the guard on ids */
    size_t ntexts;
};

/* One way to find a record; sorted by (kind, value, order). */
struct entry {
    enum key_kind kind;
    sq_str value;
    size_t order;
    const struct record *record;
};

struct replay {
    struct sq_engine base;
    struct sq_arena arena;
    struct entry *entries;
    size_t nentries, entries_cap, nrecords;
    const char *fields[8]; /* where the output is looked for */
    const char *keys[8];   /* text fields that join */
    const char *ids[4];
    void (*done)(void *, const struct sq_request *, struct sq_response *);
    void *ctx;
    size_t missing;
    size_t asked, least; /* most epochs asked for; fewest recordings of one of
                            the samples that have any, 0 = none was asked for */
    bool judge, baseline;
    sq_str model; /* as the records say; "" = none did */
    bool models;  /* they do not agree */
};

static void copy_names(const char **dst, size_t room, const char *const *src)
{
    size_t n = 0;
    for (; src[n] && n + 1 < room; n++)
        dst[n] = src[n];
    dst[n] = NULL;
}

/* An id or key as text: a string itself, a whole number in digits. */
static bool key_text(const struct sq_json *v, struct sq_arena *a, sq_str *out)
{
    if (!v)
        return false;
    if (sq_json_type(v) == SQ_JSON_STRING) {
        *out = sq_arena_str(a, sq_json_str(v));
        return true;
    }
    double d = sq_json_num(v);
    if (sq_json_type(v) != SQ_JSON_NUMBER || d != (double)(long long)d)
        return false;
    *out = sq_str_from(sq_arena_printf(a, "%lld", (long long)d));
    return true;
}

static void add_entry(struct replay *r, enum key_kind kind, sq_str value,
                      const struct record *record)
{
    if (r->nentries == r->entries_cap) {
        r->entries_cap = r->entries_cap ? 2 * r->entries_cap : 1024;
        r->entries =
            sq_xrealloc(r->entries, r->entries_cap, sizeof *r->entries);
    }
    r->entries[r->nentries] = (struct entry){kind, value, r->nrecords, record};
    r->nentries++;
}

static void index_record(struct replay *r, const struct sq_json *json,
                         struct record *rec)
{
    for (size_t i = 0; r->ids[i]; i++) {
        sq_str id;
        if (key_text(sq_json_get(json, r->ids[i]), &r->arena, &id)) {
            add_entry(r, KEY_ID, id, rec);
            break;
        }
    }
    rec->texts = sq_arena_array(&r->arena, 8, sizeof *rec->texts);
    for (size_t i = 0; r->keys[i]; i++) {
        sq_str text;
        if (!key_text(sq_json_get(json, r->keys[i]), &r->arena, &text))
            continue;
        rec->texts[rec->ntexts++] =
            (struct sq_field){sq_str_from(r->keys[i]), text};
        bool seen = false; /* two fields with the same text are one key */
        for (size_t j = 0; j + 1 < rec->ntexts; j++)
            seen = seen || sq_str_eq(rec->texts[j].value, text);
        if (!seen)
            add_entry(r, KEY_TEXT, text, rec);
    }
}

/* What a judge said may be a number, or recorded as null: no verdict, which is
 * one that cannot be read. A null output is none (p NULL). */
static enum sq_status output_of(struct replay *r, const struct sq_json *out,
                                const char *where, sq_str *text,
                                struct sq_err *err)
{
    struct sq_buf number;
    switch (sq_json_type(out)) {
    case SQ_JSON_STRING:
        *text = sq_arena_str(&r->arena, sq_json_str(out));
        return SQ_OK;
    case SQ_JSON_NULL:
        if (r->judge)
            *text = SQ_STR("");
        return SQ_OK;
    case SQ_JSON_NUMBER:
        if (!r->judge)
            break;
        sq_buf_init(&number, SQ_MAX_MESSAGE);
        sq_json_render(out, &number);
        *text = sq_arena_str(&r->arena, sq_buf_str(&number));
        sq_buf_release(&number);
        return SQ_OK;
    default:
        break;
    }
    return sq_err_set(err, SQ_INPUT, "%s: the output is %s, want text", where,
                      sq_json_type_name(out));
}

static enum sq_status load_record(struct replay *r, const struct sq_json *json,
                                  const char *where, struct sq_err *err)
{
    const struct sq_json *out = NULL;
    for (size_t i = 0; r->fields[i] && !out; i++)
        out = sq_json_get(json, r->fields[i]);
    if (!out)
        return sq_err_set(err, SQ_INPUT,
                          "%s: the record has no field '%s'; name the one "
                          "that holds the text with --%sreplay-field",
                          where, r->fields[0], r->judge ? "judge-" : "");
    sq_str text = {NULL, 0};
    enum sq_status st = output_of(r, out, where, &text, err);
    if (st != SQ_OK || !text.p)
        return st;
    struct record *rec = sq_arena_alloc(&r->arena, sizeof *rec);
    rec->output = text;
    size_t before = r->nentries;
    index_record(r, json, rec);
    r->nrecords++;
    if (r->nentries == before)
        return sq_err_set(err, SQ_INPUT,
                          "%s: nothing joins the record to a sample: it has "
                          "neither '%s' nor '%s'; name the field with "
                          "--replay-key",
                          where, r->ids[0] ? r->ids[0] : r->keys[0],
                          r->keys[0]);
    return SQ_OK;
}

/* A judge's recording speaks of the model that was judged. */
static void note_model(struct replay *r, sq_str name)
{
    if (r->judge || !name.n)
        return;
    if (!r->model.n)
        r->model = sq_arena_str(&r->arena, name);
    r->models = r->models || !sq_str_eq(r->model, name);
}

/* A record of our own form, or those that one of another harness holds. */
static enum sq_status load_any(struct replay *r, const struct sq_json *json,
                               const char *where, struct sq_err *err)
{
    struct sq_json *foreign = sq_replay_form(json);
    enum sq_status st = SQ_OK;
    note_model(r, sq_replay_model(json, r->baseline));
    if (!foreign)
        return load_record(r, json, where, err);
    for (const struct sq_json *i = sq_json_first(foreign); i && st == SQ_OK;
         i = sq_json_next(i))
        st = load_record(r, i, where, err);
    sq_json_free(foreign);
    return st;
}

/* inspect_ai's logs are archives, unless one asks for JSON. */
static bool is_archive(const char *path)
{
    char magic[4] = "";
    FILE *f = fopen(path, "rb");
    bool zip = f && fread(magic, 1, sizeof magic, f) == sizeof magic &&
               memcmp(magic, "PK\3\4", sizeof magic) == 0;
    if (f)
        (void)fclose(f);
    return zip;
}

static enum sq_status load_file(struct replay *r, const char *path,
                                struct sq_err *err)
{
    struct sq_records *records = NULL;
    if (is_archive(path))
        return sq_err_set(err, SQ_INPUT,
                          "%s: a ZIP archive, as inspect_ai's .eval logs are: "
                          "`inspect log dump FILE.eval >FILE.json` makes one "
                          "that is read",
                          path);
    note_model(r, sq_replay_model_beside(path, &r->arena));
    enum sq_status st = sq_records_open(&records, path, err);
    while (st == SQ_OK) {
        struct sq_json *json = NULL;
        st = sq_records_next(records, &json, err);
        if (st != SQ_OK || !json)
            break;
        st = load_any(r, json, sq_records_where(records), err);
        sq_json_free(json);
    }
    sq_records_close(records);
    return st;
}

static int compare_entries(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    size_t n = a->value.n < b->value.n ? a->value.n : b->value.n;
    int c = n ? memcmp(a->value.p, b->value.p, n) : 0;
    if (c != 0)
        return c;
    if (a->value.n != b->value.n)
        return a->value.n < b->value.n ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* The shown name of a recording: its file name without folder and endings. */
static const char *display_name(struct sq_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    sq_str name = sq_str_from(slash ? slash + 1 : path);
    static const char *const endings[] = {".gz", ".json", ".jsonl", ".csv"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        sq_str e = sq_str_from(endings[i]);
        if (sq_str_ends(name, e) && name.n > e.n)
            name.n -= e.n;
    }
    return sq_arena_str(a, name).p;
}

/* Loads every file that the pattern names; their digests make the endpoint. */
static enum sq_status load_all(struct replay *r, sq_str spec,
                               struct sq_err *err)
{
    const char *pattern = sq_arena_str(&r->arena, spec).p;
    glob_t files = {0};
    enum sq_status st = SQ_OK;
    struct sq_sha256 *all = sq_sha256_new();
    char hex[SQ_DIGEST_HEX];
    bool literal = sq_path_exists(pattern);
    if (!literal && glob(pattern, 0, NULL, &files) != 0)
        files.gl_pathc = 0;
    size_t n = literal || files.gl_pathc == 0 ? 1 : files.gl_pathc;
    for (size_t i = 0; i < n && st == SQ_OK; i++) {
        const char *path = files.gl_pathc ? files.gl_pathv[i] : pattern;
        st = load_file(r, path, err);
        if (st == SQ_OK)
            st = sq_sha256_file(path, hex, NULL, err);
        if (st == SQ_OK)
            sq_sha256_add_field(all, sq_str_from(hex));
        if (i == 0)
            r->base.model = display_name(&r->arena, path);
    }
    if (r->model.n && !r->models)
        r->base.model = r->model.p;
    sq_sha256_finish(all, hex);
    for (size_t i = 0; r->fields[i]; i++) /* another field, another answer */
        r->base.endpoint =
            sq_arena_printf(&r->arena, "%s%s%s", i ? r->base.endpoint : hex,
                            i ? "," : " ", r->fields[i]);
    if (!literal)
        globfree(&files);
    return st;
}

static void replay_close(struct sq_engine *e)
{
    struct replay *r = (struct replay *)e;
    free(r->entries);
    sq_arena_release(&r->arena);
    free(r);
}

static enum sq_status replay_open(struct sq_engine **out,
                                  const struct sq_engine_config *config,
                                  struct sq_err *err)
{
    struct replay *r = sq_xcalloc(1, sizeof *r);
    r->base.ops = &sq_engine_replay;
    r->done = config->done;
    r->ctx = config->ctx;
    r->judge = config->judge;
    r->baseline = config->baseline;
    copy_names(r->fields, 8,
               config->judge      ? verdict_fields
               : config->baseline ? baseline_fields
                                  : output_fields);
    copy_names(r->keys, 8, text_fields);
    copy_names(r->ids, 4, id_fields);
    if (config->replay_field) {
        r->fields[0] = sq_arena_strdup(&r->arena, config->replay_field);
        r->fields[1] = NULL;
    }
    if (config->replay_key) {
        r->keys[0] = r->ids[0] = sq_arena_strdup(&r->arena, config->replay_key);
        r->keys[1] = r->ids[1] = NULL;
    }
    enum sq_status st = load_all(r, config->model, err);
    if (st != SQ_OK) {
        replay_close(&r->base);
        return st;
    }
    if (config->model_name)
        r->base.model = sq_arena_strdup(&r->arena, config->model_name);
    if (r->nentries)
        qsort(r->entries, r->nentries, sizeof *r->entries, compare_entries);
    *out = &r->base;
    return SQ_OK;
}

/* First entry of (kind, value), or NULL; those that follow it are its epochs.
 */
static const struct entry *find_entry(const struct replay *r,
                                      enum key_kind kind, sq_str value)
{
    struct entry want = {kind, value, 0, NULL};
    size_t lo = 0, hi = r->nentries;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (compare_entries(&r->entries[mid], &want) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == r->nentries || r->entries[lo].kind != kind ||
        !sq_str_eq(r->entries[lo].value, value))
        return NULL;
    return &r->entries[lo];
}

/* A record of this id about another text belongs to other data. */
static bool contradicts(const struct record *rec, const struct sq_sample *s)
{
    for (size_t i = 0; i < rec->ntexts; i++)
        for (size_t j = 0; j < s->ntexts; j++)
            if (sq_str_eq(rec->texts[i].name, s->texts[j].name) &&
                !sq_str_eq(rec->texts[i].value, s->texts[j].value))
                return true;
    return false;
}

/* So that recordings which nobody asked for are not lost in silence. */
static void count_epochs(struct replay *r, const struct entry *e, size_t epoch)
{
    size_t n = 0;
    while (e + n < r->entries + r->nentries && e[n].kind == e->kind &&
           sq_str_eq(e[n].value, e->value))
        n++;
    r->least = !r->least || n < r->least ? n : r->least;
    r->asked = epoch > r->asked ? epoch : r->asked;
}

static const struct record *find_record(struct replay *r,
                                        const struct sq_request *q)
{
    const struct sq_sample *s = q->sample;
    const struct entry *e = find_entry(r, KEY_ID, s->id);
    if (e && contradicts(e->record, s))
        e = NULL;
    if (!e)
        e = find_entry(r, KEY_TEXT, s->query);
    for (size_t i = 0; i < s->ntexts && !e; i++)
        if (s->texts[i].value.n)
            e = find_entry(r, KEY_TEXT, s->texts[i].value);
    if (!e)
        return NULL;
    count_epochs(r, e, (size_t)q->epoch);
    const struct entry *want = e + (q->epoch - 1);
    if (want >= r->entries + r->nentries || want->kind != e->kind ||
        !sq_str_eq(want->value, e->value))
        return NULL;
    return want->record;
}

static enum sq_status replay_submit(struct sq_engine *e,
                                    const struct sq_request *request,
                                    struct sq_err *err)
{
    (void)err;
    struct replay *r = (struct replay *)e;
    const struct record *rec = find_record(r, request);
    struct sq_response resp = SQ_RESPONSE_INIT;
    resp.stop = SQ_STOP_STOP;
    if (rec) {
        sq_str thoughts, text = sq_thoughts_part(rec->output, &thoughts);
        resp.text = sq_str_dup(text);
        resp.text_len = text.n;
        if (thoughts.n > 0)
            resp.reasoning = sq_str_dup(thoughts);
    } else {
        r->missing++;
        resp.stop = SQ_STOP_ERROR;
        resp.error = sq_xstrdup("no recording of this sample");
    }
    r->done(r->ctx, request, &resp);
    return SQ_OK;
}

static enum sq_status replay_step(struct sq_engine *e, int wait_ms,
                                  struct sq_err *err)
{
    (void)e;
    (void)wait_ms;
    (void)err;
    return SQ_OK;
}

static void replay_summary(const struct sq_engine *e, struct sq_buf *out)
{
    const struct replay *r = (const struct replay *)e;
    if (r->missing)
        sq_buf_addf(out, "%zu of the requests to %s found no recording",
                    r->missing, r->base.model);
    if (r->least > r->asked && !r->judge)
        sq_buf_addf(out,
                    "%severy sample of %s has %zu recordings or more, of which "
                    "%zu counted: --epochs %zu takes these",
                    r->missing ? "; " : "", r->base.model, r->least, r->asked,
                    r->least);
}

const struct sq_engine_ops sq_engine_replay = {
    .name = "replay",
    .about = "recorded outputs: replay:FILE (JSON, JSON Lines, CSV; gzip)",
    .asks = false,
    .images = true,
    .open = replay_open,
    .submit = replay_submit,
    .step = replay_step,
    .summary = replay_summary,
    .close = replay_close,
};
