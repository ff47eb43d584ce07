#include "suite/source.h"

#include <stdlib.h>

#include "base/records.h"
#include "base/rng.h"

/* ---- files ------------------------------------------------------------- */

static const sq_str *constant(const struct sq_data_file *f, sq_str name)
{
    for (size_t i = 0; i < f->nconstants; i++)
        if (sq_str_eq(f->constants[i].name, name))
            return &f->constants[i].value;
    return NULL;
}

static bool has_all(const struct sq_data_file *f, const struct sq_field *where,
                    size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const sq_str *v = constant(f, where[i].name);

        if (!v || !sq_str_eq(*v, where[i].value))
            return false;
    }
    return true;
}

bool sq_source_has(const struct sq_source *s, const struct sq_data_file *f)
{
    if (!sq_str_eq(f->set, s->set) || !has_all(f, s->where, s->nwhere))
        return false;
    for (size_t i = 0; s->with && i < f->nconstants; i++) {
        const sq_str *v = constant(s->with, f->constants[i].name);

        if (v && !sq_str_eq(*v, f->constants[i].value))
            return false;
    }
    return true;
}

static enum sq_status open_file(const struct sq_source *s,
                                const struct sq_data_file *f,
                                struct sq_records **out, struct sq_err *err)
{
    char *path = sq_data_found(f, s->data_dir);
    enum sq_status st = sq_records_open(out, path, err);

    free(path);
    return st;
}

/* The file whose records stand beside those of f. */
static enum sq_status open_beside(struct sq_source *s,
                                  const struct sq_data_file *f,
                                  struct sq_err *err)
{
    const struct sq_task *t = s->task;

    if (t->beside.n == 0)
        return SQ_OK;
    for (size_t i = 0; i < s->nfiles; i++) {
        const struct sq_data_file *b = &s->files[i];

        if (!sq_str_eq(b->set, f->set) ||
            !has_all(b, t->beside_of, t->nbeside_of))
            continue;
        s->beside_record = (struct sq_record){.constants = b->constants,
                                              .nconstants = b->nconstants,
                                              .derived = t->derived,
                                              .nderived = t->nderived};
        return open_file(s, b, &s->beside, err);
    }
    return sq_err_set(err, SQ_INPUT,
                      "%.*s: no file of the set '%.*s' has the constants of "
                      "beside: %.*s",
                      SQ_STR_ARG(f->file), SQ_STR_ARG(f->set),
                      SQ_STR_ARG(t->beside));
}

static void free_records(struct sq_source *s)
{
    sq_json_free(s->own_json);
    sq_json_free(s->beside_json);
    s->own_json = s->beside_json = NULL;
}

static void close_file(struct sq_source *s)
{
    free_records(s);
    sq_records_close(s->own);
    sq_records_close(s->beside);
    s->own = s->beside = NULL;
}

void sq_source_release(struct sq_source *s)
{
    close_file(s);
    s->file = 0;
}

static enum sq_status read_pair(struct sq_source *s, struct sq_err *err)
{
    enum sq_status st;

    free_records(s);
    st = sq_records_next(s->own, &s->own_json, err);
    if (st != SQ_OK || !s->own_json || !s->beside)
        return st;
    st = sq_records_next(s->beside, &s->beside_json, err);
    if (st == SQ_OK && !s->beside_json)
        st = sq_err_set(err, SQ_INPUT,
                        "%s: there is no such record in the file beside it",
                        sq_records_where(s->own));
    return st;
}

static const struct sq_record *take(struct sq_source *s,
                                    const struct sq_data_file *f)
{
    s->beside_record.json = s->beside_json;
    s->beside_record.index = s->index;
    s->record =
        (struct sq_record){.json = s->own_json,
                           .constants = f->constants,
                           .nconstants = f->nconstants,
                           .derived = s->task->derived,
                           .nderived = s->task->nderived,
                           .prefix = s->task->beside,
                           .beside = s->beside ? &s->beside_record : NULL,
                           .index = s->index++,
                           .where = sq_records_where(s->own)};
    if (s->beside)
        s->beside_record.where = sq_records_where(s->beside);
    return &s->record;
}

