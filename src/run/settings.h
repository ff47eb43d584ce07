#ifndef SQ_RUN_SETTINGS_H
#define SQ_RUN_SETTINGS_H
/* What a run's row says of how it was made, as JSON; yours. */
#include "run/session.h"

/* All that decides which questions are asked and how answers are read: two runs
 * with the same text are the same run. */
struct sq_json *sq_settings_identity(const struct sq_session *s);
/* Where and with what it ran: kept, but no part of the identity. */
struct sq_json *sq_settings_provenance(const struct sq_session *s);

#endif
