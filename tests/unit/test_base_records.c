#include "base/records.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <zlib.h>

#include "base/mem.h"
#include "temp.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct fixture {
    char *folder;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture.folder = temp_folder();
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int failed = remove(f->folder);
    free(f->folder);
    return failed;
}

/* Appends each record with its line, as "LINE:{...} ", then the fault. The path
 * is left out of both. */
static void read_all(const char *path, struct sq_buf *out)
{
    struct sq_records *r = NULL;
    struct sq_json *j = NULL;
    struct sq_err err = {0};
    size_t skip = strlen(path) + 1;
    enum sq_status status = sq_records_open(&r, path, &err);
    while (!status) {
        status = sq_records_next(r, &j, &err);
        if (status || !j)
            break;
        sq_buf_addf(out, "%s:", sq_records_where(r) + skip);
        sq_json_render(j, out);
        sq_buf_addc(out, ' ');
        sq_json_free(j);
    }
    if (status) {
        assert_int_equal(status, SQ_INPUT);
        assert_memory_equal(err.msg, path, skip - 1);
        sq_buf_adds(out, err.msg + skip);
        /* Reading on neither succeeds nor hangs. */
        if (r)
            assert_int_equal(sq_records_next(r, &j, NULL), SQ_INPUT);
    } else {
        assert_int_equal(sq_records_next(r, &j, &err), SQ_OK);
        assert_null(j);
    }
    sq_records_close(r);
}

static void check(const struct fixture *f, const char *name, sq_str content,
                  const char *want)
{
    struct sq_buf got;
    sq_buf_init(&got, 1 << 20);
    char *path = temp_file(f->folder, name, content);
    read_all(path, &got);
    assert_string_equal(got.p, want);
    sq_buf_release(&got);
    (void)remove(path);
    free(path);
}

struct file_case {
    const char *name;
    sq_str content;
    const char *want;
};
#define CASE(name, text, want)                                                 \
    {                                                                          \
        name, {text, sizeof(text) - 1}, want                                   \
    }

