#include "engine/file_digest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/path.h"

/* Smaller ones are read faster than they are looked up. */
#define WORTH_KEEPING ((long long)64 << 20)
enum { LINE = 160 };

/* The file that remembers path's digest; yours, NULL = no cache. */
static char *memory_of(const char *path)
{
    char name[SQ_DIGEST_HEX + 8];
    char key[SQ_DIGEST_HEX];
    char *data = sq_path_data();
    if (!data)
        return NULL;
    sq_sha256_of(sq_str_from(path), key);
    snprintf(name, sizeof name, "digests/%.32s", key);
    char *file = sq_path_join(data, name);
    free(data);
    return file;
}

/* "SIZE SECONDS.NANOSECONDS ": what stands before the digest. */
static void state_of(const struct stat *s, char out[LINE])
{
    snprintf(out, LINE, "%lld %lld.%09ld ", (long long)s->st_size,
             (long long)s->st_mtim.tv_sec, (long)s->st_mtim.tv_nsec);
}

static bool remembered(const char *file, const char *state,
                       char hex[SQ_DIGEST_HEX])
{
    char *text = NULL;
    size_t n = 0;
    bool known = false;
    struct sq_err none = {0};
    if (!sq_path_exists(file) ||
        sq_path_read(file, LINE, &text, &n, &none) != SQ_OK)
        return false;
    sq_str s = sq_str_trim((sq_str){text, n});
    if (sq_str_starts(s, sq_str_from(state)) &&
        s.n == strlen(state) + SQ_DIGEST_HEX - 1) {
        memcpy(hex, s.p + strlen(state), SQ_DIGEST_HEX - 1);
        hex[SQ_DIGEST_HEX - 1] = '\0';
        known = true;
    }
    free(text);
    return known;
}

/* What cannot be written is computed again: it is only a cache. */
static void remember(const char *file, const char *state, const char *hex)
{
    char line[LINE + SQ_DIGEST_HEX + 1];
    struct sq_err none = {0};
    snprintf(line, sizeof line, "%s%s\n", state, hex);
    if (sq_path_mkdirs_for(file, &none) != SQ_OK ||
        sq_path_write(file, sq_str_from(line), &none) != SQ_OK)
        return;
}

enum sq_status sq_file_digest(const char *path, char hex[SQ_DIGEST_HEX],
                              struct sq_err *err)
{
    struct stat s;
    char state[LINE];
    if (stat(path, &s) != 0)
        return sq_err_set(err, SQ_INPUT, "%s: %s", path, strerror(errno));
    char *file = s.st_size >= WORTH_KEEPING ? memory_of(path) : NULL;
    state_of(&s, state);
    enum sq_status st = SQ_OK;
    if (!file || !remembered(file, state, hex)) {
        st = sq_sha256_file(path, hex, NULL, err);
        if (st == SQ_OK && file)
            remember(file, state, hex);
    }
    free(file);
    return st;
}
