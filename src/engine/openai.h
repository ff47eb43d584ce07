#ifndef SQ_ENGINE_OPENAI_H
#define SQ_ENGINE_OPENAI_H
/*
 * Engine "openai": POST BASE/chat/completions, or BASE/completions, of any
 * server that speaks it.
 *
 * A server that refuses max_tokens and names max_completion_tokens, or refuses
 * a JSON schema or several choices, is asked again at once in the form it
 * takes, and so from then on; each such request counts as a retry.
 *
 * Retries by cause (engine/backoff.h), each counted in the response. Ends the
 * run (a status instead of a response) while nothing has been answered yet and
 * the server refuses the key, knows no such model or address, or shows a
 * certificate that is not to be trusted: the rest would meet the same.
 */
#include "seqeval.h"

#define SQ_OPENAI_BASE_URL "https://api.openai.com/v1"

extern const struct sq_engine_ops sq_engine_openai;

#endif
