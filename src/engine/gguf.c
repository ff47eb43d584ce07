#include "engine/gguf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"

enum { MAX_DIMS = 4, MAX_DEPTH = 4 };
enum { STRING = 8, ARRAY = 9, NTYPES = 13 };

/* A file being read. Numbers are little-endian. */
struct reader {
    FILE *file;
    const char *path;
    uint64_t at, size;
    struct sq_gguf *out;
    uint64_t alignment;
    uint64_t extent; /* end of the last tensor, behind the data's start */
    struct sq_err *err;
};

/* Bytes of the metadata's scalars, by type. */
static const unsigned char scalar_bytes[NTYPES] = {1, 1, 2, 2, 4, 4, 4,
                                                   1, 0, 0, 8, 8, 8};

/* The tensors' types, by their number (ggml.h, enum ggml_type): elements and
 * bytes of a block; 0 = no type that is in use. */
static const struct {
    unsigned short elements, bytes;
} blocks[] = {
    [0] = {1, 4},      [1] = {1, 2},      [2] = {32, 18},    [3] = {32, 20},
    [6] = {32, 22},    [7] = {32, 24},    [8] = {32, 34},    [9] = {32, 36},
    [10] = {256, 84},  [11] = {256, 110}, [12] = {256, 144}, [13] = {256, 176},
    [14] = {256, 210}, [15] = {256, 292}, [16] = {256, 66},  [17] = {256, 74},
    [18] = {256, 98},  [19] = {256, 50},  [20] = {32, 18},   [21] = {256, 110},
    [22] = {256, 82},  [23] = {256, 136}, [24] = {1, 1},     [25] = {1, 2},
    [26] = {1, 4},     [27] = {1, 8},     [28] = {1, 8},     [29] = {256, 56},
    [30] = {1, 2},     [34] = {256, 54},  [35] = {256, 66},  [39] = {32, 17},
};

static enum sq_status cut(const struct reader *r, const char *what)
{
    return sq_err_set(r->err, SQ_INPUT,
                      "%s: the file is cut off or damaged: it ends within %s; "
                      "get it again",
                      r->path, what);
}

static enum sq_status damaged(const struct reader *r, const char *what)
{
    return sq_err_set(r->err, SQ_INPUT,
                      "%s: the file is damaged: %s at byte %llu; get it again",
                      r->path, what, (unsigned long long)r->at);
}

static enum sq_status take(struct reader *r, void *to, size_t n,
                           const char *what)
{
    if (n > r->size - r->at || fread(to, 1, n, r->file) != n)
        return cut(r, what);
    r->at += n;
    return SQ_OK;
}

static enum sq_status skip(struct reader *r, uint64_t n, const char *what)
{
    if (n > r->size - r->at || fseeko(r->file, (off_t)n, SEEK_CUR) != 0)
        return cut(r, what);
    r->at += n;
    return SQ_OK;
}

static enum sq_status number(struct reader *r, size_t bytes, uint64_t *out,
                             const char *what)
{
    unsigned char raw[8] = {0};
    enum sq_status st = take(r, raw, bytes, what);
    *out = 0;
    for (size_t i = bytes; i-- > 0;)
        *out = *out << 8 | raw[i];
    return st;
}

/* A string, cut at the room there is. */
static enum sq_status text(struct reader *r, char *to, size_t room,
                           const char *what)
{
    uint64_t n;
    enum sq_status st = number(r, 8, &n, what);
    size_t keep = n < room - 1 ? (size_t)n : room - 1;
    if (st == SQ_OK)
        st = take(r, to, keep, what);
    to[st == SQ_OK ? keep : 0] = '\0';
    return st == SQ_OK ? skip(r, n - keep, what) : st;
}

static enum sq_status skip_value(struct reader *r, uint64_t type, int depth,
                                 const char *key)
{
    uint64_t of, n;
    if (type >= NTYPES || depth == MAX_DEPTH)
        return damaged(r, "metadata of no known type");
    if (type != STRING && type != ARRAY)
        return skip(r, scalar_bytes[type], key);
    if (type == STRING) {
        enum sq_status st = number(r, 8, &n, key);
        return st == SQ_OK ? skip(r, n, key) : st;
    }
    enum sq_status st = number(r, 4, &of, key);
    if (st == SQ_OK)
        st = number(r, 8, &n, key);
    if (st != SQ_OK)
        return st;
    if (of >= NTYPES)
        return damaged(r, "an array of no known type");
    if (of != STRING && of != ARRAY)
        return n > r->size / scalar_bytes[of]
                   ? cut(r, key)
                   : skip(r, n * scalar_bytes[of], key);
    while (n-- > 0 && st == SQ_OK)
        st = skip_value(r, of, depth + 1, key);
    return st;
}

