/*
 * Measures what the audit of judges lets through: RUNS seeded runs of judges of
 * known quality on the shipped canaries, each reply written out and read as a
 * real one. Prints the share of runs that fail; exit 1 when a promise of
 * docs/scoring.md is broken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "judge/canary.h"

enum { FOLLOWING, QUALITY, STEPS, PAPER, TEMPLATES };
static const char *const names[TEMPLATES] = {"following", "quality", "steps",
                                             "paper"};

/* What a judge says of a question whose right answer is `yes`. */
struct question {
    bool yes;
    size_t step;
    struct sq_rng *rng;
};

static bool perfect(const struct question *q)
{
    return q->yes;
}

/* Wrong in one of fifty. */
static bool good(const struct question *q)
{
    return sq_rng_below(q->rng, 50) ? q->yes : !q->yes;
}

static bool always_yes(const struct question *q)
{
    (void)q;
    return true;
}

static bool always_no(const struct question *q)
{
    (void)q;
    return false;
}

static bool random_word(const struct question *q)
{
    return sq_rng_below(q->rng, 2);
}

/* Random, and as sparing with its yes as the canaries are. */
static bool sparing(const struct question *q)
{
    return sq_rng_below(q->rng, 4) == 0;
}

/* What stands first: the first step, and the first word of the form. */
static bool first(const struct question *q)
{
    return q->step == 0;
}

static const struct {
    const char *name;
    bool (*says)(const struct question *q); /* NULL = repeats the response */
    double least, most; /* share of the runs that may fail */
} judges[] = {
    {"perfect", perfect, 0, 0},       {"good", good, 0, 0.05},
    {"always-yes", always_yes, 1, 1}, {"always-no", always_no, 1, 1},
    {"random", random_word, 0.98, 1}, {"sparing", sparing, 0.95, 1},
    {"first-position", first, 1, 1},  {"echo", NULL, 1, 1},
};
#define NJUDGES (sizeof judges / sizeof *judges)

/* The reply of judge j about a canary, in the form of the template. */
static void reply(size_t j, enum sq_judge_form form, const struct sq_canary *c,
                  struct sq_rng *rng, struct sq_buf *out)
{
    struct question q = {c->kind == SQ_CANARY_PERFECT, 0, rng};
    sq_buf_reset(out);
    if (!judges[j].says) {
        sq_buf_add(out, c->response);
    } else if (form == SQ_JUDGE_STEPS) {
        sq_buf_adds(out, "{\"steps\": [");
        for (size_t i = 0; i < c->sample.nsteps; i++) {
            q.step = i;
            q.yes = c->done[i];
            bool done = judges[j].says(&q);
            sq_buf_addf(out, "%s{\"step\": %zu, \"done\": %s, \"evidence\": ",
                        i ? ", " : "", i + 1, done ? "true" : "false");
            sq_json_quote(done ? c->response : SQ_STR(""), out);
            sq_buf_adds(out, "}");
        }
        sq_buf_adds(out, "]}");
    } else if (form == SQ_JUDGE_PAPER) {
        bool yes = judges[j].says(&q);
        sq_buf_adds(out, yes ? "[[Yes, 5]]" : "[[No, 1]]");
    } else if (form == SQ_JUDGE_QUALITY) {
        sq_buf_addf(out, "{\"quality\": %d}", judges[j].says(&q) ? 5 : 1);
    } else {
        sq_buf_addf(out, "{\"following\": \"%s\"}",
                    judges[j].says(&q) ? "yes" : "no");
    }
}

static bool passes(size_t j, const struct sq_judge_template *t,
                   const struct sq_canaries *canaries, uint64_t seed)
{
    struct sq_canary_tally tally = {0};
    struct sq_rng rng;
    struct sq_buf text;
    sq_rng_seed(&rng, seed);
    sq_buf_init(&text, SQ_MAX_REPLY);
    for (size_t i = 0; i < canaries->n; i++) {
        const struct sq_canary *c = &canaries->list[i];
        struct sq_arena arena = SQ_ARENA_INIT;
        struct sq_canary_mark *marks =
            sq_arena_array(&arena, c->sample.nsteps + 2, sizeof *marks);
        struct sq_verdict v;
        reply(j, t->form, c, &rng, &text);
        sq_judge_parse(t, &c->sample, c->response, sq_buf_str(&text), &arena,
                       &v);
        size_t n = sq_canary_marks(c, t, &v, marks);
        for (size_t k = 0; k < n; k++) {
            tally.yes += marks[k].yes;
            tally.yes_right += marks[k].yes && marks[k].right;
            tally.no += !marks[k].yes;
            tally.no_right += !marks[k].yes && marks[k].right;
        }
        sq_arena_release(&arena);
    }
    sq_buf_release(&text);
    return sq_canary_passed(&tally);
}

int main(int argc, char **argv)
{
    long long runs = 1000;
    struct sq_canaries *canaries = NULL;
    struct sq_err err = {0};
    bool kept = true;
    if (argc > 1 && !sq_str_to_int(sq_str_from(argv[1]), &runs))
        return 2;
    if (sq_canaries_load(&canaries, ".", &err) != SQ_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 2;
    }
    printf("%-15s %-10s %s of %lld\n", "judge", "template", "failed", runs);
    for (size_t t = 0; t < TEMPLATES; t++) {
        struct sq_judge_template *template_ = NULL;
        if (sq_judge_template_load(&template_, ".", sq_str_from(names[t]),
                                   &err) != SQ_OK) {
            fprintf(stderr, "%s\n", err.msg);
            sq_canaries_free(canaries);
            return 2;
        }
        for (size_t j = 0; j < NJUDGES; j++) {
            long long failed = 0;
            for (long long r = 0; r < runs; r++) {
                uint64_t words[] = {j, t, (uint64_t)r};
                failed += !passes(j, template_, canaries, sq_rng_mix(words, 3));
            }
            double share = (double)failed / (double)runs;
            bool ok = share >= judges[j].least && share <= judges[j].most;
            printf("%-15s %-10s %.4f%s\n", judges[j].name, names[t], share,
                   ok ? "" : "  BROKEN PROMISE");
            kept = kept && ok;
        }
        sq_judge_template_free(template_);
    }
    sq_canaries_free(canaries);
    return kept ? 0 : 1;
}
