#ifndef SQ_CHECK_ARGS_H
#define SQ_CHECK_ARGS_H
/* Arguments that several checks take, read from a rule's JSON. */
#include "seqeval.h"

/* ---- "op" and "n" ------------------------------------------------------ */

enum sq_bound_op { SQ_BOUND_EQ, SQ_BOUND_GE, SQ_BOUND_LE };

struct sq_bound {
    enum sq_bound_op op; /* ==, >=, <= */
    long long n;         /* 0 to 1,000,000 */
};
enum sq_status sq_bound_read(const struct sq_json *rule, const char *where,
                             struct sq_bound *out,
                             struct sq_err *err) SQ_CHECKED;
const char *sq_bound_sign(const struct sq_bound *b);
bool sq_bound_holds(const struct sq_bound *b, size_t count);
/* The verdict on `count` things called `what`, without evidence. In a shared
 * text what is too much may be another step's: undecided. */
void sq_bound_judge(const struct sq_bound *b, bool shared, size_t count,
                    const char *what, struct sq_finding *out);

/* ---- lists of strings -------------------------------------------------- */

#define SQ_STRINGS_MAX 64
#define SQ_STRINGS_BYTES 200 /* of each */

struct sq_strings {
    sq_str *s;
    size_t n;
};
/* At least `least` strings under `key`, each valid, not blank, and of at most
 * SQ_STRINGS_BYTES; copied into the arena. */
enum sq_status sq_strings_read(const struct sq_json *rule, const char *key,
                               size_t least, const char *where,
                               struct sq_arena *arena, struct sq_strings *out,
                               struct sq_err *err) SQ_CHECKED;

#endif
