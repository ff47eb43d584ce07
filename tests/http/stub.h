#ifndef TESTS_HTTP_STUB_H
#define TESTS_HTTP_STUB_H
/*
 * A server for tests: answers chat completions on loopback, with faults by rate
 * or by path. stub.c moves the bytes, stub_reply.c decides what to answer,
 * stub_faults.c has the faults, stub_judge.c answers as a judge, stub_options.c
 * reads the command line.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/str.h"

#define STUB_FAULTS 16

struct stub_fault {
    char name[24]; /* a status as "429", or a name of the table in stub_reply.c
                    */
    double rate;
    unsigned long long hits;
};

/* If the request holds `match`, the answer is `content`: both as they stand
 * between the quotes of a JSON string; or else the whole of `body`. */
struct stub_rule {
    char *match, *content, *finish;
    char *body; /* NULL = none */
    int status;
};

struct stub_options {
    int64_t latency_us;
    char *reply; /* content, as a JSON literal's inside */
    struct stub_rule *rules;
    size_t nrules;
    bool echo;
    struct stub_fault faults[STUB_FAULTS];
    size_t nfaults;
    uint64_t seed;
    const char *retry_after;     /* of 429 and 503; NULL = none */
    unsigned long long capacity; /* 429 for more at a time; 0 = no limit */
    long long choices;           /* most that one answer has; 0 = a request
                                    for more is refused, -1 = no limit */
    bool once_fail;              /* each distinct request: 500 the first time */
    struct sq_buf headers;       /* more lines for answers */
    const char *root;
    bool no_range;
    long long cut_after; /* the first file is cut there; -1 = not */
    FILE *log;
    long long max_seconds;
    struct stub_bench *bench; /* of the judges; NULL = there are none */
    double babble;            /* share of their replies without a verdict */
};

/* False when argv is wrong (said on stderr). */
bool stub_options_parse(struct stub_options *o, int argc, char **argv);
void stub_options_release(struct stub_options *o);

struct stub_request {
    sq_str method, path, headers, body; /* headers without the first line */
};

/* What to send: bytes, then `block` over and over for `repeat` bytes. */
struct stub_reply {
    struct sq_buf bytes;
    sq_str block;
    unsigned long long repeat;
    int64_t delay_us;
    bool counted;     /* in the state's pending, until it is sent */
    int64_t drip_us;  /* > 0: one byte at a time, this long apart, */
    size_t drip_from; /* from here on */
    enum { STUB_KEEP, STUB_CLOSE, STUB_RESET, STUB_HANG } after;
};

struct stub_state {
    struct stub_options *options;
    unsigned long long requests, faults, repeats, open, most_open;
    unsigned long long pending, refused; /* at work on; over capacity */
    unsigned long long tokens;           /* of the completions that were sent */
    uint64_t *seen; /* hashes of bodies: open addressing, 0 = free */
    size_t nseen, seen_cap;
    struct sq_buf bomb; /* a body that unpacks to 64 MB, made when asked for */
};

/* What judges need of a folder with judges/; NULL when it lacks (said on
 * stderr). */
struct stub_bench *stub_bench_open(const char *home);
void stub_bench_close(struct stub_bench *b);
/* A judge's reply to a request whose model is one of the table in stub_judge.c;
 * false for other requests. */
bool stub_judge(const struct stub_state *s, sq_str body, struct sq_buf *out);

/* Head of an answer; length < 0 leaves Content-Length out. */
void stub_put_head(struct stub_reply *r, int status, const char *extra,
                   long long length);
/* An answer; extra: more header lines. */
void stub_put_whole(struct stub_reply *r, int status, const char *extra,
                    sq_str body);
/* An error of that status. */
void stub_put_status(struct stub_state *s, int status, struct stub_reply *r);
/* The JSON that answers this request. */
void stub_put_completion(struct stub_state *s, sq_str body, struct sq_buf *out);
/* The fault of this name, or the status that it is. */
void stub_fault(struct stub_state *s, sq_str name, struct stub_reply *r);

void stub_answer(struct stub_state *s, const struct stub_request *q,
                 struct stub_reply *r);
/* All counts as a line of JSON. */
void stub_stats(const struct stub_state *s, struct sq_buf *out);
void stub_state_release(struct stub_state *s);

#endif
