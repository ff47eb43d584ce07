/* Batching without libllama: a stand-in checks everything that is asked of it
 * as the library would, and goes on with a text by a rule of its own, so that
 * what comes out tells whether every token saw the right ones before it. */
#include "engine/local_batch.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { VOCABULARY = 50, END = 0, MOST = 64, LONGEST = 512 };

/* The stand-in's context: the tokens of each sequence, and for the count of
 * cells, which cell each is in. */
struct sq_llama {
    struct sq_llama_info info;
    struct sq_llama_room room;
    struct {
        int32_t token[LONGEST];
        int cell[LONGEST], n;
    } s[MOST];
    int uses[4096];
    float logits[MOST][VOCABULARY];
    size_t row[LONGEST];
    size_t decoded;
    bool out_of_order, endless;
};

/* The token behind a text: any function of all of it will do. */
static int32_t next_token(const int32_t *tokens, int n)
{
    uint32_t h = 17;
    for (int i = 0; i < n; i++)
        h = h * 31 + (uint32_t)tokens[i];
    return (int32_t)((h >> 8) % VOCABULARY);
}

static const struct sq_llama_info *info(const struct sq_llama *l)
{
    return &l->info;
}

static int free_cell(struct sq_llama *l)
{
    int i = 0;
    while (i < l->room.cells && l->uses[i])
        i++;
    return i;
}

static enum sq_llama_decoded decode(struct sq_llama *l,
                                    const struct sq_llama_token *t, size_t n)
{
    size_t rows = 0;
    assert_in_range(n, 1, l->room.batch);
    for (size_t i = 0; i < n; i++) {
        assert_in_range(t[i].sequence, 0, l->room.sequences - 1);
        int cell = free_cell(l);
        int at = l->s[t[i].sequence].n++;
        assert_in_range(cell, 0, l->room.cells - 1);
        assert_int_equal(t[i].position, at);
        l->uses[cell] = 1;
        if (at > 0 && l->s[t[i].sequence].cell[at - 1] > cell)
            l->out_of_order = true;
        l->s[t[i].sequence].cell[at] = cell;
        l->s[t[i].sequence].token[at] = t[i].token;
        if (!t[i].want)
            continue;
        l->row[i] = rows;
        memset(l->logits[rows], 0, sizeof l->logits[rows]);
        l->logits[rows++][next_token(l->s[t[i].sequence].token, at + 1)] = 1;
    }
    l->decoded += n;
    return SQ_LLAMA_DONE;
}

static const float *logits(struct sq_llama *l, size_t i)
{
    return l->logits[l->row[i]];
}

static void share(struct sq_llama *l, int from, int to, int n)
{
    assert_true(n <= l->s[from].n);
    assert_true(to == l->room.sequences || l->s[to].n == 0);
    if (to == l->room.sequences) { /* where forgotten ones lie */
        for (int i = 0; i < n; i++)
            l->uses[l->s[from].cell[i]] += 1000;
        return;
    }
    l->s[to] = l->s[from];
    l->s[to].n = n;
    for (int i = 0; i < n; i++)
        l->uses[l->s[to].cell[i]]++;
}

static void forget(struct sq_llama *l, int sequence, int from)
{
    if (sequence == l->room.sequences) {
        for (int i = 0; i < l->room.cells; i++)
            l->uses[i] %= 1000;
        return;
    }
    for (int i = from; i < l->s[sequence].n; i++)
        l->uses[l->s[sequence].cell[i]]--;
    if (from < l->s[sequence].n)
        l->s[sequence].n = from;
}

static void piece(struct sq_llama *l, int32_t token, struct sq_buf *out)
{
    (void)l;
    sq_buf_addc(out, (char)('A' + token));
}

static bool ends(struct sq_llama *l, int32_t token)
{
    return token == END && !l->endless;
}

static const struct sq_llama_api api = {.info = info,
                                        .decode = decode,
                                        .logits = logits,
                                        .share = share,
                                        .forget = forget,
                                        .piece = piece,
                                        .ends = ends};

static struct sq_llama *model(int cells, int sequences, int batch, bool exact)
{
    struct sq_llama *l = calloc(1, sizeof *l);
    assert_non_null(l);
    l->info = (struct sq_llama_info){.vocabulary = VOCABULARY, .shares = true};
    l->room = (struct sq_llama_room){cells, sequences, batch, 1, exact};
    return l;
}

static struct sq_local_job *job(const int32_t *tokens, size_t n, long long most)
{
    int32_t *copy = sq_xcalloc(n, sizeof *copy);
    memcpy(copy, tokens, n * sizeof *copy);
    struct sq_local_job *j = sq_local_job_new(copy, n);
    j->sampling = (struct sq_sampling){
        .temperature = 0, .top_p = 1, .max_tokens = most, .seed = -1};
    return j;
}

