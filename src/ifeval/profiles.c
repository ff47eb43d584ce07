#include "ifeval/profiles.h"
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/json.h"
#include "base/path.h"
#include "ifeval/pytext.h"

#define MAX_LANGUAGES 64
#define MAX_CHARS 10000
#define SMOOTHING 0.00005

/* A run of characters in one language. */
struct entry {
    uint64_t gram; /* characters of 21 bits, the last one lowest */
    float gain;    /* log(1 + share / SMOOTHING) */
    unsigned char language;
};

struct sq_profiles {
    sq_str names[MAX_LANGUAGES];
    size_t nlanguages;
    struct entry *entries; /* by slot, once all are loaded */
    uint32_t n, cap;
    uint32_t *slots; /* where each one's entries begin; one more at the end */
};
#define SLOTS (1u << 18)

static uint32_t slot_of(uint64_t gram)
{
    return (uint32_t)(gram * UINT64_C(0x9e3779b97f4a7c15) >> 46) & (SLOTS - 1);
}

/* ---- loading ------------------------------------------------------------ */

static void add(struct sq_profiles *p, uint64_t gram, double share)
{
    if (p->n == p->cap) {
        p->cap = p->cap ? 2 * p->cap : 1u << 17;
        p->entries = sq_xrealloc(p->entries, p->cap, sizeof(*p->entries));
    }
    p->entries[p->n++] =
        (struct entry){.gram = gram,
                       .gain = (float)log1p(share / SMOOTHING),
                       .language = (unsigned char)p->nlanguages};
}

/* Puts the entries of a slot side by side: a look-up then touches one place of
 * memory, not one for each language. */
static void arrange(struct sq_profiles *p)
{
    struct entry *sorted = sq_xcalloc(p->n + 1, sizeof(*sorted));
    uint32_t *slots = p->slots, from = 0;

    for (uint32_t i = 0; i < p->n; i++)
        slots[slot_of(p->entries[i].gram)]++;
    for (uint32_t i = 0; i <= SLOTS; i++) {
        uint32_t n = slots[i];

        slots[i] = from;
        from += n;
    }
    for (uint32_t i = 0; i < p->n; i++)
        sorted[slots[slot_of(p->entries[i].gram)]++] = p->entries[i];
    /* Each slot now says where the next one begins. */
    memmove(slots + 1, slots, SLOTS * sizeof(*slots));
    slots[0] = 0;
    free(p->entries);
    p->entries = sorted;
}

static enum sq_status read_profile(struct sq_profiles *p, const char *path,
                                   struct sq_arena *arena, struct sq_err *err)
{
    struct sq_json *json = sq_json_load(path, err);
    const struct sq_json *freq, *words;
    double total[3] = {0};
    size_t k = 0;
    sq_str name;
    enum sq_status st = json ? SQ_OK : SQ_INPUT;

    if (st == SQ_OK)
        st = sq_json_need_str(json, "name", path, &name, err);
    if (st == SQ_OK)
        st = sq_json_need_object(json, "freq", path, &freq, err);
    if (st == SQ_OK)
        st = sq_json_need_array(json, "n_words", path, &words, err);
    if (st == SQ_OK)
        for (words = sq_json_first(words); words && k < 3;
             words = sq_json_next(words))
            total[k++] = sq_json_num(words);
    if (st == SQ_OK &&
        (k < 3 || !(total[0] > 0 && total[1] > 0 && total[2] > 0)))
        st = sq_err_set(err, SQ_INPUT, "%s: n_words: want three numbers", path);
    if (st != SQ_OK)
        goto out;
    p->names[p->nlanguages] = sq_arena_str(arena, name);
    for (freq = sq_json_first(freq); freq; freq = sq_json_next(freq)) {
        sq_str key = sq_json_key(freq);
        uint64_t gram = 0;
        size_t n = 0;

        for (size_t pos = 0; pos < key.n && n < 4; n++)
            gram = gram << 21 | sq_utf8_next(key, &pos);
        if (n >= 1 && n <= 3)
            add(p, gram, sq_json_num(freq) / total[n - 1]);
    }
    p->nlanguages++;
out:
    sq_json_free(json);
    return st;
}

static void release(void *p)
{
    struct sq_profiles *profiles = p;

    free(profiles->entries);
    free(profiles->slots);
}

/* The order of a folder is any; the first of two equals wins. */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum sq_status sq_profiles_load(struct sq_profiles **out, const char *folder,
                                struct sq_arena *arena, struct sq_err *err)
{
    char *names[MAX_LANGUAGES];
    struct sq_profiles *p;
    struct dirent *item;
    size_t n = 0;
    enum sq_status st = SQ_OK;
    DIR *dir = opendir(folder);

    *out = NULL;
    if (!dir)
        return SQ_OK;
    while (n < MAX_LANGUAGES && (item = readdir(dir)))
        if (item->d_name[0] != '.')
            names[n++] = sq_path_join(folder, item->d_name);
    closedir(dir);
    qsort(names, n, sizeof(*names), by_name);
    p = sq_arena_alloc(arena, sizeof(*p));
    p->slots = sq_xcalloc(SLOTS + 1, sizeof(*p->slots));
    p->cap = 1u << 17;
    p->entries = sq_xcalloc(p->cap, sizeof(*p->entries));
    sq_arena_on_release(arena, release, p);
    for (size_t i = 0; i < n; i++) {
        if (st == SQ_OK)
            st = read_profile(p, names[i], arena, err);
        free(names[i]);
    }
    arrange(p);
    if (st == SQ_OK && n > 0)
        *out = p;
    return st;
}

/* ---- cleaning ----------------------------------------------------------- */

