#include "grade/rouge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ifeval/pytext.h"

struct word {
    sq_str text;
    uint32_t id, hash; /* id: the same for the same text, from 0 */
};

/* Words, sentence after sentence. */
struct text {
    struct word *words;
    size_t n, cap;
    size_t *ends; /* of sentences */
    size_t nsentences, sentences_cap;
    size_t distinct;
};

static void add_word(struct text *t, sq_str w)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 256;
        t->words = sq_xrealloc(t->words, t->cap, sizeof(*t->words));
    }
    t->words[t->n++] = (struct word){w, 0, 0};
}

/* What str.split() and " ".join() leave of a sentence; one of white space alone
 * is a word of its own, "". */
static void add_sentence(struct text *t, sq_str s)
{
    size_t before = t->n, i = 0;

    while (i < s.n) {
        size_t start = i;

        while (i < s.n && sq_py_space_at(s, i) == 0)
            (void)sq_utf8_next(s, &i);
        if (i > start)
            add_word(t, sq_str_sub(s, start, i));
        if (i < s.n)
            i += sq_py_space_at(s, i);
    }
    if (t->n == before)
        add_word(t, SQ_STR(""));
    if (t->nsentences == t->sentences_cap) {
        t->sentences_cap = t->sentences_cap ? 2 * t->sentences_cap : 64;
        t->ends = sq_xrealloc(t->ends, t->sentences_cap, sizeof(*t->ends));
    }
    t->ends[t->nsentences++] = t->n;
}

static void read_text(struct text *t, sq_str s)
{
    sq_str rest = s, piece;

    while (sq_str_split(&rest, '.', &piece))
        if (piece.n > 0)
            add_sentence(t, piece);
}

static void release(struct text *t)
{
    free(t->words);
    free(t->ends);
}

/* ---- which words are the same ------------------------------------------ */

/* Words of different texts, by their hash; never full. */
struct ids {
    struct word **slots;
    size_t cap, n;
};

static uint32_t hash(sq_str s)
{
    uint32_t h = 2166136261U; /* FNV-1a */

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 16777619U;
    return h ^ h >> 15;
}

/* Where the word is, or a free slot. */
static struct word **slot_of(const struct ids *ids, const struct word *w)
{
    size_t i = w->hash & (ids->cap - 1);

    while (ids->slots[i] && (ids->slots[i]->hash != w->hash ||
                             !sq_str_eq(ids->slots[i]->text, w->text)))
        i = (i + 1) & (ids->cap - 1);
    return &ids->slots[i];
}

static void grow(struct ids *ids)
{
    struct ids more = {.cap = ids->cap ? 2 * ids->cap : 256, .n = ids->n};

    more.slots = sq_xcalloc(more.cap, sizeof(struct word *));
    for (size_t i = 0; i < ids->cap; i++)
        if (ids->slots[i])
            *slot_of(&more, ids->slots[i]) = ids->slots[i];
    free(ids->slots);
    *ids = more;
}

/* Numbers a text's words: those that are known already as they are. */
static void number_words(struct ids *ids, struct text *t)
{
    bool *seen;

    for (size_t i = 0; i < t->n; i++) {
        struct word *w = &t->words[i], **slot;

        if (2 * ids->n >= ids->cap)
            grow(ids);
        w->hash = hash(w->text);
        slot = slot_of(ids, w);
        w->id = *slot ? (*slot)->id : (uint32_t)ids->n++;
        if (!*slot)
            *slot = w;
    }
    seen = sq_xcalloc(ids->n + 1, sizeof(*seen));
    for (size_t i = 0; i < t->n; i++) {
        t->distinct += !seen[t->words[i].id];
        seen[t->words[i].id] = true;
    }
    free(seen);
}

/* Words that the other text lacks are on no common subsequence, and the walk
 * back passes them by wherever it meets them. `known`: ids of the other's are
 * below it. */
static void drop_others(struct text *t, size_t known)
{
    size_t kept = 0, i = 0;

    for (size_t k = 0; k < t->nsentences; k++) {
        for (; i < t->ends[k]; i++)
            if (t->words[i].id < known)
                t->words[kept++] = t->words[i];
        t->ends[k] = kept;
    }
    t->n = kept;
}

/* ---- longest common subsequences --------------------------------------- */

#define NONE SIZE_MAX

/*
 * The table of lengths, a bit for each place: 0 where the length grows from the
 * hypothesis's word before to this one. A row follows from the one above by a
 * few operations on 64 places at once (Hyyro 2004, "Bit-parallel LCS-length
 * computation revisited").
 */
struct table {
    uint64_t *bits; /* different rows, the first for no reference word */
    size_t *rows;   /* of each word of the reference's sentence: which */
    uint64_t *mask; /* where the hypothesis has that word; all 0 between */
    size_t *first;  /* of each id: its last place in the hypothesis's
                       sentence, NONE = it is not there */
    size_t *next;   /* of each place: the one before with the same id */
    bool *taken;    /* by id */
};

