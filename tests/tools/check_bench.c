/*
 * check_bench [MS [NAME]]: how long every check takes on 1 MB of text: rules of
 * all checks (tests/fuzz/check_rules.h) and IFEval's kinds of instructions by
 * both sets of rules (ifeval_rules.h), on texts that are hard on some of them.
 * A loose grader looks at up to 8 forms of the text and has the time for each.
 * Prints the slowest text of each; exit 1 when one takes more than MS
 * milliseconds (default 50). NAME: only the checks whose names hold it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../fuzz/check_rules.h"
#include "../fuzz/ifeval_rules.h"
#include "check/check.h"
#include "ifeval/ifeval.h"

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
    "a. ",
    "Mr. A",
    ". ",
    "\xc3\xa9. \x27",
    "\xd0\xb1. \x27",
    "b. \x27",
    "B? \x27",
    "P.P.S ",
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

/* The least disturbed of some runs where it matters. */
static double time_rule(const struct sq_rule *rule, sq_str text, double most)
{
    struct sq_check_text t = {text, false, NULL};
    double best = 1e9;

    for (int i = 0; i < 1 || (i < 8 && best > most / 2); i++) {
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

struct bench {
    struct sq_arena arena;
    char *text; /* of all units */
    double most;
    const char *only; /* NULL: all */
    int n, bad;
};

/* Its slowest text; forms: how many times the limit it may take. */
static void measure(struct bench *b, const struct sq_rule *rule, int forms,
                    const char *name, const char *args)
{
    double worst = 0;
    size_t which = 0;

    if (b->only && !strstr(args, b->only))
        return;
    for (size_t k = 0; k < NUNITS; k++) {
        double ms = time_rule(rule, (sq_str){b->text + k * SIZE, SIZE},
                              forms * b->most);

        which = ms > worst ? k : which;
        worst = ms > worst ? ms : worst;
    }
    printf("%7.1f ms%c %-12s on %-10.*s %.50s\n", worst,
           worst > forms * b->most ? '!' : ' ', name,
           (int)strcspn(units[which], "\n"), units[which], args);
    b->n++;
    b->bad += worst > forms * b->most;
}

static bool measure_checks(struct bench *b)
{
    for (size_t i = 0; i < NCHECK_RULES; i++) {
        struct sq_rule rule;

        if (!compile_rule(check_rules[i], &b->arena, &rule))
            return false;
        measure(b, &rule, 1, rule.check->name, check_rules[i]);
    }
    return true;
}

static bool measure_ifeval(struct bench *b, bool fixed)
{
    struct sq_err err = {0};
    struct sq_ifeval *shared;
    bool ok = sq_ifeval_open(&shared, fixed, &b->arena, &err) == SQ_OK;

    for (size_t i = 0; i < NIFEVAL_RULES && ok; i++) {
        struct sq_step step = {0};
        struct sq_json *kwargs =
            sq_json_parse(sq_str_from(ifeval_rules[i][1]), "kwargs", 1, &err);

        ok = kwargs && sq_ifeval_step(shared, sq_str_from(ifeval_rules[i][0]),
                                      kwargs, ifeval_rules[i][0], &b->arena,
                                      &step, &err) == SQ_OK;
        for (size_t k = 0; k < step.nrules && ok; k++)
            measure(b, &step.rules[k], k == 0 ? 1 : 8, step.rules[k].grader,
                    ifeval_rules[i][0]);
        sq_json_free(kwargs);
    }
    if (!ok)
        fprintf(stderr, "%s\n", err.msg);
    return ok;
}

int main(int argc, char **argv)
{
    struct bench b = {.arena = SQ_ARENA_INIT,
                      .text = sq_xmalloc(SIZE * NUNITS),
                      .most = argc > 1 ? strtod(argv[1], NULL) : 50,
                      .only = argc > 2 ? argv[2] : NULL};
    bool ok;

    for (size_t k = 0; k < NUNITS; k++)
        make_text(units[k], b.text + k * SIZE);
    ok = measure_checks(&b) && measure_ifeval(&b, false) &&
         measure_ifeval(&b, true);
    printf("%d rules, %d above %.0f ms\n", b.n, b.bad, b.most);
    free(b.text);
    sq_arena_release(&b.arena);
    return !ok || b.bad > 0;
}
