/* `seqeval data`: the suites' data files, their state, and getting them. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/stop.h"
#include "cmd/common.h"
#include "cmd/places.h"
#include "suite/pull.h"
#include "suite/suite.h"

static const struct sq_opt_usage usage = {
    "data", "list|pull|verify [SUITE...]",
    "List, download or verify the data files of suites (default: all).",
    "list shows each file's state and where it comes from. verify shows the\n"
    "same and exits 2 when a file is missing or wrong. pull gets what is "
    "missing\n"
    "or wrong; a pull that was cut goes on where it stopped, and a file with\n"
    "another SHA-256 than the suite's is never put in place. --mirror takes "
    "the\n"
    "files from DIR/FILE or URL/FILE instead of their own addresses.\n"};

struct data {
    const char *verb, *format, *data, *mirror, *cacert, *config_path;
    bool quiet;
    int verbose;
    char *home, *data_dir;
    struct sq_log log;
    /* what is printed */
    struct sq_json *rows;
    struct sq_buf table;
    size_t nbad; /* files that are not ok */
};

/* ---- one file ---------------------------------------------------------- */

struct progress {
    struct sq_log *log;
    const struct sq_data_file *file;
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
    sq_buf_addf(&line, "%.*s: %.1f of %.1f MB", SQ_STR_ARG(p->file->file),
                (double)got / 1e6, (double)total / 1e6);
    sq_log_progress(p->log, line.p);
    sq_buf_release(&line);
}

static enum sq_status pull(struct data *d, const struct sq_data_file *f,
                           struct sq_err *err)
{
    struct progress progress = {&d->log, f, sq_clock_ms()};
    struct sq_pull how = {.data_dir = d->data_dir,
                          .mirror = d->mirror,
                          .cacert = d->cacert,
                          .progress = show_progress,
                          .ctx = &progress,
                          .log = &d->log};
    enum sq_status st = sq_data_pull(f, &how, err);
    sq_log_progress_end(&d->log);
    return st;
}

static void add_row(struct data *d, const struct sq_suite_def *def,
                    const struct sq_data_file *f, enum sq_data_state state,
                    const char *found)
{
    const char *name = sq_data_state_name(state);
    struct sq_json *row = sq_json_object();
    char *path = sq_data_path(f, d->data_dir);
    sq_buf_addf(&d->table, "%-12.*s %-12s %12lld  %.*s\n",
                SQ_STR_ARG(def->name), name, f->bytes, SQ_STR_ARG(f->file));
    if (strcmp(d->verb, "list") == 0)
        sq_buf_addf(&d->table, "  licence: %.*s\n  from %.*s\n",
                    SQ_STR_ARG(f->licence), SQ_STR_ARG(f->url));
    sq_json_put_str(row, "suite", def->name);
    sq_json_put_str(row, "file", f->file);
    sq_json_put_str(row, "path", sq_str_from(path));
    sq_json_put_str(row, "state", sq_str_from(name));
    sq_json_put_int(row, "bytes", f->bytes);
    sq_json_put_str(row, "sha256", f->sha256);
    if (found[0])
        sq_json_put_str(row, "found_sha256", sq_str_from(found));
    else
        sq_json_put_null(row, "found_sha256");
    sq_json_put_str(row, "url", f->url);
    sq_json_put_str(row, "licence", f->licence);
    sq_json_put(d->rows, NULL, row);
    free(path);
}

/* A file that cannot be had or read does not keep the others from theirs. */
static enum sq_status do_file(struct data *d, const struct sq_suite_def *def,
                              const struct sq_data_file *f, struct sq_err *err)
{
    enum sq_data_state state = SQ_DATA_MISSING;
    char found[65] = "";
    enum sq_status st = SQ_OK;
    if (strcmp(d->verb, "pull") == 0)
        st = pull(d, f, err);
    enum sq_status seen =
        sq_data_verify(f, d->data_dir, &state, found, st ? NULL : err);
    d->nbad += seen != SQ_OK || state != SQ_DATA_OK;
    if (seen == SQ_OK)
        add_row(d, def, f, state, found);
    return st ? st : seen;
}

/* ---- all of them ------------------------------------------------------- */

