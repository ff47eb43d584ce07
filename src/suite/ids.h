#ifndef SQ_SUITE_IDS_H
#define SQ_SUITE_IDS_H
/*
 * The set of ids seen so far, to refuse a second one. It keeps 64 bits of each
 * id's SHA-256, so that a file of millions of records needs 16 bytes for each
 * and chance alone (n^2 / 2^65) never makes two ids one.
 */
#include <stdint.h>
#include "seqeval.h"

struct sq_ids {
    uint64_t *slots; /* 0 = free */
    size_t n, cap;   /* cap is 0 or a power of two */
};

/* Zero it (= {0}) before the first use. False when the id was there. */
bool sq_ids_add(struct sq_ids *ids, sq_str id);
void sq_ids_release(struct sq_ids *ids);

#endif
