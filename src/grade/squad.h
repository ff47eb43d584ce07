#ifndef SQ_GRADE_SQUAD_H
#define SQ_GRADE_SQUAD_H
/*
 * Exact match and F1 of extracted answers.
 *
 * The official rule (evaluate-v1.1.py of SQuAD; XQuAD uses it for every
 * language): lower case, the ASCII punctuation removed, the words a, an, the
 * removed, white space folded; EM compares the strings, F1 the words as
 * multisets (0 where none is common). The rule by language is that of MLQA
 * (mlqa_evaluation_v1.py): all of Unicode's punctuation goes; articles are
 * those of the language (en, es, de, vi; of ar every "al-"; none of hi, zh and
 * the rest); in zh each Han character U+4E00 to U+9FA5 is a word of its own.
 * MLQA has no rule for th: ours is that each character is one. Other languages:
 * words parted by white space, no articles.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct sq_squad_rule;
struct sq_squad; /* a text as it is compared */

/* lang "" = the official rule. Lives in the arena. */
enum sq_status sq_squad_rule_make(sq_str lang, const char *where,
                                  struct sq_arena *arena,
                                  const struct sq_squad_rule **out,
                                  struct sq_err *err) SQ_CHECKED;
/* Free it; the rule must live as long. */
struct sq_squad *sq_squad_new(sq_str text, const struct sq_squad_rule *rule);
void sq_squad_free(struct sq_squad *s);
bool sq_squad_same(const struct sq_squad *a, const struct sq_squad *b);
/* In time linear in the prediction, if the reference is short. */
double sq_squad_f1(const struct sq_squad *prediction,
                   const struct sq_squad *reference);

#endif
