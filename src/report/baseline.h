#ifndef SQ_REPORT_BASELINE_H
#define SQ_REPORT_BASELINE_H
/*
 * A baseline: the scores of one run in a small JSON file that people commit
 * beside their code, so that a gate needs no database but its own run's.
 *
 *   {"seqeval_baseline": 1, "digest": SHA-256 of what the rest says,
 *    "run", "model", "judge", "created_at", "seqeval_version": texts,
 *    "settings": {...},
 *    "suites": [{"suite", "definition", "data", "steps": texts,
 *                "samples": [id...], "metrics": {NAME: [value or null...]}}]}
 */
#include "report/scores.h"

#define SQ_BASELINE_VERSION 1

/* Appends the file's text. A run that is not complete is SQ_INPUT. */
enum sq_status sq_baseline_render(const struct sq_scores *s, struct sq_buf *out,
                                  struct sq_err *err) SQ_CHECKED;
/* SQ_INPUT for a file that is broken, was changed by hand or comes from a newer
 * seqeval. */
enum sq_status sq_baseline_load(const char *path, struct sq_scores *out,
                                struct sq_err *err) SQ_CHECKED;

#endif
