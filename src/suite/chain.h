#ifndef SQ_SUITE_CHAIN_H
#define SQ_SUITE_CHAIN_H
/*
 * The generated suite `chain`: sequences of 1 to 16 operations over a word, a
 * number or a list, each working on the result before, each with a known
 * result. benchmarks/chain/README.md holds the rules; a sample depends on
 * (version, seed, family, split, length, position) alone.
 */
#include "seqeval.h"
#include "suite/chain_plan.h"

/* Defaults (steps=1-6, n=300, seed=1, family=mixed, split=test), then
 * "key=value,..." on top, the last one of a key counting; an unknown key or a
 * value out of range is SQ_USAGE. steps is A-B or N. Slices are static. */
enum sq_status sq_chain_params_parse(sq_str params, struct sq_chain_params *out,
                                     struct sq_err *err) SQ_CHECKED;
/* All parameters, sorted by name: "family=mixed,n=200,..."; yours. */
char *sq_chain_params_render(const struct sq_chain_params *p);
/* "test-mixed-s7-L4-000012": split, family, seed, length, position; yours. */
char *sq_chain_id(const struct sq_chain_params *p,
                  const struct sq_chain_plan *plan);
/* Sample `ordinal` (0-based), yours; free it with sq_sample_free. Facets are
 * length and family (of the start value). Each step has one constraint rule,
 * {"check": "step_result", "role": "constraint", "step": 1..., "value": the
 * expected result}. */
struct sq_sample *sq_chain_sample(const struct sq_chain_params *p,
                                  size_t ordinal);
/* The expected result of a step (0-based) of such a sample, yours. */
char *sq_chain_expected(const struct sq_sample *s, size_t step);

#endif
