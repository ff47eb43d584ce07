#ifndef SQ_CHECK_TEXT_H
#define SQ_CHECK_TEXT_H
/*
 * How the checks read a response: what each thing is, one definition for all
 * checks. This file has the functions for characters, lines, code and single
 * lines; list.h those for lists, prose.h for words, sentences and paragraphs,
 * number.h for numbers. Every one takes time linear in the text.
 *
 * Text is any bytes. An invalid byte is a character that is part of no word.
 *
 * character  A code point of the text without the white space at its ends; a
 *            line end (\n or \r\n) is one.
 * word       A piece between white space (and between dashes, en and em) with a
 *            letter or digit; an ideograph is a word of its own.
 *            "state-of-the-art" and "**don't**" are one word, "-" and "###"
 *            none, "一只猫" three. Fence lines don't count.
 * line       Ends in \n or \r\n. Blank lines and fence lines don't count, lines
 *            of code do.
 * sentence   Ends with . ! ? … or their full-width forms, behind which only
 *            closing quotes, brackets and emphasis stand before white space. It
 *            doesn't end within "3.5", "e.g. this", "Dr. Who", "J. Doe", "(1.
 *            item)", nor before a lower-case letter. A blank line, a heading
 *            and a new list item end it, unless it ends in a colon ("Here it
 *            is:"). A rest without a full stop is a sentence when it has a
 *            word. Headings, table rows and code are none; where the text is
 *            nothing but code, its lines are read as prose.
 * paragraph  A block of lines between blank lines with at least one word,
 *            outside code, that is no heading, no list, no table, no rule and
 *            no lead-in (one line that ends in a colon).
 * list item  A line that starts with a bullet (- * + • – ...) and a blank; with
 *            a number and one of . ) : ("1. x", "(2) x", "**3.** x", "### 4.
 *            x"); with a word and a number ("Step 5: x", "Day 6 - x"); or with
 *            one letter ("a) x", "B. x"). "1.5 l", "10:30", "---" and
 * "**bold**" are none. Items inside code don't count. list       Bulleted items
 * while only blank lines, code and indented or directly attached text stand
 * between them. A numbered item continues an open list of its form when its
 * number is the next one, whatever stands between; so sections with numbered
 * headings are a list. A heading ends bulleted lists. A list is nested when it
 *            is indented below an item, or stands directly below one in another
 *            form, or between two items of a numbered list; its items never
 *            count for the list around it, unless a rule says so.
 * number     See number.h: digits as people write them, and words.
 * code block From a line that starts, behind any blanks, with three ` or ~ at
 *            least to a line of at least as many of them and nothing else, or
 *            the end. One labelled text, txt, plain, plaintext, markdown or md
 *            holds prose.
 * heading    A line "# Title" (one to six #) outside code, or one that is
 *            wholly bold ("**Title**", "**Title:**"). Its title is what stands
 *            behind #, number and emphasis, without a colon at its end.
 * title      The first line that is not blank, when it is a heading; a line
 *            "<<Title>>" or "Title: ..." anywhere.
 * table row  A line with bars between cells ("| a | b |", "a | b") or tabs.
 * quotation  What stands between a pair of quotes ("..", “..”, „..“, «..»,
 *            「..」) within one paragraph; lines that start with >.
 */
#include "base/str.h"

/* ---- characters -------------------------------------------------------- */

/* White space of Unicode, the byte order mark and the zero-width space. */
bool sq_text_is_far_space(uint32_t cp); /* beyond ASCII */
static inline bool sq_text_is_space(uint32_t cp)
{
    return cp < 0x80 ? cp == ' ' || (cp >= '\t' && cp <= '\r')
                     : sq_text_is_far_space(cp);
}
/* A letter, digit or mark that words are made of. Beyond ASCII: everything but
 * the blocks of punctuation, symbols, arrows, boxes and emoji. */
bool sq_text_is_far_word(uint32_t cp); /* beyond ASCII */
static inline bool sq_text_is_word(uint32_t cp)
{
    return cp < 0x80 ? (cp >= '0' && cp <= '9') ||
                           ((cp | 32) >= 'a' && (cp | 32) <= 'z')
                     : sq_text_is_far_word(cp);
}
/* A character that is a word of its own: Han, kana. (Hangul has blanks.) */
bool sq_text_is_ideograph(uint32_t cp);
/* Characters, without the white space at the ends. */
size_t sq_text_characters(sq_str text);
/* Nothing but white space (or nothing). */
bool sq_text_blank(sq_str text);
/* At least one word character. */
bool sq_text_has_word(sq_str text);
/* White space and the marks of Markdown emphasis and code (* _ `) removed at
 * both ends: "**Yes**" -> "Yes". */
sq_str sq_text_bare(sq_str s);

/* ---- lines and code ---------------------------------------------------- */

enum sq_line_kind {
    SQ_LINE_PROSE,
    SQ_LINE_FENCE, /* opens or closes a code block: ``` or ~~~ */
    SQ_LINE_CODE   /* inside one */
};

struct sq_line {
    sq_str text;   /* without its end */
    size_t at;     /* its offset */
    size_t indent; /* columns before the first character; tabs stop at 4s */
    bool blank;
    enum sq_line_kind kind;
};

/* Walks the lines of a text. */
struct sq_lines {
    sq_str text;
    size_t pos;
    char mark; /* of the open block, or 0 */
    size_t ticks;
    sq_str label; /* of the block last opened: "python" in "```python x" */
    bool prose;
};
struct sq_lines sq_lines_of(sq_str text);
bool sq_lines_next(struct sq_lines *l, struct sq_line *out);

/* A code block between fences. */
struct sq_code {
    sq_str label; /* "" when it has none */
    sq_str body;
    size_t at; /* offset of the body */
};
/* The next one (blocks of prose included); start with sq_lines_of(text). */
bool sq_code_next(struct sq_lines *l, struct sq_code *out);

/* ---- single lines -------------------------------------------------------- */

/* "# Title" or a line that is wholly bold ("**Title**"). */
bool sq_text_is_heading(sq_str line);

/* Number of cells of a row written with bars: "| a | b |" and "a | b" have 2.
 * 0 when the line has none, or is a rule (---|---, +---+). \| is no bar. */
size_t sq_text_cells(sq_str line);

#endif
