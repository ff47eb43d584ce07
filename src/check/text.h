#ifndef SQ_CHECK_TEXT_H
#define SQ_CHECK_TEXT_H
/*
 * How the checks read a response, from the ground up: characters, lines, code
 * blocks, headings, table rows. Lists are in list.h, words, sentences and
 * paragraphs in prose.h. One definition each; every check uses these.
 *
 * Text is any bytes. Lines end in \n or \r\n. An invalid byte is a character
 * that is part of no word. Every function takes time linear in the text.
 */
#include "base/str.h"

/* ---- characters -------------------------------------------------------- */

/* White space of Unicode, the byte order mark and the zero-width space. */
bool sq_text_is_space(uint32_t cp);
/* A letter, digit or mark that words are made of. Beyond ASCII: everything but
 * the blocks of punctuation, symbols, arrows, boxes and emoji. */
bool sq_text_is_word(uint32_t cp);
/* A character that is a word of its own: Han, kana. (Hangul has blanks.) */
bool sq_text_is_ideograph(uint32_t cp);
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

/* Walks the lines of a text. A code block opens with a line that starts, behind
 * any blanks, with at least three ` or ~, and closes with a line of at least as
 * many of them and nothing else, or with the text. A block labelled text, txt,
 * plain, plaintext, markdown or md holds prose. */
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
