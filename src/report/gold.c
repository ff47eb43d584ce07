#include "report/gold.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/records.h"

enum kind { DONE, YES_NO, QUALITY };

struct reader {
    struct sq_gold *gold;
    size_t pairs_cap, units_cap;
    const char *where;
};

static enum sq_status refuse(const struct reader *r, const char *key,
                             const char *want, struct sq_err *err)
{
    return sq_err_set(err, SQ_INPUT, "%s: %s: want %s", r->where, key, want);
}

/* What a step's label says: partly done is not done. */
static bool read_done(sq_str s, double *out)
{
    *out = sq_str_eq_nocase(s, SQ_STR("done"));
    return *out > 0 || sq_str_eq_nocase(s, SQ_STR("partial")) ||
           sq_str_eq_nocase(s, SQ_STR("missed"));
}

static bool read_one(const struct sq_json *j, enum kind kind, double *out)
{
    *out = NAN;
    if (sq_json_type(j) == SQ_JSON_NULL)
        return true;
    if (kind == QUALITY) {
        *out = sq_json_num(j);
        return sq_json_type(j) == SQ_JSON_NUMBER && *out >= 1 && *out <= 5;
    }
    if (sq_json_type(j) == SQ_JSON_BOOL) {
        *out = sq_json_bool(j);
        return true;
    }
    return kind == DONE && sq_json_type(j) == SQ_JSON_STRING &&
           read_done(sq_json_str(j), out);
}

static void agree(struct sq_gold_unit *u, bool quality)
{
    size_t n = 0;
    double sum = 0;
    bool differ = false;
    for (size_t i = 0; i < u->nlabels; i++) {
        if (isnan(u->labels[i]))
            continue;
        differ = differ || (n && fabs(u->labels[i] - sum / (double)n) > 0);
        sum += u->labels[i];
        n++;
    }
    u->agreed = !n || (differ && !quality) ? NAN : sum / (double)n;
}

/* One label or a list of them, one of each annotator; absent is none. */
static enum sq_status read_labels(struct reader *r, const struct sq_json *j,
                                  const char *key, enum kind kind,
                                  struct sq_gold_unit *u, struct sq_err *err)
{
    static const char *const wants[] = {
        [DONE] = "\"done\", \"partial\" or \"missed\", or a list of these",
        [YES_NO] = "true or false, or a list of these",
        [QUALITY] = "a number from 1 to 5, or a list of these"};
    bool list = j && sq_json_type(j) == SQ_JSON_ARRAY;
    if (list && sq_json_count(j) > SQ_GOLD_ANNOTATORS)
        return sq_err_set(err, SQ_INPUT, "%s: %s: more than %d annotators",
                          r->where, key, SQ_GOLD_ANNOTATORS);
    u->nlabels = 0;
    for (const struct sq_json *k = list ? sq_json_first(j) : j; k;
         k = list ? sq_json_next(k) : NULL)
        if (!read_one(k, kind, &u->labels[u->nlabels++]))
            return refuse(r, key, wants[kind], err);
    agree(u, kind == QUALITY);
    if (r->gold->annotators < u->nlabels)
        r->gold->annotators = u->nlabels;
    return SQ_OK;
}

static enum sq_status add_unit(struct reader *r, const struct sq_json *labels,
                               const char *key, enum kind kind,
                               const struct sq_gold_unit *what,
                               struct sq_err *err)
{
    struct sq_gold *g = r->gold;
    struct sq_gold_unit u = *what;
    if (!labels || sq_json_type(labels) == SQ_JSON_NULL)
        return SQ_OK;
    enum sq_status st = read_labels(r, labels, key, kind, &u, err);
    if (st != SQ_OK)
        return st;
    u.pair = g->npairs - 1;
    if (g->nunits == r->units_cap) {
        r->units_cap = r->units_cap ? 2 * r->units_cap : 256;
        g->units = sq_xrealloc(g->units, r->units_cap, sizeof *g->units);
    }
    g->units[g->nunits++] = u;
    return SQ_OK;
}

static enum sq_status read_steps(struct reader *r, const struct sq_json *json,
                                 struct sq_err *err)
{
    const struct sq_json *list = sq_json_get(json, "labels");
    enum sq_status st = SQ_OK;
    if (!list || sq_json_type(list) == SQ_JSON_NULL)
        return SQ_OK;
    st = sq_json_need_array(json, "labels", r->where, &list, err);
    for (const struct sq_json *k = st == SQ_OK ? sq_json_first(list) : NULL;
         k && st == SQ_OK; k = sq_json_next(k)) {
        long long step = 0;
        st = sq_json_need_int(k, "step", r->where, 0, 1000000, &step, err);
        struct sq_gold_unit u = {.question = "step", .step = (size_t)step};
        if (st == SQ_OK)
            st = add_unit(r, sq_json_get(k, "label"), "label", DONE, &u, err);
        u.question = "correct";
        if (st == SQ_OK)
            st = add_unit(r, sq_json_get(k, "correct"), "correct", YES_NO, &u,
                          err);
    }
    return st;
}

