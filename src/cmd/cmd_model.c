/* `seqeval model`: models by name, their files' state, and getting them. */
#include "cmd/cmd.h"

#include <stdlib.h>

#include "cmd/files.h"
#include "suite/models.h"

static const struct sq_opt_usage usage = {
    "model", "list|pull|verify [NAME...]",
    "List, download or verify models for --model local:NAME (default: all).",
    "list shows each model's state and where it comes from. verify shows the\n"
    "same and exits 2 when one is missing or wrong. pull gets what is missing "
    "or\n"
    "wrong, from the first source that has it; a pull that was cut goes on "
    "where\n"
    "it stopped, and a file with another SHA-256 is never put in place. "
    "--mirror\n"
    "takes the files from DIR/FILE or URL/FILE instead.\n"};

static enum sq_status pull(const void *what, const struct sq_pull *how,
                           struct sq_err *err)
{
    return sq_model_pull(what, how, err);
}

static void put_sources(struct sq_files *c, const struct sq_model *m,
                        struct sq_json *row)
{
    bool list = sq_files_lists(c);
    struct sq_json *urls = sq_json_array();
    for (size_t i = 0; i < m->nsources; i++) {
        const struct sq_model_source *s = &m->sources[i];
        for (size_t k = 0; k < s->nparts || (k == 0 && s->url.n); k++) {
            sq_str url = s->nparts ? s->parts[k].archive.url : s->url;
            sq_json_put_str(urls, NULL, url);
            if (list)
                sq_buf_addf(&c->table, "  %s %.*s\n", k ? "and " : "from",
                            SQ_STR_ARG(url));
        }
    }
    sq_json_put(row, "sources", urls);
}

static void add_row(struct sq_files *c, const void *what,
                    enum sq_data_state state, const char *found)
{
    const struct sq_model *m = what;
    const char *name = sq_data_state_name(state);
    struct sq_json *row = sq_json_object();
    char *path = sq_data_path(&m->file, c->folder);
    sq_buf_addf(&c->table, "%-16.*s %-12s %12lld  %.*s\n", SQ_STR_ARG(m->name),
                name, m->file.bytes, SQ_STR_ARG(m->about));
    if (sq_files_lists(c))
        sq_buf_addf(&c->table, "  licence: %.*s\n  template: %s\n",
                    SQ_STR_ARG(m->file.licence),
                    m->chat_template.n ? m->chat_template.p : "none");
    sq_json_put_str(row, "model", m->name);
    sq_json_put_str(row, "about", m->about);
    sq_json_put_str(row, "path", sq_str_from(path));
    sq_json_put_str(row, "state", sq_str_from(name));
    sq_json_put_int(row, "bytes", m->file.bytes);
    sq_json_put_str(row, "sha256", m->file.sha256);
    if (found[0])
        sq_json_put_str(row, "found_sha256", sq_str_from(found));
    else
        sq_json_put_null(row, "found_sha256");
    sq_json_put_str(row, "licence", m->file.licence);
    put_sources(c, m, row);
    sq_json_put(c->rows, NULL, row);
    free(path);
}

static enum sq_status find(const struct sq_models *models, const char *name,
                           const struct sq_model **out, struct sq_err *err)
{
    struct sq_buf names;
    *out = sq_models_find(models, sq_str_from(name));
    if (*out)
        return SQ_OK;
    sq_buf_init(&names, SQ_MAX_MESSAGE);
    for (size_t i = 0; models->v && i < models->n; i++)
        sq_buf_addf(&names, "%s%.*s", i ? ", " : "",
                    SQ_STR_ARG(models->v[i].name));
    sq_err_set(err, SQ_NOT_FOUND, "no model is called %s; there are: %s", name,
               names.p);
    sq_buf_release(&names);
    return SQ_NOT_FOUND;
}

static enum sq_status each(struct sq_files *c, int n, char **names,
                           struct sq_err *err)
{
    struct sq_models models;
    enum sq_status first = sq_models_load(&models, c->home, err);
    size_t count = n ? (size_t)n : models.n;
    if (first != SQ_OK)
        count = 0;
    for (size_t i = 0; i < count && first != SQ_INTERRUPTED; i++) {
        const struct sq_model *m = n ? NULL : &models.v[i];
        struct sq_err why = {0};
        enum sq_status st = m ? SQ_OK : find(&models, names[i], &m, &why);
        if (m)
            st = sq_files_do(c, &m->file, m->name, m, &why);
        sq_files_note(c, st, &why, &first, err);
    }
    sq_models_release(&models);
    return first;
}

int sq_cmd_model(int argc, char **argv)
{
    static const struct sq_files_kind kind = {
        .name = "model",
        .usage = &usage,
        .mirror_help = "pull from there instead of the sources",
        .header = "MODEL            STATE               BYTES  ABOUT\n",
        .folder = sq_models_folder,
        .each = each,
        .pull = pull,
        .add_row = add_row};
    return sq_files_command(&kind, argc, argv);
}
