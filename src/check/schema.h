#ifndef SQ_CHECK_SCHEMA_H
#define SQ_CHECK_SCHEMA_H
/*
 * JSON Schema, a subset of draft 2020-12 (json-schema.org/draft/2020-12):
 *
 *   any type   type (a name or several), enum, const, allOf, anyOf, oneOf, not
 *   number     minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
 *   string     minLength, maxLength (characters), pattern (PCRE2, unanchored)
 *   array      items, prefixItems, minItems, maxItems, uniqueItems
 *   object     properties, required, additionalProperties, minProperties,
 *              maxProperties
 *   notes      $schema, $comment, title, description, default, examples
 *
 * and the schemas true and false. As in the standard a keyword about a type
 * says nothing about values of other types, and 1.0 is an integer. Any other
 * keyword
 * ($ref, format, if, ...) is refused when the schema is read, never ignored.
 */
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

struct sq_schema;

/* Reads a schema; copies what it needs into the arena. What is wrong is
 * SQ_INPUT with its JSON path: "where.properties.age.type: ...". Schemas may
 * nest 16 levels. */
enum sq_status sq_schema_compile(const struct sq_json *j, const char *where,
                                 struct sq_arena *arena,
                                 const struct sq_schema **out,
                                 struct sq_err *err) SQ_CHECKED;

enum sq_schema_result {
    SQ_SCHEMA_VALID,
    SQ_SCHEMA_INVALID,
    SQ_SCHEMA_LIMIT /* gave up: too many steps */
};

/* why: what is wrong and where in the value: "$.age: -1 is below 0". */
enum sq_schema_result sq_schema_validate(const struct sq_schema *s,
                                         const struct sq_json *value, char *why,
                                         size_t size);

#endif
