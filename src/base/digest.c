#include "base/digest.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>

#include "base/mem.h"
#include "base/stop.h"

struct sq_sha256 {
    EVP_MD_CTX *ctx;
};

/* SHA-256 itself cannot fail; what can is memory or a crippled libcrypto. */
static void must(int ok)
{
    if (ok != 1) {
        fputs("seqeval: libcrypto has no working SHA-256\n", stderr);
        _Exit(sq_status_exit(SQ_INTERNAL));
    }
}

struct sq_sha256 *sq_sha256_new(void)
{
    struct sq_sha256 *d = sq_xmalloc(sizeof(*d));
    d->ctx = EVP_MD_CTX_new();
    must(d->ctx != NULL);
    must(EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL));
    return d;
}

void sq_sha256_add(struct sq_sha256 *d, sq_str bytes)
{
    if (bytes.n)
        must(EVP_DigestUpdate(d->ctx, bytes.p, bytes.n));
}

void sq_sha256_add_field(struct sq_sha256 *d, sq_str bytes)
{
    char length[8];
    for (size_t i = 0; i < sizeof(length); i++)
        length[i] = (char)((uint64_t)bytes.n >> (56 - 8 * i) & 0xFF);
    sq_sha256_add(d, (sq_str){length, sizeof(length)});
    sq_sha256_add(d, bytes);
}

void sq_sha256_finish(struct sq_sha256 *d, char hex[SQ_DIGEST_HEX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    must(EVP_DigestFinal_ex(d->ctx, raw, &n));
    must(n == (SQ_DIGEST_HEX - 1) / 2);
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[raw[i] >> 4];
        hex[2 * i + 1] = digits[raw[i] & 15];
    }
    hex[SQ_DIGEST_HEX - 1] = '\0';
    sq_sha256_free(d);
}

void sq_sha256_free(struct sq_sha256 *d)
{
    if (!d)
        return;
    EVP_MD_CTX_free(d->ctx);
    free(d);
}

void sq_sha256_of(sq_str bytes, char hex[SQ_DIGEST_HEX])
{
    struct sq_sha256 *d = sq_sha256_new();
    sq_sha256_add(d, bytes);
    sq_sha256_finish(d, hex);
}

void sq_sha256_base64(sq_str bytes, char text[SQ_DIGEST_BASE64])
{
    unsigned char raw[32];
    must(EVP_Digest(bytes.p, bytes.n, raw, NULL, EVP_sha256(), NULL));
    (void)EVP_EncodeBlock((unsigned char *)text, raw, sizeof raw);
}

enum sq_status sq_sha256_file(const char *path, char hex[SQ_DIGEST_HEX],
                              unsigned long long *size, struct sq_err *err)
{
    enum { CHUNK = 128 << 10 };
    enum sq_status status = SQ_OK;
    struct sq_sha256 *d = NULL;
    char *chunk = NULL;
    unsigned long long total = 0;
    struct stat st;
    size_t n;

    FILE *f = fopen(path, "rb");
    if (!f)
        return sq_err_set(err, SQ_INPUT, "%s: %s", path, strerror(errno));
    if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        status = sq_err_set(err, SQ_INPUT, "%s: is a folder, not a file", path);
        goto out;
    }
    d = sq_sha256_new();
    chunk = sq_xmalloc(CHUNK);
    while (!sq_stop && (n = fread(chunk, 1, CHUNK, f)) > 0) {
        sq_sha256_add(d, (sq_str){chunk, n});
        total += n;
    }
    if (sq_stop) {
        status = sq_err_set(err, SQ_INTERRUPTED, "interrupted");
        goto out;
    }
    if (ferror(f)) {
        status = sq_err_set(err, SQ_IO, "%s: %s", path, strerror(errno));
        goto out;
    }
    sq_sha256_finish(d, hex);
    d = NULL;
    if (size)
        *size = total;
out:
    free(chunk);
    sq_sha256_free(d);
    (void)fclose(f);
    return status;
}
