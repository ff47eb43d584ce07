#include "base/opt.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct settings {
    bool resume, no_cache;
    int verbose;
    const char *model;
    long long jobs;
    double temperature;
    struct sq_opt_list suites;
};

enum { ROWS = 8, MAX_ARGS = 12 };

static void make_table(struct settings *s, struct sq_opt table[ROWS])
{
    const struct sq_opt rows[ROWS] = {
        {"resume", 'r', SQ_OPT_FLAG, &s->resume, NULL, "go on", 0, 0},
        {"no-cache", 0, SQ_OPT_FLAG, &s->no_cache, NULL, "ask anew", 0, 0},
        {"verbose", 'v', SQ_OPT_COUNT, &s->verbose, NULL, "say more", 0, 0},
        {"model", 'm', SQ_OPT_STR, &s->model, "SPEC", "what to ask", 0, 0},
        {"concurrency", 'j', SQ_OPT_INT, &s->jobs, "N",
         "how many requests may be in flight at once, counted over all of the "
         "suites of a run",
         1, 64},
        {"temperature", 0, SQ_OPT_NUM, &s->temperature, "T", "how bold", 0, 2},
        {"suite", 's', SQ_OPT_LIST, &s->suites, "NAME",
         "may be given several times", 0, 0},
        {NULL, 0, SQ_OPT_FLAG, NULL, NULL, NULL, 0, 0},
    };
    memcpy(table, rows, sizeof(rows));
}

/* The settings, operands and --help after parsing, or the message. args and env
 * are split at blanks; env is NAME=VALUE. */
static void parse(const char *args, const char *env, const char *config,
                  struct sq_buf *out)
{
    struct settings s = {.model = "-", .jobs = 4};
    struct sq_opt table[ROWS];
    char words[256];
    char program[] = "seqeval";
    char *argv[MAX_ARGS] = {program};
    int argc = 1;
    int noperands;
    bool help;
    struct sq_err err = {0};
    struct sq_json *json =
        config ? sq_json_parse(sq_str_from(config), "config", 1, NULL) : NULL;
    make_table(&s, table);
    (void)snprintf(words, sizeof(words), "%s", args);
    for (char *w = words; *w && argc < MAX_ARGS; argc++) {
        char *end = w + strcspn(w, " ");
        argv[argc] = w;
        w = *end ? end + 1 : end;
        *end = '\0';
    }
    char name[64] = "";
    if (env) {
        const char *eq = strchr(env, '=');
        (void)snprintf(name, sizeof(name), "%.*s", (int)(eq - env), env);
        assert_int_equal(setenv(name, eq + 1, 1), 0);
    }
    sq_buf_reset(out);
    enum sq_status status =
        sq_opt_parse(table, argc, argv, json, &noperands, &help, &err);
    if (env)
        (void)unsetenv(name);
    assert_true(status == SQ_OK || status == SQ_USAGE);
    if (status) {
        sq_buf_adds(out, err.msg);
    } else {
        sq_buf_addf(out, "%s%s%sv%d m=%s j%lld t%g", help ? "help " : "",
                    s.resume ? "resume " : "", s.no_cache ? "no-cache " : "",
                    s.verbose, s.model, s.jobs, s.temperature);
        for (size_t i = 0; i < s.suites.n; i++)
            sq_buf_addf(out, " s=%s", s.suites.v[i]);
        for (int i = 1; i <= noperands; i++)
            sq_buf_addf(out, " [%s]", argv[i]);
    }
    free(s.suites.v);
    sq_json_free(json);
}