/* What a job must come to, computed alone. */
static void assert_right(const struct sq_local_job *j, long long most)
{
    int32_t text[LONGEST];
    size_t n = j->nprompt;
    memcpy(text, j->tokens, n * sizeof *text);
    while ((long long)(n - j->nprompt) < most) {
        text[n] = next_token(text, (int)n);
        n++;
        if (text[n - 1] == END)
            break;
    }
    assert_int_equal(j->n, n);
    assert_memory_equal(j->tokens, text, n * sizeof *text);
    assert_int_equal(j->end,
                     text[n - 1] == END ? SQ_LOCAL_ENDED : SQ_LOCAL_LENGTH);
}

/* Prompts with a common beginning: `common` tokens, then `own` of each. */
static void prompt(int32_t *out, size_t common, size_t own, int which)
{
    for (size_t i = 0; i < common; i++)
        out[i] = (int32_t)(i * 7 % 49 + 1);
    for (size_t i = 0; i < own; i++)
        out[common + i] = (int32_t)((i * 5 + (size_t)which) % 49 + 1);
}

static size_t finish_all(struct sq_local_batch *b, size_t most_steps,
                         long long most)
{
    struct sq_err err = {0};
    size_t done = 0;
    for (size_t i = 0; i < most_steps; i++) {
        struct sq_local_job *j;
        assert_int_equal(sq_local_batch_step(b, &err), SQ_OK);
        while ((j = sq_local_batch_done(b))) {
            assert_right(j, most);
            sq_local_job_free(j);
            done++;
        }
    }
    return done;
}

static void many_jobs(int cells, int sequences, int kept, int batch, bool exact)
{
    enum { JOBS = 60, TOKENS = 40 };
    struct sq_llama *l = model(cells, sequences, batch, exact);
    struct sq_local_batch *b =
        sq_local_batch_new(&api, l, &l->room, kept, LONGEST - 1);
    for (int i = 0; i < JOBS; i++) {
        int32_t tokens[64];
        prompt(tokens, (size_t)(i % 3) * 15, 10, i % 49);
        sq_local_batch_add(b, job(tokens, (size_t)(i % 3) * 15 + 10, TOKENS));
    }
    assert_int_equal(finish_all(b, 20000, TOKENS), JOBS);
    assert_false(exact && l->out_of_order);
    sq_local_batch_free(b);
    free(l);
}

static void answers_do_not_depend_on_the_batch(void **state)
{
    (void)state;
    many_jobs(4096, 1, 0, 8, false);
    many_jobs(4096, 12, 4, 63, false);
    many_jobs(4096, 12, 4, 1, false);
    many_jobs(4096, 12, 4, 63, true);
}

static void jobs_make_room_when_the_context_is_full(void **state)
{
    (void)state;
    many_jobs(120, 12, 4, 16, false);
    many_jobs(90, 3, 1, 16, false);
    many_jobs(600, 12, 4, 63, true);
    many_jobs(100, 4, 2, 63, true);
}

static void a_common_beginning_is_computed_once(void **state)
{
    (void)state;
    enum { JOBS = 8, COMMON = 200, OWN = 9 };
    for (int exact = 0; exact < 2; exact++) {
        struct sq_llama *l = model(4096, JOBS + 4, 63, exact);
        struct sq_local_batch *b =
            sq_local_batch_new(&api, l, &l->room, 4, LONGEST - 1);
        for (int i = 0; i < 2 * JOBS; i++) {
            int32_t tokens[COMMON + OWN];
            prompt(tokens, COMMON, OWN, i);
            if (i == JOBS) /* the second half comes when all is done */
                assert_int_equal(finish_all(b, 500, 1), JOBS);
            sq_local_batch_add(b, job(tokens, COMMON + OWN, 1));
        }
        assert_int_equal(finish_all(b, 500, 1), JOBS);
        const struct sq_local_counts *c = sq_local_batch_counts(b);
        assert_int_equal(c->cached, (2 * JOBS - 1) * COMMON);
        assert_int_equal(c->computed, COMMON + 2 * JOBS * OWN);
        assert_int_equal(l->decoded, c->computed);
        sq_local_batch_free(b);
        free(l);
    }
}

