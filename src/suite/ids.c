#include "suite/ids.h"

#include <stdlib.h>

#include "base/digest.h"

static uint64_t key_of(sq_str id)
{
    char hex[SQ_DIGEST_HEX];
    uint64_t key;

    sq_sha256_of(id, hex);
    hex[16] = '\0';
    key = strtoull(hex, NULL, 16);
    return key ? key : 1;
}

static uint64_t *slot_of(const struct sq_ids *ids, uint64_t key)
{
    size_t i = (size_t)key & (ids->cap - 1);

    while (ids->slots[i] != 0 && ids->slots[i] != key)
        i = (i + 1) & (ids->cap - 1);
    return &ids->slots[i];
}

static void grow(struct sq_ids *ids)
{
    struct sq_ids wider = {0};
    size_t i;

    wider.n = ids->n;
    wider.cap = ids->cap ? ids->cap * 2 : 64;
    wider.slots = sq_xcalloc(wider.cap, sizeof(*wider.slots));
    for (i = 0; i < ids->cap; i++)
        if (ids->slots[i] != 0)
            *slot_of(&wider, ids->slots[i]) = ids->slots[i];
    free(ids->slots);
    *ids = wider;
}

bool sq_ids_add(struct sq_ids *ids, sq_str id)
{
    uint64_t key = key_of(id);
    uint64_t *slot;

    if (ids->n + ids->n / 2 >= ids->cap)
        grow(ids);
    slot = slot_of(ids, key);
    if (*slot != 0)
        return false;
    *slot = key;
    ids->n++;
    return true;
}

void sq_ids_release(struct sq_ids *ids)
{
    free(ids->slots);
    *ids = (struct sq_ids){0};
}
