#ifndef PULL_FIXTURE_H
#define PULL_FIXTURE_H
/* A file to pull, a folder to pull it into, and a pull that is watched: for the
 * tests of suite/pull.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/digest.h"
#include "base/path.h"
#include "base/stop.h"
#include "engine/http.h"
#include "suite/pull.h"

/* Several reads of a copy. */
enum { SIZE = 300000 };

static char folder[] = "/tmp/seqeval-pull-XXXXXX";
static char content[SIZE + 1]; /* one byte more than the file has */
static char sha256[65];

static inline struct sq_data_file wanted(const char *url)
{
    return (struct sq_data_file){.file = SQ_STR("s/a b.jsonl"),
                                 .url = sq_str_from(url),
                                 .sha256 = sq_str_from(sha256),
                                 .bytes = SIZE,
                                 .licence = SQ_STR("CC0-1.0")};
}

/* ---- files ------------------------------------------------------------- */

static inline char *at(const char *name)
{
    return sq_path_join(folder, name);
}

static inline void put(const char *name, sq_str bytes)
{
    struct sq_err err = {0};
    char *path = at(name);
    assert_int_equal(sq_path_mkdirs_for(path, &err), SQ_OK);
    assert_int_equal(sq_path_write(path, bytes, &err), SQ_OK);
    free(path);
}

static inline bool there(const char *name)
{
    char *path = at(name);
    bool yes = sq_path_exists(path);
    free(path);
    return yes;
}

static inline void drop(const char *name)
{
    char *path = at(name);
    (void)remove(path);
    free(path);
}

static inline long long size_of(const char *name)
{
    char hex[65], *path = at(name);
    unsigned long long size = 0;
    struct sq_err err = {0};
    assert_int_equal(sq_sha256_file(path, hex, &size, &err), SQ_OK);
    free(path);
    return (long long)size;
}

#define FINAL "data/s/a b.jsonl"
#define PART "data/s/a b.jsonl.part"
#define MIRRORED "mirror/s/a b.jsonl"

static const sq_str whole = {content, SIZE};

static inline void reset(void)
{
    drop(FINAL);
    drop(PART);
    put(MIRRORED, whole);
}

static inline void assert_whole(void)
{
    char hex[65], *path = at(FINAL);
    struct sq_err err = {0};
    assert_int_equal(sq_sha256_file(path, hex, NULL, &err), SQ_OK);
    assert_string_equal(hex, sha256);
    assert_false(there(PART));
    free(path);
}

/* ---- pulling ----------------------------------------------------------- */

struct seen {
    int calls;
    long long first, last, total;
    long long stop_at; /* sq_stop is set when so much is there; 0 = never */
};

static inline void on_progress(void *ctx, long long got, long long total)
{
    struct seen *s = ctx;
    if (s->calls++ == 0)
        s->first = got;
    s->last = got;
    s->total = total;
    if (s->stop_at && got >= s->stop_at)
        sq_stop = 1;
}

static inline enum sq_status pull(const char *url, bool mirror,
                                  const struct sq_http_api *http,
                                  struct seen *seen, struct sq_err *err)
{
    struct sq_data_file f = wanted(url);
    char *data = at("data"), *from = at("mirror");
    struct sq_pull how = {.data_dir = data,
                          .mirror = mirror ? from : NULL,
                          .http = http,
                          .progress = on_progress,
                          .ctx = seen};
    long long stop_at = seen->stop_at;
    *seen = (struct seen){.stop_at = stop_at};
    *err = (struct sq_err){0};
    enum sq_status st = sq_data_pull(&f, &how, err);
    sq_stop = 0;
    free(from);
    free(data);
    return st;
}

static inline int make_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        content[i] = (char)('a' + i * i / 7 % 26);
    content[SIZE] = 'x';
    sq_sha256_of(whole, sha256);
    return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state)
{
    static const char *const made[] = {FINAL,  PART,       MIRRORED, "data/s",
                                       "data", "mirror/s", "mirror"};
    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        drop(made[i]);
    return rmdir(folder);
}

#endif
