#include "engine/limiter.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/rng.h"

/* ---- per minute ---------------------------------------------------------- */

#define MOST 30000
struct sent {
    int64_t at;
    long long tokens;
};

/* The most that any 60 seconds hold. */
static long long busiest(const struct sent *v, size_t n)
{
    long long most = 0, sum = 0;
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        sum += v[i].tokens;
        while (v[i].at - v[from].at >= 60000)
            sum -= v[from++].tokens;
        most = sum > most ? sum : most;
    }
    return most;
}

static void never_more_requests_in_a_minute(void **state)
{
    static const long long limits[] = {1, 2, 7, 59, 60, 61, 600, 3500};
    (void)state;
    for (size_t k = 0; k < sizeof limits / sizeof *limits; k++)
        for (uint64_t seed = 1; seed <= 4; seed++) {
            static struct sent v[MOST];
            struct sq_rate r;
            struct sq_rng rng;
            int64_t now = 5000000;
            size_t n = 0;
            sq_rng_seed(&rng, seed);
            sq_rate_init(&r, limits[k], 0);
            /* A caller that wakes late, and rests now and then. */
            while (now < 5000000 + 400000 && n < MOST) {
                int64_t at = sq_rate_at(&r, 1, now);
                if (at > now) {
                    now = at + (int64_t)sq_rng_below(&rng, 40);
                    if (sq_rng_below(&rng, 200) == 0)
                        now += (int64_t)sq_rng_below(&rng, 90000);
                    continue;
                }
                sq_rate_take(&r, 1, now);
                v[n++] = (struct sent){now, 1};
            }
            assert_in_range(busiest(v, n), 1, limits[k]);
        }
}

static void a_minute_is_used(void **state)
{
    (void)state;
    struct sq_rate r;
    size_t n = 0;
    sq_rate_init(&r, 600, 0);
    for (int64_t now = 1000; now < 121000; now++)
        if (sq_rate_at(&r, 1, now) <= now) {
            sq_rate_take(&r, 1, now);
            n++;
        }
    /* Two minutes at 600 in 61 seconds: evenly, so no wait for a whole one. */
    assert_in_range(n, 1170, 1200);
}

static void never_more_tokens_in_a_minute(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        static struct sent v[MOST];
        struct sq_rate r;
        struct sq_rng rng;
        int64_t now = 777777;
        size_t n = 0;
        sq_rng_seed(&rng, seed);
        sq_rate_init(&r, 0, 5000);
        while (now < 777777 + 600000 && n < MOST) {
            long long want = 1 + (long long)sq_rng_below(&rng, 900);
            int64_t at = sq_rate_at(&r, want, now);
            assert_true(at <= now + 61000);
            if (at > now)
                assert_true(sq_rate_at(&r, want, at) == at);
            now = at;
            sq_rate_take(&r, want, now);
            v[n] = (struct sent){now, want};
            if (sq_rng_below(&rng, 2)) { /* it took less */
                long long used = want / 2;
                sq_rate_settle(&r, want, used, now, now + 500);
                v[n].tokens = used;
            }
            n++;
            now += (int64_t)sq_rng_below(&rng, 700);
        }
        assert_in_range(busiest(v, n), 3000, 5000);
    }
}

static void what_was_not_taken_comes_back(void **state)
{
    (void)state;
    struct sq_rate r;
    sq_rate_init(&r, 0, 1000);
    assert_true(sq_rate_fits(&r, 1000));
    assert_false(sq_rate_fits(&r, 1001));
    assert_int_equal(sq_rate_at(&r, 1000, 500), 500);
    sq_rate_take(&r, 1000, 500);
    assert_int_equal(sq_rate_at(&r, 1, 900), 61000);
    sq_rate_settle(&r, 1000, 400, 500, 2000);
    assert_int_equal(sq_rate_at(&r, 600, 2000), 2000);
    assert_int_equal(sq_rate_at(&r, 601, 2000), 61000);
    /* It took more than was thought, and then is forgotten. */
    sq_rate_settle(&r, 400, 5000, 500, 3000);
    assert_int_equal(sq_rate_at(&r, 1, 3000), 61000);
    assert_int_equal(sq_rate_at(&r, 1000, 61000), 61000);
    sq_rate_settle(&r, 5000, 0, 500, 70000); /* too late to matter */
    assert_int_equal(sq_rate_at(&r, 1000, 70000), 70000);
    sq_rate_take(&r, 10, 70000);
    assert_int_equal(sq_rate_at(&r, 1000, 1000000), 1000000);
}

