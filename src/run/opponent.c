#include "run/opponent.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

struct sq_opponent {
    struct sq_engine *engine; /* of a recording; NULL = a run's */
    struct sq_response got;   /* what the engine delivered last */
    struct sq_store *store;
    struct sq_run run;
    char *name;
};

static void on_done(void *ctx, const struct sq_request *request,
                    struct sq_response *response)
{
    struct sq_opponent *o = ctx;
    (void)request;
    sq_response_release(&o->got);
    o->got = *response;
}

static enum sq_status open_recording(struct sq_opponent *o,
                                     const struct sq_run_options *options,
                                     sq_str file, struct sq_err *err)
{
    const struct sq_engine_ops *ops = NULL;
    struct sq_engine_config config = {.replay_key = options->replay_key,
                                      .baseline = true,
                                      .log = options->log,
                                      .done = on_done,
                                      .ctx = o};
    char *spec = sq_xmalloc(file.n + 8);
    memcpy(spec, "replay:", 7);
    memcpy(spec + 7, file.p, file.n);
    spec[file.n + 7] = '\0';
    enum sq_status st =
        sq_engine_find(sq_str_from(spec), &ops, &config.model, err);
    if (st == SQ_OK)
        st = ops->open(&o->engine, &config, err);
    free(spec);
    if (st != SQ_OK)
        return st;
    struct sq_buf name;
    sq_buf_init(&name, SQ_MAX_MESSAGE);
    sq_buf_addf(&name, "%s %s", o->engine->model, o->engine->endpoint);
    o->name = sq_buf_take(&name);
    sq_buf_release(&name);
    return SQ_OK;
}

static enum sq_status open_run(struct sq_opponent *o, const char *db,
                               const char *ref, struct sq_err *err)
{
    enum sq_status st = sq_store_open(&o->store, db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_store_run_find(o->store, sq_str_from(ref), &o->run, err);
    if (st == SQ_OK)
        o->name = sq_xstrdup(o->run.id);
    return st;
}

static bool is_needed(const struct sq_session *s)
{
    bool compares = false, asks = false;
    for (size_t i = 0; i < s->ntemplates; i++)
        compares = compares || sq_judge_compares(s->templates[i]);
    for (size_t i = 0; i < s->njudges; i++)
        asks = asks || s->judges[i].engine->ops->asks;
    return compares && asks;
}

enum sq_status sq_opponent_open(struct sq_session *s, struct sq_err *err)
{
    const char *spec = s->options->baseline;
    sq_str file = sq_str_from(spec);
    enum sq_status st;
    if (!spec)
        return !is_needed(s)
                   ? SQ_OK
                   : sq_err_set(err, SQ_USAGE,
                                "the judge is to compare: give the responses "
                                "to compare with, --baseline-responses "
                                "FILE|RUN");
    s->opponent = sq_xcalloc(1, sizeof *s->opponent);
    bool named = sq_str_starts(file, SQ_STR("replay:"));
    if (named)
        file = sq_str_sub(file, 7, file.n);
    if (named || sq_path_exists(spec) || strpbrk(spec, "/*."))
        st = open_recording(s->opponent, s->options, file, err);
    else
        st = open_run(s->opponent, s->options->db, spec, err);
    return st == SQ_OK ? st
                       : sq_err_prefix(err, "--baseline-responses %s", spec);
}

void sq_opponent_close(struct sq_opponent *o)
{
    if (!o)
        return;
    if (o->engine)
        o->engine->ops->close(o->engine);
    sq_response_release(&o->got);
    sq_store_close(o->store);
    free(o->name);
    free(o);
}

sq_str sq_opponent_name(const struct sq_opponent *o)
{
    return sq_str_from(o->name);
}

static sq_str from_recording(struct sq_opponent *o,
                             const struct sq_sample *sample, int epoch,
                             struct sq_arena *arena)
{
    struct sq_request r = {.sample = sample, .epoch = epoch};
    if (o->engine->ops->submit(o->engine, &r, NULL) != SQ_OK || !o->got.text)
        return (sq_str){NULL, 0};
    return sq_arena_str(arena, (sq_str){o->got.text, o->got.text_len});
}

static sq_str from_run(struct sq_opponent *o, const char *suite,
                       const struct sq_sample *sample, int epoch,
                       struct sq_arena *arena)
{
    struct sq_source_job j = {0};
    sq_str text = {NULL, 0};
    if (sq_store_source_get(o->store, o->run.id, suite, sample->id, epoch, &j,
                            NULL) == SQ_OK &&
        j.there && j.row && sq_str_eq(sq_str_from(j.query), sample->query))
        text =
            sq_arena_str(arena, (sq_str){j.response.text, j.response.text_len});
    sq_source_job_release(&j);
    return text;
}

sq_str sq_opponent_get(struct sq_opponent *o, const char *suite,
                       const struct sq_sample *sample, int epoch,
                       struct sq_arena *arena)
{
    sq_str text = {NULL, 0};
    for (int e = epoch; o && !text.p && e >= 1; e = e > 1 ? 1 : 0)
        text = o->engine ? from_recording(o, sample, e, arena)
                         : from_run(o, suite, sample, e, arena);
    return text;
}
