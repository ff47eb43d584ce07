/* What a server may do wrong, by name. */
#include "stub.h"
#include <string.h>
#include <zlib.h>

static void fault_malformed(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    stub_put_whole(r, 200, "", SQ_STR("{\"choices\":[{\"message\":{\"cont"));
}

static void fault_null(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    stub_put_whole(r, 200, "",
                   SQ_STR("{\"choices\":[{\"message\":{\"content\":null},"
                          "\"finish_reason\":\"stop\"}]}"));
}

static void fault_reset(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    r->after = STUB_RESET;
}

static void fault_close(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    r->after = STUB_CLOSE;
}

static void fault_stall(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    r->after = STUB_HANG;
}

/* An answer that begins and then stands still. */
static void fault_halt(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    stub_put_head(r, 200, "", 1000);
    sq_buf_adds(&r->bytes, "{\"choices\":");
    r->after = STUB_HANG;
}

static void fault_cut(struct stub_state *s, struct stub_reply *r)
{
    fault_halt(s, r);
    r->after = STUB_CLOSE;
}

static void fault_big(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    r->repeat = 1ull << 30;
    r->block = SQ_STR("                                                    ");
    stub_put_head(r, 200, "", (long long)r->repeat);
}

static void fault_endless(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    r->repeat = UINT64_MAX;
    r->block = SQ_STR("20\r\n                                \r\n");
    stub_put_head(r, 200, "Transfer-Encoding: chunked\r\n", -1);
}

static void fault_headers(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    r->repeat = 1 << 20;
    r->block = SQ_STR("X-Filler: 0123456789012345678901234567890123456789\r\n");
    sq_buf_adds(&r->bytes, "HTTP/1.1 200 Stub\r\n");
    r->after = STUB_CLOSE;
}

static void fault_header(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    r->repeat = 1 << 20;
    r->block = SQ_STR("0123456789012345678901234567890123456789");
    sq_buf_adds(&r->bytes, "HTTP/1.1 200 Stub\r\nX-Filler: ");
    r->after = STUB_CLOSE;
}

static void fault_garbage(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    sq_buf_adds(&r->bytes, "this is no HTTP\r\n\r\n");
    r->after = STUB_CLOSE;
}

static void fault_drip(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    stub_put_whole(r, 200, "",
                   SQ_STR("{\"choices\":[                       ]}"));
    r->drip_from = r->bytes.n - 35;
    r->drip_us = 100000;
}

static void gzip(sq_str text, size_t times, struct sq_buf *out)
{
    z_stream z = {0};
    unsigned char piece[16384];
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    for (size_t i = 0; i <= times; i++) {
        z.next_in = (unsigned char *)text.p;
        z.avail_in = i < times ? (unsigned)text.n : 0;
        do {
            z.next_out = piece;
            z.avail_out = sizeof(piece);
            deflate(&z, i < times ? Z_NO_FLUSH : Z_FINISH);
            sq_buf_add(out,
                       (sq_str){(char *)piece, sizeof(piece) - z.avail_out});
        } while (z.avail_out == 0);
    }
    deflateEnd(&z);
}

static void fault_bomb(struct stub_state *s, struct stub_reply *r)
{
    static const char zeros[1 << 16];
    if (!s->bomb.p) {
        sq_buf_init(&s->bomb, SIZE_MAX);
        gzip((sq_str){zeros, sizeof(zeros)}, 1024, &s->bomb);
    }
    stub_put_whole(r, 200, "Content-Encoding: gzip\r\n", sq_buf_str(&s->bomb));
}

/* No fault: an answer that is packed. */
static void fault_gzip(struct stub_state *s, struct stub_reply *r)
{
    struct sq_buf plain;
    struct sq_buf packed;
    sq_buf_init(&plain, SQ_MAX_RECORD);
    sq_buf_init(&packed, SQ_MAX_RECORD);
    stub_put_completion(s, SQ_STR(""), &plain);
    gzip(sq_buf_str(&plain), 1, &packed);
    stub_put_whole(r, 200, "Content-Encoding: gzip\r\n", sq_buf_str(&packed));
    sq_buf_release(&plain);
    sq_buf_release(&packed);
}

