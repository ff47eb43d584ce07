#ifndef SQ_CHECK_FAMILIES_H
#define SQ_CHECK_FAMILIES_H
/* The checks, each defined in the file of its family; check.c has the table. */
#include "seqeval.h"

/*
 * check_count.c: "op" (==, >=, <=) and "n".
 *
 * words, sentences, paragraphs and lines count the whole text. In a shared text
 * what is too much may be another step's, so an exceeded == or <= is undecided;
 * too few is broken.
 *
 * list_items holds when one top-level list satisfies it, or for >= when all of
 * them together do and the text is not shared. Where that fails it is undecided
 * when a nested list or the lists together would do, or when the text holds no
 * list at all (the items may stand in a sentence, a table or under headings);
 * else it is broken.
 */
extern const struct sq_check sq_check_lines;
extern const struct sq_check sq_check_list_items;
extern const struct sq_check sq_check_paragraphs;
extern const struct sq_check sq_check_sentences;
extern const struct sq_check sq_check_words;

/*
 * check_format.c: no arguments. Each holds when the text has one such thing.
 *
 * bullet_list, numbered_list: a list of the kind with at least two items,
 * nested or not.
 *
 * table: two rows in a row with the same number of at least two cells, written
 * with bars (the line of dashes is optional) or tabs; or an HTML or LaTeX one.
 *
 * latex: a formula in $..$, $$..$$, \(..\) or \[..\], or a \command{.
 *
 * url: http://, https:// or www. and a host, or a host of a common domain.
 */
extern const struct sq_check sq_check_bullet_list;
extern const struct sq_check sq_check_latex;
extern const struct sq_check sq_check_numbered_list;
extern const struct sq_check sq_check_table;
extern const struct sq_check sq_check_url;

/*
 * check_code.c: "lang", lower-case, or "any".
 *
 * Holds when a fenced block is labelled with the language or an alias, or when
 * a block without a telling label, or the text outside of blocks, looks like
 * the language (a pattern per language in languages.c; css counts in an HTML
 * <style>, javascript in a <script>). A language without a pattern is undecided
 * on unlabelled code.
 */
extern const struct sq_check sq_check_code;

/*
 * check_content.c
 *
 * contains, "all" or "any" (array of strings of 1 to 200 bytes): case is
 * ignored in all scripts, blanks are taken as they are.
 *
 * choice, "options" (at least two such strings): options are looked for as
 * whole words, longest first, so "offensive" isn't found in "not offensive".
 * None named: broken. One behind a lead ("answer:", "I choose", "classify it
 * as"): holds; two behind leads: broken. Else one that stands alone on a line,
 * in bold or in quotes, or is the only one named: holds; else undecided.
 *
 * number, "value" and "tolerance" (default 0): some number of the text (see
 * number.h) lies within tolerance of value.
 */
extern const struct sq_check sq_check_choice;
extern const struct sq_check sq_check_contains;
extern const struct sq_check sq_check_number;

/* check_regex.c: "pattern" (PCRE2 with UTF and UCP) is found in the text. A hit
 * limit is SQ_FINDING_ERROR. */
extern const struct sq_check sq_check_regex;

/* check_language.c: "code" (ISO 639-1). The lines outside code are told
 * apart by langid.h: in a shared text one in the language is enough, else they
 * must be half of what could be told. Undecided when none is long enough. */
extern const struct sq_check sq_check_language;

/*
 * check_chain.c: "step" (from 1) and "value" (string): the line that the
 * response gives for the step says the value.
 *
 * A step's line is "3. X", "3) X", "3: X", "3 - X" or "Step 3: X", whatever
 * bullets, headings, quotes or emphasis stand before it; with nothing behind
 * the number, X is the next line that is no step's. The last such line counts:
 * a model that corrects itself, or first repeats the task, is taken at its last
 * word. X, or what stands behind its last ->, =>, → or =, is compared with
 * value: blanks folded; quotes, backquotes, asterisks, one full stop, and
 * brackets around the whole dropped; "a,b" equal to "a, b". Case counts.
 */
extern const struct sq_check sq_check_step_result;

#endif
