#include "sandbox/sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "sandbox/capture.h"
#include "sandbox/cgroup.h"

char *sq_sandbox_helper(void)
{
    char *modules = sq_path_modules();
    char *path = modules ? sq_path_join(modules, "sandbox") : NULL;
    free(modules);
    if (path && sq_path_exists(path))
        return path;
    free(path);
    return NULL;
}

static void tell(const struct sq_sandbox_probe *p, sq_str name, bool ok,
                 sq_str why)
{
    char *n = sq_str_dup(name), *w = sq_str_dup(why);
    p->tell(p->ctx, n, ok, w);
    free(n);
    free(w);
}

/* "yes PART" and "no PART: why"; false when there was a "no". */
static bool tell_lines(const struct sq_sandbox_probe *p, sq_str text)
{
    sq_str line;
    bool all = true;
    while (sq_str_line(&text, &line)) {
        if (sq_str_starts(line, SQ_STR("yes "))) {
            tell(p, sq_str_sub(line, 4, line.n), true, (sq_str){0});
        } else if (sq_str_starts(line, SQ_STR("no "))) {
            size_t colon = sq_str_find(line, SQ_STR(": "), 0);
            tell(p, sq_str_sub(line, 3, colon), false,
                 sq_str_sub(line, colon < line.n ? colon + 2 : line.n, line.n));
            all = false;
        }
    }
    return all;
}

static void on_done(void *ctx, void *tag, const struct sq_program_result *r)
{
    (void)ctx;
    *(struct sq_program_result *)tag = *r;
}

/* All of it at work: a program that passes and one that must not. */
static enum sq_status try_it(const char *python, bool *grouped,
                             struct sq_err *err)
{
    static const char *const programs[] = {"assert 6 * 7 == 42",
                                           "open('/etc/passwd')"};
    struct sq_sandbox *s = NULL;
    struct sq_sandbox_config config = {
        .python = python, .workers = 1, .done = on_done};
    enum sq_status st = sq_sandbox_open(&s, &config, err);
    for (int i = 0; i < 2 && st == SQ_OK; i++) {
        struct sq_program_result r = {.end = SQ_PROGRAM_LOST};
        sq_sandbox_submit(s, sq_str_from(programs[i]), 10, &r);
        while (s->in_flight && st == SQ_OK)
            st = sq_sandbox_step(s, 1000, err);
        if (st == SQ_OK &&
            r.end != (i == 0 ? SQ_PROGRAM_PASSED : SQ_PROGRAM_FAILED))
            st = sq_err_set(err, SQ_UNAVAILABLE, "a trial program: %s %s",
                            sq_program_end_name(r.end), r.why);
    }
    *grouped = s && s->cgroup;
    sq_sandbox_close(s);
    return st;
}

static void tell_groups(const struct sq_sandbox_probe *p, bool grouped)
{
    struct sq_err err = {0};
    char *folder = NULL;
    if (sq_cgroup_find("/proc/self", &folder, &err) == SQ_OK && !grouped)
        (void)sq_err_set(&err, SQ_UNAVAILABLE, "%s refuses them", folder);
    p->note(p->ctx, "control groups", grouped, grouped ? folder : err.msg);
    free(folder);
}

bool sq_sandbox_probe(const struct sq_sandbox_probe *p)
{
    struct sq_buf out;
    struct sq_err err = {0};
    char *helper = sq_sandbox_helper();
    bool ok = helper != NULL;
    tell(p, SQ_STR("helper"), ok,
         ok ? sq_str_from(helper)
            : SQ_STR("no program `sandbox` beside http.so (Linux alone)"));
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    if (ok) {
        const char *const argv[] = {helper, "probe", NULL};
        ok = sq_sandbox_capture(argv, &out) && tell_lines(p, sq_buf_str(&out));
    }
    sq_buf_release(&out);
    free(helper);
    if (ok) {
        bool grouped = false;
        ok = try_it(p->python, &grouped, &err) == SQ_OK;
        tell(p, SQ_STR("programs run"), ok, sq_str_from(err.msg));
        tell_groups(p, grouped);
    }
    return ok;
}
