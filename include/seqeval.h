#ifndef SEQEVAL_H
#define SEQEVAL_H
/*
 * The contract of seqeval: the values that travel from suite to report, and the
 * two tables a newcomer extends, checks and engines.
 *
 * suite -> plan -> engine -> response -> scorer (checks, judge) -> store ->
 * report. Every value below is plain data; who owns what stands beside it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "seqeval_ask.h"

#define SQ_VERSION "0.1.0"

/* ---- states ------------------------------------------------------------ */

/* Every (sample, epoch, step) of a plan ends in exactly one. The order is
 * stored in databases: add at the end. */
#define SQ_STATE_LIST(X)                                                       \
    X(PASS, "pass", "carried out")                                             \
    X(FAIL, "fail", "not carried out")                                         \
    X(UNPARSABLE, "unparsable", "the judge's verdict could not be read")       \
    X(UNSUPPORTED, "unsupported", "the judge's evidence is not there")         \
    X(ERROR, "error", "no answer or verdict: infrastructure")                  \
    X(TRUNCATED, "truncated", "the response was cut at its token limit")       \
    X(REFUSED, "refused", "the model or a filter refused")                     \
    X(UNANSWERABLE, "unanswerable", "no text can carry this step out")         \
    X(NOT_JUDGED, "not_judged", "no rule or judge decides this step")          \
    X(NOT_RUN, "not_run", "planned, not asked")

enum sq_state {
#define X(id, name, text) SQ_STATE_##id,
    SQ_STATE_LIST(X)
#undef X
        SQ_STATE_COUNT
};
const char *sq_state_name(enum sq_state s);
/* SQ_STATE_COUNT for an unknown name. */
enum sq_state sq_state_from_name(sq_str name);
/* Pass or fail: the states that rates are computed over. */
bool sq_state_decided(enum sq_state s);

/* ---- samples ----------------------------------------------------------- */

/* What a broken rule means: CONSTRAINT, the step was not carried out as asked;
 * ANSWER, it was carried out and is wrong. */
enum sq_role { SQ_ROLE_CONSTRAINT, SQ_ROLE_ANSWER };

struct sq_rule {
    const struct sq_check *check;
    const void *args; /* what check->compile made */
    enum sq_role role;
    const char *grader; /* "strict": it decides a verdict of that name, apart
                           from those of other graders; NULL = the usual one */
    const struct sq_cut *cut; /* the part of the response that check reads
                                 (grade/cut.h); NULL = all of it */
    const char *metric; /* "acc_strict": what the finding is called as a metric
                           of the sample; NULL = none of its own */
    sq_str text; /* the rule as it stands in the annotation, for people */
};

/* One sub-instruction: bytes [start, end) of the sample's query; end 0 = the
 * query as a whole asks for it. */
struct sq_step {
    size_t start, end;
    sq_str kind; /* "list", "translate", ... */
    bool answerable;
    const size_t *depends; /* indices of earlier steps it builds on */
    size_t ndepends;
    const struct sq_rule *rules;
    size_t nrules;
};

struct sq_field {
    sq_str name, value;
};

/* A metric of a sample that is 1 where all of others are, and else 0. */
struct sq_all {
    sq_str metric;
    const sq_str *of;
    size_t n;
};

/* One query of a suite. Everything in it lives in its arena or its suite's. */
struct sq_sample {
    size_t ordinal; /* 0-based position in the suite's data */
    sq_str id;      /* unique within the suite */
    sq_str query;   /* the user's text, which the steps' spans point into */
    const struct sq_field *facets; /* slices of reports: iteration=3 */
    size_t nfacets;
    /* Samples with the same value are not independent of each other; name '' is
     * the usual clustering. */
    const struct sq_field *clusters;
    size_t nclusters;
    const struct sq_field *texts; /* text fields of the record: replay keys */
    size_t ntexts;
    const struct sq_step *steps;
    size_t nsteps;
    /* What the model is asked, examples and the query; NULL = the query alone,
     * as the user's. */
    const struct sq_message *messages;
    size_t nmessages;
    const struct sq_all *alls;
    size_t nalls;
    struct sq_arena arena;
};

/* ---- engines ----------------------------------------------------------- */

struct sq_http_shared;  /* src/engine/http.h */
struct sq_local_shared; /* src/engine/local_model.h */
struct sq_rate;         /* src/engine/limiter.h */
struct sq_log;

