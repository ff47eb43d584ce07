#include "grade/grade.h"

#include "check/check.h"
#include "grade/graders.h"
#include "grade/unit_tests.h"

static const struct sq_check *const table[] = {
    &sq_grade_contained,     &sq_grade_flexible_number, &sq_grade_hendrycks,
    &sq_grade_last_number,   &sq_grade_letter,          &sq_grade_marker,
    &sq_grade_math,          &sq_grade_repeats,         &sq_grade_rouge_l,
    &sq_grade_same_text,     &sq_grade_squad_em,        &sq_grade_squad_f1,
    &sq_grade_strict_number, &sq_grade_unit_tests,      NULL};

const struct sq_check *const *sq_grade_all(void)
{
    return table;
}

const struct sq_check *sq_grade_find(sq_str name)
{
    for (size_t i = 0; table[i]; i++)
        if (sq_str_eq(name, sq_str_from(table[i]->name)))
            return table[i];
    return sq_check_find(name);
}
