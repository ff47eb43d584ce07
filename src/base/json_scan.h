#ifndef SQ_BASE_JSON_SCAN_H
#define SQ_BASE_JSON_SCAN_H
/*
 * The strict half of reading JSON (RFC 8259): json.c has a text checked here
 * before cJSON, which is lenient and cannot say what is wrong, makes a tree.
 */
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

#define SQ_JSON_MAX_DEPTH 1000

struct sq_json_scan {
    size_t used;    /* bytes up to the end of the value */
    size_t at;      /* where the fault is */
    char what[200]; /* what the fault is */
    size_t *lone;   /* offsets of \uXXXX escapes of lone surrogates */
    size_t nlone;
};

/* Checks the value at the start of text, whatever follows it. On false `at` and
 * `what` say why not. lone is to be freed in both cases. Beyond the grammar it
 * refuses: invalid UTF-8, \u0000, nesting beyond SQ_JSON_MAX_DEPTH, numbers of
 * more than 63 characters, and a key that stands twice in one object (looked
 * for in objects of up to 64 members). */
bool sq_json_scan(sq_str text, struct sq_json_scan *out);

/* Bytes at the start of p[0, n) that need no second look within a string: up to
 * the first quote, backslash or control character. */
size_t sq_json_plain(const char *p, size_t n);

#endif
