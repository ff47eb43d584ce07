#ifndef SQ_ENGINE_OPENAI_CHOICES_H
#define SQ_ENGINE_OPENAI_CHOICES_H
/*
 * Several choices in one body, which "n" asks for, as pure functions.
 * https://platform.openai.com/docs/api-reference/chat/create (n)
 */
#include "seqeval.h"

/* Reads the body of a 200 to a request for up to `most` choices. Each is read
 * by sq_openai_parse as if it had come alone; its raw is the body with no other
 * choice. The first that can be read is *out, the others are its `more`, in the
 * server's order; one that cannot be read, and any beyond most, is left out.
 * False when there is none: why says why not the first.
 *
 * The usage is of all: the first has the prompt's tokens, and those of the
 * completions are shared out by the bytes of text and thoughts, so that the sum
 * is what the server says. A choice's own part is an estimate, the sum is not.
 */
bool sq_openai_choices(sq_str body, size_t most, struct sq_response *out,
                       char *why, size_t why_size);

#endif
