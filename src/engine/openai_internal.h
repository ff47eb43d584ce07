#ifndef SQ_ENGINE_OPENAI_INTERNAL_H
#define SQ_ENGINE_OPENAI_INTERNAL_H
/*
 * What the parts of engine openai share; nobody else includes it.
 *
 * openai.c opens, closes and is the table; openai_send.c decides when a request
 * goes out; openai_answer.c what becomes of what came back.
 *
 * submit -> ready -> on the wire -> delivered
 *             ^          |
 *             +- delayed +  to be tried again
 */
#include "base/rng.h"
#include "engine/backoff.h"
#include "engine/http.h"
#include "engine/openai_body.h"
#include "engine/servers.h"
#include "engine/timers.h"
#include "seqeval.h"

struct openai;

enum job_state { JOB_READY, JOB_DELAYED, JOB_ON_WIRE };

/* One request and what was tried for it. */
struct job {
    struct sq_timer timer; /* first; of a delayed one */
    struct openai *engine;
    const struct sq_request *request;
    enum job_state state;
    struct sq_buf body;
    struct sq_openai_form form; /* that body has */
    int tries;                  /* sent, the first included */
    struct sq_server *server;   /* that was asked last, NULL = none yet */
    int64_t sent_ms;
    long long held;    /* tokens taken of the rate for this try */
    struct job *next;  /* among the ready, or the spare */
    struct job *older; /* among all */
};

struct openai {
    struct sq_engine base;
    struct sq_engine_config config;
    struct sq_http_shared own, *http; /* http is own or config's */
    struct sq_openai_form form;       /* what the server was found to want */
    char *endpoint, *model, *auth;
    struct sq_server *servers;
    size_t nservers;
    sq_str key;
    const char **headers;
    sq_str *secrets; /* the key and the values of config's headers */
    size_t nsecrets;
    struct sq_rng rng;
    struct job *spare, *newest;
    struct job *ready, **ready_end;
    struct sq_timers delayed;
    size_t on_wire, to_retry; /* to_retry: ready or delayed, tried before */
    long long retried;
    double output_mean; /* tokens of an answer, for what says no max_tokens */
    long long next_tokens; /* what the next request is thought to take */
    struct sq_err fatal;   /* ends the run once set */
    const struct sq_server *refuser; /* whose answer was fatal, NULL = none's */
};

/* Puts a job among the ready, now or after a delay. */
void sq_openai_enqueue(struct job *job, int64_t delay_ms);
/* Sends what may be sent and says by base.full and base.due_ms how it stands.
 */
void sq_openai_pump(struct openai *e);
/* The job is no longer on the wire; the tokens it took, -1 = not known. */
void sq_openai_landed(struct job *job, long long tokens);
/* base.full and base.due_ms, after anything changed. */
void sq_openai_refresh(struct openai *e);
/* (Re)builds the body in the form that the server wants. */
void sq_openai_build(struct job *job);

/* A transfer ended; ctx is its job. */
void sq_openai_done(void *ctx, const struct sq_http_result *result);
void sq_openai_deliver_error(struct job *job, const char *text,
                             int64_t latency_ms);

#endif
