#ifndef SQ_STORE_SCHEMA_H
#define SQ_STORE_SCHEMA_H
/*
 * Which tables a database has, and how an older one becomes a newer one.
 * Private to src/store.
 *
 * A migration is a list of SQL statements (NULL ends it) that turns version N-1
 * into version N; version 0 is an empty file. One that was released never
 * changes: a database may have been made by it. PRAGMA user_version holds the
 * version, PRAGMA application_id says that the file is ours.
 */
#include <stddef.h>
#include "store/db.h"

#define SQ_SCHEMA_APPLICATION_ID 0x73716576 /* "sqev" */

/* All migrations: [0] makes version 1. */
extern const char *const *const sq_schema_migrations[];
extern const size_t sq_schema_version; /* their number */

/* Brings the database to version n, each step in a transaction of its own; a
 * process that is doing the same is waited for. A file of another program or of
 * a newer version is SQ_INPUT, and not touched. */
enum sq_status sq_schema_migrate(struct sq_db *db,
                                 const char *const *const *migrations, size_t n,
                                 struct sq_err *err) SQ_CHECKED;
/* For reading: SQ_INPUT unless the version is n. */
enum sq_status sq_schema_check(struct sq_db *db, size_t n,
                               struct sq_err *err) SQ_CHECKED;

#endif
