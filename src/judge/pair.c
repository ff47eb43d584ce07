/* Verdicts on two responses. */
#include <math.h>
#include "judge/internal.h"

#define ALTERNATIVES 5 /* of the first token, as AlpacaEval 2 asks for */

long long sq_judge_logprobs(const struct sq_judge_template *t)
{
    return t->form == SQ_JUDGE_PREFERENCE ? ALTERNATIVES : 0;
}

static void prefer(struct sq_verdict *v, double preference)
{
    v->preference_state = SQ_STATE_PASS;
    v->preference = preference;
}

/* A recorded preference, as AlpacaEval's annotations have it: 2 the response,
 * 1 the baseline, between them how sure, 1.5 or 0 a draw. */
static bool read_recorded(sq_str reply, struct sq_verdict *v)
{
    double n = 0;

    if (!sq_str_to_num(reply, &n) || (n > 0 && n < 1) || n < 0 || n > 2) {
        return false;
    }
    prefer(v, n > 0 ? n - 1 : 0.5);
    return true;
}

/* "first", "second" or "tie" as 1, 0, 0.5 for the one shown first. */
static bool read_better(const struct sq_json *j, double *out)
{
    static const struct {
        const char *word;
        double first;
    } words[] = {{"first", 1}, {"second", 0}, {"tie", 0.5}};
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (sq_str_eq_nocase(sq_str_trim(sq_json_str(j)),
                             sq_str_from(words[i].word))) {
            *out = words[i].first;
            return true;
        }
    }
    return false;
}

void sq_judge_parse_pairwise(const struct sq_judge_case *c,
                             struct sq_verdict *v)
{
    const struct sq_json **objects, *m, *reason;
    double first = -1, said;
    size_t n, i;

    if (read_recorded(c->reply, v)) {
        return;
    }
    n = sq_judge_objects(c->reply, "better", c->arena, &objects, &v->why);
    for (i = 0; i < n; i++) {
        m = sq_judge_member(sq_json_first(objects[i]), "better");
        for (; m != NULL; m = sq_judge_member(sq_json_next(m), "better")) {
            if (!read_better(m, &said)) {
                v->why = SQ_STR(
                    "\"better\" is not \"first\", \"second\" or \"tie\"");
                return;
            }
            if (first >= 0 && fabs(said - first) > 0) {
                v->why = SQ_STR("verdicts in the reply disagree");
                return;
            }
            first = said;
        }
    }
    if (n == 0) {
        return;
    }
    reason = sq_judge_member(sq_json_first(objects[0]), "reason");
    v->why = reason != NULL ? sq_json_str(reason) : SQ_STR("");
    prefer(v, c->response_first ? first : 1 - first);
}

/* ---- the first token's logprobs ----------------------------------------- */

/* content[0] of an answer's logprobs: of a whole answer, or of one choice. */
static const struct sq_json *first_token(const struct sq_json *answer)
{
    const struct sq_json *choices = sq_json_get(answer, "choices");

    if (choices != NULL) {
        answer = sq_json_first(choices);
    }
    return sq_json_first(
        sq_json_get(sq_json_get(answer, "logprobs"), "content"));
}

bool sq_judge_first_token(sq_str raw, struct sq_buf *out)
{
    struct sq_json *answer = sq_json_parse(raw, "", 1, NULL);
    const struct sq_json *token = first_token(answer);

    if (token != NULL && sq_json_get(token, "top_logprobs") != NULL) {
        sq_buf_adds(out, "{\"logprobs\":{\"content\":[");
        sq_json_render(token, out);
        sq_buf_adds(out, "]}}");
    } else {
        token = NULL;
    }
    sq_json_free(answer);
    return token != NULL;
}

/* How sure the first token is to be m rather than M: p(m) / (p(m) + p(M)); one
 * that is not among the alternatives counts 0 (tatsu-lab/alpaca_eval cd543a1,
 * weighted_alpaca_eval_gpt4_turbo). */
static bool weigh(const struct sq_json *token, double *first)
{
    double m = -INFINITY, M = -INFINITY;
    const struct sq_json *j;

    for (j = sq_json_first(sq_json_get(token, "top_logprobs")); j != NULL;
         j = sq_json_next(j)) {
        const struct sq_json *p = sq_json_get(j, "logprob");
        sq_str name = sq_json_str(sq_json_get(j, "token"));

        if (p == NULL || sq_json_type(p) != SQ_JSON_NUMBER) {
            continue;
        }
        if (sq_str_eq(name, SQ_STR("m"))) {
            m = sq_json_num(p);
        } else if (sq_str_eq(name, SQ_STR("M"))) {
            M = sq_json_num(p);
        }
    }
    if (isinf(m) && isinf(M)) {
        return false;
    }
    *first = 1 / (1 + exp(M - m));
    return true;
}

void sq_judge_parse_preference(const struct sq_judge_case *c,
                               struct sq_verdict *v)
{
    struct sq_json *j = NULL;
    const struct sq_json *token;
    double first = 0;
    bool read = false;

    if (read_recorded(c->reply, v)) {
        return;
    }
    if (sq_str_starts(c->reply, SQ_STR("{"))) {
        j = sq_json_parse(c->reply, "", 1, NULL);
    }
    token = first_token(j);
    if (token != NULL) {
        read = weigh(token, &first);
    } else if (sq_str_eq(c->reply, SQ_STR("m")) ||
               sq_str_eq(c->reply, SQ_STR("M"))) {
        first = c->reply.p[0] == 'm';
        read = true;
    }
    v->why = token == NULL ? SQ_STR("the reply is neither m nor M")
                           : SQ_STR("neither m nor M is among the tokens");
    if (read) {
        v->why = SQ_STR("");
        prefer(v, c->response_first ? first : 1 - first);
    }
    sq_json_free(j);
}
