#include "run/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

enum sq_status sq_plan_limit_parse(const char *text, struct sq_plan_limit *out,
                                   struct sq_err *err)
{
    sq_str rest = sq_str_from(text), first, last;
    long long a = 1, b = 0;
    bool ok = sq_str_split(&rest, '-', &first);
    if (ok && rest.p) {
        last = rest;
        ok = sq_str_to_int(first, &a) && sq_str_to_int(last, &b);
    } else {
        ok = ok && sq_str_to_int(first, &b);
    }
    if (!ok || a < 1 || b < a)
        return sq_err_set(err, SQ_USAGE,
                          "--limit: '%s' is neither N nor A-B (samples count "
                          "from 1)",
                          text);
    *out = (struct sq_plan_limit){(size_t)a, (size_t)b};
    return SQ_OK;
}

void sq_plan_sample_drop(struct sq_plan_sample *s)
{
    if (!s || --s->refs > 0)
        return;
    sq_sample_free(s->sample);
    free(s);
}

enum sq_status sq_plan_shard_parse(const char *text, struct sq_plan_shard *out,
                                   struct sq_err *err)
{
    sq_str rest = sq_str_from(text), index, of;
    struct sq_plan_shard s = {0, 0};
    if (sq_str_split(&rest, '/', &index) && sq_str_split(&rest, '/', &of) &&
        !rest.p && sq_str_to_int(index, &s.index) && sq_str_to_int(of, &s.of) &&
        s.index >= 1 && s.index <= s.of && s.of <= 1000000) {
        *out = s;
        return SQ_OK;
    }
    return sq_err_set(err, SQ_USAGE,
                      "--shard: '%s': want I/N with 1 <= I <= N, as 1/4", text);
}

/* The next sample within the limit becomes current; NULL at the end. */
static enum sq_status next_sample(struct sq_plan *p, struct sq_err *err)
{
    sq_plan_sample_drop(p->current);
    p->current = NULL;
    while (p->suite < p->nsuites) {
        struct sq_sample *s = NULL;
        enum sq_status st = sq_suite_next(p->suites[p->suite], &s, err);
        if (st != SQ_OK)
            return st;
        size_t number = s ? s->ordinal + 1 : 0;
        if (!s || (p->limit.last && number > p->limit.last)) {
            if (s)
                sq_sample_free(s);
            p->suite++;
            continue;
        }
        if (number < p->limit.first) {
            sq_sample_free(s);
            continue;
        }
        p->current = sq_xcalloc(1, sizeof *p->current);
        p->current->sample = s;
        p->current->suite = p->suite;
        p->current->refs = 1;
        p->epoch = 0;
        return SQ_OK;
    }
    return SQ_OK;
}

/* Is the current sample's job of this epoch in the shard? */
static bool in_shard(const struct sq_plan *p)
{
    char id[SQ_JOB_ID_SIZE];
    if (!p->shard.of)
        return true;
    sq_plan_job_id(p->suites[p->suite], p->current->sample->id, p->epoch, id);
    unsigned long long number = strtoull(id, NULL, 16);
    return number % (unsigned long long)p->shard.of + 1 ==
           (unsigned long long)p->shard.index;
}

enum sq_status sq_plan_next(struct sq_plan *p, struct sq_plan_job *job,
                            struct sq_err *err)
{
    *job = (struct sq_plan_job){NULL, 0};
    for (;;) {
        if (!p->current || p->epoch == p->epochs) {
            enum sq_status st = next_sample(p, err);
            if (st != SQ_OK || !p->current)
                return st;
        }
        p->epoch++;
        if (in_shard(p))
            break;
    }
    p->current->refs++;
    *job = (struct sq_plan_job){p->current, p->epoch};
    return SQ_OK;
}

enum sq_status sq_plan_rewind(struct sq_plan *p, struct sq_err *err)
{
    sq_plan_release(p);
    p->suite = 0;
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < p->nsuites && st == SQ_OK; i++)
        st = sq_suite_rewind(p->suites[i], err);
    return st;
}

void sq_plan_release(struct sq_plan *p)
{
    sq_plan_sample_drop(p->current);
    p->current = NULL;
}

void sq_plan_job_id(const struct sq_suite *suite, sq_str sample_id, int epoch,
                    char id[SQ_JOB_ID_SIZE])
{
    char hex[SQ_DIGEST_HEX], number[16];
    struct sq_sha256 *d = sq_sha256_new();
    sq_sha256_add_field(d, sq_str_from(suite->label));
    sq_sha256_add_field(d, sq_str_from(suite->def->digest));
    sq_sha256_add_field(d, sq_str_from(suite->data_digest));
    sq_sha256_add_field(d, sample_id);
    size_t n = 0;
    for (int e = epoch; e > 0 && n < sizeof number; e /= 10)
        number[n++] = (char)('0' + e % 10);
    sq_sha256_add_field(d, (sq_str){number, n});
    sq_sha256_finish(d, hex);
    memcpy(id, hex, SQ_JOB_ID_SIZE - 1);
    id[SQ_JOB_ID_SIZE - 1] = '\0';
}
