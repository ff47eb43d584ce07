/* `seqeval doctor`: what this machine gives, part by part. */
#include "cmd/cmd.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/path.h"
#include "base/platform.h"
#include "cmd/common.h"
#include "cmd/places.h"
#include "engine/http.h"
#include "report/grid.h"
#include "sandbox/sandbox.h"

static const struct sq_opt_usage usage = {
    "doctor", "", "What this machine can do, and what is missing.",
    "Parts: the program and the machine; http (models behind an API); local\n"
    "(GGUF files); suites and data, their folders; languages (profiles that\n"
    "ifeval's language rules use; without them another detector does);\n"
    "python and sandbox (suites that run programs; docs/sandbox.md).\n"
    "Exit status: 0 all is there but perhaps local, languages and control\n"
    "groups, 4 something is missing.\n"};

static const struct sq_grid_column columns[] = {
    {"part", false}, {"here", false}, {"detail", false}};

struct visit {
    struct sq_grid grid;
    struct sq_arena arena;
    size_t missing; /* of what is not optional */
};

static void tell(struct visit *v, const char *part, bool ok, const char *detail)
{
    const sq_str cells[] = {sq_arena_str(&v->arena, sq_str_from(part)),
                            ok ? SQ_STR("yes") : SQ_STR("no"),
                            sq_arena_str(&v->arena, sq_str_from(detail))};
    sq_grid_add(&v->grid, cells);
}

static void need(struct visit *v, const char *part, bool ok, const char *detail)
{
    tell(v, part, ok, detail);
    v->missing += !ok;
}

static void see_machine(struct visit *v)
{
    struct utsname u;
    tell(v, "seqeval", true, SQ_VERSION);
    if (uname(&u) != 0)
        return;
    tell(v, "machine", true,
         sq_arena_printf(&v->arena, "%s %s %s, %zu cores, %.1f GiB memory",
                         u.sysname, u.release, u.machine, sq_platform_cores(),
                         (double)sq_platform_memory() /
                             (1024.0 * 1024.0 * 1024.0)));
}

static void see_modules(struct visit *v)
{
    const struct sq_http_api *api = NULL;
    struct sq_err err = {0};
    char *dir = sq_path_modules();
    char *local = dir ? sq_path_join(dir, "local.so") : NULL;
    bool http = sq_http_load(&api, &err) == SQ_OK;
    bool here = local && sq_path_exists(local);
    need(v, "http", http, http ? dir : err.msg);
    tell(v, "local", here, here ? local : "local.so is not built");
    free(local);
    free(dir);
}

static void see_folders(struct visit *v, const char *given)
{
    struct sq_err err = {0};
    char *home = NULL, *data = NULL;
    bool ok = sq_cmd_home(&home, &err) == SQ_OK;
    need(v, "suites", ok, ok ? home : err.msg);
    ok = sq_cmd_data_dir(&data, given, &err) == SQ_OK;
    if (!ok)
        need(v, "data", false, err.msg);
    else if (!sq_path_exists(data))
        tell(v, "data", true,
             sq_arena_printf(&v->arena, "%s (made by `seqeval data pull`)",
                             data));
    else
        tell(v, "data", true,
             sq_arena_printf(&v->arena, "%s%s", data,
                             access(data, W_OK) == 0 ? "" : " (read-only)"));
    free(home);
    free(data);
    tell(v, "languages", sq_path_is_dir(SQ_LANGDETECT_DIR), SQ_LANGDETECT_DIR);
}

static void on_part(void *ctx, const char *part, bool ok, const char *why)
{
    struct visit *v = ctx;
    need(v, sq_arena_printf(&v->arena, "sandbox: %s", part), ok, why);
}

/* A part that is good to have. */
static void on_extra(void *ctx, const char *part, bool ok, const char *why)
{
    struct visit *v = ctx;
    tell(v, sq_arena_printf(&v->arena, "sandbox: %s", part), ok, why);
}

static void see_sandbox(struct visit *v, const char *python)
{
    struct sq_err err = {0};
    char *path = NULL;
    bool ok = sq_sandbox_python(python, &path, &err) == SQ_OK;
    const struct sq_sandbox_probe probe = {
        .python = python, .tell = on_part, .note = on_extra, .ctx = v};
    need(v, "python", ok, ok ? path : err.msg);
    free(path);
    (void)sq_sandbox_probe(&probe);
}

static enum sq_status examine(const char *python, const char *data,
                              const char *format, size_t *missing,
                              struct sq_err *err)
{
    struct visit v = {.grid = {.columns = columns, .ncolumns = 3}};
    struct sq_buf out;
    enum sq_status st = sq_grid_format_check(format, err);
    if (st != SQ_OK)
        return st;
    see_machine(&v);
    see_modules(&v);
    see_folders(&v, data);
    see_sandbox(&v, python);
    sq_buf_init(&out, SQ_MAX_REPORT);
    sq_grid_render(&v.grid, format, &out);
    st = sq_cmd_output(NULL, sq_buf_str(&out), err);
    *missing = v.missing;
    sq_buf_release(&out);
    sq_grid_release(&v.grid);
    sq_arena_release(&v.arena);
    return st;
}

int sq_cmd_doctor(int argc, char **argv)
{
    const char *python = NULL, *data = NULL, *format = "table", *config_path;
    const struct sq_opt table[] = {
        {"python", 0, SQ_OPT_STR, &python, "FILE",
         "the interpreter that runs programs (default: python3)", 0, 0},
        {"data", 0, SQ_OPT_STR, &data, "DIR",
         "folder of the data files (default: the cache)", 0, 0},
        {"format", 0, SQ_OPT_STR, &format, "NAME",
         "table, markdown, csv, json (default: table)", 0, 0},
        {"config", 0, SQ_OPT_STR, &config_path, "FILE", "options as JSON", 0,
         0},
        {0}};
    struct sq_err err = {0};
    struct sq_json *config = NULL;
    size_t missing = 0;
    int noperands = 0;
    bool helped = false;
    enum sq_status st = sq_cmd_options(&usage, table, argc, argv, &config,
                                       &noperands, &helped, &err);
    if (st == SQ_OK && !helped && noperands)
        st = sq_err_set(&err, SQ_USAGE, "'%s' is no option; see --help",
                        argv[1]);
    if (st == SQ_OK && !helped)
        st = examine(python, data, format, &missing, &err);
    int status = st == SQ_OK ? (missing ? 4 : 0) : sq_cmd_fail("doctor", &err);
    sq_json_free(config);
    return status;
}
