#include "run/source.h"

#include <stdlib.h>
#include <string.h>

static void on_run(void *ctx, const struct sq_store_row *row)
{
    struct sq_run_source *s = ctx;
    s->model = sq_arena_str(&s->arena, row->cols[4]).p;
    s->settings = sq_json_parse(row->cols[7], "settings", 1, NULL);
}

static void read_suites(struct sq_run_source *s)
{
    const struct sq_json *list = sq_json_get(s->settings, "suites");
    const char **labels =
        sq_arena_array(&s->arena, sq_json_count(list), sizeof *labels);
    for (const struct sq_json *k = sq_json_first(list); k; k = sq_json_next(k))
        labels[s->nsuites++] =
            sq_arena_str(&s->arena, sq_json_str(sq_json_get(k, "suite"))).p;
    s->suites = labels;
}

enum sq_status sq_run_source_open(struct sq_run_source *s, const char *db,
                                  const char *ref, struct sq_err *err)
{
    struct sq_store *store = NULL;
    struct sq_run run = {0};
    *s = (struct sq_run_source){0};
    enum sq_status st = sq_store_open(&store, db, SQ_STORE_READ, err);
    if (st == SQ_OK)
        st = sq_store_run_find(store, sq_str_from(ref), &run, err);
    if (st == SQ_OK) {
        sq_str id = sq_str_from(run.id);
        memcpy(s->id, run.id, sizeof s->id);
        st = sq_store_each(store, SQ_QUERY_RUN, &id, 1, on_run, s, err);
    }
    if (st == SQ_OK && s->settings)
        read_suites(s);
    if (st == SQ_OK && !s->nsuites)
        st = sq_err_set(err, SQ_INPUT,
                        "run %s: its settings name no suites; it cannot be "
                        "scored again",
                        run.id);
    sq_store_close(store);
    return st;
}

void sq_run_source_close(struct sq_run_source *s)
{
    sq_json_free(s->settings);
    sq_arena_release(&s->arena);
}

static size_t setting(const struct sq_run_source *s, const char *key,
                      size_t unset)
{
    long long n = 0;
    if (!sq_json_int(sq_json_get(s->settings, key), &n) || n < 0)
        return unset;
    return (size_t)n;
}

void sq_run_source_apply(const struct sq_run_source *s,
                         struct sq_run_options *o)
{
    o->source = s;
    o->suites = s->suites;
    o->nsuites = s->nsuites;
    o->epochs = (long long)setting(s, "epochs", 1);
    o->limit = (struct sq_plan_limit){setting(s, "limit_first", 0),
                                      setting(s, "limit_last", 0)};
}
