/*
 * check_bench [MS]: how long every check takes on 1 MB of text, over rules of
 * all checks (tests/fuzz/check_rules.h) and texts that are hard on some of
 * them. Prints the slowest text of each rule; exit 1 when one takes more than
 * MS milliseconds (default 50).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../fuzz/check_rules.h"
#include "check/check.h"

#define SIZE ((size_t)1000000)

/* Repeated to 1 MB. "?": bytes by a generator; NULL: of those, the valid. */
static const char *const units[] = {
    "a",
    "a ",
    "cat ",
    "dog\n",
    "- a\n",
    "1. a\n",
    "# a\n",
    "| a | b |\n",
    "```\na\n",
    "\n",
    " ",
    ".",
    "\"",
    "$a",
    "\\(",
    "{\n",
    "[1,",
    "[",
    "{\"a\":[",
    "<a>",
    "<a ",
    "<",
    "1",
    "1,2",
    "5 ",
    "twenty ",
    "http://",
    "a.b.",
    "www.a",
    "\xc3\xa9t\xc3\xa9 ",
    "\xe4\xbd\xa0",
    "\xff",
    "\xe2\x80\x9c",
    "The cat sat on the mat. It was 5 kg, or $12.50; \"well\", it said.\n",
    "Le chat est assis sur le tapis et il regarde la pluie tomber dehors.\n",
    "> a\n",
    "offensive ",
    "answer: ",
    "*a*",
    "def f(x):\n",
    "a{b:c;",
    "1 a\n  - b\n",
    "?",
};
#define NUNITS (sizeof(units) / sizeof(*units))

static void make_text(const char *unit, char *out)
{
    size_t n = strlen(unit);
    unsigned x = 1;

    for (size_t i = 0; i < SIZE; i++) {
        x = x * 1664525u + 1013904223u;
        out[i] = *unit == '?' ? (char)(x >> 24) : unit[i % n];
    }
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The least disturbed of some runs, of more where it matters. */
static double time_rule(const struct sq_rule *rule, sq_str text)
{
    struct sq_check_text t = {text, false, NULL};
    double best = 1e9;

    for (int i = 0; i < 2 || (i < 8 && best > 25); i++) {
        struct sq_finding f;
        double from = now_ms();

        rule->check->run(rule->args, t, &f);
        if (now_ms() - from < best)
            best = now_ms() - from;
    }
    return best;
}

static bool compile_rule(const char *args, struct sq_arena *arena,
                         struct sq_rule *out)
{
    struct sq_err err = {0};
    struct sq_buf text;
    struct sq_json *j;
    bool ok;

    sq_buf_init(&text, SQ_MAX_MESSAGE);
    sq_buf_addf(&text, "{\"check\":%s,\"role\":\"answer\"}", args);
    j = sq_json_parse(sq_buf_str(&text), "rule", 1, &err);
    ok = j && sq_rule_compile(j, "rule", arena, out, &err) == SQ_OK;
    if (!ok)
        fprintf(stderr, "%s\n", err.msg);
    sq_json_free(j);
    sq_buf_release(&text);
    return ok;
}

int main(int argc, char **argv)
{
    double most = argc > 1 ? strtod(argv[1], NULL) : 50;
    struct sq_arena arena = SQ_ARENA_INIT;
    char *text = sq_xmalloc(SIZE * NUNITS);
    int bad = 0;

    for (size_t k = 0; k < NUNITS; k++)
        make_text(units[k], text + k * SIZE);
    for (size_t i = 0; i < NCHECK_RULES; i++) {
        double worst = 0;
        size_t which = 0;
        struct sq_rule rule;

        if (!compile_rule(check_rules[i], &arena, &rule))
            return 1;
        for (size_t k = 0; k < NUNITS; k++) {
            double ms = time_rule(&rule, (sq_str){text + k * SIZE, SIZE});

            which = ms > worst ? k : which;
            worst = ms > worst ? ms : worst;
        }
        printf("%7.1f ms  %-12s on %-10.10s %.50s\n", worst, rule.check->name,
               *units[which] == '\n' ? "\\n" : units[which], check_rules[i]);
        bad += worst > most;
    }
    printf("%zu rules, %d above %.0f ms\n", NCHECK_RULES, bad, most);
    free(text);
    sq_arena_release(&arena);
    return bad > 0;
}
