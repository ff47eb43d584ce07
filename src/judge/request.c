#include "judge/internal.h"

#include <string.h>
#include "base/digest.h"

/* What the placeholders stand for in one request. */
struct values {
    sq_str query, response, first, second, steps, nonce;
};

const size_t *sq_judge_listed(const struct sq_sample *sample,
                              struct sq_arena *arena, size_t *n)
{
    size_t *listed = sq_arena_array(arena, sample->nsteps, sizeof(*listed));
    size_t i, k;

    *n = 0;
    for (i = 0; i < sample->nsteps; i++) {
        if (!sample->steps[i].answerable) {
            continue;
        }
        /* Suites keep steps in text order: nothing moves but in odd files. */
        for (k = *n; k > 0 && sample->steps[listed[k - 1]].start >
                                  sample->steps[i].start;
             k--) {
            listed[k] = listed[k - 1];
        }
        listed[k] = i;
        ++*n;
    }
    return listed;
}

void sq_judge_nonce(const char hex[65], const sq_str *texts, size_t n,
                    char out[17])
{
    char digest[SQ_DIGEST_HEX];
    size_t i;

    memcpy(digest, hex, sizeof(digest));
    for (;;) {
        for (i = 0; i < n; i++) {
            if (sq_str_find(texts[i], (sq_str){digest, 16}, 0) != SIZE_MAX) {
                break;
            }
        }
        if (i == n) {
            break;
        }
        sq_sha256_of((sq_str){digest, 64}, digest);
    }
    memcpy(out, digest, 16);
    out[16] = '\0';
}

/* "1. first step\n2. second step", each on one line, as a line break within a
 * step would make the list ambiguous. */
static void list_steps(const struct sq_sample *sample, struct sq_arena *arena,
                       struct sq_buf *out)
{
    size_t n, i;
    const size_t *listed = sq_judge_listed(sample, arena, &n);

    for (i = 0; i < n; i++) {
        const struct sq_step *step = &sample->steps[listed[i]];
        sq_str text =
            sq_str_trim(sq_str_sub(sample->query, step->start, step->end));
        size_t k;

        /* A step that the query as a whole asks for says what it is. */
        if (step->end == 0 && step->nrules > 0) {
            text = step->rules[0].text;
        }
        sq_buf_addf(out, "%s%zu. ", i > 0 ? "\n" : "", i + 1);
        for (k = 0; k < text.n; k++) {
            if (!sq_is_space(text.p[k])) {
                sq_buf_addc(out, text.p[k]);
            } else if (!sq_is_space(text.p[k - 1])) {
                sq_buf_addc(out, ' ');
            }
        }
    }
}

static sq_str value_of(const struct values *v, sq_str name)
{
    if (sq_str_eq(name, SQ_STR("query"))) {
        return v->query;
    }
    if (sq_str_eq(name, SQ_STR("response"))) {
        return v->response;
    }
    if (sq_str_eq(name, SQ_STR("first"))) {
        return v->first;
    }
    if (sq_str_eq(name, SQ_STR("second"))) {
        return v->second;
    }
    if (sq_str_eq(name, SQ_STR("steps"))) {
        return v->steps;
    }
    return v->nonce;
}

static size_t put(char *dst, size_t n, sq_str s)
{
    if (dst != NULL && s.n > 0) {
        memcpy(dst + n, s.p, s.n);
    }
    return n + s.n;
}

/* One pass over the template: what is put in is never read again, so that
 * placeholders in it stay text. Returns the length; dst NULL only measures. */
static size_t expand(sq_str prompt, const struct values *v, char *dst)
{
    size_t pos = 0, n = 0;

    for (;;) {
        size_t open = sq_str_find(prompt, SQ_STR("{{"), pos), close;

        if (open == SIZE_MAX) {
            return put(dst, n, sq_str_sub(prompt, pos, prompt.n));
        }
        close = sq_str_find(prompt, SQ_STR("}}"), open);
        n = put(dst, n, sq_str_sub(prompt, pos, open));
        n = put(dst, n, value_of(v, sq_str_sub(prompt, open + 2, close)));
        pos = close + 2;
    }
}

static void digest_of(const struct sq_judge_template *t, const sq_str *texts,
                      size_t n, char hex[SQ_DIGEST_HEX])
{
    struct sq_sha256 *d = sq_sha256_new();
    size_t i;

    sq_sha256_add_field(d, sq_str_from(t->digest));
    for (i = 0; i < n; i++) {
        sq_sha256_add_field(d, texts[i]);
    }
    sq_sha256_finish(d, hex);
}

bool sq_judge_response_first(const struct sq_judge_template *t,
                             const struct sq_sample *sample, sq_str response)
{
    const sq_str texts[] = {sample->query, response, SQ_STR("order")};
    char hex[SQ_DIGEST_HEX];

    if (t->form == SQ_JUDGE_PAIRWISE) {
        return !t->swapped;
    }
    digest_of(t, texts, 3, hex);
    return hex[0] < '8';
}

const struct sq_message *sq_judge_request(const struct sq_judge_template *t,
                                          const struct sq_sample *sample,
                                          sq_str response,
                                          struct sq_arena *arena, size_t *n)
{
    return sq_judge_request_pair(t, sample, response, SQ_STR(""), arena, n);
}

const struct sq_message *
sq_judge_request_pair(const struct sq_judge_template *t,
                      const struct sq_sample *sample, sq_str response,
                      sq_str baseline, struct sq_arena *arena, size_t *n)
{
    struct sq_message *m = sq_arena_array(arena, 2, sizeof(*m));
    struct values v = {.query = sample->query, .response = response};
    const sq_str texts[] = {sample->query, response, baseline};
    const size_t ntexts = sq_judge_compares(t) ? 3 : 2;
    char hex[SQ_DIGEST_HEX], nonce[17];
    struct sq_buf steps;
    size_t len;
    char *text;

    if (sq_judge_response_first(t, sample, response)) {
        v.first = response;
        v.second = baseline;
    } else {
        v.first = baseline;
        v.second = response;
    }
    digest_of(t, texts, ntexts, hex);
    sq_judge_nonce(hex, texts, ntexts, nonce);
    v.nonce = (sq_str){nonce, 16};
    sq_buf_init(&steps, SQ_MAX_PROMPT);
    list_steps(sample, arena, &steps);
    v.steps = sq_buf_str(&steps);

    len = expand(t->prompt, &v, NULL);
    text = sq_arena_alloc(arena, len + 1);
    expand(t->prompt, &v, text);
    sq_buf_release(&steps);
    *n = 0;
    if (t->system.n > 0) {
        m[(*n)++] = (struct sq_message){.role = "system", .content = t->system};
    }
    m[(*n)++] = (struct sq_message){.role = "user", .content = {text, len}};
    return m;
}

const struct sq_message *
sq_judge_request_again(const struct sq_judge_template *t,
                       const struct sq_message *first, size_t n, int try_,
                       struct sq_arena *arena)
{
    struct sq_message *m = sq_arena_array(arena, n, sizeof(*m));
    const struct sq_message *last = &first[n - 1];
    const char *note = sq_arena_printf(
        arena,
        "\n\nThis is try %d: an earlier reply to this could not be read. Reply "
        "with %s, and with nothing else.",
        try_, sq_judge_form_row(t->form)->shape);
    size_t len = last->content.n + strlen(note);
    char *text = sq_arena_alloc(arena, len + 1);

    memcpy(m, first, n * sizeof(*m));
    put(text, put(text, 0, last->content), sq_str_from(note));
    m[n - 1].content = (sq_str){text, len};
    return m;
}