/* What an engine is opened with; borrowed until it is closed. */
struct sq_engine_config {
    sq_str model;          /* behind the colon of SPEC */
    const char *base_url;  /* openai: NULL = default; several, with commas: the
                              first is part of a response's identity */
    const char *key;       /* secret; never stored, never logged; may be NULL */
    long long concurrency; /* most requests in flight */
    long long max_retries;
    double timeout_s;         /* of one attempt, all in */
    const char *replay_field; /* replay: field of the output, NULL = usual */
    const char *replay_key;   /* replay: field that joins, NULL = usual */
    const char *model_name;   /* replay: the shown name, NULL = as it says */
    const char *cacert;       /* openai: PEM file of CAs, NULL = the system's */
    const char *key_env;      /* variable the key is from, for messages; NULL =
                                 OPENAI_API_KEY */
    bool completions;         /* openai: /completions, for base models; local:
                                 no chat template */
    const char *chat_template; /* local: a name or a file; NULL = the model's */
    bool stream;               /* openai: have the answer come in pieces */
    /* openai: more headers, "Name: value", NULL-terminated, may be NULL; secret
       like key */
    const char *const *headers;
    struct sq_http_shared *http;   /* openai: the pump of all engines; outlives
                                      them; NULL = one of its own */
    struct sq_local_shared *local; /* likewise local: the loaded models */
    struct sq_rate *rate; /* openai: what may be sent per minute, NULL = no
                             limit; may be shared */
    bool judge;           /* it is the judge that is asked */
    bool baseline; /* replay: of two recorded outputs, the other model's */
    struct sq_log *log;
    /* Called for every request submitted, exactly once, from within step or
     * submit; *response is moved to the callee. */
    void (*done)(void *ctx, const struct sq_request *request,
                 struct sq_response *response);
    /* A try failed. paid: it may have been charged for; again_ms: the wait
     * before the next, -1 = none. False forbids it. May be NULL. */
    bool (*failed)(void *ctx, const struct sq_request *request, bool paid,
                   int64_t again_ms);
    void *ctx;
};

/* The part of every engine that its users see; engines embed it first. */
struct sq_engine {
    const struct sq_engine_ops *ops;
    const char *endpoint; /* part of a response's identity: URL, digest */
    const char *model;    /* likewise; as it is shown */
    size_t in_flight;     /* submitted, not yet delivered */
    size_t waiting;       /* of these, not under way: for their next try, for
                             the rate limit, or to be computed here */
    bool full;            /* submit would have to wait: step first */
    int64_t due_ms;       /* sq_clock_ms when it wants to be stepped at the
                             latest; 0 = whenever */
    sq_str metadata;      /* about the model, a JSON object; "" = none */
};

struct sq_engine_ops {
    const char *name;  /* prefix of SPEC: "openai" */
    const char *about; /* one line for people */
    bool asks;    /* false: looks recordings up, so an empty query may be */
    bool choices; /* a request may want several answers */
    bool images;  /* messages may have images */
    enum sq_status (*open)(struct sq_engine **out,
                           const struct sq_engine_config *config,
                           struct sq_err *err);
    /* Takes a request; precondition: !full. A status other than OK is fatal
     * for the run (a bad key); faults of one request are responses. */
    enum sq_status (*submit)(struct sq_engine *e,
                             const struct sq_request *request,
                             struct sq_err *err);
    /* Does what there is to do and delivers what is done. Waits at most wait_ms
     * for something to happen when nothing can be done at once. Sends nothing
     * once sq_stop is set. */
    enum sq_status (*step)(struct sq_engine *e, int wait_ms,
                           struct sq_err *err);
    /* How it gets on, for the progress line: ", window 12 of 64"; appends
     * nothing when there is nothing to say. May be NULL. */
    void (*progress)(const struct sq_engine *e, struct sq_buf *out);
    /* What a person should know at the end ("2 samples had no recording");
     * appends nothing when there is nothing. May be NULL. */
    void (*summary)(const struct sq_engine *e, struct sq_buf *out);
    void (*close)(struct sq_engine *e); /* drops what is in flight */
};

/* ---- checks ------------------------------------------------------------ */

enum sq_finding_verdict {
    SQ_FINDING_HOLDS,
    SQ_FINDING_BROKEN,
    SQ_FINDING_UNDECIDED, /* the text does not tell (whole response, many steps)
                           */
    SQ_FINDING_ERROR      /* a limit was hit: no verdict */
};

/* What a check found. */
struct sq_finding {
    enum sq_finding_verdict verdict;
    size_t at, len; /* evidence: a span of the text; len 0 = none */
    sq_str answer;  /* evidence that is no span: what was read; p NULL = none */
    bool measured;  /* value tells more than the verdict does */
    double value;
    char why[160]; /* "5 list items, want == 3" */
};

/* A text and how it relates to the step. */
struct sq_check_text {
    sq_str text; /* the model's, or the part that answers the step */
    bool shared; /* other steps are answered in this text too: a count that
                    exceeds a limit may be theirs */
    struct sq_arena *arena; /* what a finding may point into; NULL = none: then
                               no answer is given */
};

/*
 * A rule checker: a pure function of (arguments, text). Text is any bytes at
 * all; a check takes time linear in it (or has a limit) and never fails.
 */
struct sq_check {
    const char *name;
    const char *args; /* "op (==, >=, <=), n" */
    /* Validates the rule's JSON when a suite is loaded and makes what run
     * wants, in the arena. where names the rule in messages. */
    enum sq_status (*compile)(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err);
    void (*run)(const void *args, struct sq_check_text text,
                struct sq_finding *out);
};

#endif
