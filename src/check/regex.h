#ifndef SQ_CHECK_REGEX_H
#define SQ_CHECK_REGEX_H
/*
 * Regular expressions: PCRE2 with UTF and UCP over any bytes (an invalid byte
 * matches nothing). Every search has a budget over all its starting places, so
 * that its time is bounded whatever the pattern and the text, and PCRE2's own
 * limits of backtracking, depth and memory below it. regex.c alone includes
 * pcre2.h.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* For one thread: a search may compile it further. */
struct sq_regex;

enum sq_regex_flags {
    SQ_REGEX_NOCASE = 1,  /* letters of all scripts */
    SQ_REGEX_LITERAL = 2, /* the pattern is plain text */
    SQ_REGEX_OWN = 4,     /* the program's own, known to be linear: no budget */
};

/* Lives as long as the arena. A wrong pattern is SQ_INPUT: "where: pattern: ...
 * at offset N". */
enum sq_status sq_regex_compile(sq_str pattern, unsigned flags,
                                const char *where, struct sq_arena *arena,
                                const struct sq_regex **out,
                                struct sq_err *err) SQ_CHECKED;

enum sq_regex_result {
    SQ_REGEX_FOUND,
    SQ_REGEX_NONE,
    SQ_REGEX_LIMIT /* gave up: the budget or a limit was hit */
};

/* Steps that one search may take: a step is an item of the pattern tried at a
 * place, or two characters passed by a repeat. 0.05 s at worst. A usual pattern
 * takes 2 to 5 steps a character; one that starts in (?=.* without \A takes the
 * square of the text's length where it fails. */
#define SQ_REGEX_BUDGET 2500000

/* The first match at or behind `from`: bytes [*at, *end). */
enum sq_regex_result sq_regex_find(const struct sq_regex *re, sq_str text,
                                   size_t from, size_t *at, size_t *end);
/* *n = how many matches there are, from left to right, none within another; a
 * budget is that of all together. */
enum sq_regex_result sq_regex_count(const struct sq_regex *re, sq_str text,
                                    size_t *n);

#endif
