#include "engine/local_batch.h"

#include <stdlib.h>

/* Tokens of an answer that there must be room for when a job is let in, so that
 * it is not put back at once. */
enum { HEADROOM = 64 };

struct sq_local_batch {
    const struct sq_llama_api *api;
    struct sq_llama *llama;
    struct sq_kv kv;
    bool shares;
    size_t most; /* tokens of a decode */
    size_t context;
    struct sq_local_job **live; /* by sequence, NULL = free */
    size_t nlive;
    struct sq_local_job *waiting, **waiting_end;
    struct sq_local_job *done, **done_end;
    struct sq_llama_token *tokens; /* of the decode */
    uint64_t orders;
    struct sq_local_counts counts;
};

struct sq_local_batch *sq_local_batch_new(const struct sq_llama_api *api,
                                          struct sq_llama *llama,
                                          const struct sq_llama_room *room,
                                          int kept, int context)
{
    struct sq_local_batch *b = sq_xcalloc(1, sizeof *b);
    size_t nwork = (size_t)(room->sequences - kept);
    b->api = api;
    b->llama = llama;
    b->shares = api->info(llama)->shares;
    b->most = (size_t)room->batch;
    b->context = (size_t)context;
    sq_kv_init(&b->kv, api, llama, nwork, (size_t)kept, (size_t)room->cells,
               room->exact);
    b->live = sq_xcalloc(nwork, sizeof(struct sq_local_job *));
    b->tokens = sq_xcalloc(b->most, sizeof *b->tokens);
    b->waiting_end = &b->waiting;
    b->done_end = &b->done;
    return b;
}

static void free_list(struct sq_local_job *job)
{
    while (job) {
        struct sq_local_job *next = job->next;
        sq_local_job_free(job);
        job = next;
    }
}

void sq_local_batch_free(struct sq_local_batch *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->kv.nwork; i++)
        sq_local_job_free(b->live[i]);
    free_list(b->waiting);
    free_list(b->done);
    sq_kv_release(&b->kv);
    free(b->live);
    free(b->tokens);
    free(b);
}

static void append(struct sq_local_job ***end, struct sq_local_job *job)
{
    job->next = NULL;
    **end = job;
    *end = &job->next;
}

void sq_local_batch_add(struct sq_local_batch *b, struct sq_local_job *job)
{
    job->order = ++b->orders;
    b->counts.jobs++;
    b->counts.prompt_tokens += job->nprompt;
    append(&b->waiting_end, job);
}

/* Takes the job of a sequence out of work. */
static void leave(struct sq_local_batch *b, struct sq_local_job *job)
{
    sq_kv_cut(&b->kv, job->sequence, 0);
    b->live[job->sequence] = NULL;
    b->nlive--;
    job->sequence = SIZE_MAX;
}

static void finish(struct sq_local_batch *b, struct sq_local_job *job)
{
    size_t held = b->kv.sequences[job->sequence].n;
    if (b->shares)
        sq_kv_keep(&b->kv, job->sequence,
                   held < job->nprompt ? held : job->nprompt);
    leave(b, job);
    b->counts.answer_tokens += job->n - job->nprompt;
    append(&b->done_end, job);
}

/* ---- letting jobs in ----------------------------------------------------- */

/* How much of a job's beginning the jobs at work will have computed in the end;
 * its last token must be decoded for its logits. */
static size_t to_come(const struct sq_local_batch *b,
                      const struct sq_local_job *job)
{
    size_t most = 0;
    for (size_t i = 0; i < b->kv.nwork; i++) {
        const struct sq_local_job *other = b->live[i];
        size_t n = other ? sq_kv_common(other->tokens, other->n, job->tokens,
                                        job->n - 1)
                         : 0;
        most = n > most ? n : most;
    }
    return most;
}

static size_t free_sequence(const struct sq_local_batch *b)
{
    size_t i = 0;
    while (b->live[i])
        i++;
    return i;
}

