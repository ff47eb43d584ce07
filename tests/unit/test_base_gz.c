#include "base/gz.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>
#include "base/mem.h"

/* What one packer packs unpacks to the same with zlib itself, at sizes about
 * its tables' and the window's, and with text that cannot be made smaller. */
static void packs_what_zlib_unpacks(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,    1,    100,   511,   512,    513,
                                   4000, 8193, 40000, 70000, 1000000};
    struct sq_packer *packer = sq_packer_new();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (unsigned mask = 3; mask < 256; mask = mask * 2 + 1) {
            size_t n = sizes[i];
            unsigned noise = 1;
            char *text = sq_xmalloc(n), *back = sq_xmalloc(n);
            uLongf got = n;
            struct sq_buf out;
            for (size_t k = 0; k < n; k++) {
                noise = noise * 1103515245u + 12345u;
                text[k] = (char)((noise >> 16) & mask);
            }
            sq_buf_init(&out, SQ_MAX_REPLY);
            sq_packer_pack(packer, (sq_str){text, n}, &out);
            assert_int_equal(
                uncompress((Bytef *)back, &got, (const Bytef *)out.p, out.n),
                Z_OK);
            assert_int_equal(got, n);
            assert_memory_equal(back, text, n);
            if (n > 100 && mask == 3)
                assert_true(out.n < n / 2);
            sq_buf_release(&out);
            free(text);
            free(back);
        }
    }
    sq_packer_free(packer);
}

/* The bytes are the same whatever was packed before. */
static void packs_alike(void **state)
{
    (void)state;
    sq_str text = SQ_STR("the same text, the same bytes, the same text");
    struct sq_packer *used = sq_packer_new(), *fresh = sq_packer_new();
    struct sq_buf a, b;
    sq_buf_init(&a, SQ_MAX_REPLY);
    sq_buf_init(&b, SQ_MAX_REPLY);
    sq_packer_pack(used, SQ_STR("the same text as before, but another"), &a);
    sq_buf_reset(&a);
    sq_packer_pack(used, text, &a);
    sq_packer_pack(fresh, text, &b);
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.p, b.p, a.n);
    sq_buf_release(&a);
    sq_buf_release(&b);
    sq_packer_free(used);
    sq_packer_free(fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packs_what_zlib_unpacks),
        cmocka_unit_test(packs_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
