#include "suite/facet.h"

#include <stdio.h>

#include "base/digest.h"
#include "suite/field.h"

/* A longer text stands by its digest: a passage is not stored twice. */
#define MAX_CLUSTER 64

/* ---- definition -------------------------------------------------------- */

static const struct sq_field *group_of(const struct sq_facet *f, sq_str value)
{
    for (size_t i = 0; i < f->ngroups; i++)
        if (sq_str_eq(f->groups[i].name, value))
            return &f->groups[i];
    return NULL;
}

/* The values of one group. */
static enum sq_status load_group(const struct sq_json *group, const char *where,
                                 struct sq_arena *arena, struct sq_facet *f,
                                 struct sq_field *groups, struct sq_err *err)
{
    const struct sq_json *item = sq_json_first(group);

    if (sq_json_type(group) != SQ_JSON_ARRAY || !item)
        return sq_err_set(err, SQ_INPUT,
                          "%s: groups: %.*s: want an array of values", where,
                          SQ_STR_ARG(sq_json_key(group)));
    for (; item; item = sq_json_next(item)) {
        sq_str value = sq_arena_str(arena, sq_json_str(item));

        if (value.n == 0 || group_of(f, value))
            return sq_err_set(err, SQ_INPUT,
                              "%s: groups: %.*s: want texts, each in one group",
                              where, SQ_STR_ARG(sq_json_key(group)));
        groups[f->ngroups++] =
            (struct sq_field){value, sq_arena_str(arena, sq_json_key(group))};
    }
    return SQ_OK;
}

static enum sq_status load_groups(const struct sq_json *json, const char *where,
                                  struct sq_arena *arena, struct sq_facet *f,
                                  struct sq_err *err)
{
    static const char *const keys[] = {"of", "groups", "source", NULL};
    const struct sq_json *groups, *item;
    size_t most = 0;
    sq_str source;
    enum sq_status st = sq_json_only(json, keys, where, err);

    if (st == SQ_OK)
        st = sq_json_need_str(json, "of", where, &f->of, err);
    if (st == SQ_OK)
        st = sq_json_need_str(json, "source", where, &source, err);
    if (st == SQ_OK)
        st = sq_json_need_object(json, "groups", where, &groups, err);
    if (st != SQ_OK)
        return st;
    f->of = sq_arena_str(arena, f->of);
    for (item = sq_json_first(groups); item; item = sq_json_next(item))
        most += sq_json_count(item);
    struct sq_field *list = sq_arena_array(arena, most + 1, sizeof *list);
    f->groups = list;
    for (item = sq_json_first(groups); item && st == SQ_OK;
         item = sq_json_next(item))
        st = load_group(item, where, arena, f, list, err);
    return st;
}

static enum sq_status load_facet(const struct sq_json *item, const char *where,
                                 struct sq_arena *arena, struct sq_facet *f,
                                 struct sq_err *err)
{
    char place[512];

    f->name = sq_arena_str(arena, sq_json_key(item));
    if (!sq_field_is_name(f->name) || sq_str_eq(f->name, SQ_STR(SQ_CLUSTERED)))
        return sq_err_set(err, SQ_INPUT,
                          "%s: facets: '%s': want lower-case letters, digits, "
                          "'_' and '-' (at most 64) as a name, and not "
                          "'" SQ_CLUSTERED "'",
                          where, f->name.p);
    if (sq_json_type(item) == SQ_JSON_OBJECT) {
        (void)snprintf(place, sizeof place, "%s: facets: %s", where, f->name.p);
        return load_groups(item, place, arena, f, err);
    }
    f->of = sq_arena_str(arena, sq_json_str(item));
    if (f->of.n == 0)
        return sq_err_set(err, SQ_INPUT,
                          "%s: facets: %s: want the name of a field", where,
                          f->name.p);
    return SQ_OK;
}

enum sq_status sq_facets_load(const struct sq_json *sample, const char *where,
                              struct sq_arena *arena, struct sq_facets *out,
                              struct sq_err *err)
{
    const struct sq_json *item;
    enum sq_status st =
        sq_json_opt_str(sample, "cluster", where, &out->cluster, err);

    out->cluster = sq_arena_str(arena, out->cluster);
    if (st == SQ_OK && out->cluster.n)
        st = sq_template_check(out->cluster, where, err);
    if (st != SQ_OK || !sq_json_get(sample, "facets"))
        return st;
    st = sq_json_need_object(sample, "facets", where, &item, err);
    if (st != SQ_OK)
        return st;
    struct sq_facet *facets =
        sq_arena_array(arena, sq_json_count(item) + 1, sizeof *facets);
    out->v = facets;
    for (item = sq_json_first(item); item && st == SQ_OK;
         item = sq_json_next(item))
        st = load_facet(item, where, arena, &facets[out->n++], err);
    return st;
}

/* ---- samples ----------------------------------------------------------- */

static enum sq_status value_of(const struct sq_facet *f,
                               const struct sq_record *r,
                               struct sq_arena *arena, sq_str *out,
                               struct sq_err *err)
{
    enum sq_status st =
        sq_record_made(r, f->of)
            ? sq_record_text(r, f->of, arena, out, err)
            : sq_field_text(r->json, f->of.p, r->where, arena, out, err);

    if (st != SQ_OK || !f->groups)
        return st;
    const struct sq_field *group = group_of(f, *out);
    if (!group)
        return sq_err_set(err, SQ_INPUT,
                          "%s: facet %s: '%.*s' is in none of its groups",
                          r->where, f->name.p, SQ_STR_ARG(*out));
    *out = group->value;
    return SQ_OK;
}

static enum sq_status cluster_of(sq_str template, const struct sq_record *r,
                                 struct sq_arena *arena, sq_str *out,
                                 struct sq_err *err)
{
    enum sq_status st = sq_template_text(template, r, arena, out, err);
    char hex[SQ_DIGEST_HEX];

    if (st == SQ_OK && out->n > MAX_CLUSTER) {
        sq_sha256_of(*out, hex);
        *out = sq_arena_str(arena, (sq_str){hex, 16});
    }
    return st;
}

enum sq_status sq_facets_take(const struct sq_facets *f,
                              const struct sq_record *r,
                              struct sq_sample *sample, struct sq_err *err)
{
    struct sq_arena *arena = &sample->arena;
    struct sq_field *facets = sq_arena_array(arena, f->n + 1, sizeof *facets);
    struct sq_field *clusters =
        sq_arena_array(arena, f->n + 1, sizeof *clusters);
    enum sq_status st = SQ_OK;

    sample->facets = facets;
    sample->clusters = clusters;
    if (f->cluster.n) {
        clusters->name = SQ_STR("");
        st = cluster_of(f->cluster, r, arena, &clusters->value, err);
        sample->nclusters++;
    }
    for (size_t i = 0; i < f->n && st == SQ_OK; i++) {
        struct sq_field *facet = &facets[sample->nfacets++];

        facet->name = f->v[i].name;
        st = value_of(&f->v[i], r, arena, &facet->value, err);
        if (st == SQ_OK && f->v[i].groups)
            clusters[sample->nclusters++] = *facet;
    }
    return st;
}
