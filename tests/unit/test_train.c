/* What the tiny models read: tools/train/corpus.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "../../tools/train/corpus.h"
#include "suite/suite.h"

static struct sq_chain_params params_of(const char *text)
{
    struct sq_chain_params p;
    struct sq_err err = {0};
    assert_int_equal(sq_chain_params_parse(sq_str_from(text), &p, &err), SQ_OK);
    return p;
}

static void test_token_texts(void **state)
{
    (void)state;
    static const struct {
        int token;
        const char *text;
    } want[] = {{'a', "a"},
                {'~', "~"},
                {' ', "\u0120"},
                {'\n', "\u010a"},
                {0, "\u0100"},
                {127, "\u0121"},
                {173, "\u0143"},
                {255, "\u00ff"},
                {SQ_CORPUS_USER, "<|user|>"},
                {SQ_CORPUS_END, "<|end|>"}};
    char text[SQ_CORPUS_TOKENS][16];
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        sq_corpus_token_text(want[i].token, text[0]);
        assert_string_equal(text[0], want[i].text);
    }
    for (int i = 0; i < SQ_CORPUS_TOKENS; i++) {
        sq_corpus_token_text(i, text[i]);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(text[i], text[j]);
    }
}

/* The line is the query as the chat template has it, and the answer that the
 * suite's rules want. */
static void test_line(void **state)
{
    (void)state;
    struct sq_chain_params p = params_of("family=tiny,steps=1-6");
    struct sq_corpus_line l;
    struct sq_buf want;
    sq_buf_init(&want, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < 300; i++) {
        struct sq_sample *s = sq_chain_sample(&p, i);
        assert_true(sq_corpus_line_make(&p, i, &l));
        assert_int_equal(l.length, i % 6 + 1);
        assert_int_equal(l.prompt, s->query.n + 6);
        assert_int_equal(l.token[0], SQ_CORPUS_USER);
        assert_int_equal(l.token[1], '\n');
        for (size_t k = 0; k < s->query.n; k++)
            assert_int_equal(l.token[2 + k], (unsigned char)s->query.p[k]);
        assert_int_equal(l.token[l.prompt - 4], SQ_CORPUS_END);
        assert_int_equal(l.token[l.prompt - 3], '\n');
        assert_int_equal(l.token[l.prompt - 2], SQ_CORPUS_ASSISTANT);
        assert_int_equal(l.token[l.prompt - 1], '\n');
        sq_buf_reset(&want);
        for (size_t k = 0; k < s->nsteps; k++) {
            char *value = sq_chain_expected(s, k);
            sq_buf_addf(&want, "%s%zu. %s", k ? "\n" : "", k + 1, value);
            free(value);
        }
        assert_int_equal(l.n, l.prompt + want.n + 1);
        for (size_t k = 0; k < want.n; k++)
            assert_int_equal(l.token[l.prompt + k], (unsigned char)want.p[k]);
        assert_int_equal(l.token[l.n - 1], SQ_CORPUS_END);
        sq_sample_free(s);
    }
    sq_buf_release(&want);
}

static void test_line_too_long(void **state)
{
    (void)state;
    struct sq_chain_params p = params_of("family=tiny,steps=16");
    struct sq_corpus_line l;
    assert_false(sq_corpus_line_make(&p, 0, &l));
}

/* Place i of a row sees place j when both are of one line and j is not later,
 * or when they are the same. */
static void check_row(const struct sq_corpus_batch *b, size_t row)
{
    size_t width = b->shape.width;
    const int32_t *pos = b->pos + row * width;
    const int32_t *token = b->token + row * width;
    size_t from = 0; /* of the line that i is in */
    bool line = false;
    for (size_t i = 0; i < width; i++) {
        const float *sees = b->mask + (row * width + i) * width;
        if (token[i] == SQ_CORPUS_USER) {
            from = i;
            line = true;
        } else if (token[i] == 0) {
            line = false;
        }
        assert_int_equal(pos[i], line ? i - from : 0);
        for (size_t j = 0; j < width; j++) {
            bool seen = line ? j >= from && j <= i : j == i;
            assert_true(seen ? sees[j] == 0 : sees[j] == -INFINITY);
        }
    }
}

/* The k-th line of b is its chain, whole, with its answer to be learnt. */
static size_t check_line(const struct sq_corpus_batch *b,
                         const struct sq_chain_params *p, size_t k,
                         size_t answer)
{
    struct sq_corpus_line l;
    assert_true(sq_corpus_line_make(p, b->ordinal[k], &l));
    assert_int_equal(b->length[k], l.length);
    for (size_t t = l.prompt; t < l.n; t++, answer++) {
        assert_int_equal(b->line[answer], k);
        assert_int_equal(b->target[answer], l.token[t]);
        assert_int_equal(b->token[b->at[answer]], l.token[t - 1]);
        assert_int_equal(b->pos[b->at[answer]], t - 1);
    }
    int32_t start = b->at[answer - 1] - (int32_t)(l.n - 2);
    for (size_t t = 0; t < l.n; t++)
        assert_int_equal(b->token[(size_t)start + t], l.token[t]);
    return answer;
}

static void test_batches(void **state)
{
    (void)state;
    enum { CHAINS = 400 };
    const struct sq_corpus_shape shape = {4, 256, 320};
    struct sq_corpus_stream stream = {
        .params = params_of("family=tiny,split=train,steps=1-4"),
        .end = CHAINS};
    struct sq_corpus_batch b;
    int seen[CHAINS] = {0};
    size_t places = 0;
    size_t tokens = 0;
    sq_corpus_batch_init(&b, shape);
    while (sq_corpus_batch_fill(&b, &stream)) {
        size_t answer = 0;
        for (size_t k = 0; k < shape.rows; k++)
            check_row(&b, k);
        for (size_t k = 0; k < b.nlines; k++) {
            answer = check_line(&b, &stream.params, k, answer);
            seen[b.ordinal[k]]++;
        }
        assert_int_equal(b.nanswers, answer);
        assert_in_range(answer, 1, shape.answers);
        if (stream.next < stream.end) {
            places += shape.rows * shape.width;
            tokens += b.ntokens;
        }
    }
    for (size_t i = 0; i < CHAINS; i++)
        assert_int_equal(seen[i], 1);
    assert_true(tokens > places * 85 / 100); /* little of it is padding */
    sq_corpus_batch_release(&b);
}

/* Lines that fit no row, or have too much to learn, do not hold others up. */
static void test_lines_that_do_not_fit(void **state)
{
    (void)state;
    static const struct sq_corpus_shape shapes[] = {{4, 80, 320}, {4, 256, 14}};
    for (size_t i = 0; i < 2; i++) {
        struct sq_corpus_stream stream = {
            .params = params_of("family=tiny,steps=1-4"), .end = 200};
        struct sq_corpus_batch b;
        size_t lines = 0;
        sq_corpus_batch_init(&b, shapes[i]);
        while (sq_corpus_batch_fill(&b, &stream)) {
            for (size_t k = 0; k < b.nlines; k++)
                assert_in_range(b.length[k], 1, 2);
            lines += b.nlines;
        }
        assert_in_range(lines, 40, 100);
        assert_int_equal(stream.next, 200);
        assert_int_equal(b.nanswers, 0);
        sq_corpus_batch_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token_texts),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_line_too_long),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_lines_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
