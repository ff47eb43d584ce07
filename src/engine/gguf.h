#ifndef SQ_ENGINE_GGUF_H
#define SQ_ENGINE_GGUF_H
/*
 * What a GGUF file says about itself, and whether it is whole: its header, all
 * of its metadata and the place of every tensor are read, with every length
 * checked against the file, before libllama sees it. Pure but for reading.
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3.
 */
#include <stdbool.h>
#include "base/err.h"

struct sq_gguf {
    char arch[64];  /* general.architecture, "llama" */
    char name[128]; /* general.name, "" = none */
    unsigned long long file_bytes, tensor_bytes;
    unsigned long long tensors, parameters;
    /* Of the architecture; 0 = not said. */
    unsigned long long context, layers, embedding, heads;
    unsigned long long heads_kv; /* of a layer, or of all: */
    bool heads_kv_all;
    unsigned long long key_length, value_length; /* of one head */
    bool has_template;                           /* tokenizer.chat_template */
    bool has_tokens;                             /* tokenizer.ggml.tokens */
};

/* SQ_INPUT, with one line that says what is wrong, for a file that is none, is
 * cut off or contradicts itself. A file without tensors is well-formed. */
enum sq_status sq_gguf_read(const char *path, struct sq_gguf *out,
                            struct sq_err *err) SQ_CHECKED;

/* Bytes of keys and values (two each) that one token takes in all layers. */
unsigned long long sq_gguf_cell_bytes(const struct sq_gguf *g);

#endif
