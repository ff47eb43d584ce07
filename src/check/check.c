#include "check/check.h"
#include "check/families.h"

/* In the order of their names. */
static const struct sq_check *const table[] = {&sq_check_all_of,
                                               &sq_check_any_of,
                                               &sq_check_at_least,
                                               &sq_check_bullet_list,
                                               &sq_check_characters,
                                               &sq_check_choice,
                                               &sq_check_code,
                                               &sq_check_contains,
                                               &sq_check_ends_with,
                                               &sq_check_exact,
                                               &sq_check_forbidden,
                                               &sq_check_headings,
                                               &sq_check_json,
                                               &sq_check_json_schema,
                                               &sq_check_keywords,
                                               &sq_check_language,
                                               &sq_check_latex,
                                               &sq_check_letters,
                                               &sq_check_lines,
                                               &sq_check_list_items,
                                               &sq_check_normalised,
                                               &sq_check_not,
                                               &sq_check_number,
                                               &sq_check_numbered_list,
                                               &sq_check_paragraphs,
                                               &sq_check_quotation,
                                               &sq_check_regex,
                                               &sq_check_sections,
                                               &sq_check_sentences,
                                               &sq_check_starts_with,
                                               &sq_check_step_result,
                                               &sq_check_table,
                                               &sq_check_title,
                                               &sq_check_url,
                                               &sq_check_words,
                                               &sq_check_xml,
                                               NULL};

const struct sq_check *const *sq_check_all(void)
{
    return table;
}

const struct sq_check *sq_check_find(sq_str name)
{
    for (size_t i = 0; table[i]; i++) {
        if (sq_str_eq(name, sq_str_from(table[i]->name)))
            return table[i];
    }
    return NULL;
}

static enum sq_status read_role(const struct sq_json *rule, const char *where,
                                enum sq_role *out, struct sq_err *err)
{
    sq_str role;
    enum sq_status st = sq_json_need_str(rule, "role", where, &role, err);

    if (st)
        return st;
    if (sq_str_eq(role, SQ_STR("constraint")))
        *out = SQ_ROLE_CONSTRAINT;
    else if (sq_str_eq(role, SQ_STR("answer")))
        *out = SQ_ROLE_ANSWER;
    else
        return sq_err_set(err, SQ_INPUT,
                          "%s: role: \"%.*s\" is neither constraint nor answer",
                          where, SQ_STR_ARG(role));
    return SQ_OK;
}

enum sq_status sq_rule_compile(const struct sq_json *rule, const char *where,
                               struct sq_arena *arena, struct sq_rule *out,
                               struct sq_err *err)
{
    struct sq_buf text;
    enum sq_status st;
    sq_str name;

    st = sq_json_need_str(rule, "check", where, &name, err);
    if (!st)
        st = read_role(rule, where, &out->role, err);
    if (st)
        return st;
    out->check = sq_check_find(name);
    if (!out->check)
        return sq_err_set(err, SQ_INPUT,
                          "%s: check: there is no check \"%.*s\"", where,
                          SQ_STR_ARG(name));
    st = out->check->compile(rule, where, arena, &out->args, err);
    if (st)
        return st;
    sq_buf_init(&text, SQ_MAX_RECORD);
    sq_json_render(rule, &text);
    out->text = sq_arena_str(arena, sq_buf_str(&text));
    sq_buf_release(&text);
    return SQ_OK;
}
