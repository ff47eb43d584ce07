#include "grade/rouge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ifeval/pytext.h"

struct word {
    sq_str text;
    size_t id; /* the same for the same text */
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
    t->words[t->n++] = (struct word){w, 0};
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

static int by_text(const void *a, const void *b)
{
    sq_str x = (*(const struct word *const *)a)->text;
    sq_str y = (*(const struct word *const *)b)->text;
    int order = 0;

    if (x.n > 0 && y.n > 0)
        order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
    return order ? order : (x.n > y.n) - (x.n < y.n);
}

/* Gives equal words of both texts one id; how many there are. */
static size_t number_words(struct text *a, struct text *b)
{
    size_t total = a->n + b->n, ids = 0;
    struct word **all = sq_xcalloc(total + 1, sizeof(struct word *));
    size_t i, n = 0;

    for (i = 0; i < a->n; i++)
        all[n++] = &a->words[i];
    for (i = 0; i < b->n; i++)
        all[n++] = &b->words[i];
    qsort(all, n, sizeof(*all), by_text);
    for (i = 0; i < n; i++) {
        if (i > 0 && !sq_str_eq(all[i]->text, all[i - 1]->text))
            ids++;
        all[i]->id = ids;
    }
    free(all);
    return ids + 1;
}

static void count_distinct(struct text *t, size_t nids)
{
    bool *seen = sq_xcalloc(nids, sizeof(*seen));

    for (size_t i = 0; i < t->n; i++) {
        t->distinct += !seen[t->words[i].id];
        seen[t->words[i].id] = true;
    }
    free(seen);
}

/* Marks the words on one longest common subsequence of x and y. up[i][j]: the
 * table is larger at (i - 1, j) than at (i, j - 1). */
static void mark_lcs(const struct word *x, size_t n, const struct word *y,
                     size_t m, bool *taken)
{
    unsigned *row = sq_xcalloc(m + 1, sizeof(*row));
    bool *up = sq_xmalloc(n * m * sizeof(*up));
    size_t i, j;

    for (i = 0; i < n; i++) {
        unsigned diagonal = 0;

        for (j = 0; j < m; j++) {
            unsigned above = row[j + 1];

            up[i * m + j] = above > row[j];
            if (x[i].id == y[j].id)
                row[j + 1] = diagonal + 1;
            else if (row[j] > above)
                row[j + 1] = row[j];
            diagonal = above;
        }
    }
    i = n;
    j = m;
    while (i > 0 && j > 0) {
        if (x[i - 1].id == y[j - 1].id) {
            taken[x[i - 1].id] = true;
            i--;
            j--;
        } else if (up[(i - 1) * m + j - 1]) {
            i--;
        } else {
            j--;
        }
    }
    free(up);
    free(row);
}

static size_t union_of_lcs(const struct text *h, const struct text *r,
                           size_t nids)
{
    bool *taken = sq_xcalloc(nids, sizeof(*taken));
    size_t count = 0, i, k;

    for (i = 0; i < r->nsentences; i++) {
        size_t from = i ? r->ends[i - 1] : 0;

        for (k = 0; k < h->nsentences; k++) {
            size_t start = k ? h->ends[k - 1] : 0;

            mark_lcs(r->words + from, r->ends[i] - from, h->words + start,
                     h->ends[k] - start, taken);
        }
    }
    for (i = 0; i < nids; i++)
        count += taken[i];
    free(taken);
    return count;
}

bool sq_rouge_l(sq_str hypothesis, sq_str reference, double *f)
{
    struct text h = {0}, r = {0};
    bool ok = true;

    *f = 0;
    read_text(&h, hypothesis);
    read_text(&r, reference);
    if (h.n > 0 && r.n > 0 && h.n > SQ_ROUGE_MOST / r.n) {
        ok = false;
    } else if (h.n > 0 && r.n > 0) {
        size_t nids = number_words(&h, &r);
        double common, recall, precision;

        count_distinct(&h, nids);
        count_distinct(&r, nids);
        common = (double)union_of_lcs(&h, &r, nids);
        recall = common / (double)r.distinct;
        precision = common / (double)h.distinct;
        *f = 2.0 * (precision * recall / (precision + recall + 1e-8));
    }
    release(&h);
    release(&r);
    return ok;
}
