#include "judge/internal.h"

/* What the entries of the reply say about one listed step. */
struct claim {
    size_t entries;
    bool broken; /* an entry without a readable "done", or two that disagree */
    bool done;
    sq_str evidence, reason; /* of the first entry */
};

struct claims {
    struct claim *v; /* [k] is about the step listed as k + 1 */
    size_t n;
    size_t ignored;       /* entries about no listed step... */
    double first_ignored; /* ...and the number in the first, 0 = none */
};

static sq_str text_of(const struct sq_json *entry, const char *key)
{
    const struct sq_json *m = sq_judge_member(sq_json_first(entry), key);

    return m != NULL ? sq_str_trim(sq_json_str(m)) : SQ_STR("");
}

/* A member given twice is read as if it were not there: which of the two holds
 * cannot be told. */
static const struct sq_json *only_member(const struct sq_json *entry,
                                         const char *key)
{
    const struct sq_json *m = sq_judge_member(sq_json_first(entry), key);

    if (m != NULL && sq_judge_member(sq_json_next(m), key) != NULL) {
        return NULL;
    }
    return m;
}

/* The claim an entry is about, or NULL. */
static struct claim *claim_of(struct claims *claims,
                              const struct sq_json *entry)
{
    double number = 0;
    size_t k = 0;

    if (sq_judge_read_num(only_member(entry, "step"), &number) && number >= 1 &&
        number <= (double)claims->n) {
        k = (size_t)number;
    }
    if (k > 0 && !((double)k < number)) {
        return &claims->v[k - 1];
    }
    if (claims->ignored++ == 0) {
        claims->first_ignored = number;
    }
    return NULL;
}

static void add_entry(struct claims *claims, const struct sq_json *entry)
{
    struct claim *c = claim_of(claims, entry);
    bool done = false;

    if (c == NULL) {
        return;
    }
    if (!sq_judge_read_bool(only_member(entry, "done"), &done) ||
        (c->entries > 0 && done != c->done)) {
        c->broken = true;
    }
    if (c->entries++ == 0) {
        c->done = done;
        c->evidence = text_of(entry, "evidence");
        c->reason = text_of(entry, "reason");
    }
}

static void decide(const struct claim *c, sq_str response,
                   struct sq_step_verdict *out)
{
    bool found;

    if (c->entries == 0) {
        out->why = SQ_STR("the reply says nothing about this step");
        return;
    }
    if (c->broken) {
        out->why = SQ_STR("the entries of this step disagree or lack \"done\"");
        return;
    }
    out->evidence = c->evidence;
    out->why = c->reason;
    found = sq_evidence_find(response, c->evidence, &out->at, &out->len);
    if (!c->done) {
        out->state = SQ_STATE_FAIL;
    } else if (found) {
        out->state = SQ_STATE_PASS;
    } else {
        out->state = SQ_STATE_UNSUPPORTED;
        out->why = c->evidence.n == 0
                       ? SQ_STR("done, says the judge, and quotes nothing")
                       : SQ_STR("the quote is not in the response");
    }
}

void sq_judge_parse_steps(const struct sq_judge_case *c, struct sq_verdict *v)
{
    const struct sq_json **objects, *list, *entry;
    struct claims claims = {0};
    const size_t *listed = sq_judge_listed(c->sample, c->arena, &claims.n);
    size_t n = sq_judge_objects(c->reply, "steps", c->arena, &objects, &v->why);
    size_t i;

    if (n == 0) {
        return;
    }
    claims.v = sq_arena_array(c->arena, claims.n, sizeof(*claims.v));
    for (i = 0; i < n; i++) {
        list = sq_judge_member(sq_json_first(objects[i]), "steps");
        for (; list != NULL;
             list = sq_judge_member(sq_json_next(list), "steps")) {
            for (entry = sq_json_first(list); entry != NULL;
                 entry = sq_json_next(entry)) {
                add_entry(&claims, entry);
            }
        }
    }
    for (i = 0; i < claims.n; i++) {
        decide(&claims.v[i], c->response, &c->steps[listed[i]]);
    }
    v->why = SQ_STR("");
    if (claims.ignored > 0) {
        v->why = sq_str_from(sq_arena_printf(
            c->arena,
            "entries about no listed step ignored: %zu, first step %g",
            claims.ignored, claims.first_ignored));
    }
}
