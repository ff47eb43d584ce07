#include "suite/pull.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/path.h"
#include "base/stop.h"
#include "engine/http.h"
#include "suite/part.h"

/* Attempts in a row that brought nothing, and the pause after the first of
 * them, doubled each time. */
enum { ATTEMPTS = 5, PAUSE_MS = 1000, LONGEST_PAUSE_MS = 60000 };
enum { CONNECT_MS = 30000, SILENCE_MS = 60000 };

/* A pull going on. */
struct pull {
    const struct sq_pull *how;
    struct sq_part part;
    const char *source; /* URL or path */
    struct sq_err *err;
};

static enum sq_status take(struct pull *p, sq_str bytes)
{
    enum sq_status st = sq_part_add(&p->part, bytes, p->err);

    if (st == SQ_OK && p->how->progress)
        p->how->progress(p->how->ctx, p->part.n, p->part.file->bytes);
    return st;
}

static enum sq_status interrupted(struct pull *p)
{
    return sq_err_set(p->err, SQ_INTERRUPTED,
                      "%s: interrupted at %lld of %lld bytes; the next pull "
                      "goes on from there",
                      p->part.final_path, p->part.n, p->part.file->bytes);
}

/* ---- from a file ------------------------------------------------------- */

static enum sq_status source_error(struct pull *p)
{
    return sq_err_set(p->err, SQ_INPUT, "%s: %s", p->source, strerror(errno));
}

/* Goes on behind what is there; the digest tells whether that was right. */
static enum sq_status copy(struct pull *p, const char *path)
{
    enum { CHUNK = 1 << 16 };
    char *bytes = sq_xmalloc(CHUNK);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum sq_status st = SQ_OK;

    if (fd < 0 || lseek(fd, p->part.n, SEEK_SET) < 0)
        st = source_error(p);
    while (st == SQ_OK) {
        ssize_t got = read(fd, bytes, CHUNK);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            st = source_error(p);
        if (got <= 0)
            break;
        st = sq_stop ? interrupted(p) : take(p, (sq_str){bytes, (size_t)got});
    }
    if (fd >= 0)
        close(fd);
    free(bytes);
    return st;
}

static int hex_value(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) % 16 : -1;
}

/* The path in a file: URL (RFC 8089), yours; NULL when there is none. */
static char *url_path(sq_str url)
{
    char *path, *to;
    size_t i;

    url = sq_str_sub(url, sizeof("file://") - 1, url.n);
    if (sq_str_starts(url, SQ_STR("localhost/")))
        url = sq_str_sub(url, sizeof("localhost") - 1, url.n);
    if (!sq_str_starts(url, SQ_STR("/")))
        return NULL;
    path = to = sq_xmalloc(url.n + 1);
    for (i = 0; i < url.n; i++) {
        int high, low;

        if (url.p[i] != '%') {
            *to++ = url.p[i];
            continue;
        }
        high = i + 2 < url.n ? hex_value(url.p[i + 1]) : -1;
        low = i + 2 < url.n ? hex_value(url.p[i + 2]) : -1;
        if (high < 0 || low < 0 || high + low == 0) {
            free(path);
            return NULL;
        }
        *to++ = (char)(high * 16 + low);
        i += 2;
    }
    *to = '\0';
    return path;
}

/* ---- from a server ----------------------------------------------------- */

struct fetch {
    struct pull *pull;
    bool resumed; /* asked for a range, nothing has come yet */
    bool done;
    enum sq_status st; /* of storing what came */
    struct sq_http_result result;
};

static bool on_bytes(void *ctx, int status, sq_str bytes, long long total)
{
    struct fetch *f = ctx;

    (void)total;
    /* 200 is the whole: the server knows no ranges. */
    if (f->resumed && status != 206)
        f->st = sq_part_restart(&f->pull->part, f->pull->err);
    f->resumed = false;
    if (f->st == SQ_OK)
        f->st = take(f->pull, bytes);
    return f->st == SQ_OK;
}

