#include "base/zip.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/mem.h"

enum {
    END_SIZE = 22, /* of the record at the end, without its comment */
    ENTRY_SIZE = 46,
    LOCAL_SIZE = 30,
    LONGEST_COMMENT = 65535,
    STORED = 0,
    DEFLATED = 8
};
/* Of the list of members. */
#define MOST_LIST ((uint32_t)16 << 20)

struct zip {
    FILE *file;
    const char *path;
    struct sq_err *err;
};

struct member {
    unsigned method;
    uint32_t at, size; /* of its local header; packed */
};

static uint32_t number(const char *p, int bytes)
{
    uint32_t v = 0;
    for (int i = bytes; i-- > 0;)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static enum sq_status damaged(const struct zip *z, const char *what)
{
    return sq_err_set(z->err, SQ_INPUT, "%s: %s", z->path, what);
}

static enum sq_status read_at(const struct zip *z, off_t at, char *to, size_t n)
{
    if (fseeko(z->file, at, SEEK_SET) != 0 || fread(to, 1, n, z->file) != n)
        return damaged(z, "the ZIP archive is cut off");
    return SQ_OK;
}

/* The list of members, yours, from the record at the end. */
static enum sq_status read_list(const struct zip *z, char **list, size_t *n)
{
    if (fseeko(z->file, 0, SEEK_END) != 0)
        return damaged(z, strerror(errno));
    off_t size = ftello(z->file);
    size_t room = END_SIZE + LONGEST_COMMENT;
    room = size < (off_t)room ? (size_t)size : room;
    char *tail = sq_xcalloc(room + 1, 1);
    enum sq_status st = read_at(z, size - (off_t)room, tail, room);
    size_t at = room >= END_SIZE ? room - END_SIZE + 1 : 0;
    while (st == SQ_OK && at > 0 && memcmp(tail + at - 1, "PK\5\6", 4) != 0)
        at--;
    if (st == SQ_OK && at == 0)
        st = damaged(z, "not a ZIP archive");
    if (st == SQ_OK) {
        *n = number(tail + at - 1 + 12, 4);
        if (*n > MOST_LIST)
            st = damaged(z, "a ZIP archive of too many members");
    }
    if (st == SQ_OK) {
        *list = sq_xcalloc(*n + 1, 1);
        st = read_at(z, (off_t)number(tail + at - 1 + 16, 4), *list, *n);
    }
    free(tail);
    return st;
}

static enum sq_status find(const struct zip *z, const char *name,
                           struct member *out)
{
    char *list = NULL;
    size_t n = 0, at = 0, wanted = strlen(name);
    enum sq_status st = read_list(z, &list, &n);
    bool found = false;
    while (st == SQ_OK && !found && n - at >= ENTRY_SIZE &&
           memcmp(list + at, "PK\1\2", 4) == 0) {
        size_t length = number(list + at + 28, 2);
        size_t more = number(list + at + 30, 2) + number(list + at + 32, 2);
        if (length + more > n - at - ENTRY_SIZE)
            break;
        found = length == wanted &&
                memcmp(list + at + ENTRY_SIZE, name, wanted) == 0;
        *out = (struct member){.method = number(list + at + 10, 2),
                               .at = number(list + at + 42, 4),
                               .size = number(list + at + 20, 4)};
        at += ENTRY_SIZE + length + more;
    }
    free(list);
    if (st == SQ_OK && !found)
        st =
            sq_err_set(z->err, SQ_INPUT, "%s: has no member %s", z->path, name);
    return st;
}

static enum sq_status copy(const struct zip *z, const struct member *m,
                           sq_sink sink, void *ctx)
{
    enum { CHUNK = 1 << 16 };
    char head[LOCAL_SIZE] = {0};
    enum sq_status st = read_at(z, (off_t)m->at, head, sizeof head);
    if (st != SQ_OK)
        return st;
    off_t data =
        (off_t)m->at + LOCAL_SIZE + number(head + 26, 2) + number(head + 28, 2);
    char *bytes = sq_xmalloc(CHUNK);
    struct sq_inflate *inflate = sq_inflate_new();
    bool ended = false;
    if (fseeko(z->file, data, SEEK_SET) != 0)
        st = damaged(z, strerror(errno));
    for (uint32_t left = m->size; left > 0 && st == SQ_OK && !ended;) {
        size_t want = left < CHUNK ? left : CHUNK;
        size_t got = fread(bytes, 1, want, z->file);
        left -= (uint32_t)got;
        if (got == 0)
            st = damaged(z, "the ZIP archive is cut off");
        else if (m->method == STORED)
            st = sink(ctx, (sq_str){bytes, got}, z->err);
        else
            st = sq_inflate_feed(inflate, (sq_str){bytes, got}, sink, ctx,
                                 &ended, z->err);
    }
    if (st == SQ_OK && m->method == DEFLATED && !ended)
        st = damaged(z, "a member of the ZIP archive is cut off");
    sq_inflate_free(inflate);
    free(bytes);
    return st;
}

enum sq_status sq_zip_member(const char *path, const char *member, sq_sink sink,
                             void *ctx, struct sq_err *err)
{
    struct zip z = {fopen(path, "rb"), path, err};
    struct member m = {0};
    if (!z.file)
        return sq_err_set(err, SQ_INPUT, "%s: %s", path, strerror(errno));
    enum sq_status st = find(&z, member, &m);
    if (st == SQ_OK && m.method != STORED && m.method != DEFLATED)
        st = damaged(&z, "a member packed in a way that is not known");
    if (st == SQ_OK)
        st = copy(&z, &m, sink, ctx);
    fclose(z.file);
    return st;
}
