#ifndef SQ_SUITE_TASK_H
#define SQ_SUITE_TASK_H
/*
 * What a definition says of how its samples are asked and graded, beyond a
 * field that holds the query: prompt, examples, stop strings, steps with their
 * graders. benchmarks/README.md specifies the keys.
 *
 * It is loaded with the definition, into its arena; task_steps.h binds its
 * steps to a sample.
 */
#include "suite/record.h"

/* Examples before the query. */
struct sq_examples_def {
    sq_str set;            /* of files they are from */
    long long first, last; /* records, 1-based; 0-0 = all */
    long long n;           /* how many */
    bool drawn;            /* by lot, with this seed; else in file order */
    long long seed;
    bool text; /* one user's text with the query; else turns of their own */
    sq_str question, answer, join; /* templates; join parts examples */
};

struct sq_task_grader {
    sq_str name, metric;
    const struct sq_check *check;
    const struct sq_cut *cut;   /* NULL = none */
    const struct sq_json *args; /* templates in it; the definition's */
};

struct sq_task_step {
    sq_str kind;
    const size_t *depends;
    size_t ndepends;
    const struct sq_task_grader *graders;
    size_t ngraders;
};

struct sq_task {
    sq_str prompt;      /* template of the query; "" = none */
    sq_str system;      /* template, "" = none */
    const sq_str *join; /* templates: texts that recordings may be joined by */
    size_t njoin;
    struct sq_examples_def examples; /* question.p NULL = none */
    const sq_str *stops;
    size_t nstops;
    const struct sq_task_step *steps;
    size_t nsteps;
    const struct sq_all *alls;
    size_t nalls;
    const struct sq_derived *derived;
    size_t nderived;
    sq_str beside;                    /* the prefix; "" = none */
    const struct sq_field *beside_of; /* constants of the file beside */
    size_t nbeside_of;
};

/* Members of a definition that this reads; NULL-terminated. */
extern const char *const sq_task_keys[];

/* Reads them. json must live as long as the task. */
enum sq_status sq_task_load(const struct sq_json *json, const char *where,
                            struct sq_arena *arena, struct sq_task *out,
                            struct sq_err *err) SQ_CHECKED;
/* Reads "sampling"; what is not there is unset. */
enum sq_status sq_task_sampling(const struct sq_json *json, const char *path,
                                struct sq_sampling *out,
                                struct sq_err *err) SQ_CHECKED;
/* The member "records", "A-B", counted from 1; absent, both stay. */
enum sq_status sq_task_range(const struct sq_json *obj, const char *where,
                             long long *first, long long *last,
                             struct sq_err *err) SQ_CHECKED;
/* Members of an object as fields, values strings: {"lang": "en"}. */
enum sq_status sq_task_fields(const struct sq_json *obj, const char *where,
                              struct sq_arena *arena,
                              const struct sq_field **out, size_t *n,
                              struct sq_err *err) SQ_CHECKED;

#endif
