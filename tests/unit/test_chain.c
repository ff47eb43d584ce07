/* The generated suite `chain`: its draws, its samples, its splits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/digest.h"
#include "suite/chain.h"
#include "suite/chain_draw.h"

enum { W = SQ_CHAIN_WORD, N = SQ_CHAIN_NUMBER };
enum { WS = SQ_CHAIN_WORDS, NS = SQ_CHAIN_NUMBERS };

static struct sq_chain_params params_of(const char *text)
{
    struct sq_chain_params p;
    struct sq_err err = {0};
    assert_int_equal(sq_chain_params_parse(sq_str_from(text), &p, &err), SQ_OK);
    return p;
}

static void drop(struct sq_sample *s)
{
    sq_arena_release(&s->arena);
    free(s);
}

/* Never change these: they are version 1 of the suite. */
static void test_golden(void **state)
{
    (void)state;
    static const struct {
        const char *params, *digest;
    } golden[] = {
        {"family=mixed,seed=7",
         "6a84be09098147ecdbc8195df7b3c09822d2018a5ddc6a52eee705c483e4a33c"},
        {"family=word,seed=7,split=train",
         "d0b1b8fc48cc35c571bc0849d6c50db60fc916622456b62e59567aeff95a93fc"},
        {"family=number,seed=7,steps=1-16",
         "3fd2603bde9aff64617f3dbc188b9d5a61cc3fd274f32dc883004e75bc71b7c9"},
        {"family=list,seed=7,steps=16",
         "e0c82326eed8a9d2625f7645c91a5309d9ca3a49bafba25780d26c2dcc6c35f2"},
        {"family=tiny,seed=7,split=train",
         "596b9c94316a17f845fdb0d1ee6b5cf0aa185f55ee09be475934f878e0e79c93"},
    };
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        struct sq_chain_params p = params_of(golden[i].params);
        struct sq_sha256 *d = sq_sha256_new();
        char hex[SQ_DIGEST_HEX];
        for (size_t k = 0; k < 50; k++) {
            struct sq_sample *s = sq_chain_sample(&p, k);
            sq_sha256_add_field(d, s->id);
            sq_sha256_add_field(d, s->query);
            for (size_t j = 0; j < s->nsteps; j++) {
                char *expected = sq_chain_expected(s, j);
                sq_sha256_add_field(d, sq_str_from(expected));
                free(expected);
            }
            drop(s);
        }
        sq_sha256_finish(d, hex);
        assert_string_equal(hex, golden[i].digest);
    }
}

static void test_sample_is_its_own(void **state)
{
    (void)state;
    struct sq_chain_params few = params_of("n=10,seed=3");
    struct sq_chain_params many = params_of("n=5000,seed=3");
    struct sq_chain_params one = params_of("steps=4,seed=3");
    struct sq_chain_params other = params_of("seed=4");
    for (size_t i = 0; i < 60; i++) {
        struct sq_sample *a = sq_chain_sample(&few, i);
        struct sq_sample *b = sq_chain_sample(&many, i);
        struct sq_sample *c = sq_chain_sample(&one, i / 6);
        struct sq_sample *d = sq_chain_sample(&other, i);
        assert_true(sq_str_eq(a->id, b->id) && sq_str_eq(a->query, b->query));
        assert_false(sq_str_eq(a->id, d->id) || sq_str_eq(a->query, d->query));
        assert_int_equal(sq_str_eq(a->query, c->query), i % 6 == 3);
        assert_int_equal(sq_str_eq(a->id, c->id), i % 6 == 3);
        drop(a);
        drop(b);
        drop(c);
        drop(d);
    }
}

static void test_sample_fields(void **state)
{
    (void)state;
    struct sq_chain_params p = params_of("steps=2-4,seed=7,family=word");
    struct sq_sample *s = sq_chain_sample(&p, 38);
    assert_int_equal(s->ordinal, 38);
    assert_true(sq_str_eq(s->id, SQ_STR("test-word-s7-L4-000012")));
    assert_int_equal(s->nfacets, 2);
    assert_true(sq_str_eq(s->facets[0].name, SQ_STR("length")));
    assert_true(sq_str_eq(s->facets[0].value, SQ_STR("4")));
    assert_true(sq_str_eq(s->facets[1].name, SQ_STR("family")));
    assert_true(sq_str_eq(s->facets[1].value, SQ_STR("word")));
    assert_int_equal(s->ntexts, 1);
    assert_true(sq_str_eq(s->texts[0].name, SQ_STR("prompt")));
    assert_true(sq_str_eq(s->texts[0].value, s->query));
    assert_int_equal(s->nsteps, 4);
    for (size_t k = 0; k < s->nsteps; k++) {
        assert_true(s->steps[k].answerable);
        assert_true(sq_str_eq(s->steps[k].kind, SQ_STR("compute")));
        assert_int_equal(s->steps[k].ndepends, k > 0);
        if (k)
            assert_int_equal(s->steps[k].depends[0], k - 1);
        assert_int_equal(s->steps[k].nrules, 1);
        assert_int_equal(s->steps[k].rules[0].role, SQ_ROLE_CONSTRAINT);
    }
    drop(s);
}

