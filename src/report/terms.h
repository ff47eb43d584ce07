#ifndef SQ_REPORT_TERMS_H
#define SQ_REPORT_TERMS_H
/*
 * The terms of a run: those of its settings that its scores depend on, which
 * two runs must share before their numbers may stand side by side. Left out are
 * the tested model, its seed, where the judge is reached and how suites are
 * labelled (their digests are compared apart).
 */
#include "base/json.h"

/* From a run's settings_json; yours. */
struct sq_json *sq_terms_of(sq_str settings_json);
/* Appends what differs, "; " between, "temperature differs (0, 0.7)"; nothing
 * when they are the same. */
void sq_terms_differ(const struct sq_json *a, const struct sq_json *b,
                     struct sq_buf *why);

#endif