static void no_limit_is_no_wait(void **state)
{
    (void)state;
    struct sq_rate r;
    sq_rate_init(&r, 0, 0);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(sq_rate_at(&r, 1000000, 1000), 1000);
        sq_rate_take(&r, 1000000, 1000);
    }
    assert_true(sq_rate_fits(&r, INT64_MAX));
}

/* ---- at a time ----------------------------------------------------------- */

/* A server in simulated time: it works on `capacity` requests at a time, each
 * for `work_ms`, refuses the rest at once, and a share of all at random. */
struct server {
    size_t capacity;
    int64_t work_ms;
    double random;
    int64_t retry_ms; /* the client's wait before it asks again */
};

struct outcome {
    size_t good, bad;
    double size;
    int64_t ms;
};

struct flight {
    int64_t sent, done;
};

static struct outcome simulate(struct sq_window *w, const struct server *s,
                               size_t n, uint64_t seed, int64_t *now)
{
    static struct flight wire[4096];
    static int64_t again[200000];
    size_t on_wire = 0, nagain = 0, sent = 0;
    struct outcome out = {0};
    struct sq_rng rng;
    int64_t begun = *now;
    sq_rng_seed(&rng, seed);
    for (; out.good < n; ++*now) {
        for (size_t i = 0; i < on_wire;) {
            if (wire[i].done > *now) {
                i++;
                continue;
            }
            sq_window_good(w, wire[i].sent, on_wire, *now);
            wire[i] = wire[--on_wire];
            out.good++;
        }
        for (;;) {
            size_t due = nagain;
            for (size_t i = 0; i < nagain && due == nagain; i++)
                if (again[i] <= *now)
                    due = i;
            if ((due == nagain && sent == n) ||
                !sq_window_room(w, on_wire, *now))
                break;
            if (due < nagain)
                again[due] = again[--nagain];
            else
                sent++;
            bool bad = on_wire >= s->capacity || sq_rng_unit(&rng) < s->random;
            if (!bad) {
                wire[on_wire++] = (struct flight){*now, *now + s->work_ms};
                continue;
            }
            sq_window_bad(w, *now, on_wire + 1, -1, *now + 1);
            again[nagain++] = *now + s->retry_ms;
            out.bad++;
        }
        assert_true(*now - begun < 10000000);
    }
    out.size = w->size;
    out.ms = *now - begun;
    return out;
}

static void a_healthy_server_is_used_in_full(void **state)
{
    (void)state;
    struct sq_window w;
    struct server s = {100000, 50, 0, 500};
    int64_t now = 1000;
    sq_window_init(&w, 1000);
    struct outcome o = simulate(&w, &s, 8050, 1, &now);
    assert_true(o.size == 1000);
    assert_int_equal(o.bad, 0);
    assert_in_range(o.ms, 8050 / 1000 * 50, 9 * 51 + 5);
}

static void a_few_random_refusals_cost_little(void **state)
{
    (void)state;
    static const size_t ceilings[] = {8, 64, 1000};
    for (size_t i = 0; i < 3; i++) {
        struct sq_window w;
        struct server s = {100000, 50, 0.05, 1000};
        int64_t now = 1000;
        sq_window_init(&w, ceilings[i]);
        struct outcome o = simulate(&w, &s, 60 * ceilings[i], 7, &now);
        if (w.size <= 0.5 * (double)ceilings[i])
            fail_msg("%zu: %f", ceilings[i], w.size);
        assert_in_range(o.ms, 60 * 50, 2 * 60 * 50 + 4000);
    }
}

static void the_capacity_is_found(void **state)
{
    (void)state;
    static const size_t capacities[] = {1, 10, 100, 400};
    for (size_t i = 0; i < 4; i++) {
        size_t c = capacities[i];
        struct sq_window w;
        struct server s = {c, 200, 0, 700};
        int64_t now = 1000;
        sq_window_init(&w, 1000);
        struct outcome o = simulate(&w, &s, 1000 + 20 * c, 3, &now);
        assert_in_range((size_t)w.size, c > 4 ? c / 2 : 1, c + c / 4 + 2);
        /* All but the first overflow: refusals are few. */
        assert_in_range(o.bad, 1, 1000 + o.good);
        assert_in_range(o.ms, (int64_t)(o.good * 200 / c),
                        (int64_t)(o.good * 200 / c) * 2 + 5000);
    }
}

