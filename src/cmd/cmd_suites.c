/* `seqeval suites`: which there are, and whether one is well made. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/path.h"
#include "cmd/common.h"
#include "cmd/places.h"
#include "suite/steps.h"
#include "suite/suite.h"

static const struct sq_opt_usage usage = {
    "suites", "", "List the suites, or check one.",
    "--check reads the definition, the step annotation and its rules, and "
    "every\n"
    "sample when the data is there. benchmarks/README.md is the format.\n"};

/* ---- the list ---------------------------------------------------------- */

static const char *data_here(const struct sq_suite_def *def,
                             const char *data_dir)
{
    for (size_t i = 0; i < def->nfiles; i++) {
        char *path = sq_data_found(&def->files[i], data_dir);
        bool here = sq_path_exists(path);
        free(path);
        if (!here)
            return "missing";
    }
    return def->nfiles ? "here" : "generated";
}

static void add_row(struct sq_buf *out, const struct sq_suite_def *def,
                    const char *data_dir)
{
    char steps[24] = "-";
    if (def->steps)
        (void)snprintf(steps, sizeof steps, "%zu", sq_steps_count(def->steps));
    sq_buf_addf(out, "%-12.*s %7lld %7s  %-9s  %.*s\n", SQ_STR_ARG(def->name),
                def->version, steps, data_here(def, data_dir),
                SQ_STR_ARG(def->title));
}

/* A broken suite is reported and does not hide the others. */
static enum sq_status list(const char *home, const char *data_dir,
                           struct sq_err *err)
{
    char **names = NULL;
    enum sq_status worst = SQ_OK;
    enum sq_status st = sq_suite_names(home, &names, err);
    if (st != SQ_OK)
        return st;
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPORT);
    sq_buf_addf(&out, "%-12s %7s %7s  %-9s  %s\n", "SUITE", "VERSION", "STEPS",
                "DATA", "TITLE");
    for (char **name = names; *name; name++) {
        struct sq_suite_def *def;
        struct sq_err why = {0};
        st = sq_suite_def_find(&def, home, sq_str_from(*name), &why);
        if (st == SQ_OK)
            add_row(&out, def, data_dir);
        else if (worst == SQ_OK)
            *err = why;
        else
            (void)sq_cmd_fail("suites", &why);
        worst = worst == SQ_OK ? st : worst;
        sq_suite_def_free(def);
        free(*name);
    }
    free(names);
    st = sq_cmd_output(NULL, sq_buf_str(&out), worst == SQ_OK ? err : NULL);
    sq_buf_release(&out);
    return worst == SQ_OK ? st : worst;
}

/* ---- --check ----------------------------------------------------------- */

/* Reads every sample; *empty counts those without text. */
static enum sq_status read_all(struct sq_suite *s, size_t *n, size_t *empty,
                               size_t *steps, struct sq_err *err)
{
    struct sq_sample *sample;
    enum sq_status st;
    while ((st = sq_suite_next(s, &sample, err)) == SQ_OK && sample) {
        *n += 1;
        *empty += sq_str_trim(sample->query).n == 0;
        *steps += sample->nsteps;
        sq_sample_free(sample);
    }
    return st;
}

static enum sq_status check(const char *path, const char *data_dir,
                            struct sq_err *err)
{
    const struct sq_suite_open how = {.data_dir = data_dir};
    size_t n = 0, empty = 0, steps = 0;
    struct sq_suite_def *def;
    struct sq_suite *suite = NULL;
    struct sq_buf out;
    enum sq_status st = sq_suite_def_load(&def, path, err);
    if (st != SQ_OK)
        return st;
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    bool here = data_here(def, data_dir)[0] != 'm';
    if (!here) {
        sq_buf_addf(&out,
                    "%s: %.*s is well made; its data is not in %s, so no "
                    "sample was read\n",
                    path, SQ_STR_ARG(def->name), data_dir);
        sq_suite_def_free(def);
    } else {
        st = sq_suite_open_def(&suite, def, SQ_STR(""), &how, err);
        if (st == SQ_OK)
            st = read_all(suite, &n, &empty, &steps, err);
        if (st == SQ_OK)
            sq_buf_addf(&out,
                        "%s: %.*s is well made: %zu samples (%zu without "
                        "text), %zu steps\n",
                        path, SQ_STR_ARG(suite->def->name), n, empty, steps);
    }
    if (st == SQ_OK)
        st = sq_cmd_output(NULL, sq_buf_str(&out), err);
    sq_suite_close(suite);
    sq_buf_release(&out);
    return st;
}

int sq_cmd_suites(int argc, char **argv)
{
    const char *path = NULL, *data = NULL, *config_path = NULL;
    const struct sq_opt table[] = {
        {"check", 0, SQ_OPT_STR, &path, "PATH",
         "check this suite: its folder or suite.json", 0, 0},
        {"data", 0, SQ_OPT_STR, &data, "DIR",
         "folder of the data files (default: the cache)", 0, 0},
        {"config", 0, SQ_OPT_STR, &config_path, "FILE", "options as JSON", 0,
         0},
        {0}};
    struct sq_err err = {0};
    struct sq_json *config = NULL;
    char *home = NULL, *data_dir = NULL;
    int noperands = 0;
    bool helped = false;
    enum sq_status st = sq_cmd_options(&usage, table, argc, argv, &config,
                                       &noperands, &helped, &err);
    if (st == SQ_OK && !helped && noperands)
        st = sq_err_set(&err, SQ_USAGE, "'%s' is no option; see --help",
                        argv[1]);
    if (st == SQ_OK && !helped)
        st = sq_cmd_data_dir(&data_dir, data, &err);
    if (st == SQ_OK && !helped && path)
        st = check(path, data_dir, &err);
    else if (st == SQ_OK && !helped)
        st = sq_cmd_home(&home, &err);
    if (home)
        st = list(home, data_dir, &err);
    int status = st == SQ_OK ? 0 : sq_cmd_fail("suites", &err);
    free(data_dir);
    free(home);
    sq_json_free(config);
    return status;
}
