#ifndef SQ_TRAIN_CORPUS_H
#define SQ_TRAIN_CORPUS_H
/*
 * What the two tiny models of benchmarks/chain/models read: samples of `chain`
 * as tokens, and tokens in batches. No ggml here; plain data.
 *
 * A token is a byte or one of three marks. A sample reads
 *
 *     <user> "\n" query <end> "\n" <assistant> "\n" answer <end>
 *
 * which is what llama_chat_apply_template makes of the template that it calls
 * phi3. The answer is each step's number, full stop, space and result, a line
 * each. What is learnt is the answer and the <end> behind it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "suite/chain.h"

enum sq_corpus_mark {
    SQ_CORPUS_USER = 256,
    SQ_CORPUS_ASSISTANT,
    SQ_CORPUS_END,
    SQ_CORPUS_TOKENS /* how many tokens there are */
};

/* In the file's chat template, where libllama knows the form by its marks. */
extern const char sq_corpus_template[];

/* What a token is called in the file's vocabulary: a mark's name, or the byte
 * as the character that GPT-2's byte-level vocabularies write for it (printable
 * Latin-1 stands for itself, the other bytes for U+0100 onwards in their order;
 * openai/gpt-2, src/encoder.py, bytes_to_unicode). In UTF-8, NUL-terminated. */
void sq_corpus_token_text(int token, char out[16]);

/* One sample. token[0..prompt) is asked, token[prompt..n) is to be learnt. */
#define SQ_CORPUS_LONGEST 512
struct sq_corpus_line {
    int32_t token[SQ_CORPUS_LONGEST];
    size_t n, prompt;
    size_t length; /* steps */
    size_t ordinal;
};
/* Chain `ordinal` of p; false when it is longer than SQ_CORPUS_LONGEST. */
bool sq_corpus_line_make(const struct sq_chain_params *p, size_t ordinal,
                         struct sq_corpus_line *out);

/*
 * A batch is `rows` rows of `width` places. A row holds one or more lines, one
 * behind the other, each with positions from 0 and blind to the others; what is
 * left of a row is padding, each place of which sees itself alone.
 */
struct sq_corpus_shape {
    size_t rows, width;
    size_t answers; /* room for tokens to learn, in all rows together */
};
struct sq_corpus_batch {
    struct sq_corpus_shape shape;
    int32_t *token;  /* [rows * width] */
    int32_t *pos;    /* [rows * width]: place within its line */
    float *mask;     /* [rows][width][width]: 0 where the place (2nd index) sees
                        the other (3rd), -INFINITY where not */
    int32_t *at;     /* [answers]: place before the token to learn */
    int32_t *target; /* [answers]: that token */
    int32_t *line;   /* [answers]: number of its line within the batch */
    size_t nanswers; /* of them in use; the rest is at 0, target 0 */
    size_t ntokens;  /* without padding */
    size_t *ordinal; /* [rows * width], of which nlines are in use */
    size_t *length;  /* likewise: steps */
    size_t nlines;
};
/* Empty batch; release it with sq_corpus_batch_release. */
void sq_corpus_batch_init(struct sq_corpus_batch *b,
                          struct sq_corpus_shape shape);
void sq_corpus_batch_release(struct sq_corpus_batch *b);

/* The chains [next, end) of some parameters, on their way into batches. Zero
 * but for these three at the start; plain data. */
#define SQ_CORPUS_WAITING 8
struct sq_corpus_stream {
    struct sq_chain_params params;
    size_t next, end;
    /* Taken, but the batch before had no room for them; in order. */
    struct sq_corpus_line waiting[SQ_CORPUS_WAITING];
    size_t nwaiting;
};
/* Fills b, going on until as many lines wait as can. A line that is longer than
 * a row, or has more answer tokens than a batch, is left out for good. False,
 * with b empty, when there is none left. */
bool sq_corpus_batch_fill(struct sq_corpus_batch *b,
                          struct sq_corpus_stream *stream);

#endif