static void test_shares(void **state)
{
    (void)state;
    struct sq_chain_params p = params_of("");
    struct sq_chain_plan plan;
    struct sq_buf b;
    int count[7][3] = {{0}};
    sq_buf_init(&b, SQ_MAX_PROMPT);
    for (size_t i = 0; i < 900; i++) {
        sq_chain_plan_make(&p, i, &plan, &b);
        assert_in_range(plan.length, 1, 6);
        count[plan.length][plan.family[0] == 'w'   ? 0
                           : plan.family[0] == 'n' ? 1
                                                   : 2]++;
    }
    for (int len = 1; len <= 6; len++)
        for (int f = 0; f < 3; f++)
            assert_int_equal(count[len][f], 50);
    sq_buf_release(&b);
}

/* ---- splits ------------------------------------------------------------- */

struct pool {
    uint64_t *v;
    size_t n, cap;
};

static void pool_add(struct pool *p, sq_str text)
{
    uint64_t key = 0;
    assert_in_range(text.n, 1, 8);
    for (size_t i = 0; i < text.n; i++)
        key = key << 8 | (unsigned char)text.p[i];
    if (p->n == p->cap) {
        p->cap = p->cap ? 2 * p->cap : 1024;
        p->v = sq_xrealloc(p->v, p->cap, sizeof *p->v);
    }
    p->v[p->n++] = key;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The start value's items, and what is appended, as they stand in a query. */
static void pool_query(struct pool *p, sq_str query)
{
    sq_str line;
    sq_str piece;
    assert_true(sq_str_line(&query, &line));
    size_t colon = sq_str_find(line, SQ_STR(": "), 0);
    sq_str items = sq_str_sub(line, colon + 2, line.n - 1);
    while (sq_str_split(&items, ',', &piece))
        pool_add(p, sq_str_trim(piece));
    while (sq_str_line(&query, &line)) {
        size_t at = sq_str_find(line, SQ_STR("Append "), 0);
        if (at != SIZE_MAX)
            pool_add(p, sq_str_sub(line, at + 7, line.n - 1));
    }
}

static void test_splits_share_nothing(void **state)
{
    (void)state;
    static const char *const families[] = {"word", "number", "list", "mixed",
                                           "tiny"};
    struct pool pool[2] = {{0}};
    struct sq_chain_plan plan;
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_PROMPT);
    for (size_t i = 0; i < 25000; i++) {
        struct sq_chain_params p = params_of("");
        p.family = sq_str_from(families[i / 2 % 5]);
        p.split = i % 2 ? SQ_STR("train") : SQ_STR("test");
        p.seed = 1 + i / 5000;
        sq_chain_plan_make(&p, i / 10, &plan, &b);
        pool_query(&pool[i % 2], sq_buf_str(&b));
    }
    for (int s = 0; s < 2; s++) {
        assert_true(pool[s].n > 15000);
        qsort(pool[s].v, pool[s].n, sizeof *pool[s].v, by_value);
    }
    for (size_t i = 0, j = 0; i < pool[0].n && j < pool[1].n;) {
        int order = by_value(&pool[0].v[i], &pool[1].v[j]);
        assert_int_not_equal(order, 0);
        if (order < 0)
            i++;
        else
            j++;
    }
    sq_buf_release(&b);
    free(pool[0].v);
    free(pool[1].v);
}

static void test_split_of_words(void **state)
{
    (void)state;
    struct sq_rng rng;
    char word[9];
    int test = 0;
    sq_rng_seed(&rng, 1);
    for (int i = 0; i < 2000; i++) {
        bool want = i % 2;
        sq_chain_draw_word(&rng, want, 3, 8, word);
        assert_in_range(strlen(word), 3, 8);
        assert_int_equal(sq_chain_word_in_test(sq_str_from(word)), want);
        assert_true(sq_chain_number_in_test(
                        sq_chain_draw_number(&rng, want, 2, 4)) == want);
        test += sq_chain_number_in_test(i);
    }
    assert_in_range(test, 425, 575); /* one in four */
}