static size_t run_of(sq_str s, size_t i, const char *marks)
{
    size_t from = i;

    while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') ||
                       (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
                       (s.p[i] >= 'a' && s.p[i] <= 'z') ||
                       (s.p[i] && strchr(marks, s.p[i]))))
        i++;
    return i - from;
}

/* The length of an address of the web or of mail at i, or 0; one of mail only
 * where a word begins. */
static size_t address_at(sq_str s, size_t i)
{
    sq_str rest = sq_str_sub(s, i, s.n);
    size_t head = sq_str_starts(rest, SQ_STR("https://"))  ? 8
                  : sq_str_starts(rest, SQ_STR("http://")) ? 7
                                                           : 0;
    size_t n = head ? run_of(s, i + head, "-_.?&~;+=/#") : 0;

    if (n > 0)
        return head + n;
    if (i > 0 && run_of(sq_str_sub(s, i - 1, i), 0, "-_.") > 0)
        return 0;
    head = run_of(s, i, "-_.");
    if (head == 0 || i + head >= s.n || s.p[i + head] != '@')
        return 0;
    n = run_of(s, i + head + 1, "-_.");
    return n >= 2 ? head + 1 + n : 0;
}

/* Without addresses, cut at MAX_CHARS; without ASCII letters (and what stands
 * between them) where other scripts are at least twice as many. */
static void clean(sq_str text, struct sq_buf *out)
{
    size_t latin = 0, other = 0, n = 0, kept = 0;

    for (size_t pos = 0; pos < text.n && n < MAX_CHARS; n++) {
        size_t at = pos, skip = address_at(text, at);
        uint32_t cp;

        if (skip > 0) {
            pos += skip;
            sq_buf_addc(out, ' ');
            continue;
        }
        cp = sq_utf8_next(text, &pos);
        latin += cp >= 'A' && cp <= 'z';
        other += cp >= 0x300 && !(cp >= 0x1e00 && cp <= 0x1eff);
        sq_buf_add(out, sq_str_sub(text, at, pos));
    }
    if (latin * 2 >= other)
        return;
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] < 'A' || out->p[i] > 'z')
            out->p[kept++] = out->p[i];
    out->n = kept;
}

/* One character for each that the profiles do not tell apart. */
static uint32_t normal(uint32_t cp)
{
    if (cp < 0x80)
        return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') ? cp : ' ';
    if (cp == 0xa0 || cp == 0xab || cp == 0xb0 || cp == 0xbb ||
        (cp >= 0x2000 && cp <= 0x206f))
        return ' ';
    if (cp == 0x219)
        return 0x15f;
    if (cp == 0x21b)
        return 0x163;
    if (cp == 0x6cc)
        return 0x64a;
    if (cp >= 0x1ea0 && cp <= 0x1eff)
        return 0x1ec3;
    if (cp >= 0x3040 && cp <= 0x309f)
        return 0x3042;
    if (cp >= 0x30a0 && cp <= 0x30ff)
        return 0x30a2;
    if ((cp >= 0x3100 && cp <= 0x312f) || (cp >= 0x31a0 && cp <= 0x31bf))
        return 0x3105;
    return cp >= 0xac00 && cp <= 0xd7af ? 0xac00 : cp;
}

/* ---- telling ------------------------------------------------------------ */

struct sums {
    double of[MAX_LANGUAGES];
    size_t n; /* runs that are in some profile */
};

static void look_up(const struct sq_profiles *p, uint64_t gram,
                    struct sums *sums)
{
    const uint32_t *slot = &p->slots[slot_of(gram)];
    bool found = false;

    for (uint32_t i = slot[0]; i < slot[1]; i++) {
        const struct entry *e = &p->entries[i];

        if (e->gram != gram)
            continue;
        sums->of[e->language] += (double)e->gain;
        found = true;
    }
    sums->n += found;
}

/* The last three characters since the last blank, which is the first. */
struct window {
    uint32_t c[3];
    size_t n;
    bool capitals; /* within a run of them */
};

static void push(struct window *w, uint32_t cp)
{
    uint32_t last = w->c[w->n - 1];

    if (last == ' ') {
        *w = (struct window){.c = {' '}, .n = 1};
        if (cp == ' ')
            return;
    } else if (w->n == 3) {
        memmove(w->c, w->c + 1, 2 * sizeof(*w->c));
        w->n = 2;
    }
    w->c[w->n++] = cp;
    if (!sq_py_is_upper(cp))
        w->capitals = false;
    else if (sq_py_is_upper(last))
        w->capitals = true;
}

sq_str sq_profiles_tell(const struct sq_profiles *p, sq_str text)
{
    struct window w = {.c = {' '}, .n = 1};
    struct sums sums = {{0}, 0};
    struct sq_buf bare;
    size_t best = 0;
    bool blank = false;

    sq_buf_init(&bare, SQ_MAX_REPLY);
    clean(text, &bare);
    for (size_t pos = 0; pos < bare.n;) {
        uint32_t cp = sq_utf8_next(sq_buf_str(&bare), &pos);
        uint64_t gram = 0;

        if (cp == ' ' && blank)
            continue;
        blank = cp == ' ';
        push(&w, normal(cp));
        for (size_t k = 0; k < w.n && !w.capitals; k++) {
            gram |= (uint64_t)w.c[w.n - 1 - k] << (21 * k);
            if (k > 0 || gram != ' ')
                look_up(p, gram, &sums);
        }
    }
    sq_buf_release(&bare);
    for (size_t i = 1; i < p->nlanguages; i++)
        if (sums.of[i] > sums.of[best])
            best = i;
    return sums.n ? p->names[best] : SQ_STR("");
}
