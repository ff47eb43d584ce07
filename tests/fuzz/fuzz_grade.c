/*
 * Responses of any bytes under every grader. What must hold: a verdict with a
 * reason, a measure from 0 to 1, evidence within the text, the same again, and
 * what MATH's string rule takes for right is right by meaning.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "grade/answer.h"
#include "grade/grade.h"
#include "grade/hendrycks.h"

#define MUST(x)                                                                \
    do {                                                                       \
        if (!(x)) {                                                            \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* In the array, two literals in a row look like a forgotten comma. */
static const char contained[] =
    "{\"check\":\"contained\",\"reference\":\"a\",\"skip\":3,"
    "\"markers\":\"i\"}";
static const char letter[] =
    "{\"check\":\"letter\",\"reference\":\"A\",\"choices\":\"A:a b, B:c\","
    "\"markers\":[\"is\"]}";

static const char *const rules[] = {
    contained,
    "{\"check\":\"flexible_number\",\"reference\":\"1,2\"}",
    "{\"check\":\"hendrycks\",\"reference\":\"\\\\frac12\"}",
    "{\"check\":\"last_number\",\"reference\":\"12\"}",
    letter,
    "{\"check\":\"marker\",\"markers\":[\"is\"]}",
    "{\"check\":\"math\",\"reference\":\"(x+1)^2\"}",
    "{\"check\":\"repeats\",\"reference\":\"a b\"}",
    "{\"check\":\"rouge_l\",\"reference\":\"a b. c\",\"lower\":true}",
    "{\"check\":\"same_text\",\"reference\":\"a\"}",
    "{\"check\":\"squad_em\",\"reference\":\"a b\",\"lang\":\"zh\"}",
    "{\"check\":\"squad_f1\",\"reference\":[\"a b\",\"c\"],\"lang\":\"ar\"}",
    "{\"check\":\"squad_f1\",\"reference\":\"a b\"}",
    "{\"check\":\"strict_number\",\"reference\":\"1\",\"markers\":\"is \"}",
};
#define N (sizeof(rules) / sizeof(*rules))

static void run_rule(const char *text, sq_str response)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    struct sq_err err = {0};
    struct sq_json *rule = sq_json_parse(sq_str_from(text), "rule", 1, &err);
    const struct sq_check *g =
        sq_grade_find(sq_json_str(sq_json_get(rule, "check")));
    const struct sq_check_text t = {response, false, &arena};
    struct sq_finding f = {0}, again = {0};
    const void *args;

    MUST(g && g->compile(rule, "rule", &arena, &args, &err) == SQ_OK);
    g->run(args, t, &f);
    g->run(args, t, &again);
    MUST(f.why[0] && memchr(f.why, 0, sizeof(f.why)));
    MUST(f.verdict == again.verdict && strcmp(f.why, again.why) == 0);
    MUST(!f.measured || (f.value >= 0 && f.value <= 1));
    MUST(f.at <= response.n && f.len <= response.n - f.at);
    sq_json_free(rule);
    sq_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Flush against its end, so that a read behind it is seen. */
    char *copy = malloc(size ? size : 1);
    sq_str a, b;

    MUST(copy);
    if (size > 0)
        memcpy(copy, data, size);
    for (size_t i = 0; i < N; i++)
        run_rule(rules[i], (sq_str){copy, size});
    a = sq_str_sub((sq_str){copy, size}, 0, size / 2);
    b = sq_str_sub((sq_str){copy, size}, size / 2, size);
    MUST(!sq_hendrycks_same(a, b) || sq_answer_same(a, b));
    (void)sq_answer_same(b, a);
    free(copy);
    return 0;
}