/* A whole number, or the sum of an array of them; another value is skipped. */
static enum sq_status sum(struct reader *r, uint64_t type, const char *key,
                          unsigned long long *out)
{
    uint64_t of = type, n = 1, v = 0;
    enum sq_status st = SQ_OK;
    if (type == ARRAY) {
        st = number(r, 4, &of, key);
        if (st == SQ_OK)
            st = number(r, 8, &n, key);
        if (st == SQ_OK && (of >= STRING || of == 6 || of == 7))
            return damaged(r, "an array that is none of whole numbers");
    } else if (type >= STRING && type != 10 && type != 11) {
        return skip_value(r, type, 0, key);
    }
    unsigned long long total = 0;
    while (n-- > 0 && st == SQ_OK) {
        st = number(r, scalar_bytes[of], &v, key);
        total += v;
    }
    *out = total;
    return st;
}

/* Is key "ARCH.rest"? */
static bool of_arch(const struct reader *r, const char *key, const char *rest)
{
    size_t n = strlen(r->out->arch);
    return n && strncmp(key, r->out->arch, n) == 0 && key[n] == '.' &&
           strcmp(key + n + 1, rest) == 0;
}

static enum sq_status metadata(struct reader *r)
{
    struct sq_gguf *g = r->out;
    const struct {
        const char *key;
        unsigned long long *to;
    } numbers[] = {{"context_length", &g->context},
                   {"block_count", &g->layers},
                   {"embedding_length", &g->embedding},
                   {"attention.head_count", &g->heads},
                   {"attention.head_count_kv", &g->heads_kv},
                   {"attention.key_length", &g->key_length},
                   {"attention.value_length", &g->value_length}};
    char key[256];
    uint64_t type;
    enum sq_status st = text(r, key, sizeof key, "its metadata");
    if (st == SQ_OK)
        st = number(r, 4, &type, key);
    if (st != SQ_OK)
        return st;
    sq_err_one_line(key);
    if (strcmp(key, "split.count") == 0 && type == 2) {
        uint64_t parts;
        st = number(r, 2, &parts, key);
        if (st == SQ_OK && parts > 1)
            return sq_err_set(r->err, SQ_INPUT,
                              "%s: one of the %llu parts of a model; merge "
                              "them first (llama-gguf-split --merge)",
                              r->path, (unsigned long long)parts);
        return st;
    }
    if (type == STRING && strcmp(key, "general.architecture") == 0)
        return text(r, g->arch, sizeof g->arch, key);
    if (type == STRING && strcmp(key, "general.name") == 0)
        return text(r, g->name, sizeof g->name, key);
    if (strcmp(key, "general.alignment") == 0 && type == 4)
        return number(r, 4, &r->alignment, key);
    g->has_template |= strcmp(key, "tokenizer.chat_template") == 0;
    g->has_tokens |= strcmp(key, "tokenizer.ggml.tokens") == 0;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (of_arch(r, key, numbers[i].key)) {
            if (numbers[i].to == &g->heads_kv)
                g->heads_kv_all = type == ARRAY;
            return sum(r, type, key, numbers[i].to);
        }
    return skip_value(r, type, 0, key);
}

