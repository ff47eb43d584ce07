#include "seqeval_metric.h"

#include <string.h>

static const struct sq_metric metrics[] = {
    {.name = "step_rate", .max = 1},
    {.name = "full_rate", .max = 1},
    {.name = "prefix_rate", .max = 1},
    {.name = "step_correct_rate", .max = 1},
    {.name = "following_rate", .max = 1},
    {.name = "quality", .min = 1, .max = 5},
    {.name = "win_rate", .max = 1},
    {.name = "win_rate_weighted", .max = 1},
    {.name = "wins", .max = 1, .sum = true, .detail = true},
    {.name = "draws", .max = 1, .sum = true, .detail = true},
    {.name = "losses", .max = 1, .sum = true, .lower = true, .detail = true},
    {.name = "flip_rate", .max = 1, .lower = true},
    {.name = "first_position_rate", .max = 1, .detail = true},
    {.name = "prompt_level_strict_acc", .max = 1},
    {.name = "inst_level_strict_acc", .max = 1, .pooled = true},
    {.name = "prompt_level_loose_acc", .max = 1},
    {.name = "inst_level_loose_acc", .max = 1, .pooled = true},
    {.name = "acc_*", .max = 1},
    {.name = "pass@*", .max = 1},
    {.name = "em", .max = 1},
    {.name = "f1", .max = 1},
    {.name = "em_lang", .max = 1},
    {.name = "f1_lang", .max = 1},
    {.name = "follow_*", .max = 1},
    {.name = "both_*", .max = 1},
    {.name = "ac_*", .max = 1},
    {.name = "rougeL_*", .max = 1},
    {.name = "survival", .max = 1, .detail = true},
    {.name = "first_fail", .max = 1, .lower = true, .detail = true},
    {.name = "fail_rate", .max = 1, .lower = true, .detail = true},
    {.name = "dependency_damage",
     .min = -1,
     .max = 1,
     .lower = true,
     .detail = true},
    {.name = "order_tau", .min = -1, .max = 1, .detail = true},
    {.name = "skipped_rate", .max = 1, .lower = true, .detail = true},
    {.name = "merged_rate", .max = 1, .lower = true, .detail = true},
    {.name = "out_of_order_rate", .max = 1, .lower = true, .detail = true},
};
#define NMETRICS (sizeof metrics / sizeof *metrics)

const struct sq_metric *sq_metric_find(sq_str name)
{
    const struct sq_metric *family = NULL;
    for (size_t i = 0; i < NMETRICS; i++) {
        sq_str row = sq_str_from(metrics[i].name);
        if (sq_str_eq(row, name))
            return &metrics[i];
        if (!family && sq_str_ends(row, SQ_STR("*")) &&
            sq_str_starts(name, sq_str_sub(row, 0, row.n - 1)))
            family = &metrics[i];
    }
    return family;
}