static void on_done(void *ctx, const struct sq_http_result *result)
{
    struct fetch *f = ctx;

    f->result = *result;
    f->result.body = (sq_str){NULL, 0};
    f->done = true;
}

/* One attempt; what came of it is in *f. */
static enum sq_status attempt(struct pull *p, const struct sq_http_api *api,
                              struct sq_http *http, int64_t delay_ms,
                              struct fetch *f)
{
    struct sq_http_request request = {.url = p->source,
                                      .max_body = SIZE_MAX,
                                      .connect_timeout_ms = CONNECT_MS,
                                      .first_byte_timeout_ms = SILENCE_MS,
                                      .idle_timeout_ms = SILENCE_MS,
                                      .delay_ms = delay_ms,
                                      .resume_from = p->part.n,
                                      .sink = on_bytes,
                                      .done = on_done,
                                      .ctx = f};
    enum sq_status st;

    *f = (struct fetch){.pull = p, .resumed = p->part.n > 0};
    st = api->submit(http, &request, p->err);
    while (st == SQ_OK && !f->done)
        st = sq_stop ? interrupted(p) : api->pump(http, 200, p->err);
    return st == SQ_OK ? f->st : st;
}

/* May the next attempt fare better? */
static bool passing(const struct sq_http_result *r)
{
    switch (r->fault) {
    case SQ_HTTP_OK:
        return r->status == 408 || r->status == 425 || r->status == 429 ||
               r->status >= 500;
    case SQ_HTTP_CONNECT:
    case SQ_HTTP_TIMEOUT:
    case SQ_HTTP_CUT:
        return true;
    case SQ_HTTP_TOO_BIG:
    case SQ_HTTP_TLS:
    case SQ_HTTP_OTHER:
        break;
    }
    return false;
}

static enum sq_status failed(const struct pull *p,
                             const struct sq_http_result *r, struct sq_err *err)
{
    char why[300];

    if (r->fault == SQ_HTTP_OK)
        snprintf(why, sizeof(why), "the server says %d", r->status);
    else
        snprintf(why, sizeof(why), "%s", r->error);
    if (p->part.n == 0)
        return sq_err_set(err, SQ_NET, "%s: %s", p->source, why);
    return sq_err_set(err, SQ_NET,
                      "%s: %s; %lld of %lld bytes are here, the next pull goes "
                      "on from there",
                      p->source, why, p->part.n, p->part.file->bytes);
}

static int64_t pause_ms(int idle, const struct sq_http_result *r)
{
    int64_t pause = (int64_t)PAUSE_MS << (idle > 0 ? idle - 1 : 0);

    if (r->retry_after_ms > pause)
        pause = r->retry_after_ms;
    return pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS;
}

/* Attempts until the answer is whole, final, or too many brought nothing. */
static enum sq_status attempts(struct pull *p, const struct sq_http_api *api,
                               struct sq_http *http)
{
    int64_t delay_ms = 0;
    int idle = 0;

    for (;;) {
        long long before = p->part.n;
        struct sq_err why = {0};
        struct fetch f;
        enum sq_status st = attempt(p, api, http, delay_ms, &f);
        const struct sq_http_result *r = &f.result;

        if (st != SQ_OK)
            return st;
        if (r->fault == SQ_HTTP_OK && (r->status == 200 || r->status == 206))
            return SQ_OK;
        if (r->fault == SQ_HTTP_OK && r->status == 416 && before > 0) {
            /* What is here is no beginning of what is there. */
            st = sq_part_restart(&p->part, p->err);
            if (st != SQ_OK)
                return st;
            delay_ms = 0;
            continue;
        }
        idle = p->part.n > before ? 0 : idle + 1;
        if (!passing(r) || idle == ATTEMPTS)
            return failed(p, r, p->err);
        delay_ms = pause_ms(idle, r);
        (void)failed(p, r, &why);
        sq_log(p->how->log, SQ_LOG_WARN, "%s; trying again in %.1f s", why.msg,
               (double)delay_ms / 1000);
    }
}

