#include "base/gz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/mem.h"

struct sq_gz {
    gzFile file;
    char *path;
};

enum sq_status sq_gz_open(struct sq_gz **out, const char *path,
                          struct sq_err *err)
{
    enum { BUFFER = 64 << 10 };
    struct stat st;
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return sq_err_set(err, SQ_INPUT, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        (void)close(fd);
        return sq_err_set(err, SQ_INPUT, "%s: is a folder, not a file", path);
    }
    gzFile file = gzdopen(fd, "rb");
    if (!file)
        sq_out_of_memory();
    (void)gzbuffer(file, BUFFER);
    *out = sq_xmalloc(sizeof(**out));
    **out = (struct sq_gz){file, sq_xstrdup(path)};
    return SQ_OK;
}

enum sq_status sq_gz_read(struct sq_gz *g, char *dst, size_t n, size_t *got,
                          struct sq_err *err)
{
    const size_t most = (size_t)1 << 30; /* gzread counts in int */
    int code = Z_OK;
    int count = gzread(g->file, dst, (unsigned)(n < most ? n : most));
    *got = count > 0 ? (size_t)count : 0;
    if (count > 0 || n == 0)
        return SQ_OK;
    const char *text = gzerror(g->file, &code);
    switch (code) {
    case Z_OK:
        return SQ_OK;
    case Z_BUF_ERROR:
        return sq_err_set(err, SQ_INPUT,
                          "%s: the gzip stream is cut short; get it again",
                          g->path);
    case Z_ERRNO:
        return sq_err_set(err, SQ_IO, "%s: %s", g->path, strerror(errno));
    default:
        return sq_err_set(err, SQ_INPUT,
                          "%s: damaged gzip stream (%s); get it again", g->path,
                          text);
    }
}

void sq_gz_close(struct sq_gz *g)
{
    if (!g)
        return;
    (void)gzclose(g->file);
    free(g->path);
    free(g);
}

struct sq_packer {
    z_stream z;
};

/* Its tables, which are cleared for each text, grow with this. */
#define PACKER_MEMORY 6

struct sq_packer *sq_packer_new(void)
{
    struct sq_packer *p = sq_xcalloc(1, sizeof *p);
    if (deflateInit2(&p->z, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS, PACKER_MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        sq_out_of_memory();
    return p;
}

void sq_packer_pack(struct sq_packer *p, sq_str text, struct sq_buf *out)
{
    const size_t most = (size_t)1 << 30; /* zlib counts in unsigned */
    unsigned char piece[4096];
    z_stream *z = &p->z;
    int code = deflateReset(z);
    size_t done = 0;
    while (code != Z_STREAM_END) {
        if (z->avail_in == 0 && done < text.n) {
            sq_str next = sq_str_sub(text, done, done + most);
            z->next_in = (const unsigned char *)next.p;
            z->avail_in = (unsigned)next.n;
            done += next.n;
        }
        z->next_out = piece;
        z->avail_out = sizeof(piece);
        code = deflate(z, done < text.n ? Z_NO_FLUSH : Z_FINISH);
        sq_buf_add(out, (sq_str){(char *)piece, sizeof(piece) - z->avail_out});
    }
}

void sq_packer_free(struct sq_packer *p)
{
    if (!p)
        return;
    (void)deflateEnd(&p->z);
    free(p);
}

struct sq_inflate {
    z_stream z;
    unsigned char out[1 << 16];
};

struct sq_inflate *sq_inflate_new(void)
{
    struct sq_inflate *i = sq_xcalloc(1, sizeof *i);
    if (inflateInit2(&i->z, -MAX_WBITS) != Z_OK)
        sq_out_of_memory();
    return i;
}

enum sq_status sq_inflate_feed(struct sq_inflate *i, sq_str bytes, sq_sink sink,
                               void *ctx, bool *ended, struct sq_err *err)
{
    enum sq_status st = SQ_OK;
    int code = Z_OK;
    i->z.next_in = (const unsigned char *)bytes.p;
    i->z.avail_in = (unsigned)bytes.n;
    do {
        i->z.next_out = i->out;
        i->z.avail_out = sizeof i->out;
        code = inflate(&i->z, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return sq_err_set(err, SQ_INPUT, "damaged deflate stream");
        size_t n = sizeof i->out - i->z.avail_out;
        if (n > 0)
            st = sink(ctx, (sq_str){(const char *)i->out, n}, err);
    } while (st == SQ_OK && code == Z_OK && i->z.avail_out == 0);
    *ended = code == Z_STREAM_END;
    return st;
}

void sq_inflate_free(struct sq_inflate *i)
{
    if (!i)
        return;
    (void)inflateEnd(&i->z);
    free(i);
}
