#ifndef SQ_BASE_JSON_H
#define SQ_BASE_JSON_H
/*
 * JSON values, read and built. Wraps cJSON, which json.c alone includes;
 * json_scan.c is the strict check before it, json_get.c has the typed getters,
 * json_render.c writes.
 *
 * Reading: parse gives a tree that you free; everything got from it is
 * borrowed from the tree. `where` in the typed getters is the place to name in
 * a message, as "steps.jsonl:12: steps[3]".
 * Strings with an embedded NUL (\u0000) are refused by parse: a C library below
 * would cut them silently. Nesting beyond 1,000 levels is refused, and so is a
 * key that stands twice in one object (of up to 64 members). The escape of a
 * lone surrogate, as a cut reply may hold, is read as U+FFFD.
 */
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct sq_json;

enum sq_json_type {
    SQ_JSON_NULL,
    SQ_JSON_BOOL,
    SQ_JSON_NUMBER,
    SQ_JSON_STRING,
    SQ_JSON_ARRAY,
    SQ_JSON_OBJECT
};

/* The whole of text (white space around it allowed). On failure NULL and
 * SQ_INPUT with "where:LINE:COLUMN: ..." (1-based; lines count from
 * first_line, columns in bytes). */
struct sq_json *sq_json_parse(sq_str text, const char *where, size_t first_line,
                              struct sq_err *err);
/* The same for a text that begins in mid-line, at byte `column` (1-based). */
struct sq_json *sq_json_parse_at(sq_str text, const char *where, size_t line,
                                 size_t column, struct sq_err *err);
/* The first complete JSON value at the start of text, whatever follows; *used
 * gets the bytes it took. NULL when there is none. */
struct sq_json *sq_json_parse_prefix(sq_str text, size_t *used);
/* Reads and parses a file of at most SQ_MAX_CONFIG bytes. */
struct sq_json *sq_json_load(const char *path, struct sq_err *err);
void sq_json_free(struct sq_json *j);
struct sq_json *sq_json_copy(const struct sq_json *j);

enum sq_json_type sq_json_type(const struct sq_json *j);
const char *sq_json_type_name(const struct sq_json *j);
/* Member of an object by exact name; NULL when absent or j is no object. */
const struct sq_json *sq_json_get(const struct sq_json *j, const char *key);
/* Elements or members in order: first, next..., NULL at the end. */
const struct sq_json *sq_json_first(const struct sq_json *j);
const struct sq_json *sq_json_next(const struct sq_json *item);
size_t sq_json_count(const struct sq_json *j);
/* Name of an object's member. */
sq_str sq_json_key(const struct sq_json *item);
/* Value; the empty slice, 0 or false for another type. */
sq_str sq_json_str(const struct sq_json *j);
double sq_json_num(const struct sq_json *j);
bool sq_json_bool(const struct sq_json *j);
/* False and *out untouched when it is no whole number that is known exactly. */
bool sq_json_int(const struct sq_json *j, long long *out);

/* Typed members. need_*: absent or of another type is SQ_INPUT with
 * "where: KEY: ...". opt_*: absent or null leaves *out as it was. */
enum sq_status sq_json_need_str(const struct sq_json *obj, const char *key,
                                const char *where, sq_str *out,
                                struct sq_err *err) SQ_CHECKED;
enum sq_status sq_json_need_num(const struct sq_json *obj, const char *key,
                                const char *where, double *out,
                                struct sq_err *err) SQ_CHECKED;
/* A whole number within [min, max]; one read from text is exact below 2^53 and
 * refused beyond. */
enum sq_status sq_json_need_int(const struct sq_json *obj, const char *key,
                                const char *where, long long min, long long max,
                                long long *out, struct sq_err *err) SQ_CHECKED;
enum sq_status sq_json_need_bool(const struct sq_json *obj, const char *key,
                                 const char *where, bool *out,
                                 struct sq_err *err) SQ_CHECKED;
enum sq_status sq_json_need_array(const struct sq_json *obj, const char *key,
                                  const char *where, const struct sq_json **out,
                                  struct sq_err *err) SQ_CHECKED;
enum sq_status sq_json_need_object(const struct sq_json *obj, const char *key,
                                   const char *where,
                                   const struct sq_json **out,
                                   struct sq_err *err) SQ_CHECKED;
enum sq_status sq_json_opt_str(const struct sq_json *obj, const char *key,
                               const char *where, sq_str *out,
                               struct sq_err *err) SQ_CHECKED;
enum sq_status sq_json_opt_num(const struct sq_json *obj, const char *key,
                               const char *where, double *out,
                               struct sq_err *err) SQ_CHECKED;
enum sq_status sq_json_opt_int(const struct sq_json *obj, const char *key,
                               const char *where, long long min, long long max,
                               long long *out, struct sq_err *err) SQ_CHECKED;
enum sq_status sq_json_opt_bool(const struct sq_json *obj, const char *key,
                                const char *where, bool *out,
                                struct sq_err *err) SQ_CHECKED;
/* An object with a member whose name is not in the NULL-terminated list is
 * SQ_INPUT and names it: misspelt keys are never ignored. */
enum sq_status sq_json_only(const struct sq_json *obj,
                            const char *const *allowed, const char *where,
                            struct sq_err *err) SQ_CHECKED;

/* Building. put_* add to an object, or append to an array when key is NULL.
 * Invalid UTF-8 and NUL in a string become U+FFFD, a number that is not finite
 * becomes null. */
struct sq_json *sq_json_object(void);
struct sq_json *sq_json_array(void);
void sq_json_put_str(struct sq_json *to, const char *key, sq_str v);
void sq_json_put_num(struct sq_json *to, const char *key, double v);
void sq_json_put_int(struct sq_json *to, const char *key, long long v);
void sq_json_put_bool(struct sq_json *to, const char *key, bool v);
void sq_json_put_null(struct sq_json *to, const char *key);
/* Hands v over to `to`. */
void sq_json_put(struct sq_json *to, const char *key, struct sq_json *v);
/* Compact text appended to out; members in the order they were put. */
void sq_json_render(const struct sq_json *j, struct sq_buf *out);
/* A string as a JSON literal with its quotes; invalid UTF-8 and NUL become
 * U+FFFD. */
void sq_json_quote(sq_str s, struct sq_buf *out);

#endif
