#ifndef SQ_SUITE_FACET_H
#define SQ_SUITE_FACET_H
/*
 * Which samples of a suite belong together: facets, by which reports are
 * sliced, and clusters, by which errors are made. Both from the object "sample"
 * of a definition:
 *
 *   "facets": {"lang": "lang",
 *              "family": {"of": "lang", "groups": {"Dravidian": ["te"], ...},
 *                         "source": "who says so"}},
 *   "cluster": "{index}"
 *
 * Samples with the same text of `cluster` are not independent of each other. A
 * facet of groups is a clustering too, named as it is.
 */
#include "seqeval_metric.h"
#include "suite/record.h"

struct sq_facet {
    sq_str name, of;
    const struct sq_field *groups; /* name = value of the field, value = its
                                      group; NULL = the value stands itself */
    size_t ngroups;
};

struct sq_facets {
    const struct sq_facet *v;
    size_t n;
    sq_str cluster; /* template; "" = each sample is one of its own */
};

/* where: "suite.json: sample" */
enum sq_status sq_facets_load(const struct sq_json *sample, const char *where,
                              struct sq_arena *arena, struct sq_facets *out,
                              struct sq_err *err) SQ_CHECKED;
/* Sets the sample's facets and clusters. A value that is in no group is
 * SQ_INPUT. */
enum sq_status sq_facets_take(const struct sq_facets *f,
                              const struct sq_record *r,
                              struct sq_sample *sample,
                              struct sq_err *err) SQ_CHECKED;

#endif