static const struct {
    const char *args, *env, *config, *want;
} parse_cases[] = {
    {"", NULL, NULL, "v0 m=- j4 t0"},
    /* the forms of a flag */
    {"--model x", NULL, NULL, "v0 m=x j4 t0"},
    {"--model=x=y", NULL, NULL, "v0 m=x=y j4 t0"},
    {"--model=", NULL, NULL, "v0 m= j4 t0"},
    {"-j 8", NULL, NULL, "v0 m=- j8 t0"},
    {"-j8", NULL, NULL, "v0 m=- j8 t0"},
    {"-vvr", NULL, NULL, "resume v2 m=- j4 t0"},
    {"-vj8 -v", NULL, NULL, "v2 m=- j8 t0"},
    {"--resume --no-resume", NULL, NULL, "v0 m=- j4 t0"},
    {"--no-cache", NULL, NULL, "no-cache v0 m=- j4 t0"},
    {"-s a --suite b --suite=c", NULL, NULL, "v0 m=- j4 t0 s=a s=b s=c"},
    {"--temperature .5", NULL, NULL, "v0 m=- j4 t0.5"},
    {"--model -x", NULL, NULL, "v0 m=-x j4 t0"},
    /* operands */
    {"a -v b - c", NULL, NULL, "v1 m=- j4 t0 [a] [b] [-] [c]"},
    {"a -- -v -- b", NULL, NULL, "v0 m=- j4 t0 [a] [-v] [--] [b]"},
    {"-v --", NULL, NULL, "v1 m=- j4 t0"},
    /* help comes before all faults behind it */
    {"--help --bad", NULL, NULL, "help v0 m=- j4 t0"},
    {"-vh", "SEQEVAL_CONCURRENCY=x", "{\"bad\":1}", "help v1 m=- j4 t0"},
    /* faults */
    {"--modle x", NULL, NULL, "unknown option --modle; did you mean --model?"},
    {"--concurency=2", NULL, NULL,
     "unknown option --concurency; did you mean --concurrency?"},
    {"--xyzzy", NULL, NULL, "unknown option --xyzzy; --help lists them"},
    {"--no-model", NULL, NULL,
     "unknown option --no-model; did you mean --model?"},
    {"-x", NULL, NULL, "unknown option -x; --help lists them"},
    {"--model", NULL, NULL, "--model needs a value: --model SPEC"},
    {"-vj", NULL, NULL, "-j needs a value: -j N"},
    {"--resume=1", NULL, NULL, "--resume takes no value"},
    {"-j 0", NULL, NULL, "-j: '0' is not a whole number from 1 to 64"},
    {"-j 65", NULL, NULL, "-j: '65' is not a whole number from 1 to 64"},
    {"--concurrency 1.5", NULL, NULL,
     "--concurrency: '1.5' is not a whole number from 1 to 64"},
    {"--temperature hot", NULL, NULL,
     "--temperature: 'hot' is not a number from 0 to 2"},
    /* environment */
    {"", "SEQEVAL_CONCURRENCY=9", NULL, "v0 m=- j9 t0"},
    {"-j8", "SEQEVAL_CONCURRENCY=9", NULL, "v0 m=- j8 t0"},
    {"-j8", "SEQEVAL_CONCURRENCY=x", NULL, "v0 m=- j8 t0"},
    {"", "SEQEVAL_CONCURRENCY=", NULL, "v0 m=- j4 t0"},
    {"", "SEQEVAL_CONCURRENCY=x", NULL,
     "SEQEVAL_CONCURRENCY: 'x' is not a whole number from 1 to 64"},
    {"", "SEQEVAL_NO_CACHE=yes", NULL, "no-cache v0 m=- j4 t0"},
    {"", "SEQEVAL_RESUME=0", "{\"resume\":true}", "v0 m=- j4 t0"},
    {"--no-resume", "SEQEVAL_RESUME=1", NULL, "v0 m=- j4 t0"},
    {"", "SEQEVAL_RESUME=maybe", NULL,
     "SEQEVAL_RESUME: 'maybe' is neither 1 (yes) nor 0 (no)"},
    {"", "SEQEVAL_VERBOSE=2", NULL, "v2 m=- j4 t0"},
    {"-v", "SEQEVAL_VERBOSE=3", NULL, "v1 m=- j4 t0"},
    {"", "SEQEVAL_VERBOSE=-1", NULL,
     "SEQEVAL_VERBOSE: '-1' is not a whole number from 0 to 9"},
    {"", "SEQEVAL_SUITE=a", "{\"suite\":[\"b\",\"c\"]}", "v0 m=- j4 t0 s=a"},
    /* config */
    {"", NULL,
     "{\"model\":\"x\",\"concurrency\":2,\"temperature\":1.5,"
     "\"verbose\":1,\"resume\":true,\"suite\":[\"b\",\"c\"]}",
     "resume v1 m=x j2 t1.5 s=b s=c"},
    {"-s a", NULL, "{\"suite\":\"b\"}", "v0 m=- j4 t0 s=a"},
    {"-j8", NULL, "{\"concurrency\":2}", "v0 m=- j8 t0"},
    {"", "SEQEVAL_CONCURRENCY=9", "{\"concurrency\":2}", "v0 m=- j9 t0"},
    {"", NULL, "{\"modle\":\"x\"}",
     "unknown config key modle; did you mean model?"},
    {"", NULL, "{\"model\":1}",
     "config: model: expected a string, found a number"},
    {"", NULL, "{\"resume\":1}",
     "config: resume: expected true or false, found a number"},
    {"", NULL, "{\"concurrency\":\"2\"}",
     "config: concurrency: expected a number, found a string"},
    {"", NULL, "{\"concurrency\":99}",
     "config: concurrency: '99' is not a whole number from 1 to 64"},
    {"", NULL, "{\"suite\":[1]}",
     "config: suite: expected a string or an array of strings, found a "
     "number"},
    {"", NULL, "{\"verbose\":true}",
     "config: verbose: expected a whole number from 0 to 9, found true or "
     "false"},
    {"", NULL, "[]", "config: expected an object, found an array"},
};
static void test_parse(void **state)
{
    (void)state;
    struct sq_buf got;
    sq_buf_init(&got, 4096);
    for (size_t i = 0; i < COUNT(parse_cases); i++) {
        parse(parse_cases[i].args, parse_cases[i].env, parse_cases[i].config,
              &got);
        assert_string_equal(got.p, parse_cases[i].want);
    }
    sq_buf_release(&got);
}

