#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/gz.h"
#include "base/platform.h"
#include "temp.h"

static void test_join(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"a", "/b", "/b"},
        {"", "b", "b"},    {"/", "b", "/b"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = sq_path_join(cases[i][0], cases[i][1]);
        assert_string_equal(got, cases[i][2]);
        free(got);
    }
}

/* folder/name for at most a few paths of a test */
static const char *in(const char *folder, const char *name)
{
    static char paths[4][256];
    static size_t next;
    char *p = paths[next++ % 4];
    (void)snprintf(p, sizeof(paths[0]), "%s/%s", folder, name);
    return p;
}

static void test_mkdirs(void **state)
{
    (void)state;
    struct sq_err err = {0};
    char *folder = temp_folder();
    assert_int_equal(sq_path_mkdirs(in(folder, "a/b//c/"), &err), SQ_OK);
    assert_int_equal(sq_path_mkdirs(in(folder, "a/b//c/"), &err), SQ_OK);
    assert_true(sq_path_is_dir(in(folder, "a/b/c")));
    assert_int_equal(sq_path_mkdirs_for(in(folder, "d/e/f"), &err), SQ_OK);
    assert_true(sq_path_is_dir(in(folder, "d/e")));
    assert_false(sq_path_exists(in(folder, "d/e/f")));
    assert_int_equal(sq_path_mkdirs_for("bare", &err), SQ_OK);
    free(temp_file(folder, "file", SQ_STR("")));
    assert_int_equal(sq_path_mkdirs(in(folder, "file/x"), &err), SQ_IO);
    assert_non_null(strstr(err.msg, "file: cannot make this folder"));
    assert_false(sq_path_is_dir(in(folder, "file")));
    static const char *const names[] = {"a/b/c", "a/b", "a",
                                        "d/e",   "d",   "file"};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(remove(in(folder, names[i])), 0);
    assert_int_equal(remove(folder), 0);
    free(folder);
}

static void test_read(void **state)
{
    (void)state;
    struct sq_err err = {0};
    char *folder = temp_folder();
    char *path = temp_file(folder, "f", SQ_STR("a\0b"));
    char *bytes = NULL;
    size_t n = 0;
    assert_int_equal(sq_path_read(path, 3, &bytes, &n, &err), SQ_OK);
    assert_int_equal(n, 3);
    assert_memory_equal(bytes, "a\0b", 4);
    free(bytes);
    assert_int_equal(sq_path_read(path, 2, &bytes, &n, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "/f: larger than the 2 bytes allowed"));
    assert_null(bytes);
    assert_int_equal(sq_path_read(folder, 9, &bytes, &n, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "is a folder"));
    (void)remove(path);
    assert_int_equal(sq_path_read(path, 9, &bytes, &n, &err), SQ_INPUT);
    (void)remove(folder);
    free(path);
    free(folder);
}

static void test_write(void **state)
{
    (void)state;
    struct sq_err err = {0};
    struct stat st;
    char *folder = temp_folder();
    char *path = sq_path_join(folder, "f");
    char *bytes;
    size_t n;
    assert_int_equal(sq_path_write(path, SQ_STR("first, long"), &err), SQ_OK);
    assert_int_equal(sq_path_write(path, SQ_STR("second"), &err), SQ_OK);
    assert_int_equal(sq_path_read(path, 99, &bytes, &n, &err), SQ_OK);
    assert_string_equal(bytes, "second");
    free(bytes);
    mode_t mask = umask(0);
    (void)umask(mask);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0666 & ~mask);
    /* Not replaced by a file, and nothing left beside it. */
    assert_int_equal(sq_path_write("/dev/null", SQ_STR("x"), &err), SQ_OK);
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    assert_int_equal(sq_path_write("/nowhere/f", SQ_STR("x"), &err), SQ_IO);
    assert_string_equal(err.msg, "/nowhere/f: cannot write: No such file or "
                                 "directory");
    assert_int_equal(sq_path_write(folder, SQ_STR("x"), &err), SQ_IO);
    assert_int_equal(remove(path), 0);
    assert_int_equal(remove(folder), 0); /* only when it is empty */
    free(path);
    free(folder);
}

