#ifndef SQ_ENGINE_THOUGHTS_H
#define SQ_ENGINE_THOUGHTS_H
/*
 * A model's thoughts are no part of its text. One rule for all engines: a text
 * that begins, white space aside, with <think> loses everything up to the first
 * </think> and the white space behind it; that is the thoughts. Without a
 * </think> all of it is, and the text is "". Further on in a text the marks
 * mean nothing.
 */
#include "base/str.h"

/* What is left of the text; *thoughts, trimmed, is "" where there are none.
 * Both are slices of the text. */
sq_str sq_thoughts_part(sq_str text, sq_str *thoughts);

#endif