static enum sq_status tensor(struct reader *r)
{
    char name[128];
    uint64_t ndims, dim, type, offset, elements = 1;
    enum sq_status st = text(r, name, sizeof name, "the list of its tensors");
    if (st == SQ_OK)
        st = number(r, 4, &ndims, name);
    if (st == SQ_OK && ndims > MAX_DIMS)
        return damaged(r, "a tensor of more than four dimensions");
    for (uint64_t i = 0; st == SQ_OK && i < ndims; i++) {
        st = number(r, 8, &dim, name);
        if (st == SQ_OK && (dim == 0 || elements > (UINT64_MAX >> 16) / dim))
            return damaged(r, "a tensor of impossible size");
        elements *= st == SQ_OK ? dim : 1;
    }
    if (st == SQ_OK)
        st = number(r, 4, &type, name);
    if (st == SQ_OK)
        st = number(r, 8, &offset, name);
    if (st != SQ_OK)
        return st;
    r->out->parameters += elements;
    /* Types that this table does not know are libllama's to judge. */
    if (type >= sizeof blocks / sizeof *blocks || !blocks[type].elements)
        return SQ_OK;
    uint64_t bytes = elements / blocks[type].elements * blocks[type].bytes;
    if (elements % blocks[type].elements || offset > UINT64_MAX - bytes)
        return damaged(r, "a tensor of impossible size");
    r->out->tensor_bytes += bytes;
    if (offset + bytes > r->extent)
        r->extent = offset + bytes;
    return SQ_OK;
}

static enum sq_status read_all(struct reader *r)
{
    unsigned char magic[4] = {0};
    uint64_t version, tensors, keys;
    if (r->size < sizeof magic || fread(magic, 1, 4, r->file) != 4 ||
        memcmp(magic, "GGUF", 4) != 0)
        return sq_err_set(r->err, SQ_INPUT, "%s: not a GGUF file", r->path);
    r->at = sizeof magic;
    enum sq_status st = number(r, 4, &version, "its header");
    if (st == SQ_OK && version != 2 && version != 3)
        return sq_err_set(r->err, SQ_INPUT,
                          "%s: a GGUF file of version %llu; want 2 or 3",
                          r->path, (unsigned long long)version);
    if (st == SQ_OK)
        st = number(r, 8, &tensors, "its header");
    if (st == SQ_OK)
        st = number(r, 8, &keys, "its header");
    while (st == SQ_OK && keys-- > 0)
        st = metadata(r);
    if (st == SQ_OK)
        r->out->tensors = tensors;
    while (st == SQ_OK && tensors-- > 0)
        st = tensor(r);
    if (st != SQ_OK)
        return st;
    if (r->alignment == 0 || (r->alignment & (r->alignment - 1)))
        return damaged(r, "an alignment that is no power of two");
    uint64_t start = (r->at + r->alignment - 1) / r->alignment * r->alignment;
    if (r->extent && (start > r->size || r->extent > r->size - start))
        return sq_err_set(r->err, SQ_INPUT,
                          "%s: the file is cut off: %llu bytes, and its "
                          "tensors end at %llu; get it again",
                          r->path, (unsigned long long)r->size,
                          (unsigned long long)start + r->extent);
    return SQ_OK;
}

enum sq_status sq_gguf_read(const char *path, struct sq_gguf *out,
                            struct sq_err *err)
{
    struct reader r = {.path = path, .out = out, .alignment = 32, .err = err};
    *out = (struct sq_gguf){0};
    struct stat s;
    /* A pipe's opening would wait for who writes it. */
    if (stat(path, &s) == 0 && !S_ISREG(s.st_mode))
        return sq_err_set(err, SQ_INPUT, "%s: %s, want a GGUF file", path,
                          S_ISDIR(s.st_mode) ? "a folder" : "no regular file");
    r.file = fopen(path, "rb");
    off_t size = -1;
    if (r.file && fseeko(r.file, 0, SEEK_END) == 0)
        size = ftello(r.file);
    enum sq_status st;
    if (size < 0 || fseeko(r.file, 0, SEEK_SET) != 0)
        st = sq_err_set(err, SQ_INPUT, "%s: %s", path, strerror(errno));
    else {
        r.size = out->file_bytes = (uint64_t)size;
        st = read_all(&r);
    }
    if (r.file)
        fclose(r.file);
    return st;
}

unsigned long long sq_gguf_cell_bytes(const struct sq_gguf *g)
{
    unsigned long long head = g->heads ? g->embedding / g->heads : 0;
    unsigned long long keys = g->key_length ? g->key_length : head;
    unsigned long long values = g->value_length ? g->value_length : head;
    unsigned long long heads = g->heads_kv ? g->heads_kv : g->heads;
    return 2 * heads * (g->heads_kv_all ? 1 : g->layers) * (keys + values);
}