/* Is the record just read one of those asked for? */
static bool in_range(const struct sq_source *s)
{
    return s->first == 0 ||
           (s->index > (size_t)s->first - 1 && s->index <= (size_t)s->last);
}

enum sq_status sq_source_next(struct sq_source *s,
                              const struct sq_record **record,
                              const struct sq_data_file **file,
                              struct sq_err *err)
{
    enum sq_status st = SQ_OK;

    *record = NULL;
    while (s->file < s->nfiles) {
        const struct sq_data_file *f = &s->files[s->file];

        if (!sq_source_has(s, f)) {
            s->file++;
            continue;
        }
        if (!s->own) {
            s->index = 0;
            st = open_file(s, f, &s->own, err);
            if (st == SQ_OK)
                st = open_beside(s, f, err);
        }
        if (st == SQ_OK)
            st = read_pair(s, err);
        if (st != SQ_OK)
            return st;
        if (!s->own_json) {
            close_file(s);
            s->file++;
            continue;
        }
        *record = take(s, f);
        *file = f;
        if (in_range(s))
            return SQ_OK;
        *record = NULL;
    }
    return SQ_OK;
}

/* ---- examples ---------------------------------------------------------- */

static enum sq_status count_records(struct sq_source *s, size_t *n,
                                    struct sq_err *err)
{
    const struct sq_record *r;
    const struct sq_data_file *f;
    enum sq_status st;

    *n = 0;
    while ((st = sq_source_next(s, &r, &f, err)) == SQ_OK && r)
        ++*n;
    sq_source_release(s);
    return st;
}

/* rank[i] = the place of record i among the examples; `none` = not one. */
static void draw(const struct sq_examples_def *e, size_t total, size_t want,
                 size_t *rank, size_t none)
{
    size_t *order = sq_xcalloc(total + 1, sizeof(*order));
    struct sq_rng rng;

    sq_rng_seed(&rng, (uint64_t)e->seed);
    for (size_t i = 0; i < total; i++) {
        order[i] = i;
        rank[i] = none;
    }
    for (size_t i = 0; i < want; i++) {
        size_t k = i;

        if (e->drawn)
            k += (size_t)sq_rng_below(&rng, total - i);
        rank[order[k]] = i;
        order[k] = order[i];
    }
    free(order);
}

static enum sq_status render(const struct sq_examples_def *e,
                             const struct sq_record *r,
                             const struct sq_data_file *file,
                             struct sq_arena *arena, struct sq_shot *shot,
                             struct sq_err *err)
{
    enum sq_status st =
        sq_template_text(e->question, r, arena, &shot->question, err);

    if (st == SQ_OK)
        st = sq_template_text(e->answer, r, arena, &shot->answer, err);
    shot->file = file;
    shot->index = r->index;
    return st;
}

static enum sq_status fill(struct sq_shots *s, struct sq_source *pool,
                           struct sq_err *err)
{
    const struct sq_examples_def *e = &pool->task->examples;
    const struct sq_record *r;
    const struct sq_data_file *f;
    size_t total, i = 0, *rank;
    enum sq_status st = count_records(pool, &total, err);

    if (st != SQ_OK)
        return st;
    if (total < (size_t)e->n)
        return sq_err_set(err, SQ_INPUT,
                          "%.*s: the set '%.*s' has %zu examples for it, %lld "
                          "are wanted",
                          SQ_STR_ARG(s->of->file), SQ_STR_ARG(e->set), total,
                          e->n);
    s->n = total > (size_t)e->n ? (size_t)e->n + 1 : total;
    s->v = sq_arena_array(&s->arena, s->n, sizeof(*s->v));
    rank = sq_xcalloc(total + 1, sizeof(*rank));
    draw(e, total, s->n, rank, s->n);
    while ((st = sq_source_next(pool, &r, &f, err)) == SQ_OK && r) {
        size_t at = rank[i++];

        if (at < s->n)
            st = render(e, r, f, &s->arena, &s->v[at], err);
        if (st != SQ_OK)
            break;
    }
    free(rank);
    return st;
}

