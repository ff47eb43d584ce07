#ifndef SQ_RUN_PLAN_H
#define SQ_RUN_PLAN_H
/*
 * The plan: suites x samples x epochs -> jobs with stable ids, one at a time,
 * in an order that never changes: suite, sample, epoch. Resuming is this plan
 * minus what the store has.
 */
#include "suite/suite.h"

/* 1-based, both ends included; 0-0 = all. */
struct sq_plan_limit {
    size_t first, last;
};
/* "N" = the first N, "A-B" = samples A to B. */
enum sq_status sq_plan_limit_parse(const char *text, struct sq_plan_limit *out,
                                   struct sq_err *err) SQ_CHECKED;

/* Jobs whose stable id leaves index - 1 when divided by `of`; 0-0 = all. */
struct sq_plan_shard {
    long long index, of; /* 1-based */
};
/* "I/N", 1 <= I <= N <= 1000000. */
enum sq_status sq_plan_shard_parse(const char *text, struct sq_plan_shard *out,
                                   struct sq_err *err) SQ_CHECKED;

/* A sample that several jobs share; the last sq_plan_sample_drop frees it. */
struct sq_plan_sample {
    struct sq_sample *sample;
    size_t suite; /* index into the plan's suites */
    int64_t row;  /* the user's: its row in the store, 0 at first */
    size_t refs;
};
void sq_plan_sample_drop(struct sq_plan_sample *s);

#define SQ_JOB_ID_SIZE 17
struct sq_plan_job {
    struct sq_plan_sample *sample; /* one reference, the receiver's */
    int epoch;                     /* 1-based */
};

/* Zero but for suites, nsuites, epochs, limit and shard; suites are borrowed.
 */
struct sq_plan {
    struct sq_suite *const *suites;
    size_t nsuites;
    int epochs;
    struct sq_plan_limit limit;
    struct sq_plan_shard shard;
    size_t suite; /* private: the cursor */
    struct sq_plan_sample *current;
    int epoch;
};

/* The next job, or job->sample = NULL at the end. */
enum sq_status sq_plan_next(struct sq_plan *p, struct sq_plan_job *job,
                            struct sq_err *err) SQ_CHECKED;
/* Back to the first job. */
enum sq_status sq_plan_rewind(struct sq_plan *p, struct sq_err *err) SQ_CHECKED;
void sq_plan_release(struct sq_plan *p);

/* The stable id of a job: 16 hex digits of SHA-256 over the suite's label and
 * digests, the sample's id and the epoch. The same on every machine. */
void sq_plan_job_id(const struct sq_suite *suite, sq_str sample_id, int epoch,
                    char id[SQ_JOB_ID_SIZE]);

#endif