/* Tokens of a job that are not decoded yet. */
static size_t missing(const struct sq_local_batch *b,
                      const struct sq_local_job *job)
{
    return job->n - b->kv.sequences[job->sequence].n;
}

/* Tokens that there must be room for behind those of a job. Where all cells
 * become free at once, a full context has everything computed anew: between two
 * of these an answer must be able to double. */
static size_t headroom_of(const struct sq_local_batch *b,
                          const struct sq_local_job *job)
{
    size_t answered = job->n - job->nprompt, most = b->context - job->n;
    size_t n = b->kv.ordered && answered > HEADROOM ? answered : HEADROOM;
    if (job->sampling.max_tokens >= 0) {
        size_t asked = (size_t)job->sampling.max_tokens;
        size_t left = asked > answered ? asked - answered : 1;
        most = left < most ? left : most;
    }
    return n < most ? n : most;
}

/* Of a job to be let in and those at work, with what these still lack. */
static size_t headroom_with(const struct sq_local_batch *b,
                            const struct sq_local_job *job)
{
    size_t n = headroom_of(b, job);
    for (size_t i = 0; i < b->kv.nwork; i++)
        if (b->live[i])
            n += missing(b, b->live[i]) + headroom_of(b, b->live[i]);
    return n;
}

/* Lets a job in, unless it had better wait. */
static bool let_in(struct sq_local_batch *b, struct sq_local_job *job)
{
    size_t common = 0, from = 0, to = free_sequence(b);
    size_t headroom = headroom_with(b, job);
    if (b->shares) {
        from = sq_kv_nearest(&b->kv, job->tokens, job->n - 1, &common);
        if (to_come(b, job) > common)
            return false;
    }
    if (b->kv.ordered && b->kv.nfree < job->n - common + headroom) {
        if (b->nlive) /* there will be room for all at once */
            return false;
        if (b->kv.dirty) {
            sq_kv_clear(&b->kv);
            common = 0;
        }
    }
    sq_kv_share(&b->kv, from, to, common);
    while (b->kv.nfree < job->n - common + headroom && sq_kv_evict(&b->kv))
        ;
    if (b->nlive && b->kv.nfree < job->n - common + headroom) {
        sq_kv_cut(&b->kv, to, 0);
        return false;
    }
    if (job->n == job->nprompt) { /* else it was let in before */
        job->cached = common;
        b->counts.cached += common;
    }
    b->live[to] = job;
    b->nlive++;
    job->sequence = to;
    return true;
}

static void let_all_in(struct sq_local_batch *b)
{
    struct sq_local_job **at = &b->waiting;
    while (*at && b->nlive < b->kv.nwork) {
        struct sq_local_job *job = *at, *next = job->next;
        if (!let_in(b, job)) {
            at = &job->next;
            continue;
        }
        *at = next;
        job->next = NULL;
        if (!next)
            b->waiting_end = at;
    }
}

/* ---- one decode ---------------------------------------------------------- */

static size_t feed(struct sq_local_batch *b, struct sq_local_job *job,
                   size_t used, size_t most)
{
    size_t held = b->kv.sequences[job->sequence].n;
    size_t n = job->n - held < most ? job->n - held : most;
    for (size_t i = 0; i < n; i++)
        b->tokens[used + i] =
            (struct sq_llama_token){.token = job->tokens[held + i],
                                    .position = (int32_t)(held + i),
                                    .sequence = (int32_t)job->sequence};
    job->fed = n > 0 && held + n == job->n;
    if (job->fed) {
        job->fed_at = used + n - 1;
        b->tokens[job->fed_at].want = true;
    }
    return used + n;
}

/* The answers' next tokens, then as much of the prompts as there is room for.
 * How much must not depend on the time it takes: what is decoded together
 * changes the last digits of the logits. */
