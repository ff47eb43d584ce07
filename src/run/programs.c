#include "run/programs.h"

#include "base/log.h"
#include "grade/cut.h"
#include "grade/unit_tests.h"
#include "run/panel.h"

static bool runs_programs(const struct sq_suite *suite)
{
    const struct sq_task *t = &suite->def->task;
    for (size_t i = 0; i < t->nsteps; i++)
        for (size_t k = 0; k < t->steps[i].ngraders; k++)
            if (sq_unit_tests_is(t->steps[i].graders[k].check))
                return true;
    return false;
}

static void on_done(void *ctx, void *tag, const struct sq_program_result *r)
{
    struct sq_session *s = ctx;
    struct sq_ran *ran = tag;
    struct sq_item *item = ran->item;
    ran->result = *r;
    if (r->end == SQ_PROGRAM_LOST)
        s->result->missing++;
    if (--item->waiting > 0)
        return;
    s->ready = sq_xrealloc(s->ready, s->nready + 1, sizeof(struct sq_item *));
    s->ready[s->nready++] = item;
}

enum sq_status sq_programs_open(struct sq_session *s, struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    bool wanted = false;
    for (size_t i = 0; i < s->nsuites; i++)
        wanted = wanted || runs_programs(s->suites[i]);
    if (!wanted)
        return SQ_OK;
    const struct sq_sandbox_config config = {.python = o->python,
                                             .unsafe = o->unsafe_code,
                                             .done = on_done,
                                             .ctx = s};
    if (o->unsafe_code)
        sq_log(o->log, SQ_LOG_WARN,
               "--unsafe-code: what the model writes is run with your own "
               "rights, without a sandbox");
    return sq_sandbox_open(&s->sandbox, &config, err);
}

/* The part of the response that the rule is about; false = it is not there,
 * which decides the rule. */
static bool part_of(const struct sq_item *item, const struct sq_rule *rule,
                    struct sq_arena *arena, sq_str *out)
{
    *out = (sq_str){item->response.text, item->response.text_len};
    return !rule->cut || sq_cut_apply(rule->cut, *out, arena, out);
}

void sq_programs_begin(struct sq_item *item)
{
    const struct sq_sample *sample = item->sample->sample;
    struct sq_session *s = item->session;
    size_t n = 0;
    if (item->state != SQ_STATE_PASS || !s->sandbox)
        return;
    for (size_t i = 0; i < sample->nsteps; i++)
        n += sample->steps[i].nrules;
    item->ran = sq_arena_array(&item->arena, n, sizeof *item->ran);
    for (size_t i = 0; i < sample->nsteps; i++)
        for (size_t k = 0; k < sample->steps[i].nrules; k++) {
            const struct sq_rule *rule = &sample->steps[i].rules[k];
            struct sq_arena scratch = SQ_ARENA_INIT;
            sq_str text;
            if (sq_unit_tests_is(rule->check) &&
                part_of(item, rule, &scratch, &text)) {
                struct sq_ran *ran = &item->ran[item->nran++];
                *ran = (struct sq_ran){
                    .rule = rule, .item = item, .result.end = SQ_PROGRAM_LOST};
                struct sq_program p =
                    sq_unit_tests_program(rule->args, text, &scratch);
                item->waiting++;
                sq_sandbox_submit(s->sandbox, p.text, p.seconds, ran);
            }
            sq_arena_release(&scratch);
        }
}

enum sq_status sq_programs_step(struct sq_session *s, int wait_ms,
                                struct sq_err *err)
{
    if (!s->sandbox || !s->sandbox->in_flight)
        return SQ_OK;
    return sq_sandbox_step(s->sandbox, wait_ms, err);
}
