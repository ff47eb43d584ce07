#ifndef SQ_ENGINE_LOCAL_KV_H
#define SQ_ENGINE_LOCAL_KV_H
/*
 * What a context holds: for each of its sequences the tokens decoded so far,
 * and the cells that their keys and values take. A cell may belong to several
 * sequences that begin alike; it is free when none has it. The bookkeeping is
 * exact, so that the library is never asked for more than there is.
 *
 * The first sequences are for what is being worked on, the others ("kept") hold
 * beginnings that may come again.
 *
 * With `ordered`, the cells of a sequence are in the order of its tokens: the
 * library takes the next free cell, so none may become free before all do. What
 * is forgotten goes to one more sequence until everything is cleared.
 */
#include "engine/local_lib.h"

struct sq_kv_sequence {
    int32_t *tokens;
    int *cells; /* of each token */
    size_t n, cap;
    uint64_t used; /* when it was last of use; kept ones only */
};

struct sq_kv {
    const struct sq_llama_api *api;
    struct sq_llama *llama;
    struct sq_kv_sequence *sequences;
    size_t nwork, nsequences; /* [0, nwork) work, the rest are kept */
    int *references;          /* of each cell */
    int *free;                /* a stack */
    size_t ncells, nfree;
    uint64_t clock;
    bool ordered, dirty; /* dirty: cells were forgotten that are not free */
};

void sq_kv_init(struct sq_kv *kv, const struct sq_llama_api *api,
                struct sq_llama *llama, size_t nwork, size_t nkept,
                size_t ncells, bool ordered);
void sq_kv_release(struct sq_kv *kv);

/* Length of the longest common beginning. */
size_t sq_kv_common(const int32_t *a, size_t na, const int32_t *b, size_t nb);
/* The sequence that begins most like the tokens, for how many of them in *n; a
 * kept one is thereby used. */
size_t sq_kv_nearest(struct sq_kv *kv, const int32_t *tokens, size_t ntokens,
                     size_t *n);
/* The first n tokens of `from` become those of the empty sequence `to`. */
void sq_kv_share(struct sq_kv *kv, size_t from, size_t to, size_t n);
/* A token was decoded at the end of a sequence. Precondition: a cell is free.
 */
void sq_kv_put(struct sq_kv *kv, size_t sequence, int32_t token);
/* Forgets all but the first n tokens. */
void sq_kv_cut(struct sq_kv *kv, size_t sequence, size_t n);

/* Keeps the first n tokens of a working sequence: in place of the kept one that
 * is mostly the same, else of the one that was of no use for longest. */
void sq_kv_keep(struct sq_kv *kv, size_t sequence, size_t n);
/* Forgets everything; nothing is being worked on. */
void sq_kv_clear(struct sq_kv *kv);
/* Makes cells free by forgetting the kept sequence that was of no use for
 * longest; false when there is none, or the order forbids it. */
bool sq_kv_evict(struct sq_kv *kv);

#endif
