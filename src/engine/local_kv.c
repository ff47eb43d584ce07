#include "engine/local_kv.h"

#include <stdlib.h>
#include <string.h>

static void all_free(struct sq_kv *kv)
{
    kv->nfree = kv->ncells;
    for (size_t i = 0; i < kv->ncells; i++)
        kv->free[i] = (int)i;
}

void sq_kv_init(struct sq_kv *kv, const struct sq_llama_api *api,
                struct sq_llama *llama, size_t nwork, size_t nkept,
                size_t ncells, bool ordered)
{
    *kv = (struct sq_kv){.api = api,
                         .llama = llama,
                         .nwork = nwork,
                         .nsequences = nwork + nkept,
                         .ncells = ncells,
                         .ordered = ordered};
    kv->sequences = sq_xcalloc(kv->nsequences, sizeof *kv->sequences);
    kv->references = sq_xcalloc(ncells, sizeof *kv->references);
    kv->free = sq_xcalloc(ncells, sizeof *kv->free);
    all_free(kv);
}

void sq_kv_release(struct sq_kv *kv)
{
    for (size_t i = 0; i < kv->nsequences; i++) {
        free(kv->sequences[i].tokens);
        free(kv->sequences[i].cells);
    }
    free(kv->sequences);
    free(kv->references);
    free(kv->free);
    *kv = (struct sq_kv){0};
}

size_t sq_kv_common(const int32_t *a, size_t na, const int32_t *b, size_t nb)
{
    size_t n = 0, most = na < nb ? na : nb;
    while (n < most && a[n] == b[n])
        n++;
    return n;
}

static size_t common_with(const struct sq_kv *kv, size_t sequence,
                          const int32_t *tokens, size_t n)
{
    const struct sq_kv_sequence *s = &kv->sequences[sequence];
    return sq_kv_common(s->tokens, s->n, tokens, n);
}

size_t sq_kv_nearest(struct sq_kv *kv, const int32_t *tokens, size_t ntokens,
                     size_t *n)
{
    size_t best = 0;
    *n = 0;
    for (size_t i = 0; i < kv->nsequences; i++) {
        size_t common = common_with(kv, i, tokens, ntokens);
        if (common > *n) {
            *n = common;
            best = i;
        }
    }
    kv->sequences[best].used = ++kv->clock;
    return best;
}

static void make_room(struct sq_kv_sequence *s, size_t n)
{
    if (n <= s->cap)
        return;
    s->cap = n > 2 * s->cap ? n : 2 * s->cap;
    s->tokens = sq_xrealloc(s->tokens, s->cap, sizeof *s->tokens);
    s->cells = sq_xrealloc(s->cells, s->cap, sizeof *s->cells);
}

void sq_kv_share(struct sq_kv *kv, size_t from, size_t to, size_t n)
{
    struct sq_kv_sequence *a = &kv->sequences[from], *b = &kv->sequences[to];
    if (n == 0)
        return;
    make_room(b, n);
    memcpy(b->tokens, a->tokens, n * sizeof *b->tokens);
    memcpy(b->cells, a->cells, n * sizeof *b->cells);
    b->n = n;
    for (size_t i = 0; i < n; i++)
        kv->references[b->cells[i]]++;
    kv->api->share(kv->llama, (int)from, (int)to, (int)n);
}

void sq_kv_put(struct sq_kv *kv, size_t sequence, int32_t token)
{
    struct sq_kv_sequence *s = &kv->sequences[sequence];
    make_room(s, s->n + 1);
    int cell = kv->free[--kv->nfree];
    kv->references[cell] = 1;
    s->tokens[s->n] = token;
    s->cells[s->n++] = cell;
}

void sq_kv_cut(struct sq_kv *kv, size_t sequence, size_t n)
{
    struct sq_kv_sequence *s = &kv->sequences[sequence];
    if (s->n <= n)
        return;
    if (kv->ordered) {
        kv->dirty = true;
        kv->api->share(kv->llama, (int)sequence, (int)kv->nsequences,
                       (int)s->n);
    }
    kv->api->forget(kv->llama, (int)sequence, (int)n);
    while (s->n > n) {
        int cell = s->cells[--s->n];
        if (--kv->references[cell] == 0 && !kv->ordered)
            kv->free[kv->nfree++] = cell;
    }
}

/* The kept sequence to give up; an empty one comes first. nsequences when none
 * is kept at all. */
static size_t oldest(const struct sq_kv *kv, bool empty_too)
{
    size_t best = kv->nsequences;
    for (size_t i = kv->nwork; i < kv->nsequences; i++) {
        const struct sq_kv_sequence *s = &kv->sequences[i];
        if (s->n == 0) {
            if (empty_too)
                return i;
        } else if (best == kv->nsequences ||
                   s->used < kv->sequences[best].used) {
            best = i;
        }
    }
    return best;
}

void sq_kv_keep(struct sq_kv *kv, size_t sequence, size_t n)
{
    const struct sq_kv_sequence *s = &kv->sequences[sequence];
    size_t place = oldest(kv, true), most = 0;
    if (place == kv->nsequences)
        return;
    for (size_t i = kv->nwork; i < kv->nsequences; i++) {
        size_t common = common_with(kv, i, s->tokens, n);
        size_t shorter = kv->sequences[i].n < n ? kv->sequences[i].n : n;
        if (common > most && 2 * common >= shorter) {
            most = common;
            place = i;
        }
    }
    kv->sequences[place].used = ++kv->clock;
    if (most == n) /* it is there */
        return;
    sq_kv_cut(kv, place, 0);
    sq_kv_share(kv, sequence, place, n);
}

void sq_kv_clear(struct sq_kv *kv)
{
    for (size_t i = 0; i <= kv->nsequences; i++)
        kv->api->forget(kv->llama, (int)i, 0);
    for (size_t i = 0; i < kv->nsequences; i++)
        kv->sequences[i].n = 0;
    kv->dirty = false;
    all_free(kv);
}

bool sq_kv_evict(struct sq_kv *kv)
{
    size_t i = oldest(kv, false);
    if (kv->ordered || i == kv->nsequences)
        return false;
    sq_kv_cut(kv, i, 0);
    return true;
}
