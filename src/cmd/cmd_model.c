/* `seqeval model`: models by name, their files' state, and getting them. */
#include "cmd/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/stop.h"
#include "cmd/common.h"
#include "cmd/places.h"
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

struct model {
    const char *verb, *format, *data, *mirror, *cacert, *config_path;
    bool quiet;
    int verbose;
    char *home, *data_dir, *folder;
    struct sq_models models;
    struct sq_log log;
    struct sq_json *rows;
    struct sq_buf table;
    size_t nbad;
};

struct progress {
    struct sq_log *log;
    const struct sq_model *model;
    int64_t shown_ms;
};

static void show_progress(void *ctx, long long got, long long total)
{
    struct progress *p = ctx;
    int64_t now = sq_clock_ms();
    struct sq_buf line;
    if (now - p->shown_ms < (p->log->tty ? 100 : 10000))
        return;
    p->shown_ms = now;
    sq_buf_init(&line, SQ_MAX_MESSAGE);
    sq_buf_addf(&line, "%.*s: %.1f of %.1f MB", SQ_STR_ARG(p->model->name),
                (double)got / 1e6, (double)total / 1e6);
    sq_log_progress(p->log, line.p);
    sq_buf_release(&line);
}

static enum sq_status pull(struct model *d, const struct sq_model *m,
                           struct sq_err *err)
{
    struct progress progress = {&d->log, m, sq_clock_ms()};
    struct sq_pull how = {.data_dir = d->folder,
                          .mirror = d->mirror,
                          .cacert = d->cacert,
                          .progress = show_progress,
                          .ctx = &progress,
                          .log = &d->log};
    enum sq_status st = sq_model_pull(m, &how, err);
    sq_log_progress_end(&d->log);
    return st;
}

static void put_sources(struct model *d, const struct sq_model *m,
                        struct sq_json *row)
{
    bool list = strcmp(d->verb, "list") == 0;
    struct sq_json *urls = sq_json_array();
    for (size_t i = 0; i < m->nsources; i++) {
        const struct sq_model_source *s = &m->sources[i];
        for (size_t k = 0; k < s->nparts || (k == 0 && s->url.n); k++) {
            sq_str url = s->nparts ? s->parts[k].archive.url : s->url;
            sq_json_put_str(urls, NULL, url);
            if (list)
                sq_buf_addf(&d->table, "  %s %.*s\n", k ? "and " : "from",
                            SQ_STR_ARG(url));
        }
    }
    sq_json_put(row, "sources", urls);
}

