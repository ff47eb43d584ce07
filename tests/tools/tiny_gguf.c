/* Writes small GGUF files for the tests of the local engine: a llama with two
 * layers, a vocabulary of bytes and random weights, so that its answers are
 * noise, but always the same noise.
 *
 *   tiny_gguf OUT [KEY=VALUE...]
 *   seed=N       other weights (default 1)
 *   context=N    tokens it says it was trained on (default 512)
 *   template=T   a chat template
 *   end=PERCENT  how likely an answer ends at a token, roughly (default 2)
 *   without=WHAT tensors, tokens
 *   claims=N     says that a tensor has N times its rows; the file is as long
 *   nan=1        weights that are no numbers
 *   arch=NAME    says that it is of another architecture
 *   epsilon=X    of its norms (default 1e-5); libllama aborts below 0
 *   wide=1       four times as wide, and its matrices in Q4_K
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/rng.h"
#include "base/str.h"

enum { EMBED = 64, HEADS = 4, LAYERS = 2, INNER = 128, VOCAB = 259 };
enum { WIDER = 4, Q4_K = 12, Q4_K_EACH = 256, Q4_K_BYTES = 144 };
enum { U32 = 4, F32 = 6, BOOL = 7, STRING = 8, ARRAY = 9 };

struct options {
    long long seed, context, claims, nan, wide;
    double end, epsilon;
    const char *template_, *without, *arch;
};

struct tensor {
    char name[64];
    uint64_t columns, rows; /* rows 0: a vector */
    double scale, mean;
};

static void put_number(struct sq_buf *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        sq_buf_addc(b, (char)(v >> 8 * i & 255));
}

static void put_text(struct sq_buf *b, sq_str s)
{
    put_number(b, s.n, 8);
    sq_buf_add(b, s);
}

static void put_key(struct sq_buf *b, const char *key, unsigned type, int *n)
{
    put_text(b, sq_str_from(key));
    put_number(b, type, 4);
    ++*n;
}

static void put_u32(struct sq_buf *b, const char *key, uint64_t v, int *n)
{
    put_key(b, key, U32, n);
    put_number(b, v, 4);
}

/* The character that GPT-2's vocabularies have for a byte: itself where it is
 * printable, else one from 256 on (Radford et al. 2019, encoder.py). */
static uint32_t byte_character(int byte)
{
    int hidden = 0;
    for (int i = 0; i <= 255; i++) {
        int shown = (i >= '!' && i <= '~') || (i >= 0xA1 && i != 0xAD);
        if (i == byte)
            return (uint32_t)(shown ? i : 256 + hidden);
        hidden += !shown;
    }
    return 0;
}

static void put_tokens(struct sq_buf *b, int *n)
{
    static const char *const special[] = {"<s>", "</s>", "<pad>"};
    put_key(b, "tokenizer.ggml.tokens", ARRAY, n);
    put_number(b, STRING, 4);
    put_number(b, VOCAB, 8);
    for (int i = 0; i < VOCAB; i++) {
        struct sq_buf piece;
        sq_buf_init(&piece, 16);
        if (i < 256)
            sq_buf_add_utf8(&piece, byte_character(i));
        else
            sq_buf_adds(&piece, special[i - 256]);
        put_text(b, sq_buf_str(&piece));
        sq_buf_release(&piece);
    }
    put_key(b, "tokenizer.ggml.token_type", ARRAY, n);
    put_number(b, 5, 4); /* whole numbers: 1 normal, 3 control */
    put_number(b, VOCAB, 8);
    for (int i = 0; i < VOCAB; i++)
        put_number(b, i < 256 ? 1 : 3, 4);
    put_key(b, "tokenizer.ggml.merges", ARRAY, n);
    put_number(b, STRING, 4);
    put_number(b, 0, 8);
}

