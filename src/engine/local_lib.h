#ifndef SQ_ENGINE_LOCAL_LIB_H
#define SQ_ENGINE_LOCAL_LIB_H
/*
 * libllama as the local engine uses it: one model with one context, tokens in,
 * logits out. engine_local.c is the one file that knows llama.h; it is built as
 * a module (engine_local.so), so that the program starts and runs without the
 * library, and reached through the table below. Tests put a table of their own
 * in its place.
 *
 * Whatever would abort the process inside the library is refused here.
 */
#include <signal.h>
#include "base/buf.h"
#include "seqeval.h"

struct sq_llama;

/* What a model is loaded with; borrowed until unload. */
struct sq_llama_load {
    const char *path;
    const char *backends; /* folder of the library's backends, NULL = where it
                             looks itself */
    struct sq_log *log;   /* gets the library's own words at -vv */
    bool exact;           /* weights as they lie in the file: one token of a
                             batch comes out as it does alone */
    const volatile sig_atomic_t *stop; /* not 0: what it computes is of no
                                          use any more (sq_stop) */
};

/* Of a loaded model. */
struct sq_llama_info {
    const char *release;       /* of the library, "0.5.0" */
    const char *description;   /* "gemma3 270M Q4_K - Medium" */
    const char *quantisation;  /* "Q4_K - Medium" */
    const char *chat_template; /* the model's own, NULL = none */
    long long parameters;
    int context; /* tokens it was trained on */
    int vocabulary;
    int begin;   /* token that every prompt begins with, -1 = none */
    bool shares; /* a sequence's beginning may be shared with another's */
};

/* Of a context. All sequences share its cells, one a token. There is one more
 * sequence than `sequences`, for share and forget alone. */
struct sq_llama_room {
    int cells, sequences, batch; /* batch: most tokens of one decode */
    int threads;
    bool exact; /* logits are to be the same whatever is decoded together, as
                   they are when each sequence's cells are in the order of its
                   tokens and a batch has at most SQ_LLAMA_EXACT tokens */
};
#define SQ_LLAMA_EXACT 63

/* A token to decode at its position of a sequence; want: its logits. */
struct sq_llama_token {
    int32_t token, position, sequence;
    bool want;
};

enum sq_llama_decoded {
    SQ_LLAMA_DONE,
    SQ_LLAMA_FULL,    /* no cells left: nothing was decoded */
    SQ_LLAMA_STOPPED, /* by the flag: the context is of no more use */
    SQ_LLAMA_FAILED   /* likewise */
};

struct sq_llama_api {
    /* Another release of the library than the module was built for is
     * SQ_UNAVAILABLE, a file that it cannot use SQ_INPUT. It cannot be
     * interrupted. */
    enum sq_status (*load)(struct sq_llama **out,
                           const struct sq_llama_load *how, struct sq_err *err);
    void (*unload)(struct sq_llama *l); /* NULL is allowed */
    const struct sq_llama_info *(*info)(const struct sq_llama *l);
    /* Makes the context, instead of one that was there. SQ_LIMIT when there is
     * not the memory for it. */
    enum sq_status (*begin)(struct sq_llama *l,
                            const struct sq_llama_room *room,
                            struct sq_err *err);
    void (*threads)(struct sq_llama *l, int n);

    /* Tokens of a text; special: names of control tokens in it stand for them.
     * Returns their number; more than room when it does not suffice, then
     * nothing was written. -1: it cannot be. */
    long (*tokenise)(struct sq_llama *l, sq_str text, bool special,
                     int32_t *tokens, size_t room);
    /* Appends the bytes that a token stands for; none for a control token. */
    void (*piece)(struct sq_llama *l, int32_t token, struct sq_buf *out);
    bool (*ends)(struct sq_llama *l, int32_t token); /* a response */

    /* At most room.batch tokens, of at most room.sequences wanted. */
    enum sq_llama_decoded (*decode)(struct sq_llama *l,
                                    const struct sq_llama_token *tokens,
                                    size_t n);
    /* Of the last decode's token i, which was wanted; valid until the next. */
    const float *(*logits)(struct sq_llama *l, size_t i);
    /* The first n tokens of `from` become those of the sequence `to`, which is
     * empty, or will never be gone on with. */
    void (*share)(struct sq_llama *l, int from, int to, int n);
    /* Forgets a sequence from position `from` on. */
    void (*forget)(struct sq_llama *l, int sequence, int from);

    /* Messages as one prompt that ends where the answer begins, by a template:
     * its text, or a name of the library's. False when it knows no such. */
    bool (*format)(const char *template_, const struct sq_message *messages,
                   size_t n, struct sq_buf *out);
    /* The names it knows, with commas. */
    void (*template_names)(struct sq_buf *out);
};

/* The one symbol of the module. */
extern const struct sq_llama_api sq_llama_api_table;

/* Opens the module; a missing one is SQ_UNAVAILABLE and says how to get it. */
enum sq_status sq_llama_api_load(const struct sq_llama_api **out,
                                 struct sq_err *err) SQ_CHECKED;

#endif
