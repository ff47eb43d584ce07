#ifndef SQ_CHECK_FAMILIES_H
#define SQ_CHECK_FAMILIES_H
/* The checks, each defined in the file of its family; check.c has the table. */
#include "seqeval.h"

/*
 * check_count.c: "op" (==, >=, <=) and "n".
 *
 * characters, words, sentences, paragraphs and lines count the whole text. In a
 * shared text what is too much may be another step's, so an exceeded == or <=
 * is undecided; too few is broken.
 *
 * list_items holds when one top-level list satisfies it, or for >= when all of
 * them together do and the text is not shared. Where that fails it is undecided
 * when a nested list or the lists together would do, or when the text holds no
 * list at all (the items may stand in a sentence, a table or under headings);
 * else it is broken.
 */
extern const struct sq_check sq_check_characters;
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
 * contains, "all", "any" or "none" (array of strings of 1 to 200 bytes): case
 * is ignored in all scripts, blanks are taken as they are. In a shared text a
 * string of "none" may be another step's: undecided.
 *
 * choice, "options" (at least two such strings): options are looked for as
 * whole words, longest first, so "offensive" isn't found in "not offensive".
 * None named: broken. One behind a lead ("answer:", "I choose", "classify it
 * as"): holds; two behind leads: broken. Else one that stands alone on a line,
 * in bold or in quotes, or is the only one named: holds; else undecided.
 */
extern const struct sq_check sq_check_choice;
extern const struct sq_check sq_check_contains;

/*
 * check_match.c, "any" (array of strings as above): one of them fits.
 *
 * exact: the text without the white space at its ends is the string, byte for
 * byte. normalised: its words are the string's, whatever the case and the signs
 * are, and without a, an and the (the rule of SQuAD, Rajpurkar et al. 2016; a
 * text of nothing but articles keeps them). In a shared text that has the
 * string somewhere both are undecided.
 *
 * starts_with, ends_with: case is ignored, and so are white space, quotes, and
 * marks of emphasis and headings at that end, behind the end also . ! ? and …;
 * a word does not go on where the string stops. In a shared text that has the
 * string elsewhere they are undecided.
 */
extern const struct sq_check sq_check_ends_with;
extern const struct sq_check sq_check_exact;
extern const struct sq_check sq_check_normalised;
extern const struct sq_check sq_check_starts_with;

/*
 * check_frequency.c
 *
 * keywords, "words" (array of strings), "op", "n": how often one of the words
 * (or phrases) occurs as a whole word, case ignored. forbidden, "words": none
 * does; in a shared text one that does is undecided. letters, "letter", "op",
 * "n": how often the character occurs, case ignored.
 */
extern const struct sq_check sq_check_forbidden;
extern const struct sq_check sq_check_keywords;
extern const struct sq_check sq_check_letters;

/*
 * check_number.c: "value", "tolerance" (default 0), "relative" (a part of the
 * value, default 0; the larger of the two counts), "units" (array of strings;
 * default: any or none).
 *
 * Some number of the text (see text.h) lies within the tolerance of value, and
 * one of the units stands behind it, or right before it. Units are compared
 * with their case; "m" is not found in "m/s" or "m²".
 */
extern const struct sq_check sq_check_number;

/*
 * check_structure.c; what the words mean is in text.h.
 *
 * headings, "op", "n", "level" (1 to 6; default: any). sections, "titles"
 * (array of strings): each is the title of a heading, case ignored. title: the
 * text has one; in a shared text any heading will do. quotation, "whole"
 * (default false: there is one; true: the text stands within quotes, which a
 * shared text need not), "words": at least as many in it.
 */
extern const struct sq_check sq_check_headings;
extern const struct sq_check sq_check_quotation;
extern const struct sq_check sq_check_sections;
extern const struct sq_check sq_check_title;

/*
 * check_json.c and check_xml.c: "whole" (default true: the text is nothing
 * else, but one code block around it; false, and in a shared text: it may stand
 * in a code block or start a line; see part.h).
 *
 * json, "type" ("object" or "array", default: any): a JSON value by RFC 8259;
 * keys that stand twice and nesting beyond 1,000 levels are no JSON here.
 * json_schema, "schema": the value fits it (schema.h has what is understood).
 * xml, "root" (a name, default: any): a well-formed document. Entities that the
 * document declares, and 1,000 levels of elements, are an error, not read.
 */
extern const struct sq_check sq_check_json;
extern const struct sq_check sq_check_json_schema;
extern const struct sq_check sq_check_xml;

/*
 * check_combine.c: "of", 1 to 16 rules without roles (not: one rule); 4 levels.
 *
 * all holds when each of them does, any when one does, at_least when "n" do,
 * not when the one is broken. What can't be told follows Kleene's logic: a part
 * that is undecided or at its limit matters only where the others don't decide;
 * then an error outweighs undecided. In a shared text `not` of what holds is
 * undecided: another step may want it. The reason and the evidence are those of
 * the part that decided. An empty text breaks all four.
 */
extern const struct sq_check sq_check_all_of;
extern const struct sq_check sq_check_any_of;
extern const struct sq_check sq_check_at_least;
extern const struct sq_check sq_check_not;

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