static void fault_deep(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    stub_put_head(r, 200, "", 100000);
    for (int i = 0; i < 100000; i++)
        sq_buf_addc(&r->bytes, '[');
}

static void fault_utf8(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    stub_put_whole(
        r, 200, "",
        SQ_STR("{\"choices\":[{\"message\":{\"content\":\"\xff\xfe\"},"
               "\"finish_reason\":\"stop\"}]}"));
}

static void fault_nul(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    stub_put_whole(r, 200, "",
                   SQ_STR("{\"choices\":[{\"message\":{\"content\":\"a\0b\"},"
                          "\"finish_reason\":\"stop\"}]}"));
}

/* Which of the two is meant? */
static void fault_dup(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    stub_put_whole(r, 200, "",
                   SQ_STR("{\"choices\":[{\"message\":{\"content\":\"a\","
                          "\"content\":\"b\"},\"finish_reason\":\"stop\"}]}"));
}

/* Chunks without end, a byte now and then. */
static void fault_trickle(struct stub_state *s, struct stub_reply *r)
{
    (void)s;
    r->repeat = UINT64_MAX;
    r->block = SQ_STR("1\r\n \r\n");
    r->drip_us = 50000;
    stub_put_head(r, 200, "Transfer-Encoding: chunked\r\n", -1);
    r->drip_from = r->bytes.n;
}

static const struct {
    const char *name;
    void (*put)(struct stub_state *s, struct stub_reply *r);
} faults[] = {
    {"malformed", fault_malformed},
    {"null", fault_null},
    {"reset", fault_reset},
    {"close", fault_close},
    {"stall", fault_stall},
    {"halt", fault_halt},
    {"cut", fault_cut},
    {"big", fault_big},
    {"endless", fault_endless},
    {"headers", fault_headers},
    {"header", fault_header},
    {"garbage", fault_garbage},
    {"drip", fault_drip},
    {"bomb", fault_bomb},
    {"gzip", fault_gzip},
    {"deep", fault_deep},
    {"utf8", fault_utf8},
    {"nul", fault_nul},
    {"dup", fault_dup},
    {"trickle", fault_trickle},
};

/* ---- streams of events -------------------------------------------------- */

#define PIECE "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a"
#define MORE PIECE "\"}}]}\n\n"
#define LAST PIECE "\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
#define BLOCK_1K                                                               \
    "0123456789012345678901234567890123456789012345678901234567890123"         \
    "0123456789012345678901234567890123456789012345678901234567890123"
#define NO_END UINT64_MAX

/* What is sent: begin, then the block for `repeat` bytes, then the connection
 * is closed. */
