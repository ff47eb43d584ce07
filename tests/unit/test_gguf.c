#include "engine/gguf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "base/buf.h"
#include "base/mem.h"
#include "temp.h"

static void put(struct sq_buf *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        sq_buf_addc(b, (char)(v >> 8 * i & 255));
}

static void put_text(struct sq_buf *b, const char *s)
{
    put(b, strlen(s), 8);
    sq_buf_adds(b, s);
}

static void put_u32(struct sq_buf *b, const char *key, uint64_t v)
{
    put_text(b, key);
    put(b, 4, 4);
    put(b, v, 4);
}

enum { KEYS = 8, DATA = 64 * 34 };

/* A file with one tensor of 64 rows of Q8_0. */
static void build(struct sq_buf *b, int dims, uint64_t rows, unsigned type)
{
    sq_buf_init(b, SQ_MAX_CONFIG);
    sq_buf_adds(b, "GGUF");
    put(b, 3, 4);
    put(b, 1, 8);
    put(b, KEYS, 8);
    put_text(b, "general.architecture");
    put(b, 8, 4);
    put_text(b, "x");
    put_text(b, "general.name");
    put(b, 8, 4);
    put_text(b, "a name");
    put_u32(b, "x.context_length", 512);
    put_u32(b, "x.block_count", 3);
    put_u32(b, "x.embedding_length", 64);
    put_u32(b, "x.attention.head_count", 4);
    put_text(b, "x.attention.head_count_kv");
    put(b, 9, 4);
    put(b, 5, 4);
    put(b, 3, 8);
    put(b, 1, 4);
    put(b, 2, 4);
    put(b, 1, 4);
    put_text(b, "tokenizer.ggml.tokens");
    put(b, 9, 4);
    put(b, 8, 4);
    put(b, 2, 8);
    put_text(b, "one");
    put_text(b, "two");
    put_text(b, "weights");
    put(b, (uint64_t)dims, 4);
    put(b, 32, 8);
    for (int i = 1; i < dims; i++)
        put(b, rows, 8);
    put(b, type, 4);
    put(b, 0, 8);
    while (b->n % 32)
        sq_buf_addc(b, '\0');
    for (int i = 0; i < DATA; i++)
        sq_buf_addc(b, (char)i);
}

static enum sq_status read_text(sq_str text, struct sq_gguf *out,
                                struct sq_err *err)
{
    char *folder = temp_folder();
    char *path = temp_file(folder, "x.gguf", text);
    enum sq_status st = sq_gguf_read(path, out, err);
    unlink(path);
    rmdir(folder);
    free(path);
    free(folder);
    return st;
}

static void reads_what_it_says(void **state)
{
    (void)state;
    struct sq_buf b;
    struct sq_gguf g;
    struct sq_err err = {0};
    build(&b, 2, 64, 8);
    assert_int_equal(read_text(sq_buf_str(&b), &g, &err), SQ_OK);
    assert_string_equal(g.arch, "x");
    assert_string_equal(g.name, "a name");
    assert_int_equal(g.context, 512);
    assert_int_equal(g.tensors, 1);
    assert_int_equal(g.parameters, 32 * 64);
    assert_int_equal(g.tensor_bytes, DATA);
    assert_true(g.has_tokens);
    assert_false(g.has_template);
    /* Keys and values of two bytes, heads of 16, 1 + 2 + 1 of them. */
    assert_int_equal(sq_gguf_cell_bytes(&g), 2 * 2 * 16 * 4);
    sq_buf_release(&b);
}

static void refuses_every_beginning_of_itself(void **state)
{
    (void)state;
    struct sq_buf b;
    struct sq_gguf g;
    build(&b, 2, 64, 8);
    for (size_t n = 0; n < b.n; n += n < b.n - DATA - 8 ? 1 : 97) {
        struct sq_err err = {0};
        assert_int_equal(read_text((sq_str){b.p, n}, &g, &err), SQ_INPUT);
        assert_true(strstr(err.msg, n < 4 ? "not a GGUF" : "cut off") != NULL);
    }
    sq_buf_release(&b);
}

static void survives_any_changed_byte(void **state)
{
    (void)state;
    struct sq_buf b;
    struct sq_gguf g;
    build(&b, 2, 64, 8);
    for (size_t i = 0; i + DATA < b.n; i++)
        for (int bit = 0; bit < 8; bit += 7) {
            struct sq_err err = {0};
            b.p[i] = (char)(b.p[i] ^ 1 << bit);
            enum sq_status st = read_text(sq_buf_str(&b), &g, &err);
            assert_true(st == SQ_OK || (st == SQ_INPUT && err.msg[0]));
            b.p[i] = (char)(b.p[i] ^ 1 << bit);
        }
    sq_buf_release(&b);
}

static void refuses_impossible_sizes(void **state)
{
    (void)state;
    static const struct {
        int dims;
        uint64_t rows;
        unsigned type;
    } cases[] = {{5, 1, 8},          {2, 0, 8},  {2, UINT64_MAX, 8},
                 {4, 1ull << 40, 8}, {2, 65, 8}, {1, 1, 12}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sq_buf b;
        struct sq_gguf g;
        struct sq_err err = {0};
        build(&b, cases[i].dims, cases[i].rows, cases[i].type);
        assert_int_equal(read_text(sq_buf_str(&b), &g, &err), SQ_INPUT);
        sq_buf_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_says),
        cmocka_unit_test(refuses_every_beginning_of_itself),
        cmocka_unit_test(survives_any_changed_byte),
        cmocka_unit_test(refuses_impossible_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
