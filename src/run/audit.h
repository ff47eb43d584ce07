#ifndef SQ_RUN_AUDIT_H
#define SQ_RUN_AUDIT_H
/*
 * The audit of a run's judges: canaries (judge/canary.h), repeats of a few real
 * judgements, steps that rules decide as well, and the judges among each other.
 * All of it is stored apart from scores. docs/scoring.md says what is measured
 * and which judge fails.
 */
#include "run/item.h"

/* Loads the canaries, when a judge is to be audited. */
enum sq_status sq_audit_open(struct sq_session *s,
                             struct sq_err *err) SQ_CHECKED;
void sq_audit_close(struct sq_session *s);

/* The item of canary i, with its response there and its judge asks NEW. */
struct sq_item *sq_audit_begin(struct sq_session *s, size_t i);
/* What a request of the audit is called; in the item's arena. */
const char *sq_audit_probe_name(const struct sq_ask *ask);
/* Stores how the judges did on a canary whose asks are all done... */
enum sq_status sq_audit_canary(struct sq_item *item,
                               struct sq_err *err) SQ_CHECKED;
/* ...and whether they said the same twice. */
enum sq_status sq_audit_repeats(struct sq_item *item,
                                struct sq_err *err) SQ_CHECKED;
/* Measures and stores the audit of each judge, and counts it in the result. */
enum sq_status sq_audit_put(struct sq_session *s,
                            struct sq_err *err) SQ_CHECKED;

#endif
