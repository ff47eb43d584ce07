#include "judge/internal.h"

static enum sq_state state_of(bool yes)
{
    return yes ? SQ_STATE_PASS : SQ_STATE_FAIL;
}

/* The reply without the thoughts some models put before it; false when they
 * never end. Only at the start: further on the marks may be quoted text. */
static bool drop_thoughts(sq_str *reply)
{
    const sq_str open = SQ_STR("<think>"), close = SQ_STR("</think>");
    sq_str s = sq_str_trim(*reply);
    size_t end;

    if (sq_str_starts(s, open)) {
        end = sq_str_find(s, close, open.n);
        if (end == SIZE_MAX) {
            return false;
        }
        s = sq_str_sub(s, end + close.n, s.n);
    }
    *reply = s;
    return true;
}

/* What the objects of the reply say under `key`, when all of them say the same:
 * yes or no (as 1 or 0), or a number. */
static bool read_agreed(const struct sq_judge_case *c, const char *key,
                        bool yes_no, double *out, sq_str *why)
{
    const struct sq_json **objects, *m, *reason;
    size_t n = sq_judge_objects(c->reply, key, c->arena, &objects, why), i;
    bool first = true;

    for (i = 0; i < n; i++) {
        m = sq_judge_member(sq_json_first(objects[i]), key);
        for (; m != NULL; m = sq_judge_member(sq_json_next(m), key)) {
            bool yes = false, ok;
            double v = 0;

            if (yes_no) {
                ok = sq_judge_read_bool(m, &yes);
                v = yes ? 1 : 0;
            } else {
                ok = sq_judge_read_num(m, &v);
            }
            if (!ok) {
                *why = sq_str_from(
                    sq_arena_printf(c->arena, "\"%s\" is not %s", key,
                                    yes_no ? "\"yes\" or \"no\"" : "a number"));
                return false;
            }
            /* Exact: the same number written twice reads the same. */
            if (!first && (v < *out || v > *out)) {
                *why = SQ_STR("verdicts in the reply disagree");
                return false;
            }
            *out = v;
            first = false;
        }
    }
    if (n > 0) {
        reason = sq_judge_member(sq_json_first(objects[0]), "reason");
        *why = reason != NULL ? sq_json_str(reason) : SQ_STR("");
    }
    return n > 0;
}

static void set_quality(struct sq_verdict *v, double quality)
{
    if (quality >= 1 && quality <= 5) {
        v->quality_state = SQ_STATE_PASS;
        v->quality = quality;
    } else {
        v->why = SQ_STR("the quality is not within 1 to 5");
    }
}

void sq_judge_parse_following(const struct sq_judge_case *c,
                              struct sq_verdict *v)
{
    double yes = 0;

    if (read_agreed(c, "following", true, &yes, &v->why)) {
        v->following = state_of(yes > 0);
    }
}

void sq_judge_parse_quality(const struct sq_judge_case *c, struct sq_verdict *v)
{
    double quality = 0;

    if (read_agreed(c, "quality", false, &quality, &v->why)) {
        set_quality(v, quality);
    }
}

/* s without each occurrence of mark, in the arena. */
static sq_str without(sq_str s, sq_str mark, struct sq_arena *arena)
{
    char *p = sq_arena_alloc(arena, s.n + 1);
    size_t n = 0, i = 0;

    while (i < s.n) {
        if (sq_str_starts(sq_str_sub(s, i, s.n), mark)) {
            i += mark.n;
        } else {
            p[n++] = s.p[i++];
        }
    }
    return (sq_str){p, n};
}

/* The rule of SeqEval's authors, to the letter: see judges/README.md. */
void sq_judge_parse_paper(const struct sq_judge_case *c, struct sq_verdict *v)
{
    sq_str rest = without(c->reply, SQ_STR("[["), c->arena), left;
    double quality = 0;

    rest = without(rest, SQ_STR("]]"), c->arena);
    sq_str_split(&rest, ',', &left);
    left = sq_str_trim(left);
    v->why = SQ_STR("");
    if (sq_str_eq_nocase(left, SQ_STR("yes"))) {
        v->following = SQ_STATE_PASS;
    } else if (sq_str_eq_nocase(left, SQ_STR("no"))) {
        v->following = SQ_STATE_FAIL;
    } else {
        v->why = SQ_STR("the reply does not have the form [[Yes, 5]]");
    }
    if (rest.p != NULL && sq_str_to_num(sq_str_trim(rest), &quality)) {
        set_quality(v, quality);
    } else {
        v->why = SQ_STR("the reply does not have the form [[Yes, 5]]");
    }
}

void sq_judge_parse(const struct sq_judge_template *t,
                    const struct sq_sample *sample, sq_str response,
                    sq_str reply, struct sq_arena *arena,
                    struct sq_verdict *out)
{
    const struct sq_judge_form_row *form = sq_judge_form_row(t->form);
    struct sq_step_verdict *steps =
        sq_arena_array(arena, sample->nsteps, sizeof(*steps));
    struct sq_judge_case c = {.sample = sample,
                              .response = response,
                              .reply = reply,
                              .response_first =
                                  sq_judge_compares(t) &&
                                  sq_judge_response_first(t, sample, response),
                              .steps = steps,
                              .arena = arena};
    size_t i;

    *out = (struct sq_verdict){
        .following =
            form->asks_following ? SQ_STATE_UNPARSABLE : SQ_STATE_NOT_JUDGED,
        .quality_state =
            form->asks_quality ? SQ_STATE_UNPARSABLE : SQ_STATE_NOT_JUDGED,
        .preference_state =
            form->asks_preference ? SQ_STATE_UNPARSABLE : SQ_STATE_NOT_JUDGED,
        .steps = steps,
        .nsteps = sample->nsteps,
    };
    for (i = 0; i < sample->nsteps; i++) {
        steps[i].state = form->asks_steps && sample->steps[i].answerable
                             ? SQ_STATE_UNPARSABLE
                             : SQ_STATE_NOT_JUDGED;
    }
    if (!drop_thoughts(&c.reply)) {
        out->why = SQ_STR("the reply ends before its <think> does");
    } else {
        form->parse(&c, out);
    }
    for (i = 0; i < sample->nsteps; i++) {
        if (steps[i].state == SQ_STATE_UNPARSABLE && steps[i].why.n == 0) {
            steps[i].why = out->why;
        }
    }
}

size_t sq_judge_unread(const struct sq_verdict *v)
{
    size_t i, n = 0;

    n += v->following == SQ_STATE_UNPARSABLE;
    n += v->quality_state == SQ_STATE_UNPARSABLE;
    n += v->preference_state == SQ_STATE_UNPARSABLE;
    for (i = 0; i < v->nsteps; i++) {
        n += v->steps[i].state == SQ_STATE_UNPARSABLE;
    }
    return n;
}
