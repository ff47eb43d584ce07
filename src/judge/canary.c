#include "judge/canary.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/path.h"
#include "base/records.h"

static const char *const kinds[SQ_CANARY_KINDS] = {"perfect", "half",
                                                   "off_topic", "empty"};

/* The spans of the steps, which stand in the query one behind the other. */
static enum sq_status read_steps(const struct sq_json *j, const char *where,
                                 struct sq_arena *arena, struct sq_sample *s,
                                 struct sq_err *err)
{
    const struct sq_json *list = NULL;
    enum sq_status st = sq_json_need_array(j, "steps", where, &list, err);
    if (st != SQ_OK)
        return st;
    struct sq_step *steps =
        sq_arena_array(arena, sq_json_count(list), sizeof *steps);
    size_t at = 0;
    for (const struct sq_json *k = sq_json_first(list); k;
         k = sq_json_next(k)) {
        sq_str text = sq_json_str(k);
        at = sq_str_find(s->query, text, at);
        if (!text.n || at == SIZE_MAX)
            return sq_err_set(err, SQ_INPUT,
                              "%s: steps[%zu]: not in the query, behind the "
                              "step before it",
                              where, s->nsteps);
        steps[s->nsteps++] = (struct sq_step){
            .start = at, .end = at + text.n, .answerable = true};
        at += text.n;
    }
    s->steps = steps;
    return SQ_OK;
}

/* done of the half response; of the others it is all or nothing. */
static enum sq_status read_done(const struct sq_json *j, const char *where,
                                size_t nsteps, bool *done, struct sq_err *err)
{
    const struct sq_json *list = NULL;
    enum sq_status st = sq_json_need_array(j, "done", where, &list, err);
    if (st != SQ_OK)
        return st;
    if (sq_json_count(list) != nsteps)
        return sq_err_set(err, SQ_INPUT, "%s: done: want %zu of true and false",
                          where, nsteps);
    size_t n = 0;
    for (const struct sq_json *k = sq_json_first(list); k; k = sq_json_next(k))
        done[n++] = sq_json_bool(k);
    return SQ_OK;
}

/* The four canaries of one record. */
static enum sq_status add_record(struct sq_canaries *c, const struct sq_json *j,
                                 const char *where, struct sq_err *err)
{
    static const char *const allowed[] = {
        "id", "query", "steps", "half", "done", "perfect", "off_topic", NULL};
    struct sq_arena *a = &c->arena;
    struct sq_sample s = {0};
    sq_str id = {0}, texts[SQ_CANARY_KINDS] = {{0}};
    enum sq_status st = sq_json_only(j, allowed, where, err);
    if (st == SQ_OK)
        st = sq_json_need_str(j, "id", where, &id, err);
    if (st == SQ_OK)
        st = sq_json_need_str(j, "query", where, &s.query, err);
    s.query = sq_arena_str(a, s.query);
    if (st == SQ_OK)
        st = read_steps(j, where, a, &s, err);
    for (int k = 0; k < SQ_CANARY_EMPTY && st == SQ_OK; k++)
        st = sq_json_need_str(j, kinds[k], where, &texts[k], err);
    bool *half = sq_arena_array(a, s.nsteps, sizeof *half);
    if (st == SQ_OK)
        st = read_done(j, where, s.nsteps, half, err);
    for (int k = 0; k < SQ_CANARY_KINDS && st == SQ_OK; k++) {
        bool *done = half;
        if (k != SQ_CANARY_HALF) {
            done = sq_arena_array(a, s.nsteps, sizeof *done);
            for (size_t i = 0; i < s.nsteps; i++)
                done[i] = k == SQ_CANARY_PERFECT;
        }
        char *name = sq_arena_printf(a, "%.*s/%s", SQ_STR_ARG(id), kinds[k]);
        s.id = sq_str_from(name);
        s.ordinal = c->n;
        c->list = sq_xrealloc(c->list, c->n + 1, sizeof *c->list);
        c->list[c->n++] = (struct sq_canary){name, (enum sq_canary_kind)k, s,
                                             sq_arena_str(a, texts[k]), done};
    }
    return st;
}

static enum sq_status read_all(struct sq_canaries *c, const char *path,
                               struct sq_err *err)
{
    struct sq_records *records = NULL;
    char *text = NULL;
    size_t n = 0;
    enum sq_status st = sq_path_read(path, SQ_MAX_CONFIG, &text, &n, err);
    if (st == SQ_OK) {
        sq_sha256_of((sq_str){text, n}, c->digest);
        st = sq_records_open(&records, path, err);
    }
    while (st == SQ_OK) {
        struct sq_json *j = NULL;
        st = sq_records_next(records, &j, err);
        if (st != SQ_OK || !j)
            break;
        st = add_record(c, j, sq_records_where(records), err);
        sq_json_free(j);
    }
    sq_records_close(records);
    free(text);
    return st;
}

enum sq_status sq_canaries_load(struct sq_canaries **out, const char *home,
                                struct sq_err *err)
{
    struct sq_canaries *c = sq_xcalloc(1, sizeof *c);
    char *path = sq_path_join(home ? home : ".", "judges/canaries.jsonl");
    enum sq_status st = read_all(c, path, err);
    *out = NULL;
    if (st == SQ_OK)
        *out = c;
    else
        sq_canaries_free(c);
    free(path);
    return st;
}

void sq_canaries_free(struct sq_canaries *c)
{
    if (!c)
        return;
    sq_arena_release(&c->arena);
    free(c->list);
    free(c);
}

static bool quality_right(enum sq_canary_kind kind, const struct sq_verdict *v)
{
    if (v->quality_state != SQ_STATE_PASS)
        return false;
    if (kind == SQ_CANARY_PERFECT)
        return v->quality >= 4;
    return v->quality <= (kind == SQ_CANARY_HALF ? 3 : 2);
}

size_t sq_canary_marks(const struct sq_canary *c,
                       const struct sq_judge_template *t,
                       const struct sq_verdict *v, struct sq_canary_mark *out)
{
    bool perfect = c->kind == SQ_CANARY_PERFECT;
    size_t n = 0;
    if (t->form == SQ_JUDGE_FOLLOWING || t->form == SQ_JUDGE_PAPER)
        out[n++] = (struct sq_canary_mark){
            "following", 0, perfect,
            v->following == (perfect ? SQ_STATE_PASS : SQ_STATE_FAIL)};
    if (t->form == SQ_JUDGE_QUALITY || t->form == SQ_JUDGE_PAPER)
        out[n++] = (struct sq_canary_mark){"quality", 0, perfect,
                                           quality_right(c->kind, v)};
    for (size_t i = 0; t->form == SQ_JUDGE_STEPS && i < c->sample.nsteps; i++)
        out[n++] = (struct sq_canary_mark){
            "step", i, c->done[i],
            v->steps[i].state == (c->done[i] ? SQ_STATE_PASS : SQ_STATE_FAIL)};
    return n;
}

size_t sq_canary_count(const struct sq_canaries *c,
                       const struct sq_judge_template *t)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        switch (t->form) {
        case SQ_JUDGE_STEPS:
            n += c->list[i].sample.nsteps;
            break;
        case SQ_JUDGE_PAPER:
            n += 2;
            break;
        default:
            n++;
        }
    return n;
}

bool sq_canary_passed(const struct sq_canary_tally *t)
{
    return t->yes && t->no && 4 * t->yes_right >= 3 * t->yes &&
           5 * t->no_right >= 4 * t->no;
}