/* The first failure is the command's; those after it are told as they come. */
static void note(enum sq_status st, const struct sq_err *why,
                 enum sq_status *first, struct sq_err *err)
{
    if (st == SQ_OK)
        return;
    if (*first != SQ_OK) {
        (void)sq_cmd_fail("data", why);
        return;
    }
    *first = st;
    *err = *why;
}

static enum sq_status do_suite(struct data *d, const char *name, bool named,
                               struct sq_err *err)
{
    struct sq_suite_def *def;
    enum sq_status first = SQ_OK;
    enum sq_status st =
        sq_suite_def_find(&def, d->home, sq_str_from(name), err);
    if (st != SQ_OK)
        return st;
    if (named && def->nfiles == 0)
        sq_log(&d->log, SQ_LOG_INFO, "%s is generated and needs no data", name);
    for (size_t i = 0; i < def->nfiles && first != SQ_INTERRUPTED; i++) {
        struct sq_err why = {0};
        st = do_file(d, def, &def->files[i], &why);
        note(st, &why, &first, err);
    }
    sq_suite_def_free(def);
    return first;
}

static enum sq_status do_suites(struct data *d, int n, char **names,
                                struct sq_err *err)
{
    char **all = NULL;
    enum sq_status first = SQ_OK;
    if (n == 0) {
        enum sq_status st = sq_suite_names(d->home, &all, err);
        if (st != SQ_OK)
            return st;
    }
    for (int i = 0; all ? all[i] != NULL : i < n; i++) {
        struct sq_err why = {0};
        enum sq_status st = SQ_OK;
        if (first != SQ_INTERRUPTED)
            st = do_suite(d, all ? all[i] : names[i], !all, &why);
        note(st, &why, &first, err);
    }
    for (int i = 0; all && all[i]; i++)
        free(all[i]);
    free(all);
    return first;
}

static enum sq_status print(struct data *d, struct sq_err *err)
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

static enum sq_status run(struct data *d, int n, char **names,
                          struct sq_err *err)
{
    struct sq_err why = {0};
    enum sq_status first, st = sq_cmd_home(&d->home, err);
    if (st == SQ_OK)
        st = sq_cmd_data_dir(&d->data_dir, d->data, err);
    if (st != SQ_OK)
        return st;
    sq_stop_install();
    d->log = sq_cmd_log(d->quiet, d->verbose);
    sq_buf_addf(&d->table, "%-12s %-12s %12s  %s\n", "SUITE", "STATE", "BYTES",
                "FILE");
    first = do_suites(d, n, names, err);
    if (first == SQ_OK || sq_json_count(d->rows) > 0) {
        st = print(d, &why);
        note(st, &why, &first, err);
    }
    if (first == SQ_OK && d->nbad && strcmp(d->verb, "verify") == 0)
        first =
            sq_err_set(err, SQ_INPUT,
                       "%s: missing or wrong: %zu; 'seqeval data pull' gets "
                       "the right files",
                       d->data_dir, d->nbad);
    return first;
}

static enum sq_status check_words(struct data *d, int noperands, char **argv,
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

int sq_cmd_data(int argc, char **argv)
{
    struct data d = {.format = "table"};
    const struct sq_opt table[] = {
        {"data", 0, SQ_OPT_STR, &d.data, "DIR",
         "folder of the data files (default: the cache)", 0, 0},
        {"mirror", 0, SQ_OPT_STR, &d.mirror, "DIR|URL",
         "pull from there instead of the files' own addresses", 0, 0},
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
    int noperands = 0;
    bool helped = false;
    enum sq_status st = sq_cmd_options(&usage, table, argc, argv, &config,
                                       &noperands, &helped, &err);
    sq_buf_init(&d.table, SQ_MAX_REPORT);
    d.rows = sq_json_array();
    if (st == SQ_OK && !helped)
        st = check_words(&d, noperands, argv, &err);
    if (st == SQ_OK && !helped)
        st = run(&d, noperands - 1, argv + 2, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("data", &err);
    sq_json_free(d.rows);
    sq_buf_release(&d.table);
    free(d.data_dir);
    free(d.home);
    sq_json_free(config);
    return status;
}