static void it_recovers(void **state)
{
    (void)state;
    struct sq_window w;
    struct server weak = {10, 200, 0, 700}, strong = {100000, 200, 0, 700};
    int64_t now = 1000;
    sq_window_init(&w, 512);
    simulate(&w, &weak, 500, 3, &now);
    assert_true(w.size < 30);
    simulate(&w, &strong, 30000, 3, &now);
    if (w.size < 512)
        fail_msg("%f", w.size);
}

static void one_decrease_for_a_round_trip(void **state)
{
    (void)state;
    struct sq_window w;
    sq_window_init(&w, 100);
    assert_true(sq_window_bad(&w, 1000, 100, -1, 1050));
    assert_true(w.size > 99 && w.size < 100);
    /* Sent before that: no new decrease, the same one gets its share. */
    for (size_t i = 1; i < 20; i++)
        assert_false(sq_window_bad(&w, 1000, 100 - i, -1, 1051));
    assert_true(w.size > 89.9 && w.size < 90.1);
    assert_true(sq_window_bad(&w, 1060, 80, -1, 1110));
    assert_true(w.size < 90);
}

static void most_refused_means_what_was_kept(void **state)
{
    (void)state;
    struct sq_window w;
    sq_window_init(&w, 100);
    for (size_t i = 0; i < 90; i++)
        sq_window_bad(&w, 1000, 100 - i, 2000, 1050);
    assert_true(w.size > 9.9 && w.size < 10.1);
    /* And the server's word about waiting is for all. */
    assert_false(sq_window_room(&w, 0, 3049));
    assert_true(sq_window_room(&w, 0, 3050));
    sq_window_init(&w, 100);
    sq_window_bad(&w, 1000, 100, 2000, 1050);
    assert_true(sq_window_room(&w, 10, 1051));
    /* It never closes. */
    for (int i = 0; i < 1000; i++)
        sq_window_bad(&w, 2000 + i, 1, -1, 2001 + i);
    assert_true(sq_window_room(&w, 0, 4000));
    assert_false(sq_window_room(&w, 1, 4000));
}

static void a_slow_server_gets_less(void **state)
{
    (void)state;
    struct sq_window w;
    int64_t now = 100000;
    sq_window_init(&w, 64);
    for (int i = 0; i < 64; i++, now += 5)
        assert_false(sq_window_good(&w, now - 300, 64, now));
    size_t cuts = 0;
    for (int i = 0; i < 400; i++, now += 25)
        cuts += sq_window_good(&w, now - 1500, (size_t)w.size, now);
    assert_in_range(cuts, 1, 400 * 25 / 1500 + 1);
    assert_true(w.size < 60 && w.size >= 16);
    for (int i = 0; i < 5000; i++, now += 25)
        sq_window_good(&w, now - 9000, (size_t)w.size, now);
    assert_true(w.size >= 16);
    /* Fast servers jitter by a factor; that is no overload. */
    sq_window_init(&w, 64);
    for (int i = 0; i < 640; i++, now += 5)
        assert_false(sq_window_good(&w, now - (i % 64 < 32 ? 2 : 90), 64, now));
}

static void nothing_left_is_a_rest(void **state)
{
    (void)state;
    struct sq_window w;
    sq_window_init(&w, 4);
    sq_window_rest(&w, INT64_MAX, 1000); /* never longer than five minutes */
    assert_int_equal(w.rest_until, 1000 + 5 * 60 * 1000);
    w.rest_until = 0;
    sq_window_rest(&w, -1, 1000);
    assert_true(sq_window_room(&w, 0, 1000));
    sq_window_rest(&w, 500, 1000);
    sq_window_rest(&w, 100, 1000);
    assert_false(sq_window_room(&w, 0, 1499));
    assert_true(sq_window_room(&w, 3, 1500));
    assert_false(sq_window_room(&w, 4, 1500));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_more_requests_in_a_minute),
        cmocka_unit_test(a_minute_is_used),
        cmocka_unit_test(never_more_tokens_in_a_minute),
        cmocka_unit_test(what_was_not_taken_comes_back),
        cmocka_unit_test(no_limit_is_no_wait),
        cmocka_unit_test(a_healthy_server_is_used_in_full),
        cmocka_unit_test(a_few_random_refusals_cost_little),
        cmocka_unit_test(the_capacity_is_found),
        cmocka_unit_test(it_recovers),
        cmocka_unit_test(one_decrease_for_a_round_trip),
        cmocka_unit_test(most_refused_means_what_was_kept),
        cmocka_unit_test(a_slow_server_gets_less),
        cmocka_unit_test(nothing_left_is_a_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