static void test_bounds(void **state)
{
    (void)state;
    long long n = 0;
    int noperands;
    bool help;
    struct sq_err err = {0};
    char words[][8] = {"seqeval", "--n", "0", "-5"};
    char *argv[] = {words[0], words[1], words[2]};
    struct sq_opt table[] = {
        {"n", 0, SQ_OPT_INT, &n, "N", "", 1, 9e18},
        {NULL, 0, SQ_OPT_FLAG, NULL, NULL, NULL, 0, 0},
    };
    assert_int_equal(
        sq_opt_parse(table, 3, argv, NULL, &noperands, &help, &err), SQ_USAGE);
    assert_string_equal(err.msg,
                        "--n: '0' is not a whole number of at least 1");
    table[0].min = table[0].max = 0;
    argv[2] = words[3];
    assert_int_equal(
        sq_opt_parse(table, 3, argv, NULL, &noperands, &help, &err), SQ_OK);
    assert_int_equal(n, -5);
}

/* A list that is given replaces the one that was there. */
static void test_list_default(void **state)
{
    (void)state;
    struct sq_opt_list list = {sq_xmalloc(sizeof(*list.v)), 1};
    int noperands;
    bool help;
    struct sq_err err = {0};
    char words[][8] = {"seqeval", "-s", "a"};
    char *argv[] = {words[0], words[1], words[2]};
    struct sq_opt table[] = {
        {"suite", 's', SQ_OPT_LIST, &list, "NAME", "", 0, 0},
        {NULL, 0, SQ_OPT_FLAG, NULL, NULL, NULL, 0, 0},
    };
    list.v[0] = "default";
    assert_int_equal(
        sq_opt_parse(table, 1, argv, NULL, &noperands, &help, &err), SQ_OK);
    assert_int_equal(list.n, 1);
    assert_string_equal(list.v[0], "default");
    assert_int_equal(
        sq_opt_parse(table, 3, argv, NULL, &noperands, &help, &err), SQ_OK);
    assert_int_equal(list.n, 1);
    assert_string_equal(list.v[0], "a");
    free(list.v);
}

