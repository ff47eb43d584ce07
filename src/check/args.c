#include "check/args.h"
#include "check/finding.h"
#include "check/text.h"

static const char *const signs[] = {
    [SQ_BOUND_EQ] = "==", [SQ_BOUND_GE] = ">=", [SQ_BOUND_LE] = "<="};

#define MAX_N 1000000

enum sq_status sq_bound_read(const struct sq_json *rule, const char *where,
                             struct sq_bound *out, struct sq_err *err)
{
    sq_str op;
    enum sq_status st = sq_json_need_str(rule, "op", where, &op, err);

    if (!st)
        st = sq_json_need_int(rule, "n", where, 0, MAX_N, &out->n, err);
    if (st)
        return st;
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        if (!sq_str_eq(op, sq_str_from(signs[i])))
            continue;
        out->op = (enum sq_bound_op)i;
        return SQ_OK;
    }
    return sq_err_set(err, SQ_INPUT,
                      "%s: op: \"%.*s\" is none of ==, >=, <=", where,
                      SQ_STR_ARG(op));
}

const char *sq_bound_sign(const struct sq_bound *b)
{
    return signs[b->op];
}

bool sq_bound_holds(const struct sq_bound *b, size_t count)
{
    unsigned long long n = (unsigned long long)b->n;

    switch (b->op) {
    case SQ_BOUND_EQ:
        return count == n;
    case SQ_BOUND_GE:
        return count >= n;
    case SQ_BOUND_LE:
        break;
    }
    return count <= n;
}

void sq_bound_judge(const struct sq_bound *b, bool shared, size_t count,
                    const char *what, struct sq_finding *out)
{
    enum sq_finding_verdict v = SQ_FINDING_BROKEN;
    bool too_many = count > (unsigned long long)b->n;

    if (sq_bound_holds(b, count))
        v = SQ_FINDING_HOLDS;
    else if (too_many && shared)
        v = SQ_FINDING_UNDECIDED;
    sq_finding_set(out, v, "%zu %s%s, want %s %lld", count, what,
                   v == SQ_FINDING_UNDECIDED ? " in all" : "", signs[b->op],
                   b->n);
}

enum sq_status sq_strings_read(const struct sq_json *rule, const char *key,
                               size_t least, const char *where,
                               struct sq_arena *arena, struct sq_strings *out,
                               struct sq_err *err)
{
    const struct sq_json *list = NULL;
    enum sq_status st = sq_json_need_array(rule, key, where, &list, err);
    size_t i = 0;

    if (st)
        return st;
    out->n = sq_json_count(list);
    if (out->n < least || out->n > SQ_STRINGS_MAX)
        return sq_err_set(err, SQ_INPUT, "%s: %s: %zu strings, want %zu to %d",
                          where, key, out->n, least, SQ_STRINGS_MAX);
    out->s = sq_arena_array(arena, out->n, sizeof(*out->s));
    for (const struct sq_json *j = sq_json_first(list); j;
         j = sq_json_next(j)) {
        sq_str s = sq_json_str(j);

        if (sq_json_type(j) != SQ_JSON_STRING || sq_text_blank(s) ||
            s.n > SQ_STRINGS_BYTES)
            return sq_err_set(err, SQ_INPUT,
                              "%s: %s: want strings of 1 to %d bytes", where,
                              key, SQ_STRINGS_BYTES);
        out->s[i++] = sq_arena_str(arena, s);
    }
    return SQ_OK;
}