/* As on a full disk: the old content stays and no part is left. */
static void test_write_cut(void **state)
{
    (void)state;
    struct sq_err err = {0};
    struct rlimit old;
    char *folder = temp_folder();
    char *path = temp_file(folder, "f", SQ_STR("old"));
    char *bytes;
    size_t n;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    struct rlimit small = {4, old.rlim_max};
    void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum sq_status status = sq_path_write(path, SQ_STR("too long"), &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    (void)signal(SIGXFSZ, was);
    assert_int_equal(status, SQ_IO);
    assert_non_null(strstr(err.msg, "/f: cannot write: File too large"));
    assert_int_equal(sq_path_read(path, 99, &bytes, &n, &err), SQ_OK);
    assert_string_equal(bytes, "old");
    assert_int_equal(remove(path), 0);
    assert_int_equal(remove(folder), 0);
    free(bytes);
    free(path);
    free(folder);
}

static void test_places(void **state)
{
    (void)state;
    char *got;
    assert_int_equal(setenv("SEQEVAL_HOME", "/h", 1), 0);
    got = sq_path_home();
    assert_string_equal(got, "/h");
    free(got);
    (void)unsetenv("SEQEVAL_HOME");

    assert_int_equal(setenv("HOME", "/u", 1), 0);
    assert_int_equal(setenv("XDG_CACHE_HOME", "relative", 1), 0);
    (void)unsetenv("SEQEVAL_DATA");
    got = sq_path_data();
    assert_string_equal(got, "/u/.cache/seqeval");
    free(got);
    assert_int_equal(setenv("XDG_CACHE_HOME", "/x", 1), 0);
    got = sq_path_data();
    assert_string_equal(got, "/x/seqeval");
    free(got);
    assert_int_equal(setenv("SEQEVAL_DATA", "d", 1), 0);
    got = sq_path_data();
    assert_string_equal(got, "d");
    free(got);
    (void)unsetenv("SEQEVAL_DATA");
    (void)unsetenv("XDG_CACHE_HOME");
    (void)unsetenv("HOME");
    assert_null(sq_path_data());
}

/* The test lies in BUILD/tests/: what is made there and above is found. */
static void test_own_parts(void **state)
{
    (void)state;
    char *exe = sq_platform_exe();
    assert_non_null(exe);
    char *slash = strrchr(exe, '/');
    *slash = '\0';
    char *above = sq_path_join(exe, "..");
    assert_int_equal(mkdir(in(above, "benchmarks"), 0777), 0);
    char *home = sq_path_home();
    assert_int_equal(remove(in(above, "benchmarks")), 0);
    *strrchr(exe, '/') = '\0';
    assert_non_null(home);
    assert_string_equal(home, exe);
    free(home);
    free(above);
    free(exe);
}

static void test_gz_plain(void **state)
{
    (void)state;
    struct sq_err err = {0};
    struct sq_gz *g;
    char bytes[8];
    size_t got;
    char *folder = temp_folder();
    /* The first byte of gzip's magic alone is no gzip. */
    char *path = temp_file(folder, "f", SQ_STR("\x1F!abc"));
    assert_int_equal(sq_gz_open(&g, path, &err), SQ_OK);
    assert_int_equal(sq_gz_read(g, bytes, 4, &got, &err), SQ_OK);
    assert_int_equal(got, 4);
    assert_memory_equal(bytes, "\x1F!ab", 4);
    assert_int_equal(sq_gz_read(g, bytes, 4, &got, &err), SQ_OK);
    assert_int_equal(got, 1);
    assert_int_equal(sq_gz_read(g, bytes, 4, &got, &err), SQ_OK);
    assert_int_equal(got, 0);
    sq_gz_close(g);
    sq_gz_close(NULL);
    (void)remove(path);
    (void)remove(folder);
    free(path);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),      cmocka_unit_test(test_mkdirs),
        cmocka_unit_test(test_read),      cmocka_unit_test(test_write),
        cmocka_unit_test(test_write_cut), cmocka_unit_test(test_places),
        cmocka_unit_test(test_own_parts), cmocka_unit_test(test_gz_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