static enum sq_status fetch(struct pull *p)
{
    const struct sq_http_api *api = p->how->http;
    struct sq_http_config config = {.max_connections = 1,
                                    .receive_bytes = 65536,
                                    .cacert = p->how->cacert,
                                    .user_agent = "seqeval/" SQ_VERSION};
    struct sq_http *http = NULL;
    enum sq_status st = api ? SQ_OK : sq_http_load(&api, p->err);

    if (st == SQ_OK)
        st = api->open(&http, &config, p->err);
    if (st != SQ_OK)
        return st;
    st = attempts(p, api, http);
    api->close(http);
    return st;
}

/* ---- the whole --------------------------------------------------------- */

static bool is_url(sq_str s)
{
    return sq_str_starts(s, SQ_STR("http://")) ||
           sq_str_starts(s, SQ_STR("https://"));
}

static bool is_file_url(sq_str s)
{
    return sq_str_starts(s, SQ_STR("file://"));
}

/* MIRROR/FILE, percent-encoded (RFC 3986) when the mirror is a URL; yours. */
static char *in_mirror(const char *mirror, sq_str file)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    sq_str m = sq_str_from(mirror);
    bool encode = is_url(m) || is_file_url(m);
    struct sq_buf path;
    char *source;
    size_t i;

    sq_buf_init(&path, SQ_MAX_MESSAGE);
    sq_buf_add(&path, m);
    if (!sq_str_ends(m, SQ_STR("/")))
        sq_buf_addc(&path, '/');
    for (i = 0; i < file.n; i++)
        if (!encode || memchr(plain, file.p[i], sizeof(plain) - 1))
            sq_buf_addc(&path, file.p[i]);
        else
            sq_buf_addf(&path, "%%%02X", (unsigned)(unsigned char)file.p[i]);
    source = sq_buf_take(&path);
    sq_buf_release(&path);
    return source;
}

static enum sq_status transfer(struct pull *p)
{
    sq_str source = sq_str_from(p->source);
    enum sq_status st;
    char *path;

    if (is_url(source))
        return fetch(p);
    if (!is_file_url(source))
        return copy(p, p->source);
    path = url_path(source);
    if (!path)
        return sq_err_set(p->err, SQ_INPUT,
                          "%s: want file:///PATH, with %%XX for odd characters",
                          p->source);
    st = copy(p, path);
    free(path);
    return st;
}

/* A part that an older pull left may be of another version of the file: what is
 * then wrong as a whole is got once more from the start. */
static enum sq_status transfer_checked(struct pull *p)
{
    for (;;) {
        const struct sq_data_file *f = p->part.file;
        bool resumed = p->part.n > 0, right = false;
        char found[SQ_DIGEST_HEX];
        enum sq_status st = SQ_OK;

        if (p->part.n < f->bytes)
            st = transfer(p);
        if (st == SQ_OK)
            st = sq_part_finish(&p->part, &right, found, p->err);
        if (st == SQ_OK && !right && !resumed)
            st = sq_err_set(p->err, SQ_INPUT,
                            "%s: is not the file that the suite wants: its "
                            "SHA-256 is %s, not %.*s",
                            p->source, found, SQ_STR_ARG(f->sha256));
        if (right || !resumed || p->part.n > 0)
            return st;
    }
}

enum sq_status sq_data_pull(const struct sq_data_file *f,
                            const struct sq_pull *how, struct sq_err *err)
{
    struct pull p = {.how = how, .err = err};
    char found[65];
    char *source;
    enum sq_data_state state;
    enum sq_status st = sq_data_verify(f, how->data_dir, &state, found, err);
    bool done;

    if (st != SQ_OK || state == SQ_DATA_OK)
        return st;
    source = how->mirror ? in_mirror(how->mirror, f->file) : sq_str_dup(f->url);
    p.source = source;
    st = sq_part_open(&p.part, f, how->data_dir, how->log, &done, err);
    if (st == SQ_OK && !done)
        st = transfer_checked(&p);
    sq_part_close(&p.part);
    free(source);
    return st;
}