/* ---- chains ------------------------------------------------------------- */

static void check_steps(const struct sq_chain_plan *c, sq_str query,
                        const char *ending)
{
    const struct sq_chain_value *in = &c->start;
    struct sq_buf b;
    size_t end = sq_str_find(query, SQ_STR("\n"), 0);
    sq_buf_init(&b, SQ_MAX_MESSAGE);
    assert_true(sq_chain_value_ok(in));
    for (size_t k = 0; k < c->length; k++) {
        const struct sq_chain_step *s = &c->step[k];
        struct sq_chain_value again;
        assert_true(sq_chain_value_ok(&s->result));
        assert_false(sq_chain_value_eq(in, &s->result));
        assert_true(sq_chain_apply(s->op, &s->arg, in, &again));
        assert_true(sq_chain_value_eq(&again, &s->result));
        /* "\n", number, ". ", and then the span, up to the line's end */
        sq_buf_reset(&b);
        sq_buf_addf(&b, "\n%zu. ", k + 1);
        assert_true(
            sq_str_eq(sq_str_sub(query, end, s->start), sq_buf_str(&b)));
        sq_buf_reset(&b);
        sq_chain_instruction(s->op, &s->arg, &b);
        assert_true(
            sq_str_eq(sq_str_sub(query, s->start, s->end), sq_buf_str(&b)));
        end = s->end;
        in = &s->result;
    }
    assert_true(
        sq_str_eq(sq_str_sub(query, end, query.n), sq_str_from(ending)));
    sq_buf_release(&b);
}

static void test_every_length_in_every_family(void **state)
{
    (void)state;
    static const char ending[] =
        "\nAnswer with one line per step: number, full stop, result.";
    static const struct {
        const char *name;
        unsigned types;
        const char *ending;
    } families[] = {{"word", W, ending},
                    {"number", N, ending},
                    {"list", WS | NS, ending},
                    {"mixed", W | N | WS | NS, ending},
                    {"tiny", W, ""}};
    struct sq_chain_plan c;
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_PROMPT);
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        struct sq_chain_params p = params_of("steps=1-16,seed=11");
        p.family = sq_str_from(families[f].name);
        for (size_t i = 0; i < 960; i++) {
            sq_chain_plan_make(&p, i, &c, &b);
            assert_int_equal(c.length, i % 16 + 1);
            check_steps(&c, sq_buf_str(&b), families[f].ending);
            assert_true(c.start.type & families[f].types);
            for (size_t k = 0; k + 1 < c.length; k++)
                assert_true(c.step[k].result.type & families[f].types);
        }
    }
    sq_buf_release(&b);
}

static void test_tiny_is_short_and_has_few_operations(void **state)
{
    (void)state;
    static const char *const names[] = {"reverse",      "drop_first",
                                        "drop_last",    "twice",
                                        "first_to_end", "put_letter"};
    struct sq_chain_params p = params_of("family=tiny,steps=1-6");
    struct sq_chain_plan c;
    struct sq_buf b;
    int letters[9] = {0};
    int ops[6] = {0};
    int long_ones = 0; /* where there was no other step */
    sq_buf_init(&b, SQ_MAX_PROMPT);
    for (size_t i = 0; i < 3000; i++) {
        sq_chain_plan_make(&p, i, &c, &b);
        assert_in_range(strlen(c.start.item[0].word), 3, 6);
        letters[strlen(c.start.item[0].word)]++;
        for (size_t k = 0; k < c.length; k++) {
            size_t op = 0;
            while (op < 6 && strcmp(names[op], c.step[k].op->name) != 0)
                op++;
            assert_in_range(op, 0, 5);
            ops[op]++;
            if (k + 1 < c.length)
                long_ones += strlen(c.step[k].result.item[0].word) > 7;
        }
    }
    for (int i = 3; i <= 6; i++)
        assert_in_range(letters[i], 600, 900);
    for (int i = 0; i < 6; i++)
        assert_in_range(ops[i], 1000, 3000); /* of 10,500 */
    assert_in_range(long_ones, 0, 50);
    sq_buf_release(&b);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/* Up to 6 steps no result of two characters or more can be read in the query
 * but excerpts of lists. */
static void test_results_do_not_leak(void **state)
{
    (void)state;
    struct sq_chain_params p = params_of("steps=1-6,seed=5");
    struct sq_chain_plan c;
    struct sq_buf query;
    struct sq_buf text;
    sq_buf_init(&query, SQ_MAX_PROMPT);
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < 3000; i++) {
        sq_chain_plan_make(&p, i, &c, &query);
        for (size_t k = 0; k < c.length; k++) {
            sq_buf_reset(&text);
            sq_chain_value_text(&c.step[k].result, &text);
            if (c.step[k].op->excerpt || text.n < 2)
                continue;
            for (const char *at = query.p; (at = strstr(at, text.p)); at++)
                assert_true(is_word(at[-1]) || is_word(at[text.n]));
        }
    }
    sq_buf_release(&query);
    sq_buf_release(&text);
}

