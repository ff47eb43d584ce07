#ifndef SQ_JUDGE_INTERNAL_H
#define SQ_JUDGE_INTERNAL_H
/* What the files of this folder share; nobody else includes it. */
#include "judge/judge.h"

/* A reply, what it is read against, and where its steps' verdicts go. */
struct sq_judge_case {
    const struct sq_sample *sample;
    sq_str response;
    sq_str reply;                  /* without the thoughts before it */
    bool response_first;           /* of the two that are compared */
    struct sq_step_verdict *steps; /* one per step of the sample */
    struct sq_arena *arena;
};

/* ---- form.c: the table of forms ---------------------------------------- */

struct sq_judge_form_row {
    const char *name;  /* "form" of a template */
    const char *shape; /* of the reply, for a judge that did not keep it */
    bool steps;        /* the prompt must list the steps */
    bool pair;         /* it shows two responses */
    /* Fills the parts of the verdict that the form asks for; before the call
     * they are UNPARSABLE when asked, else NOT_JUDGED. */
    bool asks_following, asks_quality, asks_steps, asks_preference;
    void (*parse)(const struct sq_judge_case *c, struct sq_verdict *v);
};
const struct sq_judge_form_row *sq_judge_form_row(enum sq_judge_form form);
/* False for an unknown name. */
bool sq_judge_form_from_name(sq_str name, enum sq_judge_form *out);

/* ---- request.c --------------------------------------------------------- */

/* Indices of the answerable steps in text order: the first is "step 1" of the
 * prompt and of the reply. In the arena; *n gets their number. */
const size_t *sq_judge_listed(const struct sq_sample *sample,
                              struct sq_arena *arena, size_t *n);
/* The first 16 digits of hex; while they occur in one of the texts, of the
 * SHA-256 of hex, and so on. */
void sq_judge_nonce(const char hex[65], const sq_str *texts, size_t n,
                    char out[17]);
/* Of the two that are compared, is the response shown first? */
bool sq_judge_response_first(const struct sq_judge_template *t,
                             const struct sq_sample *sample, sq_str response);

/* ---- reading replies --------------------------------------------------- */

/*
 * The JSON objects of a reply, at any depth, that have a member `key` (ASCII
 * case ignored), in *out (in the arena); returns their number.
 * Text around them and code fences are skipped, trailing commas and raw control
 * characters in strings forgiven. Fails closed: 0, with *why set, when there is
 * none, or when the key, quoted as a member's name, also stands outside the
 * objects that could be read: then a verdict is there that could not.
 */
size_t sq_judge_objects(sq_str reply, const char *key, struct sq_arena *arena,
                        const struct sq_json ***out, sq_str *why);
/* Next member of obj named key (ASCII case ignored), from `at` on, or NULL. */
const struct sq_json *sq_judge_member(const struct sq_json *at,
                                      const char *key);
/* true, false, "yes", "no" (ASCII case ignored); false when it is neither. */
bool sq_judge_read_bool(const struct sq_json *j, bool *out);
/* A number, or a string that is one. */
bool sq_judge_read_num(const struct sq_json *j, double *out);

void sq_judge_parse_following(const struct sq_judge_case *c,
                              struct sq_verdict *v);
void sq_judge_parse_quality(const struct sq_judge_case *c,
                            struct sq_verdict *v);
void sq_judge_parse_steps(const struct sq_judge_case *c, struct sq_verdict *v);
void sq_judge_parse_paper(const struct sq_judge_case *c, struct sq_verdict *v);
void sq_judge_parse_pairwise(const struct sq_judge_case *c,
                             struct sq_verdict *v);
void sq_judge_parse_preference(const struct sq_judge_case *c,
                               struct sq_verdict *v);

#endif
