#ifndef SQ_CHECK_PROSE_H
#define SQ_CHECK_PROSE_H
/* What the checks count in a response: words, sentences, paragraphs, lines. */
#include "base/str.h"

/* Pieces between white space (and between dashes – — ) with a word character;
 * an ideograph is a word of its own. "state-of-the-art" and "**don't**" are one
 * word, "-" and "###" none, "一只猫" three. Fence lines don't count. */
size_t sq_text_words(sq_str text);

/* A sentence ends with . ! ? … or their full-width forms, behind which only
 * closing quotes, brackets and emphasis stand before white space. It doesn't
 * end within "3.5", "e.g. this", "Dr. Who", "J. Doe", "(1. item)", nor before
 * a lower-case letter. A blank line, a heading and a new list item end it,
 * unless it ends in a colon ("Here it is:"). A rest without a full stop is a
 * sentence when it has a word. Headings, table rows and code are none; where
 * the text is nothing but code, its lines are read as prose. */
size_t sq_text_sentences(sq_str text);

/* Blocks of lines between blank lines with at least one word, outside code,
 * that are no heading, no list, no table, no rule and no lead-in (one line that
 * ends in a colon). */
size_t sq_text_paragraphs(sq_str text);

/* Lines that are not blank; fence lines don't count, lines of code do. */
size_t sq_text_lines(sq_str text);

#endif
