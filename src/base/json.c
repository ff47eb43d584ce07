#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "base/path.h"

/* struct sq_json is cJSON's own node: the casts are all here. A number that a
 * double cannot hold is a cJSON_Raw node with its digits. */

static const cJSON *node(const struct sq_json *j)
{
    return (const cJSON *)(const void *)j;
}

static struct sq_json *wrap(cJSON *c)
{
    return (struct sq_json *)(void *)c;
}

/* cJSON gives NULL only for want of memory where this is used. */
static cJSON *must(cJSON *c)
{
    if (!c)
        sq_out_of_memory();
    return c;
}

/* ---- reading ------------------------------------------------------------ */

/* A tree of text, which has passed the scan. */
static cJSON *make_tree(sq_str text, const struct sq_json_scan *scan)
{
    char *copy = NULL;
    if (scan->nlone > 0) {
        copy = sq_str_dup(text);
        for (size_t i = 0; i < scan->nlone; i++)
            memcpy(copy + scan->lone[i], "\\uFFFD", 6);
    }
    cJSON *c = cJSON_ParseWithLength(copy ? copy : text.p, text.n);
    free(copy);
    return c;
}

static void set_fault(struct sq_err *err, sq_str text, const char *where,
                      size_t line, size_t column,
                      const struct sq_json_scan *scan)
{
    size_t line_start = 0;
    for (size_t i = 0; i < scan->at; i++)
        if (text.p[i] == '\n') {
            line++;
            line_start = i + 1;
            column = 1;
        }
    (void)sq_err_set(err, SQ_INPUT, "%s:%zu:%zu: %s", where, line,
                     column + scan->at - line_start, scan->what);
}

struct sq_json *sq_json_parse_at(sq_str text, const char *where, size_t line,
                                 size_t column, struct sq_err *err)
{
    struct sq_json_scan scan;
    cJSON *c = NULL;
    bool ok = sq_json_scan(text, &scan);
    if (ok) {
        sq_str rest = sq_str_sub(text, scan.used, text.n);
        while (rest.n > 0 && strchr(" \t\r\n", rest.p[0]) && rest.p[0])
            rest = sq_str_sub(rest, 1, rest.n);
        if (rest.n > 0) {
            static const char what[] = "more text after the end of the value";
            memcpy(scan.what, what, sizeof(what));
            scan.at = text.n - rest.n;
            ok = false;
        }
    }
    if (ok)
        c = make_tree(sq_str_sub(text, 0, scan.used), &scan);
    else
        set_fault(err, text, where, line, column, &scan);
    if (ok && !c)
        (void)sq_err_set(err, SQ_INTERNAL, "%s:%zu: cJSON refuses this value",
                         where, line);
    free(scan.lone);
    return wrap(c);
}

struct sq_json *sq_json_parse(sq_str text, const char *where, size_t first_line,
                              struct sq_err *err)
{
    return sq_json_parse_at(text, where, first_line, 1, err);
}

struct sq_json *sq_json_parse_prefix(sq_str text, size_t *used)
{
    struct sq_json_scan scan;
    cJSON *c = NULL;
    if (sq_json_scan(text, &scan)) {
        c = make_tree(sq_str_sub(text, 0, scan.used), &scan);
        *used = scan.used;
    }
    free(scan.lone);
    return wrap(c);
}

struct sq_json *sq_json_load(const char *path, struct sq_err *err)
{
    char *bytes = NULL;
    size_t n = 0;
    if (sq_path_read(path, SQ_MAX_CONFIG, &bytes, &n, err))
        return NULL;
    sq_str text = {bytes, n};
    if (sq_str_starts(text, SQ_STR("\xEF\xBB\xBF")))
        text = sq_str_sub(text, 3, n);
    struct sq_json *j = sq_json_parse(text, path, 1, err);
    free(bytes);
    return j;
}

void sq_json_free(struct sq_json *j)
{
    cJSON_Delete((cJSON *)(void *)j);
}

struct sq_json *sq_json_copy(const struct sq_json *j)
{
    return wrap(must(cJSON_Duplicate(node(j), 1)));
}

enum sq_json_type sq_json_type(const struct sq_json *j)
{
    switch (j ? node(j)->type & 0xFF : cJSON_NULL) {
    case cJSON_True:
    case cJSON_False:
        return SQ_JSON_BOOL;
    case cJSON_Number:
    case cJSON_Raw:
        return SQ_JSON_NUMBER;
    case cJSON_String:
        return SQ_JSON_STRING;
    case cJSON_Array:
        return SQ_JSON_ARRAY;
    case cJSON_Object:
        return SQ_JSON_OBJECT;
    default:
        return SQ_JSON_NULL;
    }
}