enum sq_status sq_shots_for(struct sq_shots *s, const struct sq_source *from,
                            const struct sq_data_file *file, struct sq_err *err)
{
    const struct sq_examples_def *e = &from->task->examples;
    struct sq_source pool = {.files = from->files,
                             .nfiles = from->nfiles,
                             .data_dir = from->data_dir,
                             .task = from->task,
                             .set = e->set,
                             .with = file,
                             .first = e->first,
                             .last = e->last};
    enum sq_status st;

    if (!e->question.p || e->n == 0 || s->of == file)
        return SQ_OK;
    sq_shots_release(s);
    s->of = file;
    st = fill(s, &pool, err);
    sq_source_release(&pool);
    if (st != SQ_OK)
        sq_shots_release(s);
    return st;
}

void sq_shots_release(struct sq_shots *s)
{
    sq_arena_release(&s->arena);
    *s = (struct sq_shots){0};
}

/* The examples of a sample: not itself. */
static size_t choose(const struct sq_shots *s, size_t n,
                     const struct sq_record *r, const struct sq_data_file *file,
                     const struct sq_shot **out)
{
    size_t found = 0;

    for (size_t i = 0; i < s->n && found < n; i++)
        if (s->v[i].file != file || s->v[i].index != r->index)
            out[found++] = &s->v[i];
    return found;
}

static sq_str joined(const struct sq_task *t, const struct sq_shot **shots,
                     size_t n, sq_str query, struct sq_arena *arena)
{
    struct sq_buf text;
    sq_str out;

    sq_buf_init(&text, SQ_MAX_PROMPT);
    for (size_t i = 0; i < n; i++) {
        sq_buf_add(&text, shots[i]->question);
        sq_buf_add(&text, shots[i]->answer);
        sq_buf_add(&text, t->examples.join);
    }
    sq_buf_add(&text, query);
    out = sq_arena_str(arena, sq_buf_str(&text));
    sq_buf_release(&text);
    return out;
}

enum sq_status sq_shots_bind(const struct sq_shots *s, const struct sq_task *t,
                             const struct sq_record *r,
                             const struct sq_data_file *file,
                             struct sq_sample *sample, struct sq_err *err)
{
    struct sq_arena *arena = &sample->arena;
    size_t want = t->examples.question.p ? (size_t)t->examples.n : 0, n = 0;
    struct sq_message *m = sq_arena_array(arena, 2 * want + 2, sizeof(*m));
    const struct sq_shot **shots =
        sq_arena_array(arena, want, sizeof(struct sq_shot *));
    sq_str query = sample->query;
    enum sq_status st;

    want = choose(s, want, r, file, shots);
    if (t->system.n > 0) {
        m[n].role = "system";
        st = sq_template_text(t->system, r, arena, &m[n++].content, err);
        if (st != SQ_OK)
            return st;
    }
    if (t->examples.text)
        query = joined(t, shots, want, query, arena);
    for (size_t i = 0; !t->examples.text && i < want; i++) {
        /* Copied, as a sample outlives the examples of its file. */
        m[n].role = "user";
        m[n++].content = sq_arena_str(arena, shots[i]->question);
        m[n].role = "assistant";
        m[n++].content = sq_arena_str(arena, shots[i]->answer);
    }
    m[n].role = "user";
    m[n++].content = query;
    if (n > 1 || want > 0) {
        sample->messages = m;
        sample->nmessages = n;
    }
    return SQ_OK;
}
