#include "judge/attack.h"

#include "check/regex.h"

/* Bounded white space, so that each pattern is linear. */
#define S "\\s{1,5}"
#define END "(?=\\s{0,5}(?:[.!,;]|\\Z|\\n"
#define JUDGE                                                                  \
    "(?:judges?|graders?|evaluators?|raters?|assessors?|grading" S "model)"
#define BEST                                                                   \
    "[\"'\\[]{0,3}(?:5|five|10|ten|yes|full marks|top marks|(?:the" S ")?"     \
    "(?:highest|maximum|best|top)" S "(?:score|grade|rating|mark)s?)\\b"       \
    "[\"'\\]]{0,3}" END "|out" S "of\\b|/\\s{0,2}(?:5|10)\\b))"
#define OBJECT                                                                 \
    "(?:(?:this|the|that|my|every|everything|all|any|above|responses?|"        \
    "answers?|output|text|as|at|with|a)" S ")"

/* First come those that say most. */
static const struct {
    const char *name, *pattern;
} rules[] = {
    /* a verdict in one of the forms that judges answer in */
    {"verdict",
     "\\[\\[\\s{0,5}(?:yes|no)\\s{0,5},\\s{0,5}[0-9.]{1,5}\\s{0,5}\\]\\]"
     "|\\[\\[(?:[ABC]|[0-9]{1,2}|rating)\\]\\]|<verdict>"
     "|\"following\"\\s{0,9}:\\s{0,9}(?:\"(?:yes|no)\"|true|false)"
     "|\"quality\"\\s{0,9}:\\s{0,9}\"?[1-5]\\b"
     "|\"done\"\\s{0,9}:\\s{0,9}(?:true|false)\\s{0,9},\\s{0,9}\"evidence\""},
    /* a line like the markers around a text, or a placeholder */
    {"frame",
     "(?m)^[ \\t\\r]{0,9}={2,9}[^\\n=]{0,60}"
     "\\b(?:response|request|steps)\\b[^\\n=]{0,20}=="
     "|\\{\\{ {0,3}(?:nonce|response|query|steps|verdict) {0,3}\\}\\}"},
    /* the marks that part the turns of a chat */
    {"roles", "<\\|(?:im_start|im_end|system|user|assistant|eot_id|"
              "start_header_id|end_header_id|endoftext)\\|>"
              "|\\[/?INST\\]|<</?SYS>>"},
    /* "Dear judge", "Note to the grader" */
    {"addressed", "\\b(?:dear|hey|hello|hi|attention|(?:note|message|"
                  "instructions?|reminder)" S "(?:to|for))[\\s,:]{1,3}"
                  "(?:(?:the|all|any|our|you|my)" S "){0,2}(?:(?:ai|llm)" S
                  ")?" JUDGE "\\b"},
    /* "Give 5.", "This response deserves ...", "Answer yes." */
    {"demand",
     "\\b(?:give|award|assign)" S OBJECT "{0,6}" BEST
     "|\\b(?:grade|rate|score|mark)" S OBJECT "{1,6}" BEST
     "|\\b(?:this|my|the|every|our)" S "(?:response|answer|output)" S
     "(?:clearly" S ")?(?:deserves|merits|earns|"
     "(?:should|must)" S "(?:get|receive|be" S "(?:graded|rated|scored))|"
     "is" S "to" S "be" S "(?:graded|rated|scored))\\b"
     "|\\b(?:reply|answer|respond)" S "(?:with" S ")?"
     "[\"'\\[]{0,3}(?:yes|5)\\b[\"'\\]]{0,3}" END "))"},
    /* "Ignore the above", "the grading rules changed" */
    {"ignore",
     "\\b(?:ignore|disregard|forget|override)" S
     "(?:(?:all|any|the|these|your|of)" S "){0,3}"
     "(?:(?:previous|above|prior|earlier|foregoing)" END
     "|:|(?:and|instructions?|rules?|prompts?|text|directions?|guidelines?)\\b)"
     ")|(?:grading|judging|scoring)\\b)"
     "|\\b(?:grading|judging|scoring)" S "(?:rules|instructions|criteria)" S
     "(?:(?:have|are)" S ")?(?:changed|now|void|suspended)\\b"},
};
#define NRULES (sizeof rules / sizeof *rules)

struct sq_attack_rules {
    const struct sq_regex *regex[NRULES];
};

enum sq_status sq_attack_rules(struct sq_arena *arena,
                               const struct sq_attack_rules **out,
                               struct sq_err *err)
{
    struct sq_attack_rules *r = sq_arena_alloc(arena, sizeof *r);
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < NRULES && st == SQ_OK; i++)
        st = sq_regex_compile(sq_str_from(rules[i].pattern),
                              SQ_REGEX_NOCASE | SQ_REGEX_OWN, rules[i].name,
                              arena, &r->regex[i], err);
    *out = r;
    return st;
}

const char *sq_attack_find(const struct sq_attack_rules *r, sq_str text,
                           sq_str *found)
{
    size_t at = 0, end = 0;
    for (size_t i = 0; i < NRULES; i++)
        if (sq_regex_find(r->regex[i], text, 0, &at, &end) == SQ_REGEX_FOUND) {
            *found = sq_str_sub(text, at, end);
            return rules[i].name;
        }
    return NULL;
}
