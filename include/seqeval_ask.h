#ifndef SEQEVAL_ASK_H
#define SEQEVAL_ASK_H
/* Part of seqeval.h: what a model is asked, and what came back. */
#include <stddef.h>
#include <stdint.h>
#include "base/str.h"

struct sq_sample;

struct sq_message {
    const char *role; /* "system", "user", "assistant" */
    sq_str content;
    const sq_str *images; /* that stand before the text, as data URLs */
    size_t nimages;
};

/* NAN or -1 = not set: the field is left out of the request. */
struct sq_sampling {
    double temperature;
    double top_p;
    long long max_tokens;
    long long seed;
};

/* Borrowed by the engine until the request's response is delivered. */
struct sq_request {
    const struct sq_message *messages;
    size_t nmessages;
    struct sq_sampling sampling;
    const sq_str *stops; /* texts that end the response */
    size_t nstops;
    long long top_logprobs; /* alternatives to tell for each token, 0 = none */
    sq_str extra;           /* members to add to the body, "a":1,"b":2 */
    sq_str schema; /* the JSON schema that the text is to fit; "" = none */
    int choices;   /* answers wanted, if one request can have several; 0 and 1:
                      one */
    const struct sq_sample *sample; /* what it is about: joins recordings */
    int epoch;                      /* 1-based */
    void *tag;                      /* the asker's; handed back */
};

/* Why a model stopped. */
#define SQ_STOP_LIST(X)                                                        \
    X(STOP, "stop")                                                            \
    X(LENGTH, "length")                                                        \
    X(REFUSED, "refused")                                                      \
    X(TOOL_CALL, "tool_call")                                                  \
    X(ERROR, "error")

enum sq_stop_reason {
#define X(id, name) SQ_STOP_##id,
    SQ_STOP_LIST(X)
#undef X
        SQ_STOP_COUNT
};
const char *sq_stop_name(enum sq_stop_reason s);

/* What came back. Strings are owned; release with sq_response_release. A count
 * that is not known is -1, a text that is not there NULL. With stop ERROR there
 * is no text, only error. */
struct sq_response {
    enum sq_stop_reason stop;
    char *text; /* never NULL unless stop is ERROR; "" is an answer */
    size_t text_len;
    char *error;         /* one line: why there is none */
    char *reasoning;     /* the model's thoughts, which are no part of text */
    char *finish_reason; /* stop, in the server's own word */
    char *server_model;  /* the model's name as the server gave it */
    char *fingerprint;   /* of the server's configuration, likewise */
    char *raw;           /* all of what the server sent, for audit */
    size_t raw_len;
    long long prompt_tokens, completion_tokens;
    long long cached_tokens;    /* of the prompt's: not computed anew */
    long long reasoning_tokens; /* of the completion's */
    int64_t latency_ms;
    int64_t ttft_ms; /* of it, until the first piece came; not streamed: -1 */
    int retries;     /* requests beyond the first */
    struct sq_response *more; /* further answers to the same request, up to what
                                 it wants; a list, owned; NULL = none. The
                                 first has all that is not of one answer: the
                                 prompt's tokens, the retries. */
};
/* No text, all counts unknown. */
#define SQ_RESPONSE_INIT                                                       \
    {                                                                          \
        .prompt_tokens = -1, .completion_tokens = -1, .cached_tokens = -1,     \
        .reasoning_tokens = -1, .ttft_ms = -1                                  \
    }
void sq_response_release(struct sq_response *r);

#endif
