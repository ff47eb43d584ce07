/* `seqeval data`: the suites' data files, their state, and getting them. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/files.h"
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

/* A file of a suite. */
struct place {
    const struct sq_suite_def *def;
    const struct sq_data_file *file;
};

static enum sq_status pull(const void *what, const struct sq_pull *how,
                           struct sq_err *err)
{
    const struct place *p = what;
    return sq_data_pull(p->file, how, err);
}

static void add_row(struct sq_files *c, const void *what,
                    enum sq_data_state state, const char *found)
{
    const struct place *p = what;
    const struct sq_data_file *f = p->file;
    const char *name = sq_data_state_name(state);
    struct sq_json *row = sq_json_object();
    char *path = sq_data_path(f, c->folder);
    sq_buf_addf(&c->table, "%-12.*s %-12s %12lld  %.*s\n",
                SQ_STR_ARG(p->def->name), name, f->bytes, SQ_STR_ARG(f->file));
    if (sq_files_lists(c))
        sq_buf_addf(&c->table, "  licence: %.*s\n  from %.*s\n",
                    SQ_STR_ARG(f->licence), SQ_STR_ARG(f->url));
    sq_json_put_str(row, "suite", p->def->name);
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
    sq_json_put(c->rows, NULL, row);
    free(path);
}

static enum sq_status do_suite(struct sq_files *c, const char *name, bool named,
                               struct sq_err *err)
{
    struct sq_suite_def *def;
    enum sq_status first = SQ_OK;
    enum sq_status st =
        sq_suite_def_find(&def, c->home, sq_str_from(name), err);
    if (st != SQ_OK)
        return st;
    if (named && def->nfiles == 0)
        sq_log(&c->log, SQ_LOG_INFO, "%s is generated and needs no data", name);
    for (size_t i = 0; i < def->nfiles && first != SQ_INTERRUPTED; i++) {
        const struct place p = {def, &def->files[i]};
        struct sq_err why = {0};
        st = sq_files_do(c, p.file, p.file->file, &p, &why);
        sq_files_note(c, st, &why, &first, err);
    }
    sq_suite_def_free(def);
    return first;
}

static enum sq_status each(struct sq_files *c, int n, char **names,
                           struct sq_err *err)
{
    char **all = NULL;
    enum sq_status first = SQ_OK;
    if (n == 0) {
        enum sq_status st = sq_suite_names(c->home, &all, err);
        if (st != SQ_OK)
            return st;
    }
    for (int i = 0; all ? all[i] != NULL : i < n; i++) {
        struct sq_err why = {0};
        enum sq_status st = SQ_OK;
        if (first != SQ_INTERRUPTED)
            st = do_suite(c, all ? all[i] : names[i], !all, &why);
        sq_files_note(c, st, &why, &first, err);
    }
    for (int i = 0; all && all[i]; i++)
        free(all[i]);
    free(all);
    return first;
}

int sq_cmd_data(int argc, char **argv)
{
    static const struct sq_files_kind kind = {
        .name = "data",
        .usage = &usage,
        .mirror_help = "pull from there instead of the files' own addresses",
        .header = "SUITE        STATE               BYTES  FILE\n",
        .folder = sq_xstrdup,
        .each = each,
        .pull = pull,
        .add_row = add_row};
    return sq_files_command(&kind, argc, argv);
}