static int put_metadata(struct sq_buf *b, const struct options *o)
{
    int n = 0;
    union {
        float f;
        uint32_t bits;
    } epsilon = {(float)o->epsilon};
    put_key(b, "general.architecture", STRING, &n);
    put_text(b, sq_str_from(o->arch));
    put_key(b, "general.name", STRING, &n);
    put_text(b, SQ_STR("noise"));
    put_u32(b, "llama.block_count", LAYERS, &n);
    put_u32(b, "llama.context_length", (uint64_t)o->context, &n);
    uint64_t wider = o->wide ? WIDER : 1;
    put_u32(b, "llama.embedding_length", EMBED * wider, &n);
    put_u32(b, "llama.feed_forward_length", INNER * wider, &n);
    put_u32(b, "llama.attention.head_count", HEADS, &n);
    put_key(b, "llama.attention.layer_norm_rms_epsilon", F32, &n);
    put_number(b, epsilon.bits, 4);
    if (strcmp(o->without, "tokens") != 0) {
        put_key(b, "tokenizer.ggml.model", STRING, &n);
        put_text(b, SQ_STR("gpt2"));
        put_tokens(b, &n);
        put_u32(b, "tokenizer.ggml.bos_token_id", 256, &n);
        put_u32(b, "tokenizer.ggml.eos_token_id", 257, &n);
        put_key(b, "tokenizer.ggml.add_bos_token", BOOL, &n);
        put_number(b, 1, 1);
    }
    if (o->template_) {
        put_key(b, "tokenizer.chat_template", STRING, &n);
        put_text(b, sq_str_from(o->template_));
    }
    return n;
}

static void add(struct tensor *t, size_t *n, const char *name, int layer,
                uint64_t columns, uint64_t rows)
{
    struct tensor *to = &t[(*n)++];
    *to = (struct tensor){.columns = columns, .rows = rows};
    if (layer >= 0)
        snprintf(to->name, sizeof to->name, "blk.%d.%s.weight", layer, name);
    else
        snprintf(to->name, sizeof to->name, "%s.weight", name);
    to->mean = rows ? 0 : 1;
    to->scale = rows ? 1.5 / sqrt((double)columns) : 0;
}

static size_t tensors(struct tensor *t, uint64_t wider)
{
    size_t n = 0;
    uint64_t embed = EMBED * wider, inner = INNER * wider;
    add(t, &n, "token_embd", -1, embed, VOCAB);
    t[0].scale = 1;
    add(t, &n, "output", -1, embed, VOCAB);
    t[1].scale = 0.7; /* logits far enough apart */
    add(t, &n, "output_norm", -1, embed, 0);
    for (int i = 0; i < LAYERS; i++) {
        add(t, &n, "attn_norm", i, embed, 0);
        add(t, &n, "attn_q", i, embed, embed);
        add(t, &n, "attn_k", i, embed, embed);
        add(t, &n, "attn_v", i, embed, embed);
        add(t, &n, "attn_output", i, embed, embed);
        add(t, &n, "ffn_norm", i, embed, 0);
        add(t, &n, "ffn_gate", i, embed, inner);
        add(t, &n, "ffn_up", i, embed, inner);
        add(t, &n, "ffn_down", i, inner, embed);
    }
    return n;
}

