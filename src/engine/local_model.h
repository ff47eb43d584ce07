#ifndef SQ_ENGINE_LOCAL_MODEL_H
#define SQ_ENGINE_LOCAL_MODEL_H
/*
 * Loaded models. A file is loaded once, however many engines use it: they share
 * its context and its batches. Sizes are chosen when it is loaded: sequences by
 * what is asked for in parallel, cells by the model's context and the memory
 * that is free, threads by measuring.
 */
#include <sys/types.h>
#include "base/digest.h"
#include "engine/gguf.h"
#include "engine/local_batch.h"

struct sq_local_model {
    char *path;
    dev_t device; /* it is the same file however it is named */
    ino_t inode;
    char digest[SQ_DIGEST_HEX];
    struct sq_gguf file;
    const struct sq_llama_api *api;
    struct sq_llama *llama;
    const struct sq_llama_info *info;
    struct sq_llama_room room;
    int parallel; /* sequences that work */
    int context;  /* most tokens of a prompt and its answer */
    struct sq_local_batch *batch;
    bool broken; /* the library failed: nothing more can be computed */
    size_t users;
    struct sq_local_model *next;
};

/* Zeroed means that nothing is loaded. */
struct sq_local_shared {
    struct sq_local_model *models;
};

struct sq_local_wanted {
    const char *path;
    long long parallel; /* texts at a time */
    struct sq_log *log; /* until the model is put back by all */
};

/* A file that cannot be used (missing, no GGUF, damaged, without weights or
 * vocabulary, too large for the memory that is free) is SQ_INPUT, a missing
 * library SQ_UNAVAILABLE. */
enum sq_status sq_local_model_get(struct sq_local_shared *shared,
                                  const struct sq_local_wanted *wanted,
                                  struct sq_local_model **out,
                                  struct sq_err *err) SQ_CHECKED;
/* Unloads it when nobody else has it. */
void sq_local_model_put(struct sq_local_shared *shared,
                        struct sq_local_model *m);

#endif
