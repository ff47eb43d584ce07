#include "run/budget.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"

/* For the marks of a chat template: around each message, and once. */
#define PER_MESSAGE 16
#define PER_REQUEST 128
/* More than the servers known to us count for the largest. */
#define PER_IMAGE 50000

void sq_budget_init(struct sq_budget *b, const struct sq_budget_limits *limits,
                    int64_t begun_ms)
{
    *b = (struct sq_budget){.limits = *limits, .begun_ms = begun_ms};
    for (int i = 0; i < SQ_ASKED_COUNT; i++)
        b->prices[i] = (struct sq_price){NAN, NAN, 0};
}

bool sq_budget_needs_most(const struct sq_budget_limits *limits)
{
    return limits->tokens >= 0 || !isnan(limits->cost);
}

struct sq_tokens sq_budget_most(const struct sq_request *r)
{
    struct sq_tokens most = {.input = PER_REQUEST};
    for (size_t i = 0; i < r->nmessages; i++)
        most.input += PER_MESSAGE + (long long)strlen(r->messages[i].role) +
                      (long long)r->messages[i].content.n +
                      PER_IMAGE * (long long)r->messages[i].nimages;
    if (r->sampling.max_tokens > 0)
        most.output =
            r->sampling.max_tokens * (r->choices > 1 ? r->choices : 1);
    return most;
}

/* -1 as soon as one is not told. */
static long long sum(long long a, long long b)
{
    return a < 0 || b < 0 ? -1 : a + b;
}

struct sq_tokens sq_budget_used(const struct sq_response *r)
{
    struct sq_tokens used = {0, 0, 0};
    for (; r; r = r->more) {
        used.input = sum(used.input, r->prompt_tokens);
        used.output = sum(used.output, r->completion_tokens);
        used.cached = sum(used.cached, r->cached_tokens);
    }
    return used;
}

/* ---- sums ---------------------------------------------------------------- */

static void add(struct sq_tokens *to, struct sq_tokens n, int sign)
{
    to->input += sign * n.input;
    to->output += sign * n.output;
    to->cached += sign * n.cached;
}

static double cost_of(const struct sq_budget *b, const struct sq_tokens *t)
{
    double cost = 0;
    for (int i = 0; i < SQ_ASKED_COUNT; i++)
        if (t[i].input || t[i].output)
            cost += sq_price_cost(b->prices[i], t[i]);
    return cost;
}

static long long tokens_of(const struct sq_tokens *t)
{
    long long n = 0;
    for (int i = 0; i < SQ_ASKED_COUNT; i++)
        n += t[i].input + t[i].output;
    return n;
}

/* The limit that spent (and held) and h together exceed. */
static enum sq_budget_limit exceeded(const struct sq_budget *b,
                                     const struct sq_hold *h, bool with_held)
{
    struct sq_tokens sum[SQ_ASKED_COUNT];
    memcpy(sum, b->spent, sizeof sum);
    for (int i = 0; i < SQ_ASKED_COUNT && with_held; i++)
        add(&sum[i], b->held[i], 1);
    add(&sum[h->asked], h->most, 1);
    if (b->limits.tokens >= 0 && tokens_of(sum) > b->limits.tokens)
        return SQ_BUDGET_TOKENS;
    /* A cost that is not known is not within a limit. */
    if (!isnan(b->limits.cost) && !(cost_of(b, sum) <= b->limits.cost))
        return SQ_BUDGET_COST;
    return SQ_BUDGET_NONE;
}

/* ---- taking and settling ------------------------------------------------- */

/* *over is set with NO. */
static enum sq_budget_answer take(struct sq_budget *b, struct sq_hold *h,
                                  int64_t at_ms, enum sq_budget_limit *over)
{
    double seconds = (double)(at_ms - b->begun_ms) / 1000;
    *over = exceeded(b, h, false);
    if (!isnan(b->limits.wall_s) && seconds >= b->limits.wall_s)
        *over = SQ_BUDGET_WALL;
    if (b->limits.requests >= 0 && b->requests >= b->limits.requests)
        *over = SQ_BUDGET_REQUESTS;
    if (*over != SQ_BUDGET_NONE)
        return SQ_BUDGET_NO;
    if (exceeded(b, h, true) != SQ_BUDGET_NONE)
        return SQ_BUDGET_WAIT;
    b->requests++;
    add(&b->held[h->asked], h->most, 1);
    h->taken = true;
    return SQ_BUDGET_YES;
}

enum sq_budget_answer sq_budget_take(struct sq_budget *b, struct sq_hold *h,
                                     int64_t at_ms)
{
    enum sq_budget_limit over;
    enum sq_budget_answer answer = take(b, h, at_ms, &over);
    if (answer == SQ_BUDGET_NO)
        b->over = over;
    return answer;
}

void sq_budget_settle(struct sq_budget *b, struct sq_hold *h,
                      struct sq_tokens used)
{
    if (!h->taken)
        return;
    h->taken = false;
    if (used.input < 0)
        used.input = h->most.input;
    if (used.output < 0)
        used.output = h->most.output;
    if (used.cached < 0)
        used.cached = 0;
    add(&b->held[h->asked], h->most, -1);
    add(&b->spent[h->asked], used, 1);
}

bool sq_budget_failed(struct sq_budget *b, struct sq_hold *h, bool paid,
                      int64_t again_ms)
{
    sq_budget_settle(b, h, paid ? h->most : (struct sq_tokens){0});
    enum sq_budget_limit over;
    if (again_ms < 0)
        return false;
    enum sq_budget_answer answer = take(b, h, again_ms, &over);
    /* A try that would come too late does not say that it is late now. */
    if (answer == SQ_BUDGET_NO && over != SQ_BUDGET_WALL)
        b->over = over;
    return answer == SQ_BUDGET_YES;
}

/* ---- for people ---------------------------------------------------------- */

long long sq_budget_tokens(const struct sq_budget *b)
{
    return tokens_of(b->spent);
}

double sq_budget_cost(const struct sq_budget *b)
{
    return cost_of(b, b->spent);
}

void sq_budget_name(const struct sq_budget *b, struct sq_buf *out)
{
    switch (b->over) {
    case SQ_BUDGET_REQUESTS:
        sq_buf_addf(out, "--max-requests %lld", b->limits.requests);
        break;
    case SQ_BUDGET_TOKENS:
        sq_buf_addf(out, "--max-tokens-total %lld", b->limits.tokens);
        break;
    case SQ_BUDGET_COST:
        sq_buf_addf(out, "--max-cost %g", b->limits.cost);
        break;
    case SQ_BUDGET_WALL:
        sq_buf_addf(out, "--max-wall %g", b->limits.wall_s);
        break;
    case SQ_BUDGET_NONE:
        break;
    }
}

void sq_budget_spent(const struct sq_budget *b, struct sq_buf *out)
{
    double cost = sq_budget_cost(b);
    sq_buf_addf(out, "%lld requests, %lld tokens", b->requests,
                sq_budget_tokens(b));
    bool priced = false;
    for (int i = 0; i < SQ_ASKED_COUNT; i++)
        priced = priced || sq_price_known(b->prices[i]);
    if (!isnan(cost) && priced)
        sq_buf_addf(out, ", $%.4f", cost);
}
