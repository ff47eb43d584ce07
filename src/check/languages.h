#ifndef SQ_CHECK_LANGUAGES_H
#define SQ_CHECK_LANGUAGES_H
/* Programming languages: what fences call them and what their code looks like.
 */
#include "base/str.h"

struct sq_language {
    const char *name; /* as a rule gives it */
    const char
        *aliases; /* other labels of fences, between blanks; may be NULL */
    const char *pattern; /* found in its code and in no prose; NULL = none */
};

/* By name or alias, case ignored; NULL for one not in the table. */
const struct sq_language *sq_language_find(sq_str name);
/* The label names this language or one that counts as it (a fence labelled ts
 * for javascript, c for c++). */
bool sq_language_is(const struct sq_language *l, sq_str label);

#endif
