#include "engine/engine.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void add_text(struct sq_sha256 *d, const char *s)
{
    sq_sha256_add_field(d, sq_str_from(s));
}

static void add_int(struct sq_sha256 *d, long long v)
{
    char text[24];
    snprintf(text, sizeof(text), "%lld", v);
    add_text(d, text);
}

/* The bits of the double: 0.7 is one number however it was written, and no
 * rounding makes two of them one. */
static void add_number(struct sq_sha256 *d, double v)
{
    char text[24];
    uint64_t bits;
    if (!isfinite(v) || v < 0) {
        add_text(d, "");
        return;
    }
    v += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &v, sizeof(bits));
    snprintf(text, sizeof(text), "%016" PRIx64, bits);
    add_text(d, text);
}

static void add_count(struct sq_sha256 *d, long long v)
{
    if (v < 0)
        add_text(d, "");
    else
        add_int(d, v);
}

void sq_request_key(const struct sq_engine *e, const struct sq_request *r,
                    char key[SQ_DIGEST_HEX])
{
    struct sq_sha256 *d = sq_sha256_new();
    add_text(d, "seqeval request 2");
    add_text(d, e->ops->name);
    add_text(d, e->endpoint);
    add_text(d, e->model);
    add_int(d, (long long)r->nmessages);
    for (size_t i = 0; i < r->nmessages; i++) {
        add_text(d, r->messages[i].role);
        sq_sha256_add_field(d, r->messages[i].content);
        add_int(d, (long long)r->messages[i].nimages);
        for (size_t k = 0; k < r->messages[i].nimages; k++)
            sq_sha256_add_field(d, r->messages[i].images[k]);
    }
    add_number(d, r->sampling.temperature);
    add_number(d, r->sampling.top_p);
    add_count(d, r->sampling.max_tokens);
    add_count(d, r->sampling.seed);
    add_int(d, (long long)r->nstops);
    for (size_t i = 0; i < r->nstops; i++)
        sq_sha256_add_field(d, r->stops[i]);
    add_int(d, r->top_logprobs);
    sq_sha256_add_field(d, r->extra);
    sq_sha256_add_field(d, r->schema);
    add_int(d, r->epoch);
    /* A recording is looked up by the sample; two with equal prompts may have
     * been answered differently. */
    if (!e->ops->asks && r->sample)
        sq_sha256_add_field(d, r->sample->id);
    sq_sha256_finish(d, key);
}
