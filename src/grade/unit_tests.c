#include "grade/unit_tests.h"

#include "base/buf.h"
#include "check/finding.h"
#include "grade/args.h"
#include "grade/completion.h"

#define USUAL_SECONDS 3.0
#define MAX_SECONDS 600.0

struct unit_tests {
    struct sq_completion_task task;
    sq_str before, setup;
    struct sq_grade_texts tests;
    double seconds;
};

static enum sq_status opt_text(const struct sq_json *rule, const char *key,
                               const char *where, struct sq_arena *arena,
                               sq_str *out, struct sq_err *err)
{
    sq_str v = {0};
    enum sq_status st = sq_json_opt_str(rule, key, where, &v, err);
    *out = sq_arena_str(arena, v);
    return st;
}

/* Stop strings may be white space, as "\n\n" is. */
static enum sq_status read_stops(const struct sq_json *rule, const char *where,
                                 struct sq_arena *arena,
                                 struct sq_completion_task *t,
                                 struct sq_err *err)
{
    const struct sq_json *item = sq_json_get(rule, "stops");
    if (!item)
        return SQ_OK;
    enum sq_status st = sq_json_need_array(rule, "stops", where, &item, err);
    if (st != SQ_OK)
        return st;
    sq_str *list = sq_arena_array(arena, sq_json_count(item), sizeof *list);
    t->stops = list;
    for (item = sq_json_first(item); item; item = sq_json_next(item)) {
        sq_str v = sq_json_str(item);
        if (sq_json_type(item) != SQ_JSON_STRING || !v.n)
            return sq_err_set(err, SQ_INPUT, "%s: stops[%zu]: want a text",
                              where, t->nstops);
        list[t->nstops++] = sq_arena_str(arena, v);
    }
    return SQ_OK;
}

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"tests", "prompt", "entry",   "before",
                                       "setup", "stops",  "seconds", NULL};
    struct unit_tests *a = sq_arena_alloc(arena, sizeof *a);
    a->seconds = USUAL_SECONDS;
    *args = a;
    enum sq_status st = sq_grade_only(rule, keys, where, err);
    if (st == SQ_OK)
        st = sq_grade_texts(rule, "tests", where, arena, &a->tests, err);
    if (st == SQ_OK && sq_json_get(rule, "prompt"))
        st = sq_grade_text(rule, "prompt", where, arena, &a->task.prompt, err);
    if (st == SQ_OK && sq_json_get(rule, "entry"))
        st = sq_grade_text(rule, "entry", where, arena, &a->task.entry, err);
    if (st == SQ_OK)
        st = opt_text(rule, "before", where, arena, &a->before, err);
    if (st == SQ_OK)
        st = opt_text(rule, "setup", where, arena, &a->setup, err);
    if (st == SQ_OK)
        st = read_stops(rule, where, arena, &a->task, err);
    if (st == SQ_OK)
        st = sq_json_opt_num(rule, "seconds", where, &a->seconds, err);
    if (st == SQ_OK && !(a->seconds > 0 && a->seconds <= MAX_SECONDS))
        st = sq_err_set(err, SQ_INPUT,
                        "%s: seconds: want more than 0, at most %.0f", where,
                        MAX_SECONDS);
    return st;
}

static void not_run(const void *args, struct sq_check_text text,
                    struct sq_finding *out)
{
    (void)args;
    (void)text;
    sq_finding_set(out, SQ_FINDING_ERROR, "its program was not run");
}

bool sq_unit_tests_is(const struct sq_check *check)
{
    return check == &sq_grade_unit_tests;
}

static void add_line(struct sq_buf *b, sq_str text)
{
    sq_buf_add(b, text);
    sq_buf_addc(b, '\n');
}

struct sq_program sq_unit_tests_program(const void *args, sq_str text,
                                        struct sq_arena *arena)
{
    const struct unit_tests *a = args;
    struct sq_completion c = sq_completion_of(&a->task, text, arena);
    struct sq_buf b;
    sq_buf_init(&b, 8 * SQ_MAX_REPLY);
    if (a->before.n)
        add_line(&b, a->before);
    sq_buf_add(&b, a->task.prompt);
    add_line(&b, c.code);
    if (a->setup.n)
        add_line(&b, a->setup);
    for (size_t i = 0; i < a->tests.n; i++)
        add_line(&b, a->tests.v[i]);
    struct sq_program p = {sq_arena_str(arena, sq_buf_str(&b)), a->seconds};
    sq_buf_release(&b);
    return p;
}

void sq_unit_tests_ended(const void *args, struct sq_check_text text,
                         const struct sq_program_result *r,
                         struct sq_finding *out)
{
    const struct unit_tests *a = args;
    struct sq_completion c = sq_completion_of(&a->task, text.text, text.arena);
    enum sq_finding_verdict v = SQ_FINDING_BROKEN;
    if (r->end == SQ_PROGRAM_PASSED)
        v = SQ_FINDING_HOLDS;
    else if (r->end == SQ_PROGRAM_LOST)
        v = SQ_FINDING_ERROR;
    sq_finding_set(
        out, v, "%s after %.2f s%s (%s%s)%s%s", sq_program_end_name(r->end),
        r->wall_s, r->again ? ", run again alone" : "", c.rule,
        c.stopped ? ", cut at a stop string" : "", *r->why ? ": " : "", r->why);
    out->answer = c.code;
}

const struct sq_check sq_grade_unit_tests = {
    .name = "unit_tests",
    .args = "tests; prompt, entry, before, setup, stops, seconds",
    .compile = compile,
    .run = not_run};
