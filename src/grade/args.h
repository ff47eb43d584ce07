#ifndef SQ_GRADE_ARGS_H
#define SQ_GRADE_ARGS_H
/* What graders share: reading their arguments, telling what they found. */
#include "check/finding.h"
#include "seqeval.h"

/* Texts of an argument. */
struct sq_grade_texts {
    const sq_str *v;
    size_t n;
};

/* The rule's members are "check" and those in the NULL-terminated list. */
enum sq_status sq_grade_only(const struct sq_json *rule,
                             const char *const *keys, const char *where,
                             struct sq_err *err) SQ_CHECKED;
/* A text that is not blank, in the arena. */
enum sq_status sq_grade_text(const struct sq_json *rule, const char *key,
                             const char *where, struct sq_arena *arena,
                             sq_str *out, struct sq_err *err) SQ_CHECKED;
/* One such text, or an array of at least one. */
enum sq_status sq_grade_texts(const struct sq_json *rule, const char *key,
                              const char *where, struct sq_arena *arena,
                              struct sq_grade_texts *out,
                              struct sq_err *err) SQ_CHECKED;
/* HOLDS or BROKEN, with what was read of the response and what is right. */
void sq_grade_compared(struct sq_finding *out, bool right, sq_str read,
                       sq_str reference, struct sq_check_text text);
/* A measure, with a reason. */
void sq_grade_measured(struct sq_finding *out, double value, const char *what);

#endif
