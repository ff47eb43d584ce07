/*
 * Responses of any bytes under every kind of instruction, by both sets of
 * rules. What must hold: a verdict with a reason, evidence within the text, the
 * same again, and a response that is strict is loose.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "ifeval/ifeval.h"
#include "ifeval_rules.h"

#define MUST(x)                                                                \
    do {                                                                       \
        if (!(x)) {                                                            \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* Compiled once; kept until the process ends. */
static const struct sq_step *all_steps(void)
{
    static struct sq_arena arena;
    static struct sq_step steps[2 * NIFEVAL_RULES];
    static bool done;
    struct sq_err err;

    for (size_t i = 0; i < 2 && !done; i++) {
        struct sq_ifeval *rules;

        MUST(sq_ifeval_open(&rules, i == 1, &arena, &err) == SQ_OK);
        for (size_t k = 0; k < NIFEVAL_RULES; k++) {
            struct sq_json *kwargs = sq_json_parse(
                sq_str_from(ifeval_rules[k][1]), "kwargs", 1, &err);

            MUST(sq_ifeval_step(rules, sq_str_from(ifeval_rules[k][0]), kwargs,
                                "fuzz", &arena, &steps[i * NIFEVAL_RULES + k],
                                &err) == SQ_OK);
            sq_json_free(kwargs);
        }
    }
    done = true;
    return steps;
}

static enum sq_finding_verdict run(const struct sq_rule *rule, sq_str text)
{
    const struct sq_check_text t = {text, false, NULL};
    struct sq_finding f = {0}, again = {0};

    rule->check->run(rule->args, t, &f);
    rule->check->run(rule->args, t, &again);
    MUST(f.why[0] && memchr(f.why, 0, sizeof(f.why)));
    MUST(f.at <= text.n && f.len <= text.n - f.at);
    MUST(f.verdict == again.verdict && strcmp(f.why, again.why) == 0);
    MUST(f.verdict != SQ_FINDING_UNDECIDED);
    return f.verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sq_step *steps = all_steps();
    /* Flush against its end, so that a read behind it is seen. */
    char *copy = malloc(size ? size : 1);

    MUST(copy);
    if (size > 0)
        memcpy(copy, data, size);
    for (size_t i = 0; i < 2 * NIFEVAL_RULES; i++) {
        sq_str text = {copy, size};

        if (run(&steps[i].rules[0], text) == SQ_FINDING_HOLDS)
            MUST(run(&steps[i].rules[1], text) == SQ_FINDING_HOLDS);
        else
            (void)run(&steps[i].rules[1], text);
    }
    free(copy);
    return 0;
}
