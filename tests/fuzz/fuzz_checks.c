/*
 * Every check over any bytes. The first byte picks a rule, the second
 * whether the text is shared; the rest is the text. Whatever it is, the finding
 * must be one: a reason in UTF-8 and evidence within the text.
 */
#include <stdint.h>
#include <stdlib.h>
#include "check/check.h"
#include "check_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Compiled once; they live as long as the process. */
static struct sq_rule compiled[NCHECK_RULES];
static struct sq_arena arena = SQ_ARENA_INIT;

static void compile_rules(void)
{
    for (size_t i = 0; i < NCHECK_RULES; i++) {
        struct sq_err err = {0};
        struct sq_buf text;
        struct sq_json *j;

        sq_buf_init(&text, SQ_MAX_MESSAGE);
        sq_buf_addf(&text, "{\"check\":%s,\"role\":\"answer\"}",
                    check_rules[i]);
        j = sq_json_parse(sq_buf_str(&text), "rule", 1, &err);
        if (!j || sq_rule_compile(j, "rule", &arena, &compiled[i], &err))
            abort();
        sq_json_free(j);
        sq_buf_release(&text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sq_check_text text = {0};
    struct sq_finding f;
    const struct sq_rule *rule;

    if (!compiled[0].check)
        compile_rules();
    if (size < 2)
        return 0;
    rule = &compiled[data[0] % NCHECK_RULES];
    text.shared = data[1] & 1;
    text.text = (sq_str){(const char *)data + 2, size - 2};
    rule->check->run(rule->args, text, &f);
    if (f.verdict > SQ_FINDING_ERROR || f.at > text.text.n ||
        f.len > text.text.n - f.at || !f.why[0] ||
        !sq_utf8_valid(sq_str_from(f.why), NULL))
        abort();
    return 0;
}
