#ifndef SQ_CHECK_FINDING_H
#define SQ_CHECK_FINDING_H
/* Writing down what a check found. */
#include "seqeval.h"

/* Sets the verdict and the reason, without evidence. The reason is one line of
 * valid UTF-8 whatever the arguments hold, cut at the size of `why`. */
void sq_finding_set(struct sq_finding *out, enum sq_finding_verdict verdict,
                    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Makes bytes [at, at + len) of the text the evidence. */
void sq_finding_at(struct sq_finding *out, size_t at, size_t len);
/* A response with nothing but white space carries nothing out: every check is
 * broken on it, an upper limit ("at most 5 words") too. True when it was so. */
bool sq_finding_empty(struct sq_finding *out, sq_str text);

#endif
