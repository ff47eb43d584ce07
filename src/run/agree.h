#ifndef SQ_RUN_AGREE_H
#define SQ_RUN_AGREE_H
/* How far the judges of a run agree with each other. */
#include "run/session.h"

/* Stores, by template and question: of each two judges the share of equal
 * answers and Cohen's kappa (quality: quadratic weights, rounded to whole
 * grades); of all of them Krippendorff's alpha (yes and no: nominal, quality:
 * interval). Only answers that could be read count. */
enum sq_status sq_agree_put(struct sq_session *s,
                            struct sq_err *err) SQ_CHECKED;

#endif