/* ---- rules -------------------------------------------------------------- */

/* The answer to s, with step `wrong` (SIZE_MAX = none) given another value. */
static void answer(const struct sq_sample *s, size_t wrong, struct sq_buf *b)
{
    sq_buf_reset(b);
    for (size_t k = 0; k < s->nsteps; k++) {
        char *expected = sq_chain_expected(s, k);
        sq_buf_addf(b, "%s%zu. %s%s", k ? "\n" : "", k + 1, expected,
                    k == wrong ? "1" : "");
        free(expected);
    }
}

static void test_rules_find_the_wrong_step(void **state)
{
    (void)state;
    struct sq_chain_params p = params_of("steps=1-16,seed=2");
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_REPLY);
    for (size_t i = 0; i < 320; i++) {
        struct sq_sample *s = sq_chain_sample(&p, i);
        size_t bad = i % (s->nsteps + 1); /* nsteps: none */
        answer(s, bad, &b);
        for (size_t k = 0; k < s->nsteps; k++) {
            const struct sq_rule *r = &s->steps[k].rules[0];
            struct sq_check_text text = {sq_buf_str(&b), true, NULL};
            struct sq_finding found = {0};
            r->check->run(r->args, text, &found);
            assert_int_equal(found.verdict,
                             k == bad ? SQ_FINDING_BROKEN : SQ_FINDING_HOLDS);
        }
        drop(s);
    }
    sq_buf_release(&b);
}

/* ---- parameters --------------------------------------------------------- */

static void test_params(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"", "family=mixed,n=300,seed=1,split=test,steps=1-6"},
        {"steps=2-8,seed=7,n=200",
         "family=mixed,n=200,seed=7,split=test,steps=2-8"},
        {"steps=16,split=train,family=list",
         "family=list,n=300,seed=1,split=train,steps=16"},
        {"n=5,n=6,seed=0", "family=mixed,n=6,seed=0,split=test,steps=1-6"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct sq_chain_params p = params_of(same[i][0]);
        char *text = sq_chain_params_render(&p);
        assert_string_equal(text, same[i][1]);
        p = params_of(text);
        char *again = sq_chain_params_render(&p);
        assert_string_equal(again, text);
        free(text);
        free(again);
    }
}

static void test_params_errors(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"steps=0", "steps=0"},
        {"steps=17", "steps=17"},
        {"steps=4-2", "steps=4-2"},
        {"steps=1-", "steps=1-"},
        {"steps=-3", "steps=-3"},
        {"steps=a", "steps=a"},
        {"n=0", "n=0"},
        {"n=1000001", "n=1000001"},
        {"n=ten", "n=ten"},
        {"seed=-1", "seed=-1"},
        {"seed=1.5", "seed=1.5"},
        {"seed=", "seed="},
        {"family=words", "family=words"},
        {"split=dev", "split=dev"},
        {"length=3", "'length'"},
        {"steps", "'steps'"},
        {"n=3,", "''"},
        {"n=3,,seed=1", "''"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sq_chain_params p;
        struct sq_err err = {0};
        assert_int_equal(
            sq_chain_params_parse(sq_str_from(bad[i][0]), &p, &err), SQ_USAGE);
        if (!strstr(err.msg, bad[i][1]))
            fail_msg("%s: %s", bad[i][0], err.msg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_sample_is_its_own),
        cmocka_unit_test(test_sample_fields),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_splits_share_nothing),
        cmocka_unit_test(test_split_of_words),
        cmocka_unit_test(test_every_length_in_every_family),
        cmocka_unit_test(test_tiny_is_short_and_has_few_operations),
        cmocka_unit_test(test_results_do_not_leak),
        cmocka_unit_test(test_rules_find_the_wrong_step),
        cmocka_unit_test(test_params),
        cmocka_unit_test(test_params_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