static size_t longest(const struct text *t)
{
    size_t most = 0;

    for (size_t k = 0; k < t->nsentences; k++) {
        size_t n = t->ends[k] - (k ? t->ends[k - 1] : 0);

        most = n > most ? n : most;
    }
    return most;
}

static struct table new_table(const struct text *h, const struct text *r)
{
    size_t rows = longest(r), places = longest(h);
    size_t words = places / 64 + 1;
    struct table t = {
        .bits = sq_xmalloc((rows + 1) * words * sizeof(*t.bits)),
        .rows = sq_xcalloc(rows + 1, sizeof(*t.rows)),
        .mask = sq_xcalloc(words, sizeof(*t.mask)),
        .first = sq_xcalloc(r->distinct, sizeof(*t.first)),
        .next = sq_xcalloc(places + 1, sizeof(*t.next)),
        .taken = sq_xcalloc(r->distinct, sizeof(*t.taken)),
    };

    for (size_t i = 0; i < r->distinct; i++)
        t.first[i] = NONE;
    return t;
}

static void free_table(struct table *t)
{
    free(t->bits);
    free(t->rows);
    free(t->mask);
    free(t->first);
    free(t->next);
    free(t->taken);
}

/* The row below `above` for a word whose last place is `at`. */
static void add_row(struct table *t, const uint64_t *above, uint64_t *row,
                    size_t words, size_t at)
{
    uint64_t carry = 0;

    for (; at != NONE; at = t->next[at])
        t->mask[at / 64] |= (uint64_t)1 << at % 64;
    for (size_t i = 0; i < words; i++) {
        uint64_t v = above[i], sum = v + (v & t->mask[i]);
        uint64_t all = sum + carry;

        carry = (sum < v) | (all < sum);
        row[i] = all | (v & ~t->mask[i]);
        t->mask[i] = 0;
    }
}

/* Marks the words on one longest common subsequence of the reference's sentence
 * x and the hypothesis's y, whose places are in first and next. */
static void mark_lcs(struct table *t, const struct word *x, size_t n,
                     const struct word *y, size_t m)
{
    size_t words = (m + 63) / 64, now = 0, used = 1;

    memset(t->bits, 0xff, words * sizeof(*t->bits));
    for (size_t i = 0; i < n; i++) {
        size_t at = t->first[x[i].id];

        if (at != NONE) {
            add_row(t, t->bits + now * words, t->bits + used * words, words,
                    at);
            now = used++;
        }
        t->rows[i] = now;
    }
    while (now > 0 && n > 0 && m > 0) {
        uint64_t row = t->bits[t->rows[n - 1] * words + (m - 1) / 64];

        if (x[n - 1].id == y[m - 1].id) {
            t->taken[x[n - 1].id] = true;
            n--;
            m--;
        } else if (row >> (m - 1) % 64 & 1) {
            m--;
        } else {
            n--;
        }
    }
}

static size_t union_of_lcs(const struct text *h, const struct text *r)
{
    struct table t = new_table(h, r);
    size_t count = 0, start = 0;

    for (size_t k = 0; k < h->nsentences; start = h->ends[k++]) {
        const struct word *y = h->words + start;
        size_t m = h->ends[k] - start, from = 0;

        for (size_t j = 0; j < m; j++) {
            t.next[j] = t.first[y[j].id];
            t.first[y[j].id] = j;
        }
        for (size_t i = 0; m && i < r->nsentences; from = r->ends[i++])
            mark_lcs(&t, r->words + from, r->ends[i] - from, y, m);
        for (size_t j = 0; j < m; j++)
            t.first[y[j].id] = NONE;
    }
    for (size_t i = 0; i < r->distinct; i++)
        count += t.taken[i];
    free_table(&t);
    return count;
}

bool sq_rouge_l(sq_str hypothesis, sq_str reference, double *f)
{
    struct text h = {0}, r = {0};
    struct ids ids = {0};
    bool ok = true;

    *f = 0;
    read_text(&h, hypothesis);
    read_text(&r, reference);
    if (h.n > 0 && r.n > 0) {
        number_words(&ids, &r);
        number_words(&ids, &h);
        drop_others(&h, r.distinct);
        ok = h.n <= SQ_ROUGE_MOST / r.n;
    }
    if (ok && h.n > 0 && r.n > 0) {
        double common = (double)union_of_lcs(&h, &r);
        double recall = common / (double)r.distinct;
        double precision = common / (double)h.distinct;

        *f = 2.0 * (precision * recall / (precision + recall + 1e-8));
    }
    free(ids.slots);
    release(&h);
    release(&r);
    return ok;
}
