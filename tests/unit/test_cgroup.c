/*
 * Control groups for programs: where they are looked for, over folders of a
 * test; and, skipped where the machine lets us make none, that they hold.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include "base/buf.h"
#include "base/mem.h"
#include "sandbox/cgroup.h"
#include "sandbox/sandbox.h"
#include "temp.h"

static char *folder;

/* folder/a/b, of which `controls` says what groups below a get. */
static void make_tree(const char *root, const char *own, const char *controls)
{
    struct sq_err err = {0};
    struct sq_buf mounts;
    char *below = sq_path_join(folder, "a/b");
    assert_int_equal(sq_path_mkdirs(below, &err), SQ_OK);
    free(below);
    sq_buf_init(&mounts, SQ_MAX_MESSAGE);
    sq_buf_addf(&mounts,
                "22 1 0:5 / /proc rw - proc proc rw\n"
                "30 1 0:6 %s %s rw,nosuid shared:1 - cgroup2 cgroup2 rw\n",
                root, folder);
    free(temp_file(folder, "mountinfo", sq_buf_str(&mounts)));
    sq_buf_reset(&mounts);
    sq_buf_addf(&mounts, "1:memory:/x\n0::%s\n", own);
    free(temp_file(folder, "cgroup", sq_buf_str(&mounts)));
    sq_buf_release(&mounts);
    free(temp_file(folder, "a/cgroup.subtree_control", sq_str_from(controls)));
}

static void finds(const char *want)
{
    struct sq_err err = {0};
    char *got = NULL;
    enum sq_status st = sq_cgroup_find(folder, &got, &err);
    if (!want) {
        assert_int_equal(st, SQ_UNAVAILABLE);
        assert_null(got);
        assert_null(strchr(err.msg, '\n'));
        return;
    }
    char *path = sq_path_join(folder, want);
    assert_int_equal(st, SQ_OK);
    assert_string_equal(got, path);
    free(path);
    free(got);
}

static void looks_upwards(void **state)
{
    (void)state;
    make_tree("/", "/a/b", "cpu memory pids\n");
    finds("a");
    make_tree("/", "/a/b/gone/deeper", "memory pids\n");
    finds("a");
    make_tree("/up", "/up/a", "pids memory\n");
    finds("a");
    make_tree("/", "/", "cpu memory pids\n");
    finds(NULL);
    make_tree("/", "/a/b", "cpu memory\n");
    finds(NULL);
    make_tree("/", "/a/b", "");
    finds(NULL);
    free(
        temp_file(folder, "mountinfo", SQ_STR("1 2 0:1 / / rw - tmpfs a b\n")));
    finds(NULL);
}

/* ---- where there are any ---------------------------------------------------
 */

static void on_done(void *ctx, void *tag, const struct sq_program_result *r)
{
    (void)ctx;
    *(struct sq_program_result *)tag = *r;
}

static struct sq_sandbox *open_grouped(void)
{
    struct sq_sandbox *s = NULL;
    struct sq_err err = {0};
    struct sq_sandbox_config config = {.workers = 2, .done = on_done};
    if (sq_sandbox_open(&s, &config, &err) == SQ_OK && s->cgroup)
        return s;
    sq_sandbox_close(s);
    return NULL;
}

static struct sq_program_result run(struct sq_sandbox *s, const char *program)
{
    struct sq_program_result r = {.end = SQ_PROGRAM_LOST};
    struct sq_err err = {0};
    sq_sandbox_submit(s, sq_str_from(program), 60, &r);
    while (s->in_flight)
        assert_int_equal(sq_sandbox_step(s, 1000, &err), SQ_OK);
    return r;
}

/* Six processes that have MB each, at the same time. */
#define SIX(mb)                                                                \
    "import os\n"                                                              \
    "r, w = os.pipe()\n"                                                       \
    "done, said = os.pipe()\n"                                                 \
    "for i in range(6):\n"                                                     \
    "    if os.fork() == 0:\n"                                                 \
    "        x = b'x' * (" #mb " << 20)\n"                                     \
    "        os.write(said, b'.')\n"                                           \
    "        os.read(r, 1)\n"                                                  \
    "        os._exit(0)\n"                                                    \
    "os.set_blocking(done, False)\n"                                           \
    "n = 0\n"                                                                  \
    "while n < 6:\n"                                                           \
    "    assert os.waitpid(-1, os.WNOHANG)[0] == 0\n"                          \
    "    try: n += len(os.read(done, 6))\n"                                    \
    "    except BlockingIOError: pass\n"

/* Each below the limit of one, all of them above that of all. */
static void memory_is_of_all(void **state)
{
    (void)state;
    struct sq_sandbox *s = open_grouped();
    if (!s)
        skip();
    struct sq_program_result r = run(s, SIX(200));
    assert_true(r.end == SQ_PROGRAM_FAILED || r.end == SQ_PROGRAM_KILLED);
    if (r.end == SQ_PROGRAM_FAILED)
        assert_string_equal(r.why, "AssertionError: ");
    assert_int_equal(run(s, SIX(20)).end, SQ_PROGRAM_PASSED);
    sq_sandbox_close(s);
}

static size_t count_groups(const char *top)
{
    DIR *d = opendir(top);
    size_t n = 0;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += strncmp(e->d_name, "seqeval-", 8) == 0;
    closedir(d);
    return n;
}

static void a_group_outlives_no_run(void **state)
{
    (void)state;
    struct sq_err err = {0};
    char *top = NULL;
    if (sq_cgroup_find("/proc/self", &top, &err) != SQ_OK)
        skip();
    sq_cgroup_sweep(top);
    size_t others = count_groups(top);
    struct sq_sandbox *s = open_grouped();
    if (!s) {
        free(top);
        skip();
    }
    assert_int_equal(count_groups(top), others + 2); /* one for each worker */
    struct sq_cgroup mine = {0};
    assert_int_equal(sq_cgroup_make(&mine, top, &err), SQ_OK);
    char *left = sq_path_join(top, "seqeval-1-left");
    assert_int_equal(mkdir(left, 0755), 0);
    sq_cgroup_sweep(top);
    assert_false(sq_path_exists(left));     /* nobody's */
    assert_true(sq_path_exists(mine.path)); /* somebody's */
    assert_int_equal(run(s, "open('/tmp/x', 'w').write('x' * 1000)").end,
                     SQ_PROGRAM_PASSED);
    char *path = sq_xstrdup(mine.path);
    sq_cgroup_remove(&mine);
    assert_false(sq_path_exists(path));
    free(path);
    sq_sandbox_close(s);
    assert_int_equal(count_groups(top), others);
    free(left);
    free(top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_upwards),
        cmocka_unit_test(memory_is_of_all),
        cmocka_unit_test(a_group_outlives_no_run),
    };
    folder = temp_folder();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (const char *const *name =
             (const char *const[]){"a/cgroup.subtree_control", "a/b", "a",
                                   "mountinfo", "cgroup", "", NULL};
         *name; name++) {
        char *path = sq_path_join(folder, *name);
        (void)remove(path);
        free(path);
    }
    free(folder);
    return failed;
}