static void add_row(struct model *d, const struct sq_model *m,
                    enum sq_data_state state, const char *found)
{
    const char *name = sq_data_state_name(state);
    struct sq_json *row = sq_json_object();
    char *path = sq_data_path(&m->file, d->folder);
    sq_buf_addf(&d->table, "%-16.*s %-12s %12lld  %.*s\n", SQ_STR_ARG(m->name),
                name, m->file.bytes, SQ_STR_ARG(m->about));
    if (strcmp(d->verb, "list") == 0)
        sq_buf_addf(&d->table, "  licence: %.*s\n  template: %s\n",
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
    put_sources(d, m, row);
    sq_json_put(d->rows, NULL, row);
    free(path);
}

static enum sq_status do_model(struct model *d, const struct sq_model *m,
                               struct sq_err *err)
{
    enum sq_data_state state = SQ_DATA_MISSING;
    char found[65] = "";
    enum sq_status st = SQ_OK;
    if (strcmp(d->verb, "pull") == 0)
        st = pull(d, m, err);
    enum sq_status seen =
        sq_data_verify(&m->file, d->folder, &state, found, st ? NULL : err);
    d->nbad += seen != SQ_OK || state != SQ_DATA_OK;
    if (seen == SQ_OK)
        add_row(d, m, state, found);
    return st ? st : seen;
}

/* The first failure is the command's; those after it are told as they come. */
static void note(enum sq_status st, const struct sq_err *why,
                 enum sq_status *first, struct sq_err *err)
{
    if (st == SQ_OK)
        return;
    if (*first != SQ_OK) {
        (void)sq_cmd_fail("model", why);
        return;
    }
    *first = st;
    *err = *why;
}

static enum sq_status find(const struct model *d, const char *name,
                           const struct sq_model **out, struct sq_err *err)
{
    struct sq_buf names;
    *out = sq_models_find(&d->models, sq_str_from(name));
    if (*out)
        return SQ_OK;
    sq_buf_init(&names, SQ_MAX_MESSAGE);
    for (size_t i = 0; d->models.v && i < d->models.n; i++)
        sq_buf_addf(&names, "%s%.*s", i ? ", " : "",
                    SQ_STR_ARG(d->models.v[i].name));
    sq_err_set(err, SQ_NOT_FOUND, "no model is called %s; there are: %s", name,
               names.p);
    sq_buf_release(&names);
    return SQ_NOT_FOUND;
}

static enum sq_status do_models(struct model *d, int n, char **names,
                                struct sq_err *err)
{
    enum sq_status first = SQ_OK;
    size_t count = n ? (size_t)n : d->models.n;
    for (size_t i = 0; i < count && first != SQ_INTERRUPTED; i++) {
        const struct sq_model *m = n ? NULL : &d->models.v[i];
        struct sq_err why = {0};
        enum sq_status st = m ? SQ_OK : find(d, names[i], &m, &why);
        if (m)
            st = do_model(d, m, &why);
        note(st, &why, &first, err);
    }
    return first;
}

static enum sq_status print(struct model *d, struct sq_err *err)
{
    struct sq_buf json;
    if (strcmp(d->format, "table") == 0)
        return sq_cmd_output(NULL, sq_buf_str(&d->table), err);
    sq_buf_init(&json, SQ_MAX_REPORT);
    sq_json_render(d->rows, &json);
    sq_buf_addc(&json, '\n');
    enum sq_status st = sq_cmd_output(NULL, sq_buf_str(&json), err);
    sq_buf_release(&json);
    return st;
}

static enum sq_status run(struct model *d, int n, char **names,
                          struct sq_err *err)
{
    struct sq_err why = {0};
    enum sq_status first, st = sq_cmd_home(&d->home, err);
    if (st == SQ_OK)
        st = sq_cmd_data_dir(&d->data_dir, d->data, err);
    if (st == SQ_OK)
        st = sq_models_load(&d->models, d->home, err);
    if (st != SQ_OK)
        return st;
    d->folder = sq_models_folder(d->data_dir);
    sq_stop_install();
    d->log = sq_cmd_log(d->quiet, d->verbose);
    sq_buf_addf(&d->table, "%-16s %-12s %12s  %s\n", "MODEL", "STATE", "BYTES",
                "ABOUT");
    first = do_models(d, n, names, err);
    if (first == SQ_OK || sq_json_count(d->rows) > 0) {
        st = print(d, &why);
        note(st, &why, &first, err);
    }
    if (first == SQ_OK && d->nbad && strcmp(d->verb, "verify") == 0)
        first = sq_err_set(err, SQ_INPUT,
                           "%s: missing or wrong: %zu; 'seqeval model pull' "
                           "gets the right files",
                           d->folder, d->nbad);
    return first;
}

static enum sq_status check_words(struct model *d, int noperands, char **argv,
                                  struct sq_err *err)
{
    static const char *const verbs[] = {"list", "pull", "verify", NULL};
    d->verb = noperands > 0 ? argv[1] : "";
    size_t i = 0;
    while (verbs[i] && strcmp(verbs[i], d->verb) != 0)
        i++;
    if (!verbs[i])
        return sq_err_set(err, SQ_USAGE,
                          "'%s': say list, pull or verify; see --help",
                          d->verb);
    if (strcmp(d->format, "table") != 0 && strcmp(d->format, "json") != 0)
        return sq_err_set(err, SQ_USAGE, "--format %s: give table or json",
                          d->format);
    return SQ_OK;
}

int sq_cmd_model(int argc, char **argv)
{
    struct model d = {.format = "table"};
    const struct sq_opt table[] = {
        {"data", 0, SQ_OPT_STR, &d.data, "DIR",
         "folder of the data files (default: the cache)", 0, 0},
        {"mirror", 0, SQ_OPT_STR, &d.mirror, "DIR|URL",
         "pull from there instead of the sources", 0, 0},
        {"cacert", 0, SQ_OPT_STR, &d.cacert, "FILE",
         "certificates to trust (PEM; default: the system's)", 0, 0},
        {"format", 0, SQ_OPT_STR, &d.format, "FORMAT",
         "table or json (default table)", 0, 0},
        {"config", 0, SQ_OPT_STR, &d.config_path, "FILE", "options as JSON", 0,
         0},
        {"quiet", 'q', SQ_OPT_FLAG, &d.quiet, NULL, "errors only", 0, 0},
        {"verbose", 'v', SQ_OPT_COUNT, &d.verbose, NULL, "say more", 0, 0},
        {0}};
    struct sq_err err = {0};
    struct sq_json *config = NULL;
    int noperands = 0, status = 0;
    bool helped = false;
    d.rows = sq_json_array();
    sq_buf_init(&d.table, SQ_MAX_REPORT);
    enum sq_status st = sq_cmd_options(&usage, table, argc, argv, &config,
                                       &noperands, &helped, &err);
    if (st == SQ_OK && !helped)
        st = check_words(&d, noperands, argv, &err);
    if (st == SQ_OK && !helped)
        st = run(&d, noperands - 1, argv + 2, &err);
    if (st != SQ_OK)
        status = sq_cmd_fail("model", &err);
    sq_models_release(&d.models);
    sq_json_free(d.rows);
    sq_buf_release(&d.table);
    free(d.folder);
    free(d.home);
    free(d.data_dir);
    sq_json_free(config);
    return status;
}
