#ifndef SQ_JUDGE_ATTACK_H
#define SQ_JUDGE_ATTACK_H
/*
 * Responses that talk to the judge. Nothing of a response gets out of its frame
 * (sq_judge_request), so this decides nothing: it tells people which responses
 * try. docs/scoring.md lists the rules.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct sq_attack_rules;

/* Lives as long as the arena. */
enum sq_status sq_attack_rules(struct sq_arena *arena,
                               const struct sq_attack_rules **out,
                               struct sq_err *err) SQ_CHECKED;
/* The name of the first rule that the text fits, NULL when it fits none; *found
 * is what fits it, a part of the text. Time is linear in the text. */
const char *sq_attack_find(const struct sq_attack_rules *rules, sq_str text,
                           sq_str *found);

#endif
