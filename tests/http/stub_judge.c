/* Judges of known quality: they read the prompt as a judge would, by its
 * markers, and answer in the form that it asks for. */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "judge/canary.h"
#include "stub.h"

#define FORMS 4

struct stub_bench {
    struct sq_judge_template *templates[FORMS];
    struct sq_canaries *canaries;
};

/* One request as a judge understands it. */
struct reading {
    const struct stub_bench *bench;
    const char *mode;
    sq_str text, nonce, query, response;
    size_t nsteps;
    enum sq_judge_form form;
    bool leaked; /* there is text outside the frames that no template has */
    const struct sq_canary *canary; /* the one it is about, or NULL */
    uint64_t turn;                  /* differs from request to request */
};

struct stub_bench *stub_bench_open(const char *home)
{
    static const char *const names[FORMS] = {"following", "quality", "steps",
                                             "paper"};
    struct stub_bench *b = sq_xcalloc(1, sizeof *b);
    struct sq_err err = {0};
    enum sq_status st = sq_canaries_load(&b->canaries, home, &err);
    for (size_t i = 0; i < FORMS && st == SQ_OK; i++)
        st = sq_judge_template_load(&b->templates[i], home,
                                    sq_str_from(names[i]), &err);
    if (st == SQ_OK)
        return b;
    fprintf(stderr, "stub: %s\n", err.msg);
    stub_bench_close(b);
    return NULL;
}

void stub_bench_close(struct stub_bench *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < FORMS; i++)
        sq_judge_template_free(b->templates[i]);
    sq_canaries_free(b->canaries);
    free(b);
}

/* ---- reading the prompt ------------------------------------------------ */

/* The text between the markers of `name`; where it stands in *at. */
static sq_str framed(sq_str text, sq_str nonce, const char *name, size_t *at)
{
    struct sq_buf open, close;
    sq_buf_init(&open, 200);
    sq_buf_init(&close, 200);
    sq_buf_addf(&open, "=== %.*s %s ===\n", SQ_STR_ARG(nonce), name);
    sq_buf_addf(&close, "\n=== %.*s end of %s ===", SQ_STR_ARG(nonce), name);
    size_t from = sq_str_find(text, sq_buf_str(&open), 0), to = SIZE_MAX;
    if (from != SIZE_MAX) {
        from += open.n;
        to = sq_str_find(text, sq_buf_str(&close), from);
    }
    sq_buf_release(&open);
    sq_buf_release(&close);
    *at = from;
    return to == SIZE_MAX ? SQ_STR("") : sq_str_sub(text, from, to);
}

/* The prompt without what is framed. */
static void outside(const struct reading *r, struct sq_buf *out)
{
    static const char *const names[] = {"request", "response", "steps"};
    size_t done = 0;
    for (size_t i = 0; i < 3; i++) {
        size_t at = 0;
        sq_str part = framed(r->text, r->nonce, names[i], &at);
        if (at == SIZE_MAX || at < done)
            continue;
        sq_buf_add(out, sq_str_sub(r->text, done, at));
        done = at + part.n;
    }
    sq_buf_add(out, sq_str_sub(r->text, done, r->text.n));
}

/* The same of a template. */
static void expected(const struct sq_judge_template *t, sq_str nonce,
                     struct sq_buf *out)
{
    size_t pos = 0, open;
    while ((open = sq_str_find(t->prompt, SQ_STR("{{"), pos)) != SIZE_MAX) {
        size_t close = sq_str_find(t->prompt, SQ_STR("}}"), open);
        sq_buf_add(out, sq_str_sub(t->prompt, pos, open));
        if (sq_str_eq(sq_str_sub(t->prompt, open, close), SQ_STR("{{nonce")))
            sq_buf_add(out, nonce);
        pos = close + 2;
    }
    sq_buf_add(out, sq_str_sub(t->prompt, pos, t->prompt.n));
}

/* Which template it is. A further try has a note of ours behind it. */
static void recognise(struct reading *r)
{
    struct sq_buf got, want;
    sq_buf_init(&got, SQ_MAX_PROMPT);
    outside(r, &got);
    r->leaked = true;
    r->form = SQ_JUDGE_FOLLOWING;
    for (size_t i = 0; i < FORMS && r->leaked; i++) {
        sq_buf_init(&want, SQ_MAX_PROMPT);
        expected(r->bench->templates[i], r->nonce, &want);
        sq_str rest = sq_str_sub(sq_buf_str(&got), want.n, got.n);
        if (sq_str_starts(sq_buf_str(&got), sq_buf_str(&want)) &&
            (!rest.n || sq_str_starts(rest, SQ_STR("\n\nThis is try ")))) {
            r->form = r->bench->templates[i]->form;
            r->leaked = false;
        }
        sq_buf_release(&want);
    }
    sq_buf_release(&got);
}

static uint64_t hash_of(sq_str s, uint64_t more)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    uint64_t words[2] = {h, more};
    return sq_rng_mix(words, 2);
}