const char *sq_json_type_name(const struct sq_json *j)
{
    static const char *const names[] = {"null",     "true or false",
                                        "a number", "a string",
                                        "an array", "an object"};
    return names[sq_json_type(j)];
}

const struct sq_json *sq_json_get(const struct sq_json *j, const char *key)
{
    if (!j || !cJSON_IsObject(node(j)))
        return NULL;
    cJSON *c = node(j)->child;
    while (c && strcmp(c->string, key) != 0)
        c = c->next;
    return wrap(c);
}

const struct sq_json *sq_json_first(const struct sq_json *j)
{
    return j ? wrap(node(j)->child) : NULL;
}

const struct sq_json *sq_json_next(const struct sq_json *item)
{
    return wrap(node(item)->next);
}

size_t sq_json_count(const struct sq_json *j)
{
    size_t n = 0;
    for (const struct sq_json *i = sq_json_first(j); i; i = sq_json_next(i))
        n++;
    return n;
}

sq_str sq_json_key(const struct sq_json *item)
{
    return sq_str_from(node(item)->string);
}

sq_str sq_json_str(const struct sq_json *j)
{
    return sq_json_type(j) == SQ_JSON_STRING ? sq_str_from(node(j)->valuestring)
                                             : SQ_STR("");
}

double sq_json_num(const struct sq_json *j)
{
    if (sq_json_type(j) != SQ_JSON_NUMBER)
        return 0;
    return cJSON_IsRaw(node(j)) ? strtod(node(j)->valuestring, NULL)
                                : node(j)->valuedouble;
}

bool sq_json_bool(const struct sq_json *j)
{
    return j && cJSON_IsTrue(node(j));
}

bool sq_json_int(const struct sq_json *j, long long *out)
{
    const double exact = 9007199254740991.0; /* 2^53 - 1 */
    if (sq_json_type(j) != SQ_JSON_NUMBER)
        return false;
    if (cJSON_IsRaw(node(j)))
        return sq_str_to_int(sq_str_from(node(j)->valuestring), out);
    double v = node(j)->valuedouble;
    if (!(v >= -exact && v <= exact) || v != trunc(v))
        return false;
    *out = (long long)v;
    return true;
}

/* ---- building ----------------------------------------------------------- */

static struct sq_json *new_node(cJSON *c)
{
    return wrap(must(c));
}

struct sq_json *sq_json_object(void)
{
    return new_node(cJSON_CreateObject());
}

struct sq_json *sq_json_array(void)
{
    return new_node(cJSON_CreateArray());
}

/* A NUL-terminated copy that is valid UTF-8 and holds no NUL. */
static char *clean_copy(sq_str s)
{
    struct sq_buf b;
    if (sq_utf8_valid(s, NULL) && (s.n == 0 || !memchr(s.p, '\0', s.n)))
        return sq_str_dup(s);
    sq_buf_init(&b, SIZE_MAX / 2);
    for (size_t pos = 0; pos < s.n;) {
        uint32_t cp = sq_utf8_next(s, &pos);
        sq_buf_add_utf8(&b, cp ? cp : 0xFFFD);
    }
    return b.p;
}

void sq_json_put(struct sq_json *to, const char *key, struct sq_json *v)
{
    cJSON *parent = (cJSON *)(void *)to;
    cJSON *item = (cJSON *)(void *)v;
    if (!(key ? cJSON_AddItemToObject(parent, key, item)
              : cJSON_AddItemToArray(parent, item)))
        (void)must(NULL);
}

void sq_json_put_str(struct sq_json *to, const char *key, sq_str v)
{
    cJSON *c = must(cJSON_CreateNull());
    c->type = cJSON_String;
    c->valuestring = clean_copy(v); /* cJSON frees it with free() */
    sq_json_put(to, key, wrap(c));
}

void sq_json_put_num(struct sq_json *to, const char *key, double v)
{
    sq_json_put(to, key, new_node(cJSON_CreateNumber(v)));
}

void sq_json_put_int(struct sq_json *to, const char *key, long long v)
{
    const long long exact = (1LL << 53) - 1;
    char digits[24];
    if (v >= -exact && v <= exact) {
        sq_json_put_num(to, key, (double)v);
        return;
    }
    (void)snprintf(digits, sizeof(digits), "%lld", v);
    sq_json_put(to, key, new_node(cJSON_CreateRaw(digits)));
}

void sq_json_put_bool(struct sq_json *to, const char *key, bool v)
{
    sq_json_put(to, key, new_node(cJSON_CreateBool(v)));
}

void sq_json_put_null(struct sq_json *to, const char *key)
{
    sq_json_put(to, key, new_node(cJSON_CreateNull()));
}