/* Of a normal distribution (Box and Muller 1958). */
static double normal(struct sq_rng *r)
{
    double u = 1 - sq_rng_unit(r), v = sq_rng_unit(r);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* A number above 2^-15 and below 65536 as two bytes (IEEE 754, binary16). */
static void put_half(struct sq_buf *b, double v)
{
    int exponent;
    double fraction = frexp(v, &exponent); /* from 0.5 on, below 1 */
    unsigned mantissa = (unsigned)(fraction * 2048) - 1024;
    put_number(b, (unsigned)(exponent + 14) << 10 | mantissa, 2);
}

/* Blocks of random bits: a weight is d * scale * q - 7.5 * d * min, scale and
 * min of six bits, q of four, so of mean 0 and a deviation of about 258 d. */
static void put_q4_k(struct sq_buf *b, const struct tensor *t,
                     struct sq_rng *rng)
{
    double d = t->scale / 258;
    for (uint64_t n = t->columns * t->rows / Q4_K_EACH; n > 0; n--) {
        put_half(b, d);
        put_half(b, 7.5 * d);
        for (int i = 4; i < Q4_K_BYTES; i++)
            sq_buf_addc(b, (char)(unsigned char)(sq_rng_unit(rng) * 256));
    }
}

static bool in_q4_k(const struct options *o, const struct tensor *t)
{
    return o->wide && t->rows;
}

static uint64_t tensor_bytes(const struct options *o, const struct tensor *t)
{
    return in_q4_k(o, t) ? t->columns * t->rows / Q4_K_EACH * Q4_K_BYTES
                         : 4 * t->columns * (t->rows ? t->rows : 1);
}

static void put_weights(struct sq_buf *b, const struct tensor *t,
                        const struct options *o, struct sq_rng *rng)
{
    uint64_t n = t->columns * (t->rows ? t->rows : 1);
    if (in_q4_k(o, t)) {
        put_q4_k(b, t, rng);
        return;
    }
    for (uint64_t i = 0; i < n; i++) {
        union {
            float f;
            uint32_t bits;
        } w = {(float)(t->mean + t->scale * normal(rng))};
        /* The token that ends an answer, made likelier. */
        if (strcmp(t->name, "output.weight") == 0 && i / t->columns == 257)
            w.f *= (float)(0.5 + o->end / 4);
        if (o->nan)
            w.f = NAN;
        put_number(b, w.bits, 4);
    }
}

static void build(const struct options *o, struct sq_buf *out)
{
    struct tensor t[64] = {{{0}, 0, 0, 0, 0}};
    size_t n = strcmp(o->without, "tensors") == 0
                   ? 0
                   : tensors(t, o->wide ? WIDER : 1);
    struct sq_buf meta;
    struct sq_rng rng;
    sq_buf_init(&meta, SQ_MAX_REPORT);
    int keys = put_metadata(&meta, o);
    sq_buf_adds(out, "GGUF");
    put_number(out, 3, 4);
    put_number(out, n, 8);
    put_number(out, (uint64_t)keys, 8);
    sq_buf_add(out, sq_buf_str(&meta));
    uint64_t offset = 0;
    for (size_t i = 0; i < n; i++) {
        put_text(out, sq_str_from(t[i].name));
        put_number(out, t[i].rows ? 2 : 1, 4);
        put_number(out, t[i].columns, 8);
        if (t[i].rows)
            put_number(out, t[i].rows * (uint64_t)(i == 0 ? o->claims : 1), 8);
        put_number(out, in_q4_k(o, &t[i]) ? Q4_K : 0 /* F32 */, 4);
        put_number(out, offset, 8);
        offset += tensor_bytes(o, &t[i]);
        offset = (offset + 31) / 32 * 32;
    }
    while (out->n % 32)
        sq_buf_addc(out, '\0');
    sq_rng_seed(&rng, (uint64_t)o->seed);
    for (size_t i = 0; i < n; i++) {
        put_weights(out, &t[i], o, &rng);
        while (out->n % 32)
            sq_buf_addc(out, '\0');
    }
    sq_buf_release(&meta);
}

static int read_options(int argc, char **argv, struct options *o)
{
    for (int i = 2; i < argc; i++) {
        sq_str value = sq_str_from(argv[i]), key;
        sq_str_split(&value, '=', &key);
        long long n = 0;
        double d = 0;
        const char *text = value.p ? value.p : "";
        sq_str_to_int(value, &n);
        sq_str_to_num(value, &d);
        if (sq_str_eq(key, SQ_STR("seed")))
            o->seed = n;
        else if (sq_str_eq(key, SQ_STR("context")))
            o->context = n;
        else if (sq_str_eq(key, SQ_STR("claims")))
            o->claims = n;
        else if (sq_str_eq(key, SQ_STR("nan")))
            o->nan = n;
        else if (sq_str_eq(key, SQ_STR("wide")))
            o->wide = n;
        else if (sq_str_eq(key, SQ_STR("end")))
            o->end = d;
        else if (sq_str_eq(key, SQ_STR("epsilon")))
            o->epsilon = d;
        else if (sq_str_eq(key, SQ_STR("arch")))
            o->arch = text;
        else if (sq_str_eq(key, SQ_STR("template")))
            o->template_ = text;
        else if (sq_str_eq(key, SQ_STR("without")))
            o->without = text;
        else
            return 0;
    }
    return argc > 1;
}

int main(int argc, char **argv)
{
    struct options o = {.seed = 1,
                        .context = 512,
                        .claims = 1,
                        .end = 2,
                        .epsilon = 1e-5,
                        .without = "",
                        .arch = "llama"};
    if (!read_options(argc, argv, &o)) {
        fputs("usage: tiny_gguf OUT [KEY=VALUE...]\n", stderr);
        return 2;
    }
    struct sq_buf out;
    sq_buf_init(&out, SQ_MAX_REPORT);
    build(&o, &out);
    FILE *f = fopen(argv[1], "wb");
    int ok = f && fwrite(out.p, 1, out.n, f) == out.n;
    ok = f && fclose(f) == 0 && ok;
    sq_buf_release(&out);
    return ok ? 0 : 1;
}
