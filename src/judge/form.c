#include "judge/internal.h"

static const struct sq_judge_form_row rows[] = {
    [SQ_JUDGE_FOLLOWING] = {"following",
                            "one JSON object with \"reason\" and \"following\"",
                            false, true, false, false,
                            sq_judge_parse_following},
    [SQ_JUDGE_QUALITY] = {"quality",
                          "one JSON object with \"reason\" and \"quality\"",
                          false, false, true, false, sq_judge_parse_quality},
    [SQ_JUDGE_STEPS] =
        {"steps",
         "one JSON object with \"steps\", an entry for each listed step", true,
         false, false, true, sq_judge_parse_steps},
    [SQ_JUDGE_PAPER] =
        {"paper", "two answers in double square brackets, as in [[No, 2]]",
         false, true, true, false, sq_judge_parse_paper},
};

const struct sq_judge_form_row *sq_judge_form_row(enum sq_judge_form form)
{
    return &rows[form];
}

bool sq_judge_form_from_name(sq_str name, enum sq_judge_form *out)
{
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (sq_str_eq(name, sq_str_from(rows[i].name))) {
            *out = (enum sq_judge_form)i;
            return true;
        }
    }
    return false;
}
