#include "engine/servers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define N 3
static struct sq_server v[N];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++) {
        v[i] = (struct sq_server){0};
        sq_window_init(&v[i].window, 4);
    }
    return 0;
}

static struct sq_server *pick(const struct sq_server *avoid, int64_t now)
{
    int64_t at;
    struct sq_server *s = sq_servers_pick(v, N, avoid, now, &at);
    return s;
}

static void send(struct sq_server *s)
{
    s->on_wire++;
    s->sent++;
}

static void the_least_busy_is_asked(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++)
        send(pick(NULL, 1000));
    for (size_t i = 0; i < N; i++)
        assert_int_equal(v[i].on_wire, 3);
    v[1].on_wire = 1;
    assert_ptr_equal(pick(NULL, 1000), &v[1]);
    assert_ptr_not_equal(pick(&v[1], 1000), &v[1]);
    for (int i = 0; i < 5; i++)
        send(pick(NULL, 1000));
    int64_t at = 7;
    assert_null(sq_servers_pick(v, N, NULL, 1000, &at));
    assert_int_equal(at, 0);
    v[2].on_wire--;
    assert_ptr_equal(pick(&v[2], 1000), &v[2]); /* no other can */
}

static void the_ill_are_set_aside_and_tried_again(void **state)
{
    (void)state;
    assert_false(sq_server_failed(&v[0], 1000));
    assert_false(sq_server_failed(&v[0], 1000));
    assert_ptr_equal(pick(NULL, 1000), &v[0]);
    assert_true(sq_server_failed(&v[0], 1000));
    assert_false(sq_server_failed(&v[0], 1001)); /* was sent before */
    assert_true(sq_server_aside(&v[0]));
    v[1].on_wire = v[2].on_wire = 3;
    assert_ptr_not_equal(pick(NULL, 1999), &v[0]);
    assert_ptr_equal(pick(NULL, 2000), &v[0]);
    send(&v[0]); /* by one alone */
    assert_ptr_not_equal(pick(NULL, 2000), &v[0]);
    v[0].on_wire--;
    assert_true(sq_server_failed(&v[0], 2500));
    assert_ptr_not_equal(pick(NULL, 4499), &v[0]); /* twice as long */
    assert_ptr_equal(pick(NULL, 4500), &v[0]);
    assert_true(sq_server_well(&v[0]));
    assert_false(sq_server_well(&v[0]));
    assert_false(sq_server_aside(&v[0]));
    for (int i = 0; i < 100; i++)
        sq_server_failed(&v[0], 10000 + 100000 * i);
    assert_ptr_equal(pick(NULL, 10000 + 100000 * 99 + 60000), &v[0]);
}

static void when_all_are_ill_the_least_bad_is_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++)
        for (int k = 0; k < SQ_SERVER_FAILS; k++)
            sq_server_failed(&v[i], 5000 - (int64_t)i);
    assert_ptr_equal(pick(NULL, 5000), &v[2]);
    send(&v[2]);
    assert_ptr_equal(pick(NULL, 5000), &v[1]);
    send(&v[1]);
    send(&v[0]);
    assert_null(pick(NULL, 5000));
}

static void time_alone_brings_one_back(void **state)
{
    (void)state;
    int64_t at = 0;
    sq_window_rest(&v[0].window, 700, 1000);
    sq_window_rest(&v[1].window, 300, 1000);
    v[2].on_wire = 4;
    assert_null(sq_servers_pick(v, N, NULL, 1000, &at));
    assert_int_equal(at, 1300);
    assert_ptr_equal(pick(NULL, 1300), &v[1]);
    /* A single one is never set aside, but may rest. */
    for (int k = 0; k < 9; k++)
        sq_server_failed(&v[0], 1000);
    assert_null(sq_servers_pick(v, 1, NULL, 1000, &at));
    assert_int_equal(at, 1700);
    assert_ptr_equal(sq_servers_pick(v, 1, &v[0], 1700, &at), &v[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_least_busy_is_asked, set_up),
        cmocka_unit_test_setup(the_ill_are_set_aside_and_tried_again, set_up),
        cmocka_unit_test_setup(when_all_are_ill_the_least_bad_is_asked, set_up),
        cmocka_unit_test_setup(time_alone_brings_one_back, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