static size_t fill(struct sq_local_batch *b)
{
    size_t used = 0;
    for (size_t i = 0; i < b->kv.nwork; i++) {
        struct sq_local_job *job = b->live[i];
        if (!job)
            continue;
        job->fed = false;
        if (missing(b, job) == 1 && used < b->most)
            used = feed(b, job, used, 1);
    }
    for (size_t i = 0; i < b->kv.nwork && used < b->most; i++)
        if (b->live[i] && missing(b, b->live[i]) > 1)
            used = feed(b, b->live[i], used, b->most - used);
    return used;
}

/* The job that came last goes back to wait; one that is alone ends. */
static void put_back(struct sq_local_batch *b)
{
    struct sq_local_job *last = NULL;
    for (size_t i = 0; i < b->kv.nwork; i++)
        if (b->live[i] && (!last || b->live[i]->order > last->order))
            last = b->live[i];
    if (!last)
        return;
    if (b->nlive == 1 && !b->kv.dirty) {
        last->end = SQ_LOCAL_LENGTH;
        finish(b, last);
        return;
    }
    leave(b, last);
    b->counts.begun_anew++;
    last->next = b->waiting;
    b->waiting = last;
    if (!last->next)
        b->waiting_end = &last->next;
}

/* What was decoded is held now; the jobs whose last token it was go on. */
static void decoded(struct sq_local_batch *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sq_kv_put(&b->kv, (size_t)b->tokens[i].sequence, b->tokens[i].token);
    b->counts.decodes++;
    b->counts.computed += n;
    for (size_t i = 0; i < b->kv.nwork; i++) {
        struct sq_local_job *job = b->live[i];
        if (!job || !job->fed)
            continue;
        sq_local_job_draw(job, b->api, b->llama,
                          b->api->logits(b->llama, job->fed_at), b->context);
        if (job->end != SQ_LOCAL_GOES_ON)
            finish(b, job);
    }
}

enum sq_status sq_local_batch_step(struct sq_local_batch *b, struct sq_err *err)
{
    let_all_in(b);
    size_t n = fill(b);
    while (n > b->kv.nfree) {
        if (!sq_kv_evict(&b->kv))
            put_back(b);
        n = fill(b);
    }
    if (n == 0)
        return SQ_OK;
    switch (b->api->decode(b->llama, b->tokens, n)) {
    case SQ_LLAMA_DONE:
        decoded(b, n);
        return SQ_OK;
    case SQ_LLAMA_FULL: /* by its own count: less is tried next */
        if (!sq_kv_evict(&b->kv))
            put_back(b);
        return SQ_OK;
    case SQ_LLAMA_STOPPED:
        return SQ_OK;
    default:
        return sq_err_set(err, SQ_INTERNAL,
                          "libllama failed to decode %zu tokens (-vv shows "
                          "what it says)",
                          n);
    }
}

struct sq_local_job *sq_local_batch_done(struct sq_local_batch *b)
{
    struct sq_local_job *job = b->done;
    if (!job)
        return NULL;
    b->done = job->next;
    if (!b->done)
        b->done_end = &b->done;
    job->next = NULL;
    return job;
}

static void drop_of(struct sq_local_job **list, struct sq_local_job ***end,
                    const void *asker)
{
    struct sq_local_job **at = list;
    while (*at) {
        struct sq_local_job *job = *at;
        if (job->asker != asker) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        sq_local_job_free(job);
    }
    *end = at;
}

void sq_local_batch_drop(struct sq_local_batch *b, const void *asker)
{
    for (size_t i = 0; i < b->kv.nwork; i++) {
        struct sq_local_job *job = b->live[i];
        if (!job || job->asker != asker)
            continue;
        leave(b, job);
        sq_local_job_free(job);
    }
    drop_of(&b->waiting, &b->waiting_end, asker);
    drop_of(&b->done, &b->done_end, asker);
}

const struct sq_local_counts *
sq_local_batch_counts(const struct sq_local_batch *b)
{
    return &b->counts;
}
