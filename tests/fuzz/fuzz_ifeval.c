/*
 * Responses of any bytes under every kind of instruction, by both sets of
 * rules. What must hold: a verdict with a reason, evidence within the text, the
 * same again, and a response that is strict is loose.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "ifeval/ifeval.h"

#define MUST(x)                                                                \
    do {                                                                       \
        if (!(x)) {                                                            \
            abort();                                                           \
        }                                                                      \
    } while (0)

static const char *const instructions[][2] = {
    {"change_case:capital_word_frequency",
     "{\"capital_frequency\": 2, \"capital_relation\": \"at least\"}"},
    {"change_case:english_capital", "{}"},
    {"change_case:english_lowercase", "{}"},
    {"combination:repeat_prompt", "{\"prompt_to_repeat\": \"Say it.\"}"},
    {"combination:two_responses", "{}"},
    {"detectable_content:number_placeholders", "{\"num_placeholders\": 1}"},
    {"detectable_content:postscript", "{\"postscript_marker\": \"P.P.S\"}"},
    {"detectable_format:constrained_response", "{}"},
    {"detectable_format:json_format", "{}"},
    {"detectable_format:multiple_sections",
     "{\"section_spliter\": \"Day\", \"num_sections\": 2}"},
    {"detectable_format:number_bullet_lists", "{\"num_bullets\": 2}"},
    {"detectable_format:number_highlighted_sections",
     "{\"num_highlights\": 2}"},
    {"detectable_format:title", "{}"},
    {"keywords:existence", "{\"keywords\": [\"ab\", \"c\"]}"},
    {"keywords:forbidden_words", "{\"forbidden_words\": [\"ab\", \"d\"]}"},
    {"keywords:frequency",
     "{\"keyword\": \"a*\", \"frequency\": 3, \"relation\": \"less than\"}"},
    {"keywords:letter_frequency",
     "{\"letter\": \"i\", \"let_frequency\": 3, \"let_relation\": \"at "
     "least\"}"},
    {"language:response_language", "{\"language\": \"hi\"}"},
    {"length_constraints:nth_paragraph_first_word",
     "{\"num_paragraphs\": 2, \"nth_paragraph\": 2, \"first_word\": \"a\"}"},
    {"length_constraints:number_paragraphs", "{\"num_paragraphs\": 2}"},
    {"length_constraints:number_sentences",
     "{\"num_sentences\": 3, \"relation\": \"at least\"}"},
    {"length_constraints:number_words",
     "{\"num_words\": 3, \"relation\": \"at least\"}"},
    {"punctuation:no_comma", "{}"},
    {"startend:end_checker", "{\"end_phrase\": \"the end\"}"},
    {"startend:quotation", "{}"},
};
#define N (sizeof(instructions) / sizeof(*instructions))

/* Compiled once; kept until the process ends. */
static const struct sq_step *all_steps(void)
{
    static struct sq_arena arena;
    static struct sq_step steps[2 * N];
    static bool done;
    struct sq_err err;

    for (size_t i = 0; i < 2 && !done; i++) {
        struct sq_ifeval *rules;

        MUST(sq_ifeval_open(&rules, i == 1, &arena, &err) == SQ_OK);
        for (size_t k = 0; k < N; k++) {
            struct sq_json *kwargs = sq_json_parse(
                sq_str_from(instructions[k][1]), "kwargs", 1, &err);

            MUST(sq_ifeval_step(rules, sq_str_from(instructions[k][0]), kwargs,
                                "fuzz", &arena, &steps[i * N + k],
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
    for (size_t i = 0; i < 2 * N; i++) {
        sq_str text = {copy, size};

        if (run(&steps[i].rules[0], text) == SQ_FINDING_HOLDS)
            MUST(run(&steps[i].rules[1], text) == SQ_FINDING_HOLDS);
        else
            (void)run(&steps[i].rules[1], text);
    }
    free(copy);
    return 0;
}