static void test_config_path(void **state)
{
    (void)state;
    static const struct {
        int argc;
        char args[4][16];
        const char *want;
    } cases[] = {
        {3, {"seqeval", "--config", "f"}, "f"},
        {3, {"seqeval", "--config=f", "x"}, "f"},
        {4, {"seqeval", "x", "--", "--config=f"}, "(none)"},
        {2, {"seqeval", "--configure=f"}, "(none)"},
        {2, {"seqeval", "--config"}, "(none)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char words[4][16];
        memcpy(words, cases[i].args, sizeof(words));
        char *argv[] = {words[0], words[1], words[2], words[3]};
        const char *got = sq_opt_config_path(cases[i].argc, argv);
        assert_string_equal(got ? got : "(none)", cases[i].want);
    }
    char program[] = "seqeval";
    char *argv[] = {program};
    assert_int_equal(setenv("SEQEVAL_CONFIG", "env", 1), 0);
    assert_string_equal(sq_opt_config_path(1, argv), "env");
    assert_int_equal(setenv("SEQEVAL_CONFIG", "", 1), 0);
    assert_null(sq_opt_config_path(1, argv));
    (void)unsetenv("SEQEVAL_CONFIG");
}

static void test_help(void **state)
{
    (void)state;
    static const char want[] =
        "usage: seqeval run [OPTION]... RUN\n"
        "\n"
        "Ask a model.\n"
        "\n"
        "Options:\n"
        "  -r, --resume              go on\n"
        "      --no-cache            ask anew\n"
        "  -v, --verbose             say more\n"
        "  -m, --model SPEC          what to ask\n"
        "  -j, --concurrency N       how many requests may be in flight at "
        "once, "
        "counted\n"
        "                            over all of the suites of a run\n"
        "      --temperature T       how bold\n"
        "  -s, --suite NAME          may be given several times\n"
        "  -h, --help                show this text\n"
        "\n"
        "Each option --a-b is also read from SEQEVAL_A_B and, as \"a-b\", from "
        "a --config\n"
        "file. --no-a takes back a flag --a.\n"
        "\n"
        "A paragraph that is a good deal longer than a line of a terminal, "
        "which "
        "is to\n"
        "say eighty columns.\n"
        "\n"
        "    kept   as it is\n";
    struct settings s = {0};
    struct sq_opt table[ROWS];
    struct sq_opt_usage usage = {
        "run", "RUN", "Ask a model.",
        "A paragraph that is a good deal longer than a line of a terminal, "
        "which is to say eighty columns.\n\n    kept   as it is"};
    struct sq_buf out;
    make_table(&s, table);
    sq_buf_init(&out, 4096);
    sq_opt_help(&usage, table, &out);
    assert_string_equal(out.p, want);
    sq_str rest = sq_buf_str(&out);
    sq_str line;
    while (sq_str_line(&rest, &line))
        assert_in_range(line.n, 0, 80);
    sq_buf_reset(&out);
    table[0].name = "a-name-that-leaves-no-room";
    table[1].name = NULL;
    usage = (struct sq_opt_usage){"x", "", "About.", NULL};
    sq_opt_help(&usage, table, &out);
    assert_non_null(strstr(out.p, "usage: seqeval x [OPTION]...\n"));
    assert_non_null(
        strstr(out.p, "-room\n                            go on\n"));
    sq_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_list_default), cmocka_unit_test(test_config_path),
        cmocka_unit_test(test_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
