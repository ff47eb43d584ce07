#include "grade/args.h"

#include "check/text.h"

enum sq_status sq_grade_only(const struct sq_json *rule,
                             const char *const *keys, const char *where,
                             struct sq_err *err)
{
    const char *all[16] = {"check"};

    for (size_t i = 0; i < 14 && keys[i]; i++)
        all[i + 1] = keys[i];
    return sq_json_only(rule, all, where, err);
}

static enum sq_status take(sq_str v, const char *key, const char *where,
                           struct sq_arena *arena, sq_str *out,
                           struct sq_err *err)
{
    if (sq_text_blank(v))
        return sq_err_set(err, SQ_INPUT, "%s: %s: is empty: want a text", where,
                          key);
    *out = sq_arena_str(arena, v);
    return SQ_OK;
}

enum sq_status sq_grade_text(const struct sq_json *rule, const char *key,
                             const char *where, struct sq_arena *arena,
                             sq_str *out, struct sq_err *err)
{
    sq_str v;
    enum sq_status st = sq_json_need_str(rule, key, where, &v, err);

    return st ? st : take(v, key, where, arena, out, err);
}

enum sq_status sq_grade_texts(const struct sq_json *rule, const char *key,
                              const char *where, struct sq_arena *arena,
                              struct sq_grade_texts *out, struct sq_err *err)
{
    const struct sq_json *item = sq_json_get(rule, key);
    sq_str *list;
    enum sq_status st = SQ_OK;

    out->n = 0;
    if (!item || sq_json_type(item) != SQ_JSON_ARRAY) {
        list = sq_arena_array(arena, 1, sizeof(*list));
        out->v = list;
        out->n = 1;
        return sq_grade_text(rule, key, where, arena, list, err);
    }
    list = sq_arena_array(arena, sq_json_count(item), sizeof(*list));
    out->v = list;
    for (item = sq_json_first(item); item && st == SQ_OK;
         item = sq_json_next(item)) {
        if (sq_json_type(item) != SQ_JSON_STRING)
            return sq_err_set(err, SQ_INPUT, "%s: %s[%zu]: want a text", where,
                              key, out->n);
        st = take(sq_json_str(item), key, where, arena, &list[out->n++], err);
    }
    if (st == SQ_OK && out->n == 0)
        st = sq_err_set(err, SQ_INPUT, "%s: %s: want at least one text", where,
                        key);
    return st;
}

/* The start of a text, for a message of one line. */
static sq_str brief(sq_str s)
{
    return sq_str_sub(s, 0, 60);
}

void sq_grade_compared(struct sq_finding *out, bool right, sq_str read,
                       sq_str reference, struct sq_check_text text)
{
    sq_finding_set(out, right ? SQ_FINDING_HOLDS : SQ_FINDING_BROKEN,
                   "read '%.*s', want '%.*s'", SQ_STR_ARG(brief(read)),
                   SQ_STR_ARG(brief(reference)));
    if (text.arena)
        out->answer = sq_arena_str(text.arena, read);
}

void sq_grade_measured(struct sq_finding *out, double value, const char *what)
{
    sq_finding_set(out, SQ_FINDING_UNDECIDED, "%s %.6g", what, value);
    out->measured = true;
    out->value = value;
}