static const struct {
    const char *name;
    sq_str begin, block;
    unsigned long long repeat;
} streams[] = {
#define TEXT(s)                                                                \
    {                                                                          \
        s, sizeof(s) - 1                                                       \
    }
    {"sse", TEXT(MORE LAST), TEXT(""), 0}, /* no fault */
    {"sse-endless", TEXT(""), TEXT(MORE), NO_END},
    {"sse-gigabyte", TEXT(MORE), TEXT(MORE), 1ull << 30},
    {"sse-event", TEXT(PIECE), TEXT(BLOCK_1K), 1ull << 30},
    {"sse-many-lines", TEXT(MORE "data: "), TEXT("\ndata: "), 1ull << 30},
    {"sse-31-mb", TEXT(MORE), TEXT(MORE), 31u << 20},
    {"sse-31-mb-event", TEXT(PIECE), TEXT(BLOCK_1K), 31u << 20},
    {"sse-comments", TEXT(MORE), TEXT(": still here\n\n"), NO_END},
    {"sse-blank", TEXT(MORE), TEXT("\n"), NO_END},
    {"sse-nul",
     TEXT(PIECE "\0"
                "b\"}}]}\n\n" LAST),
     TEXT(""), 0},
    {"sse-escaped-nul", TEXT(PIECE "\\u0000\"}}]}\n\n" LAST), TEXT(""), 0},
    {"sse-utf8", TEXT(PIECE "\xff\xfe\"}}]}\n\n" LAST), TEXT(""), 0},
    {"sse-half-char", TEXT(PIECE "\xc3\"}}]}\n\n" LAST), TEXT(""), 0},
    {"sse-deep", TEXT("data: "), TEXT("[[[[[[[[[["), 1u << 20},
    {"sse-dup",
     TEXT("data: {\"choices\":[{\"delta\":{\"content\":\"a\",\"content\":"
          "\"b\"}}]}\n\n" LAST),
     TEXT(""), 0},
    {"sse-cut", TEXT(MORE PIECE), TEXT(""), 0},
    {"sse-no-end", TEXT(MORE MORE), TEXT(""), 0},
    {"sse-empty", TEXT(""), TEXT(""), 0},
    {"sse-done", TEXT("data: [DONE]\n\n"), TEXT(""), 0},
    {"sse-garbage", TEXT(MORE "data: <html>busy</html>\n\n" LAST), TEXT(""), 0},
    {"sse-array", TEXT(MORE "data: [1, 2]\n\n" LAST), TEXT(""), 0},
    {"sse-number",
     TEXT("data: {\"choices\":[{\"delta\":{\"content\":5}}]}\n\n" LAST),
     TEXT(""), 0},
    {"sse-error",
     TEXT(MORE "data: {\"error\":{\"message\":\"overloaded\","
               "\"code\":503}}\n\n" LAST),
     TEXT(""), 0},
    {"sse-error-event",
     TEXT(MORE "event: error\ndata: {\"message\":\"gone\"}"
               "\n\n"),
     TEXT(""), 0},
    {"sse-reason",
     TEXT(PIECE "\"},\"finish_reason\":\"banana\"}]}\n\n"
                "data: [DONE]\n\n"),
     TEXT(""), 0},
    {"sse-page", TEXT("<html>502 Bad gateway</html>\n"), TEXT(""), 0},
};

/* False when it is no stream's name. */
static bool put_stream(sq_str name, struct stub_reply *r)
{
    size_t n = sizeof(streams) / sizeof(streams[0]), i = 0;
    while (i < n && !sq_str_eq(name, sq_str_from(streams[i].name)))
        i++;
    if (i == n)
        return false;
    stub_put_head(r, 200, "Connection: close\r\n", -1);
    sq_buf_add(&r->bytes, streams[i].begin);
    r->block = streams[i].block;
    r->repeat = streams[i].repeat;
    r->after = STUB_CLOSE;
    return true;
}

void stub_put_status(struct stub_state *s, int status, struct stub_reply *r)
{
    struct sq_buf extra;
    struct sq_buf body;
    sq_buf_init(&extra, SQ_MAX_MESSAGE);
    sq_buf_init(&body, SQ_MAX_MESSAGE);
    if (s->options->retry_after && (status == 429 || status == 503))
        sq_buf_addf(&extra, "Retry-After: %s\r\n", s->options->retry_after);
    sq_buf_addf(&body,
                "{\"error\":{\"message\":\"status %d of the stub\","
                "\"type\":\"stub\",\"code\":null}}",
                status);
    stub_put_whole(r, status, extra.p, sq_buf_str(&body));
    sq_buf_release(&extra);
    sq_buf_release(&body);
}

void stub_fault(struct stub_state *s, sq_str name, struct stub_reply *r)
{
    long long status;
    s->faults++;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        if (sq_str_eq(name, sq_str_from(faults[i].name))) {
            faults[i].put(s, r);
            return;
        }
    if (put_stream(name, r))
        return;
    if (!sq_str_to_int(name, &status) || status < 200 || status > 599)
        status = 501;
    stub_put_status(s, (int)status, r);
}