static void test_forms(void **state)
{
    static const struct file_case cases[] = {
        CASE("a.json", "[{\"a\":1},\n {\"a\":2}\n]\n",
             "1:{\"a\":1} 2:{\"a\":2} "),
        CASE("a.json", "[]", ""),
        CASE("a.json", " [ ] ", ""),
        CASE("a.json", "", ""),
        CASE("a.jsonl", "", ""),
        CASE("a.csv", " \n", ""),
        CASE("a.jsonl", "\n\n", ""),
        /* what a name says and what is there need not agree */
        CASE("a.json", "{\"a\":1}\n{\"a\":2}\n", "1:{\"a\":1} 2:{\"a\":2} "),
        CASE("a.jsonl", "[\n{\"a\":\n1}]", "2:{\"a\":1} "),
        CASE("a.csv", "{\"a\":1}", "1:{\"a\":1} "),
        CASE("a.json", "{\n\"a\": {\"b\": [1]}}{\"a\":\"}{\\\"\"}\n\n\n{}",
             "1:{\"a\":{\"b\":[1]}} 2:{\"a\":\"}{\\\"\"} 5:{} "),
        CASE("a.jsonl", "\xEF\xBB\xBF{\"a\":1}\r\n\r\n  {\"a\":2}",
             "1:{\"a\":1} 3:{\"a\":2} "),
        CASE("a.csv",
             "\xEF\xBB\xBFid,text\r\n1,x\r\n\r\n2,\"a,\"\"b\"\"\nc\"\r\n",
             "2:{\"id\":\"1\",\"text\":\"x\"} "
             "4:{\"id\":\"2\",\"text\":\"a,\\\"b\\\"\\nc\"} "),
        CASE("a.csv", "a,b\n,\n \tx,\n\"\",\" \"",
             "2:{\"a\":\"\",\"b\":\"\"} 3:{\"a\":\" \\tx\",\"b\":\"\"} "
             "4:{\"a\":\"\",\"b\":\" \"} "),
        CASE("a.csv", "\"q\"\"\",\" b \"\n1,2",
             "2:{\"q\\\"\":\"1\",\"b\":\"2\"} "),
        CASE("a.csv", ",b\n0,1\n", "2:{\"\":\"0\",\"b\":\"1\"} "),
        CASE("a.csv", "only\n1\n2", "2:{\"only\":\"1\"} 3:{\"only\":\"2\"} "),
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(*state, cases[i].name, cases[i].content, cases[i].want);
}

static void test_faults(void **state)
{
    static const struct file_case cases[] = {
        CASE("a.json", "[{\"a\":1} {\"a\":2}]",
             "1:{\"a\":1} 1:10: expected ',' or ']' after a record"),
        CASE("a.json", "[{\"a\":1},]",
             "1:{\"a\":1} 1:10: a record must be an object: expected '{'"),
        CASE("a.json", "[,{}]",
             "1:2: a record must be an object: expected '{'"),
        CASE("a.json", "[1]", "1:2: a record must be an object: expected '{'"),
        CASE("a.json", "[{}]\n]",
             "1:{} 2:1: more text after the end of the "
             "array"),
        CASE("a.json", "[{}]\0",
             "1:{} 1:5: more text after the end of the "
             "array"),
        CASE("a.json", "[{}", "1:{} 1:4: expected ',' or ']' after a record"),
        CASE("a.json", "[", "1:2: a record must be an object: expected '{'"),
        CASE("a.json", "[{},{\"a\":!}]",
             "1:{} 1:10: expected a value, found '!'"),
        CASE("a.json", "\n[\n {\"a\":\n  !}]",
             "4:3: expected a value, found '!'"),
        CASE("a.json", "{},{}",
             "1:{} 1:3: a record must be an object: expected '{'"),
        CASE("a.json", "{\"a\":1",
             "1:7: expected ',' or '}' after a member, found the end of the "
             "text"),
        CASE("a.json", "{\"a\":\"b\n\"}\n{}",
             "1:8: control character 0x0A in a string (as an escape it is "
             "\\u000a)"),
        CASE("a.json", "{]}",
             "1:2: expected a key in double quotes, found ']'"),
        CASE("a.json", "id,x\n1,2",
             "1:1: neither an object nor an array begins "
             "here"),
        CASE("a.jsonl", "{}\n{\"a\":\n1}\n",
             "1:{} 2:6: expected a value, found the end of the text"),
        CASE("a.jsonl", "{}\n{} {}\n",
             "1:{} 2:4: more text after the end of the value"),
        CASE("a.jsonl", "{}\n[1]\n",
             "1:{} 2:1: a record must be an object: expected '{'"),
        CASE("a.jsonl", "{}\n{\"a\":\"\xFF\"}\n", "1:{} 2:7: invalid UTF-8"),
        CASE("a.jsonl", "{}\n  {\"a\":1,\"a\":2}",
             "1:{} 2:10: key \"a\" stands twice in one object"),
        CASE("a.csv", "a,b\n1\n", "2:1: the row has 1 fields, the header 2"),
        CASE(
            "a.csv", "a,b\n1,2\n\n1,2,3",
            "2:{\"a\":\"1\",\"b\":\"2\"} 4:1: the row has 3 fields, the header "
            "2"),
        CASE("a.csv", "a,b\n\"x\ny\"z,2",
             "3:3: expected ',' after a closing quote"),
        CASE("a.csv", "a,b\nx\"y\",2",
             "2:2: a quote within a field (quote the field and double the "
             "quote)"),
        CASE("a.csv", "a,b\n1,\"x\ny",
             "2:3: a quote opens here that never closes"),
        CASE("a.csv", "a,\n", "1:3: a column without a name"),
        CASE("a.csv", "a,b,a\n", "1:5: a second column of the same name"),
        CASE("a.csv", "a\n\xFF\n",
             "2:1: invalid UTF-8 (save the file as "
             "UTF-8)"),
        CASE("a.csv", "a\nx\0y\n", "2:2: a NUL byte"),
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(*state, cases[i].name, cases[i].content, cases[i].want);
}

static void test_open_faults(void **state)
{
    const struct fixture *f = *state;
    struct sq_records *r;
    struct sq_err err = {0};
    assert_int_equal(sq_records_open(&r, f->folder, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "is a folder"));
    assert_int_equal(sq_records_open(&r, "/nowhere/x.json", &err), SQ_INPUT);
    assert_string_equal(err.msg, "/nowhere/x.json: No such file or directory");
    assert_null(r);
    sq_records_close(NULL);
}

/* n records with a text of `width` bytes each, in the three forms. */
static void make_large(struct sq_buf *out, char form, int n, size_t width)
{
    char *text = sq_xmalloc(width + 1);
    memset(text, 'x', width);
    text[width] = '\0';
    sq_buf_adds(out, form == 'c' ? "id,t\n" : form == 'a' ? "[" : "");
    for (int i = 0; i < n; i++)
        if (form == 'c')
            sq_buf_addf(out, "%d,\"%s\n\"\n", i, text);
        else
            sq_buf_addf(out, "%s{\"id\":%d,\"t\":\"%s\\\"{\"}\n",
                        form == 'a' && i ? "," : "", i, text);
    sq_buf_adds(out, form == 'a' ? "]" : "");
    free(text);
}

/* Records that lie across the window's edges, and ones larger than it. */
static void test_windows(void **state)
{
    const struct fixture *f = *state;
    static const struct {
        char form;
        int n;
        size_t width;
    } cases[] = {
        {'a', 3000, 97},  {'l', 3000, 97},  {'c', 3000, 97},  {'a', 3, 700000},
        {'l', 3, 700000}, {'c', 3, 700000}, {'s', 3, 131072}, {'s', 9, 65530},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct sq_buf text;
        struct sq_records *r;
        struct sq_json *j;
        struct sq_err err = {0};
        int n = 0;
        sq_buf_init(&text, 16 << 20);
        make_large(&text, cases[c].form, cases[c].n, cases[c].width);
        char *path =
            temp_file(f->folder, cases[c].form == 'l' ? "l.jsonl" : "l",
                      sq_buf_str(&text));
        assert_int_equal(sq_records_open(&r, path, &err), SQ_OK);
        for (; sq_records_next(r, &j, &err) == SQ_OK && j; n++) {
            const struct sq_json *id = sq_json_get(j, "id");
            long long v = -1;
            if (cases[c].form == 'c')
                (void)sq_str_to_int(sq_json_str(id), &v);
            else
                (void)sq_json_int(id, &v);
            assert_int_equal(v, n);
            assert_int_equal(sq_json_str(sq_json_get(j, "t")).n,
                             cases[c].width + (cases[c].form == 'c' ? 1 : 2));
            sq_json_free(j);
        }
        assert_string_equal(err.msg, "");
        assert_int_equal(n, cases[c].n);
        sq_records_close(r);
        sq_buf_release(&text);
        (void)remove(path);
        free(path);
    }
}

/* A broken record must not have the whole of a large file read. */
static void test_limit(void **state)
{
    const struct fixture *f = *state;
    static const char *const cases[][2] = {
        {"{}\n {\"a\":\"",
         "1:{} 2:2: the record that begins here is larger than "
         "64 MB, or it never ends"},
        {"{}\n {\"a\":\"\n", "1:{} 2:8: control character 0x0A in a string (as "
                             "an escape it is \\u000a)"},
    };
    char *block = sq_xmalloc(1 << 20);
    memset(block, 'x', 1 << 20);
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct sq_buf got;
        char *path = temp_file(f->folder, "a.json", sq_str_from(cases[c][0]));
        FILE *file = fopen(path, "ab");
        for (size_t i = 0; i <= SQ_MAX_RECORD >> 20; i++)
            assert_int_equal(fwrite(block, 1 << 20, 1, file), 1);
        assert_int_equal(fclose(file), 0);
        sq_buf_init(&got, 1000);
        read_all(path, &got);
        assert_string_equal(got.p, cases[c][1]);
        sq_buf_release(&got);
        (void)remove(path);
        free(path);
    }
    free(block);
}

/* text as gzip in two members, of which `cut` bytes at the end are left off and
 * byte `flip` (if not 0) is changed */
static char *make_gzip(const struct fixture *f, sq_str text, size_t cut,
                       size_t flip)
{
    char *path = sq_path_join(f->folder, "g.jsonl.gz");
    for (int part = 0; part < 2; part++) {
        sq_str half = part ? sq_str_sub(text, text.n / 2, text.n)
                           : sq_str_sub(text, 0, text.n / 2);
        gzFile g = gzopen(path, part ? "ab" : "wb");
        assert_int_equal(gzwrite(g, half.p, (unsigned)half.n), half.n);
        assert_int_equal(gzclose(g), Z_OK);
    }
    char *bytes;
    size_t n;
    assert_int_equal(sq_path_read(path, 1 << 20, &bytes, &n, NULL), SQ_OK);
    if (flip)
        bytes[flip] ^= 0x40;
    free(temp_file(f->folder, "g.jsonl.gz", (sq_str){bytes, n - cut}));
    free(bytes);
    return path;
}

static void test_gzip(void **state)
{
    static const char text[] = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n";
    static const struct {
        size_t cut, flip;
        const char *want;
    } cases[] = {
        {0, 0, "1:{\"a\":1} 2:{\"a\":2} 3:{\"a\":3} "},
        {1, 0, "the gzip stream is cut short"},
        {9, 0, "the gzip stream is cut short"},
        {0, 14, "damaged gzip stream"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sq_buf got;
        sq_buf_init(&got, 1000);
        char *path =
            make_gzip(*state, sq_str_from(text), cases[i].cut, cases[i].flip);
        read_all(path, &got);
        if (!strstr(got.p, cases[i].want))
            assert_string_equal(got.p, cases[i].want);
        sq_buf_release(&got);
        (void)remove(path);
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),       cmocka_unit_test(test_faults),
        cmocka_unit_test(test_open_faults), cmocka_unit_test(test_windows),
        cmocka_unit_test(test_limit),       cmocka_unit_test(test_gzip),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
