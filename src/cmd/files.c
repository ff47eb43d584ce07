#include "cmd/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/stop.h"
#include "cmd/common.h"
#include "cmd/places.h"

/* ---- one file ---------------------------------------------------------- */

struct progress {
    struct sq_log *log;
    sq_str label;
    int64_t shown_ms;
};

static void show_progress(void *ctx, long long got, long long total)
{
    struct progress *p = ctx;
    int64_t now = sq_clock_ms();
    struct sq_buf line;
    /* A log that is no terminal gets a line now and then. */
    if (now - p->shown_ms < (p->log->tty ? 100 : 10000))
        return;
    p->shown_ms = now;
    sq_buf_init(&line, SQ_MAX_MESSAGE);
    sq_buf_addf(&line, "%.*s: %.1f of %.1f MB", SQ_STR_ARG(p->label),
                (double)got / 1e6, (double)total / 1e6);
    sq_log_progress(p->log, line.p);
    sq_buf_release(&line);
}

static enum sq_status pull(struct sq_files *c, sq_str label, const void *what,
                           struct sq_err *err)
{
    struct progress progress = {&c->log, label, sq_clock_ms()};
    struct sq_pull how = {.data_dir = c->folder,
                          .mirror = c->mirror,
                          .cacert = c->cacert,
                          .progress = show_progress,
                          .ctx = &progress,
                          .log = &c->log};
    enum sq_status st = c->kind->pull(what, &how, err);
    sq_log_progress_end(&c->log);
    return st;
}

enum sq_status sq_files_do(struct sq_files *c, const struct sq_data_file *file,
                           sq_str label, const void *what, struct sq_err *err)
{
    enum sq_data_state state = SQ_DATA_MISSING;
    char found[65] = "";
    enum sq_status st = SQ_OK;
    if (strcmp(c->verb, "pull") == 0)
        st = pull(c, label, what, err);
    enum sq_status seen =
        sq_data_verify(file, c->folder, &state, found, st ? NULL : err);
    c->nbad += seen != SQ_OK || state != SQ_DATA_OK;
    if (seen == SQ_OK)
        c->kind->add_row(c, what, state, found);
    return st ? st : seen;
}

bool sq_files_lists(const struct sq_files *c)
{
    return strcmp(c->verb, "list") == 0;
}

/* ---- all of them ------------------------------------------------------- */

void sq_files_note(const struct sq_files *c, enum sq_status st,
                   const struct sq_err *why, enum sq_status *first,
                   struct sq_err *err)
{
    if (st == SQ_OK)
        return;
    if (*first != SQ_OK) {
        (void)sq_cmd_fail(c->kind->name, why);
        return;
    }
    *first = st;
    *err = *why;
}

static enum sq_status print(struct sq_files *c, struct sq_err *err)
{
    struct sq_buf json;
    if (strcmp(c->format, "table") == 0)
        return sq_cmd_output(NULL, sq_buf_str(&c->table), err);
    sq_buf_init(&json, SQ_MAX_REPORT);
    sq_json_render(c->rows, &json);
    sq_buf_addc(&json, '\n');
    enum sq_status st = sq_cmd_output(NULL, sq_buf_str(&json), err);
    sq_buf_release(&json);
    return st;
}

static enum sq_status run(struct sq_files *c, int n, char **names,
                          struct sq_err *err)
{
    struct sq_err why = {0};
    enum sq_status first, st = sq_cmd_home(&c->home, err);
    if (st == SQ_OK)
        st = sq_cmd_data_dir(&c->data_dir, c->data, err);
    if (st != SQ_OK)
        return st;
    c->folder = c->kind->folder(c->data_dir);
    sq_stop_install();
    c->log = sq_cmd_log(c->quiet, c->verbose);
    sq_buf_adds(&c->table, c->kind->header);
    first = c->kind->each(c, n, names, err);
    if (first == SQ_OK || sq_json_count(c->rows) > 0) {
        st = print(c, &why);
        sq_files_note(c, st, &why, &first, err);
    }
    if (first == SQ_OK && c->nbad && strcmp(c->verb, "verify") == 0)
        first = sq_err_set(err, SQ_INPUT,
                           "%s: missing or wrong: %zu; 'seqeval %s pull' gets "
                           "the right files",
                           c->folder, c->nbad, c->kind->name);
    return first;
}

/* ---- the command line -------------------------------------------------- */

static enum sq_status check_words(struct sq_files *c, int noperands,
                                  char **argv, struct sq_err *err)
{
    static const char *const verbs[] = {"list", "pull", "verify", NULL};
    c->verb = noperands > 0 ? argv[1] : "";
    size_t i = 0;
    while (verbs[i] && strcmp(verbs[i], c->verb) != 0)
        i++;
    if (!verbs[i])
        return sq_err_set(err, SQ_USAGE,
                          "'%s': say list, pull or verify; see --help",
                          c->verb);
    if (strcmp(c->format, "table") != 0 && strcmp(c->format, "json") != 0)
        return sq_err_set(err, SQ_USAGE, "--format %s: give table or json",
                          c->format);
    return SQ_OK;
}

int sq_files_command(const struct sq_files_kind *kind, int argc, char **argv)
{
    struct sq_files c = {.kind = kind, .format = "table"};
    const struct sq_opt table[] = {
        {"data", 0, SQ_OPT_STR, &c.data, "DIR",
         "folder of the data files (default: the cache)", 0, 0},
        {"mirror", 0, SQ_OPT_STR, &c.mirror, "DIR|URL", kind->mirror_help, 0,
         0},
        {"cacert", 0, SQ_OPT_STR, &c.cacert, "FILE",
         "certificates to trust (PEM; default: the system's)", 0, 0},
        {"format", 0, SQ_OPT_STR, &c.format, "FORMAT",
         "table or json (default table)", 0, 0},
        {"config", 0, SQ_OPT_STR, &c.config_path, "FILE", "options as JSON", 0,
         0},
        {"quiet", 'q', SQ_OPT_FLAG, &c.quiet, NULL, "errors only", 0, 0},
        {"verbose", 'v', SQ_OPT_COUNT, &c.verbose, NULL, "say more", 0, 0},
        {0}};
    struct sq_err err = {0};
    struct sq_json *config = NULL;
    int noperands = 0;
    bool helped = false;
    enum sq_status st = sq_cmd_options(kind->usage, table, argc, argv, &config,
                                       &noperands, &helped, &err);
    sq_buf_init(&c.table, SQ_MAX_REPORT);
    c.rows = sq_json_array();
    if (st == SQ_OK && !helped)
        st = check_words(&c, noperands, argv, &err);
    if (st == SQ_OK && !helped)
        st = run(&c, noperands - 1, argv + 2, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail(kind->name, &err);
    sq_json_free(c.rows);
    sq_buf_release(&c.table);
    free(c.folder);
    free(c.data_dir);
    free(c.home);
    sq_json_free(config);
    return status;
}
