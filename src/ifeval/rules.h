#ifndef SQ_IFEVAL_RULES_H
#define SQ_IFEVAL_RULES_H
/*
 * Inside of src/ifeval: an instruction's arguments, the rules by family, and
 * the readers of text that they share. Rules are pure, take any bytes, and
 * find HOLDS, BROKEN or (a limit of a regex was hit) ERROR.
 */
#include "check/langid.h"
#include "check/regex.h"
#include "ifeval/profiles.h"
#include "seqeval.h"

/* Of all instructions of a suite. */
struct sq_ifeval {
    bool fixed; /* the repaired rules, where there are any */
    const struct sq_profiles *profiles; /* NULL: langid tells */
    struct sq_langid *langid;
    const struct sq_regex *words; /* runs of Python's \w */
    const struct sq_regex *upper; /* an upper-case letter */
    const struct sq_regex *lower; /* a lower-case one */
    const struct sq_regex *title; /* a title-case one, as U+01C5 */
};

struct sq_ifeval_args {
    const struct sq_ifeval *shared;
    long long n;   /* the number wanted */
    long long nth; /* of the paragraph */
    bool at_least; /* relation: else "less than" */
    sq_str text;   /* keyword, letter, marker, phrase, prompt, code */
    const sq_str *list;
    size_t nlist;
    const struct sq_regex **patterns; /* of text, or of each of the list */
};

typedef void sq_ifeval_rule(const struct sq_ifeval_args *a, sq_str text,
                            struct sq_finding *out);

/* keywords.c */
sq_ifeval_rule sq_ifeval_existence, sq_ifeval_frequency, sq_ifeval_forbidden;
/* length.c */
sq_ifeval_rule sq_ifeval_number_sentences, sq_ifeval_paragraphs,
    sq_ifeval_number_words, sq_ifeval_first_word;
/* format.c */
sq_ifeval_rule sq_ifeval_bullets, sq_ifeval_highlights, sq_ifeval_sections,
    sq_ifeval_json_format, sq_ifeval_title;
/* content.c */
sq_ifeval_rule sq_ifeval_placeholders, sq_ifeval_postscript,
    sq_ifeval_constrained, sq_ifeval_two, sq_ifeval_repeat, sq_ifeval_end,
    sq_ifeval_quotation, sq_ifeval_no_comma;
/* letters.c */
sq_ifeval_rule sq_ifeval_letters, sq_ifeval_capital_words,
    sq_ifeval_english_capital, sq_ifeval_english_lowercase;
/* tongue.c */
sq_ifeval_rule sq_ifeval_response_language;

/* HOLDS when yes, else BROKEN. */
enum sq_finding_verdict sq_ifeval_verdict(bool yes);
/* "7 words, want at least 5" */
void sq_ifeval_count(const struct sq_ifeval_args *a, size_t n, const char *what,
                     struct sq_finding *out);
/* The same for the matches of the first pattern. */
void sq_ifeval_count_matches(const struct sq_ifeval_args *a, sq_str text,
                             const char *what, struct sq_finding *out);

/* One JSON value and nothing else; lax: NaN, Infinity and -Infinity too. */
bool sq_ifeval_json(sq_str text, bool lax);

/* The sentences of an English text after Punkt (Kiss and Strunk, Computational
 * Linguistics 32(4), 2006), with word lists of our own. Calls fn (may be NULL)
 * for each; the number of them. */
size_t sq_ifeval_sentences(sq_str text, void (*fn)(void *ctx, sq_str sentence),
                           void *ctx);
/* The words of a text as the Penn Treebank cuts them, but that the marks of
 * punctuation may be cut differently: "I'M" is two, "A-B" one. */
void sq_ifeval_tokens(sq_str text, void (*fn)(void *ctx, sq_str token),
                      void *ctx);

enum sq_ifeval_tongue {
    SQ_IFEVAL_TONGUE_IS,
    SQ_IFEVAL_TONGUE_IS_NOT,
    SQ_IFEVAL_TONGUE_NONE /* no letters: nothing to tell it by */
};
enum sq_ifeval_tongue sq_ifeval_tongue(const struct sq_ifeval *shared,
                                       sq_str text, sq_str code);
/* What tells it, for explanations: "langdetect" or "libexttextcat". */
const char *sq_ifeval_teller(const struct sq_ifeval *shared);
/* An ISO 639-1 code of a language that can be told. */
bool sq_ifeval_tongue_known(sq_str code);

#endif
