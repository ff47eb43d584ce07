/*
 * Judges' replies of any bytes, in every form, and quotes looked up in any
 * text. Input: a line with the number of steps (one digit, 0 to 9), the
 * response, a line "%%", the reply. What must hold for any of them:
 * each part ends in one of its states, a step passes only on evidence that is
 * in the response, and reading again gives the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "judge/judge.h"

#define MUST(x)                                                                \
    do {                                                                       \
        if (!(x)) {                                                            \
            abort();                                                           \
        }                                                                      \
    } while (0)

static void check_steps(const struct sq_sample *sample,
                        const struct sq_verdict *v, sq_str response)
{
    size_t i;

    MUST(v->nsteps == sample->nsteps);
    for (i = 0; i < v->nsteps; i++) {
        const struct sq_step_verdict *s = &v->steps[i];

        MUST(s->at <= response.n && s->len <= response.n - s->at);
        switch (s->state) {
        case SQ_STATE_PASS:
            MUST(s->len > 0 && sample->steps[i].answerable);
            break;
        case SQ_STATE_UNSUPPORTED:
        case SQ_STATE_UNPARSABLE:
            MUST(s->len == 0 && s->why.n > 0);
            break;
        default:
            MUST(s->state == SQ_STATE_FAIL || s->state == SQ_STATE_NOT_JUDGED);
        }
    }
}

static void check_verdict(enum sq_judge_form form, const struct sq_verdict *v)
{
    bool follows = form == SQ_JUDGE_FOLLOWING || form == SQ_JUDGE_PAPER;
    bool grades = form == SQ_JUDGE_QUALITY || form == SQ_JUDGE_PAPER;

    MUST((v->following == SQ_STATE_NOT_JUDGED) == !follows);
    MUST((v->quality_state == SQ_STATE_NOT_JUDGED) == !grades);
    if (v->quality_state == SQ_STATE_PASS) {
        MUST(v->quality >= 1 && v->quality <= 5);
    }
    if (v->following == SQ_STATE_UNPARSABLE ||
        v->quality_state == SQ_STATE_UNPARSABLE) {
        MUST(v->why.n > 0);
    }
}

static void check_form(enum sq_judge_form form, const struct sq_sample *sample,
                       sq_str response, sq_str reply)
{
    const struct sq_judge_template t = {.form = form};
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_verdict v, again;
    size_t i;

    sq_judge_parse(&t, sample, response, reply, &arena, &v);
    check_verdict(form, &v);
    check_steps(sample, &v, response);
    sq_judge_parse(&t, sample, response, reply, &arena, &again);
    MUST(v.following == again.following &&
         v.quality_state == again.quality_state && sq_str_eq(v.why, again.why));
    for (i = 0; i < v.nsteps; i++) {
        MUST(v.steps[i].state == again.steps[i].state);
    }
    sq_arena_release(&arena);
}

/* What is found must be found in its own place too. */
static void check_evidence(sq_str text, sq_str quote)
{
    size_t at, len, at2, len2;

    if (sq_evidence_find(text, quote, &at, &len)) {
        MUST(at <= text.n && len > 0 && len <= text.n - at);
        MUST(sq_evidence_find(sq_str_sub(text, at, at + len), quote, &at2,
                              &len2));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sq_str mark = SQ_STR("\n%%\n");
    sq_str all = {(const char *)data, size}, response, reply;
    struct sq_step steps[10] = {{0}};
    struct sq_sample sample = {.steps = steps};
    size_t cut = sq_str_find(all, mark, 0), i;

    if (size < 2 || data[0] < '0' || data[0] > '9' || cut == SIZE_MAX) {
        return 0;
    }
    response = sq_str_sub(all, 2, cut);
    reply = sq_str_sub(all, cut + mark.n, all.n);
    sample.nsteps = (size_t)(data[0] - '0');
    for (i = 0; i < sample.nsteps; i++) {
        steps[i].answerable = i != 3;
    }
    check_form(SQ_JUDGE_FOLLOWING, &sample, response, reply);
    check_form(SQ_JUDGE_QUALITY, &sample, response, reply);
    check_form(SQ_JUDGE_STEPS, &sample, response, reply);
    check_form(SQ_JUDGE_PAPER, &sample, response, reply);
    check_evidence(response, reply);
    return 0;
}
