#ifndef SQ_RUN_SOURCE_H
#define SQ_RUN_SOURCE_H
/*
 * A run whose responses are scored again: what it was asked, from its settings.
 * Open, apply to the options of the new run, close.
 */
#include "run/run.h"

struct sq_run_source {
    char id[SQ_RUN_ID_SIZE];
    const char *model;         /* as shown */
    struct sq_json *settings;  /* of the run */
    const char *const *suites; /* labels */
    size_t nsuites;
    struct sq_arena arena;
};

/* ref as in sq_store_run_find. */
enum sq_status sq_run_source_open(struct sq_run_source *s, const char *db,
                                  const char *ref,
                                  struct sq_err *err) SQ_CHECKED;
void sq_run_source_close(struct sq_run_source *s);
/* Suites, limit and epochs are those of the source; *o borrows from it. */
void sq_run_source_apply(const struct sq_run_source *s,
                         struct sq_run_options *o);

#endif
