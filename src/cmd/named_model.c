#include "cmd/named_model.h"
#include <stdlib.h>
#include <string.h>
#include "base/path.h"
#include "suite/models.h"

static char *path_in(const struct sq_model *known, const char *data_dir)
{
    char *folder = sq_models_folder(data_dir);
    char *path = sq_data_path(&known->file, folder);
    free(folder);
    return path;
}

/* The model's file in the given folder, else in the user's cache: suites' data
 * lie elsewhere more often than models do. Yours; it may not be there. */
static char *find_file(const struct sq_model *known, const char *data_dir)
{
    char *path = path_in(known, data_dir);
    char *cache = sq_path_exists(path) ? NULL : sq_path_data();
    char *second = cache ? path_in(known, cache) : NULL;
    free(cache);
    if (second && sq_path_exists(second)) {
        free(path);
        return second;
    }
    free(second);
    return path;
}

static enum sq_status put_file(struct sq_run_model *m,
                               const struct sq_model *known,
                               const char *data_dir, struct sq_arena *arena,
                               struct sq_err *err)
{
    char *path = find_file(known, data_dir);
    enum sq_status st = SQ_OK;
    if (!sq_path_exists(path)) {
        st = sq_err_set(err, SQ_INPUT,
                        "%s is not here: seqeval model pull %.*s gets it "
                        "(%.0f MB)",
                        path, SQ_STR_ARG(known->name),
                        (double)known->file.bytes / 1e6);
    } else {
        m->spec = sq_arena_printf(arena, "local:%s", path);
        if (known->chat_template.n && !m->chat_template && !m->completions)
            m->chat_template = sq_arena_str(arena, known->chat_template).p;
    }
    free(path);
    return st;
}

enum sq_status sq_cmd_named_model(struct sq_run_model *m,
                                  const struct sq_run_options *run,
                                  struct sq_arena *arena, struct sq_err *err)
{
    static const char prefix[] = "local:";
    if (!m->spec) /* score asks no model */
        return SQ_OK;
    const char *name = m->spec + sizeof prefix - 1;
    if (strncmp(m->spec, prefix, sizeof prefix - 1) != 0 || strchr(name, '/') ||
        sq_path_exists(name) || !run->data_dir)
        return SQ_OK;
    struct sq_models models = {0};
    char *registry = sq_path_join(run->home, "models/registry.json");
    bool there = sq_path_exists(registry);
    free(registry);
    if (!there)
        return SQ_OK;
    enum sq_status st = sq_models_load(&models, run->home, err);
    const struct sq_model *known =
        st == SQ_OK ? sq_models_find(&models, sq_str_from(name)) : NULL;
    if (known)
        st = put_file(m, known, run->data_dir, arena, err);
    sq_models_release(&models);
    return st;
}
