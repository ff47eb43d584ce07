#ifndef SQ_CHECK_PROSE_H
#define SQ_CHECK_PROSE_H
/* What the checks count in a response: words, sentences, paragraphs, lines. */
#include "base/str.h"

/* Each as text.h says what the thing is. */
size_t sq_text_words(sq_str text);
size_t sq_text_sentences(sq_str text);
size_t sq_text_paragraphs(sq_str text);
/* Lines that are not blank, without fence lines. */
size_t sq_text_lines(sq_str text);

#endif
