#include "judge/internal.h"

static const struct sq_judge_form_row rows[] = {
    [SQ_JUDGE_FOLLOWING] =
        {.name = "following",
         .shape = "one JSON object with \"reason\" and \"following\"",
         .asks_following = true,
         .parse = sq_judge_parse_following},
    [SQ_JUDGE_QUALITY] = {.name = "quality",
                          .shape =
                              "one JSON object with \"reason\" and \"quality\"",
                          .asks_quality = true,
                          .parse = sq_judge_parse_quality},
    [SQ_JUDGE_STEPS] =
        {.name = "steps",
         .shape =
             "one JSON object with \"steps\", an entry for each listed step",
         .steps = true,
         .asks_steps = true,
         .parse = sq_judge_parse_steps},
    [SQ_JUDGE_PAPER] =
        {.name = "paper",
         .shape = "two answers in double square brackets, as in [[No, 2]]",
         .asks_following = true,
         .asks_quality = true,
         .parse = sq_judge_parse_paper},
    [SQ_JUDGE_PAIRWISE] = {.name = "pairwise",
                           .shape =
                               "one JSON object with \"reason\" and \"better\"",
                           .pair = true,
                           .asks_preference = true,
                           .parse = sq_judge_parse_pairwise},
    [SQ_JUDGE_PREFERENCE] = {.name = "preference",
                             .shape = "one letter, m or M",
                             .pair = true,
                             .asks_preference = true,
                             .parse = sq_judge_parse_preference},
};

const struct sq_judge_form_row *sq_judge_form_row(enum sq_judge_form form)
{
    return &rows[form];
}

bool sq_judge_compares(const struct sq_judge_template *t)
{
    return rows[t->form].pair;
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