static bool is_hex(sq_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
              (s.p[i] >= 'a' && s.p[i] <= 'f')))
            return false;
    return s.n >= 16 && s.n <= 64;
}

/* Which response is labelled: by its digest, or as it stands. */
static enum sq_status read_pair(struct reader *r, const struct sq_json *json,
                                struct sq_gold_pair *p, struct sq_err *err)
{
    struct sq_arena *arena = &r->gold->arena;
    const struct sq_json *id = sq_json_get(json, "id");
    long long number = 0;
    char hex[SQ_DIGEST_HEX];
    if (id && sq_json_int(id, &number))
        p->id = sq_str_from(sq_arena_printf(arena, "%lld", number));
    else if (id && sq_json_type(id) == SQ_JSON_STRING)
        p->id = sq_arena_str(arena, sq_json_str(id));
    else
        return refuse(r, "id", "the sample's id", err);
    const struct sq_json *text = sq_json_get(json, "response");
    if (text && sq_json_type(text) == SQ_JSON_STRING) {
        sq_sha256_of(sq_json_str(text), hex);
        p->digest = sq_arena_str(arena, (sq_str){hex, 64});
        return SQ_OK;
    }
    p->digest =
        sq_arena_str(arena, sq_json_str(sq_json_get(json, "response_sha256")));
    if (!is_hex(p->digest))
        return refuse(r, "response_sha256",
                      "16 to 64 hex digits, or the text as \"response\"", err);
    return SQ_OK;
}

static enum sq_status read_record(struct reader *r, const struct sq_json *json,
                                  struct sq_err *err)
{
    struct sq_gold *g = r->gold;
    struct sq_gold_pair p = {.first = g->nunits};
    struct sq_gold_unit following = {.question = "following"},
                        quality = {.question = "quality"};
    if (sq_json_get(json, "about") && !sq_json_get(json, "id"))
        return SQ_OK;
    enum sq_status st = read_pair(r, json, &p, err);
    if (st != SQ_OK)
        return st;
    if (g->npairs == r->pairs_cap) {
        r->pairs_cap = r->pairs_cap ? 2 * r->pairs_cap : 64;
        g->pairs = sq_xrealloc(g->pairs, r->pairs_cap, sizeof *g->pairs);
    }
    g->pairs[g->npairs++] = p;
    st = read_steps(r, json, err);
    if (st == SQ_OK)
        st = add_unit(r, sq_json_get(json, "all_followed"), "all_followed",
                      YES_NO, &following, err);
    if (st == SQ_OK)
        st = add_unit(r, sq_json_get(json, "quality"), "quality", QUALITY,
                      &quality, err);
    g->pairs[g->npairs - 1].n = g->nunits - p.first;
    if (st == SQ_OK && g->nunits == p.first)
        st = sq_err_set(err, SQ_INPUT,
                        "%s: no label; give \"labels\", \"all_followed\" or "
                        "\"quality\"",
                        r->where);
    return st;
}

static int by_id(const void *pa, const void *pb)
{
    const struct sq_gold_pair *a = pa, *b = pb;
    int c = sq_str_cmp(a->id, b->id);
    return c ? c : sq_str_cmp(a->digest, b->digest);
}

enum sq_status sq_gold_load(struct sq_gold *g, const char *path,
                            struct sq_err *err)
{
    struct sq_records *records = NULL;
    struct reader r = {.gold = g};
    *g = (struct sq_gold){0};
    enum sq_status st = sq_records_open(&records, path, err);
    while (st == SQ_OK) {
        struct sq_json *json = NULL;
        st = sq_records_next(records, &json, err);
        if (st != SQ_OK || !json)
            break;
        r.where = sq_records_where(records);
        st = read_record(&r, json, err);
        sq_json_free(json);
    }
    sq_records_close(records);
    if (st == SQ_OK && !g->npairs)
        st = sq_err_set(err, SQ_INPUT, "%s: no labelled response in it", path);
    if (st == SQ_OK)
        qsort(g->pairs, g->npairs, sizeof *g->pairs, by_id);
    for (size_t i = 0; st == SQ_OK && i < g->npairs; i++) {
        const struct sq_gold_pair *p = &g->pairs[i];
        for (size_t k = 0; k < p->n; k++)
            g->units[p->first + k].pair = i;
        if (i && by_id(p - 1, p) == 0)
            st = sq_err_set(err, SQ_INPUT,
                            "%s: sample %.*s: the same response twice; put the "
                            "annotators' labels into one record, as lists",
                            path, SQ_STR_ARG(p->id));
    }
    return st;
}

void sq_gold_release(struct sq_gold *g)
{
    free(g->pairs);
    free(g->units);
    sq_arena_release(&g->arena);
}
