#ifndef SQ_ENGINE_LOCAL_BATCH_H
#define SQ_ENGINE_LOCAL_BATCH_H
/*
 * Continuous batching: many texts are gone on with in one decode, new ones join
 * as others end. What a prompt has in common with another, one being worked on
 * or one of the last, is computed once; of several that come together, the
 * others wait until the first is so far. When the context is full, first what
 * is only kept for later goes, then the text that came last waits and is begun
 * anew when there is room; one that has the context to itself ends by length.
 */
#include "engine/local_job.h"
#include "engine/local_kv.h"

/* Sums over the life of a batch. */
struct sq_local_counts {
    size_t jobs;
    size_t prompt_tokens; /* of the jobs' prompts */
    size_t cached;        /* of these: not computed, as they were there */
    size_t computed;      /* tokens decoded, of prompts and answers */
    size_t answer_tokens;
    size_t decodes;
    size_t begun_anew; /* jobs that had to make room */
};

struct sq_local_batch;

/* context: most tokens of one prompt and answer; kept: room.sequences that are
 * left for prompts' beginnings, the others work. */
struct sq_local_batch *sq_local_batch_new(const struct sq_llama_api *api,
                                          struct sq_llama *llama,
                                          const struct sq_llama_room *room,
                                          int kept, int context);
void sq_local_batch_free(struct sq_local_batch *b);

/* Takes a job whose prompt has at least one token and fewer than context. */
void sq_local_batch_add(struct sq_local_batch *b, struct sq_local_job *job);
/* At most one decode, of at most room.batch tokens. SQ_INTERNAL when the
 * library fails; after that, or a stop, the batch is of no more use. */
enum sq_status sq_local_batch_step(struct sq_local_batch *b,
                                   struct sq_err *err) SQ_CHECKED;
/* The next finished job, yours; NULL = none. */
struct sq_local_job *sq_local_batch_done(struct sq_local_batch *b);
/* Frees all jobs of an asker, finished or not. */
void sq_local_batch_drop(struct sq_local_batch *b, const void *asker);
const struct sq_local_counts *
sq_local_batch_counts(const struct sq_local_batch *b);

#endif