/* Answers for which the context has room one or two at a time. */
static void little_is_computed_anew(void **state)
{
    (void)state;
    enum {
        JOBS = 8,
        PROMPT = 20,
        TOKENS = 300,
        ALL = JOBS * (PROMPT + TOKENS)
    };
    for (int exact = 0; exact < 2; exact++) {
        struct sq_err err = {0};
        struct sq_llama *l = model(600, JOBS + 2, 63, exact);
        l->endless = true;
        struct sq_local_batch *b =
            sq_local_batch_new(&api, l, &l->room, 2, LONGEST - 1);
        for (int i = 0; i < JOBS; i++) {
            int32_t tokens[PROMPT];
            prompt(tokens, 0, PROMPT, i);
            sq_local_batch_add(b, job(tokens, PROMPT, TOKENS));
        }
        for (size_t done = 0, steps = 0; done < JOBS; steps++) {
            struct sq_local_job *j;
            assert_in_range(steps, 0, 20000);
            assert_int_equal(sq_local_batch_step(b, &err), SQ_OK);
            while ((j = sq_local_batch_done(b))) {
                assert_int_equal(j->n, PROMPT + TOKENS);
                sq_local_job_free(j);
                done++;
            }
        }
        assert_in_range(sq_local_batch_counts(b)->computed, ALL - JOBS,
                        5 * ALL / 2);
        sq_local_batch_free(b);
        free(l);
    }
}

static void the_context_ends_an_answer(void **state)
{
    (void)state;
    struct sq_err err = {0};
    struct sq_llama *l = model(64, 2, 16, false);
    struct sq_local_batch *b = sq_local_batch_new(&api, l, &l->room, 0, 30);
    struct sq_local_job *j = NULL;
    int32_t tokens[10];
    /* Of the prompts one whose answer does not end before. */
    for (int i = 0; i < 49 && !(j && j->n == 30); i++) {
        sq_local_job_free(j);
        prompt(tokens, 0, 10, i);
        sq_local_batch_add(b, job(tokens, 10, -1));
        while (!(j = sq_local_batch_done(b)))
            assert_int_equal(sq_local_batch_step(b, &err), SQ_OK);
    }
    assert_int_equal(j->n, 30);
    assert_int_equal(j->end, SQ_LOCAL_LENGTH);
    assert_int_equal(j->text.n, 20);
    sq_local_job_free(j);
    sq_local_batch_free(b);
    free(l);
}

static void stop_texts_are_cut_off(void **state)
{
    (void)state;
    struct sq_err err = {0};
    struct sq_llama *l = model(512, 2, 16, false);
    struct sq_local_batch *b = sq_local_batch_new(&api, l, &l->room, 0, 500);
    int32_t tokens[10];
    struct sq_local_job *j = NULL, *k;
    for (int i = 0; i < 49 && !(j && j->text.n == 6); i++) {
        sq_local_job_free(j);
        prompt(tokens, 0, 10, i);
        sq_local_batch_add(b, job(tokens, 10, 6));
        while (!(j = sq_local_batch_done(b)))
            assert_int_equal(sq_local_batch_step(b, &err), SQ_OK);
    }
    assert_int_equal(j->text.n, 6);
    /* Two tokens make the stop text. */
    sq_str stops[] = {SQ_STR("~nowhere~"),
                      sq_str_sub(sq_buf_str(&j->text), 3, 5)};
    k = job(tokens, 10, 6);
    k->stops = stops;
    k->nstops = 2;
    sq_local_batch_add(b, k);
    while (!(k = sq_local_batch_done(b)))
        assert_int_equal(sq_local_batch_step(b, &err), SQ_OK);
    assert_int_equal(k->end, SQ_LOCAL_ENDED);
    assert_int_equal(k->text.n, sq_str_find(sq_buf_str(&j->text), stops[1], 0));
    sq_local_job_free(j);
    sq_local_job_free(k);
    sq_local_batch_free(b);
    free(l);
}

static void an_asker_that_leaves_takes_its_jobs_along(void **state)
{
    (void)state;
    struct sq_err err = {0};
    int mine, theirs;
    struct sq_llama *l = model(512, 3, 16, false);
    struct sq_local_batch *b = sq_local_batch_new(&api, l, &l->room, 0, 500);
    for (int i = 0; i < 10; i++) {
        int32_t tokens[10];
        prompt(tokens, 0, 10, i);
        struct sq_local_job *j = job(tokens, 10, 20);
        j->asker = i % 2 ? &mine : &theirs;
        sq_local_batch_add(b, j);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(sq_local_batch_step(b, &err), SQ_OK);
    sq_local_batch_drop(b, &theirs);
    for (int i = 0, left = 5; left > 0; i++) {
        struct sq_local_job *j;
        assert_in_range(i, 0, 1000);
        assert_int_equal(sq_local_batch_step(b, &err), SQ_OK);
        while ((j = sq_local_batch_done(b))) {
            assert_ptr_equal(j->asker, &mine);
            sq_local_job_free(j);
            left--;
        }
    }
    sq_local_batch_free(b);
    free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_do_not_depend_on_the_batch),
        cmocka_unit_test(jobs_make_room_when_the_context_is_full),
        cmocka_unit_test(a_common_beginning_is_computed_once),
        cmocka_unit_test(little_is_computed_anew),
        cmocka_unit_test(the_context_ends_an_answer),
        cmocka_unit_test(stop_texts_are_cut_off),
        cmocka_unit_test(an_asker_that_leaves_takes_its_jobs_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