/* False when the text is no prompt of a judge. */
static bool read_prompt(struct reading *r)
{
    const sq_str head = SQ_STR("hold the code\n");
    size_t at = sq_str_find(r->text, head, 0), unused = 0;
    if (at == SIZE_MAX)
        return false;
    r->nonce = sq_str_sub(r->text, at + head.n, at + head.n + 16);
    r->query = framed(r->text, r->nonce, "request", &unused);
    r->response = framed(r->text, r->nonce, "response", &unused);
    sq_str steps = framed(r->text, r->nonce, "steps", &unused), line;
    while (sq_str_line(&steps, &line))
        r->nsteps++;
    for (size_t i = 0; i < r->bench->canaries->n; i++) {
        const struct sq_canary *c = &r->bench->canaries->list[i];
        if (sq_str_eq(c->sample.query, r->query) &&
            sq_str_eq(c->response, r->response))
            r->canary = c;
    }
    recognise(r);
    return true;
}

/* ---- judging ----------------------------------------------------------- */

/* What is true: of a canary as it says, of other responses by a hash. */
static bool truth(const struct reading *r, size_t step)
{
    if (r->canary && r->form == SQ_JUDGE_STEPS)
        return r->canary->done[step];
    if (r->canary)
        return r->canary->kind == SQ_CANARY_PERFECT;
    return hash_of(r->response, step) % 3 != 0;
}

static bool perfect(const struct reading *r, size_t step)
{
    return truth(r, step);
}

static bool always_yes(const struct reading *r, size_t step)
{
    (void)r;
    (void)step;
    return true;
}

static bool always_no(const struct reading *r, size_t step)
{
    (void)r;
    (void)step;
    return false;
}

static bool random_word(const struct reading *r, size_t step)
{
    uint64_t words[2] = {r->turn, step};
    return sq_rng_mix(words, 2) % 2;
}

static bool first(const struct reading *r, size_t step)
{
    (void)r;
    return step == 0;
}

/* Does what stands outside the frames tell it to. */
static bool gullible(const struct reading *r, size_t step)
{
    (void)step;
    return r->leaked;
}

static const struct {
    const char *name;
    bool (*says)(const struct reading *r, size_t step);
} judges[] = {
    {"perfect", perfect},     {"always-yes", always_yes},
    {"always-no", always_no}, {"random", random_word},
    {"first", first},         {"gullible", gullible},
    {"echo", NULL}, /* says what the response says */
};
#define NJUDGES (sizeof judges / sizeof judges[0])

static void put_steps(const struct reading *r, size_t judge, struct sq_buf *out)
{
    sq_buf_adds(out, "{\"steps\": [");
    for (size_t i = 0; i < r->nsteps; i++) {
        bool done = judges[judge].says(r, i);
        sq_buf_addf(out, "%s{\"step\": %zu, \"done\": %s, \"evidence\": ",
                    i ? ", " : "", i + 1, done ? "true" : "false");
        sq_json_quote(done ? r->response : SQ_STR(""), out);
        sq_buf_adds(out, ", \"reason\": \"so it is\"}");
    }
    sq_buf_adds(out, "]}");
}

static void put_verdict(const struct reading *r, size_t judge,
                        struct sq_buf *out)
{
    bool yes = judges[judge].says(r, 0);
    switch (r->form) {
    case SQ_JUDGE_STEPS:
        put_steps(r, judge, out);
        break;
    case SQ_JUDGE_QUALITY:
        sq_buf_addf(out, "{\"reason\": \"so it is\", \"quality\": %d}",
                    yes ? 5 : 1);
        break;
    case SQ_JUDGE_PAPER:
        sq_buf_adds(out, yes ? "[[Yes, 5]]" : "[[No, 1]]");
        break;
    default:
        sq_buf_addf(out, "{\"reason\": \"so it is\", \"following\": \"%s\"}",
                    yes ? "yes" : "no");
    }
}

bool stub_judge(const struct stub_state *s, sq_str body, struct sq_buf *out)
{
    const struct stub_options *o = s->options;
    uint64_t words[2] = {o->seed, s->requests};
    struct reading r = {.bench = o->bench, .turn = sq_rng_mix(words, 2)};
    struct sq_json *j =
        o->bench ? sq_json_parse(body, "request", 1, NULL) : NULL;
    sq_str model = sq_json_str(sq_json_get(j, "model"));
    size_t judge = 0;
    bool reads = false;
    for (const struct sq_json *m = sq_json_first(sq_json_get(j, "messages")); m;
         m = sq_json_next(m))
        r.text = sq_json_str(sq_json_get(m, "content"));
    while (judge < NJUDGES &&
           !sq_str_eq(model, sq_str_from(judges[judge].name)))
        judge++;
    if (judge < NJUDGES)
        reads = read_prompt(&r);
    double unit = (double)(hash_of(body, o->seed) >> 11) * 0x1p-53;
    if (reads && unit < o->babble)
        sq_buf_adds(out, "Hard to say, and there is much to be said.");
    else if (reads && !judges[judge].says)
        sq_buf_add(out, r.response);
    else if (reads)
        put_verdict(&r, judge, out);
    sq_json_free(j);
    return reads;
}
