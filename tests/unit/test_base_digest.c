#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/stop.h"
#include "temp.h"

/* FIPS 180-4's examples (NIST's "SHA256" sheet) and the empty message. */
static void test_vectors(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc",
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    char hex[SQ_DIGEST_HEX];
    for (size_t i = 0; i < 3; i++) {
        sq_sha256_of(sq_str_from(cases[i][0]), hex);
        assert_string_equal(hex, cases[i][1]);
    }
}

static void test_pieces(void **state)
{
    (void)state;
    char chunk[1000];
    char hex[SQ_DIGEST_HEX];
    struct sq_sha256 *d = sq_sha256_new();
    memset(chunk, 'a', sizeof(chunk));
    for (int i = 0; i < 1000; i++)
        sq_sha256_add(d, (sq_str){chunk, sizeof(chunk)});
    sq_sha256_add(d, sq_str_from(NULL));
    sq_sha256_finish(d, hex);
    assert_string_equal(
        hex,
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    sq_sha256_free(sq_sha256_new());
    sq_sha256_free(NULL);
}

static void fields(const char *a, const char *b, char hex[SQ_DIGEST_HEX])
{
    struct sq_sha256 *d = sq_sha256_new();
    sq_sha256_add_field(d, sq_str_from(a));
    sq_sha256_add_field(d, sq_str_from(b));
    sq_sha256_finish(d, hex);
}

static void test_fields(void **state)
{
    (void)state;
    char one[SQ_DIGEST_HEX];
    char two[SQ_DIGEST_HEX];
    fields("ab", "c", one);
    fields("a", "bc", two);
    assert_string_not_equal(one, two);
    /* Stored in databases: 8 bytes of length, highest first, then the bytes. */
    sq_sha256_of(SQ_STR("\0\0\0\0\0\0\0\x02"
                        "ab\0\0\0\0\0\0\0\x01"
                        "c"),
                 two);
    assert_string_equal(one, two);
}

static void test_file(void **state)
{
    (void)state;
    char hex[SQ_DIGEST_HEX];
    unsigned long long size = 0;
    struct sq_err err = {0};
    char *folder = temp_folder();
    char *path = temp_file(folder, "abc", SQ_STR("abc"));
    assert_int_equal(sq_sha256_file(path, hex, &size, &err), SQ_OK);
    assert_memory_equal(hex, "ba7816bf", 8);
    assert_int_equal(size, 3);
    assert_int_equal(sq_sha256_file(path, hex, NULL, &err), SQ_OK);
    assert_int_equal(sq_sha256_file(folder, hex, &size, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "is a folder"));
    sq_stop = 1;
    assert_int_equal(sq_sha256_file(path, hex, NULL, &err), SQ_INTERRUPTED);
    sq_stop = 0;
    (void)remove(path);
    assert_int_equal(sq_sha256_file(path, hex, &size, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "No such file"));
    (void)remove(folder);
    free(path);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
