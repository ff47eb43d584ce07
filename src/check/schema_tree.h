#ifndef SQ_CHECK_SCHEMA_TREE_H
#define SQ_CHECK_SCHEMA_TREE_H
/* A schema as schema.c reads it and schema_validate.c applies it. */
#include "check/regex.h"
#include "check/schema.h"

/* Limits of a number, or of a length or count. */
enum limit {
    LIMIT_MINIMUM,
    LIMIT_MAXIMUM,
    LIMIT_ABOVE,
    LIMIT_BELOW,
    LIMIT_MULTIPLE,
    LIMIT_MIN_LENGTH,
    LIMIT_MAX_LENGTH,
    LIMIT_MIN_ITEMS,
    LIMIT_MAX_ITEMS,
    LIMIT_MIN_PROPERTIES,
    LIMIT_MAX_PROPERTIES,
    LIMIT_COUNT
};

enum group { GROUP_ALL, GROUP_ANY, GROUP_ONE, GROUP_PREFIX, GROUP_COUNT };

struct property {
    const char *name;
    const struct sq_schema *schema;
};

struct schemas {
    const struct sq_schema **s;
    size_t n;
};

struct sq_schema {
    bool never;     /* the schema false */
    unsigned types; /* bits of enum sq_json_type and SCHEMA_INTEGER; 0 = any */
    bool has[LIMIT_COUNT];
    double limit[LIMIT_COUNT];
    const struct sq_json *one_of; /* enum: array; const: array of one */
    const struct sq_regex *pattern;
    struct property *properties;
    size_t nproperties;
    const char **required;
    size_t nrequired;
    const struct sq_schema *items, *additional, *not_;
    struct schemas group[GROUP_COUNT];
    bool unique;
};

#define SCHEMA_INTEGER 31 /* the bit of "integer" */

/* By enum sq_json_type. */
extern const char *const sq_schema_types[SQ_JSON_OBJECT + 1];

#endif
