#include "engine/backoff.h"
#include <math.h>

/* The first row that fits decides. */
static const struct sq_retry_rule rules[] = {
    {SQ_HTTP_OK, 200, 299, false, 0, 0, false, "answered"},
    {SQ_HTTP_OK, 408, 409, true, 500, 30000, false,
     "request timeout or conflict"},
    {SQ_HTTP_OK, 425, 425, true, 500, 30000, false, "too early"},
    {SQ_HTTP_OK, 429, 429, true, 1000, 60000, true, "rate limit"},
    {SQ_HTTP_OK, 503, 503, true, 500, 30000, true, "server overloaded"},
    {SQ_HTTP_OK, 529, 529, true, 500, 30000, true, "server overloaded"},
    {SQ_HTTP_OK, 500, 599, true, 500, 30000, false, "server error"},
    {SQ_HTTP_OK, 0, 999, false, 0, 0, false, "refused by the server"},
    {SQ_HTTP_CONNECT, 0, 999, true, 500, 15000, false, "no connection"},
    {SQ_HTTP_TIMEOUT, 0, 999, true, 500, 15000, true, "timeout"},
    {SQ_HTTP_CUT, 0, 999, true, 250, 15000, false, "cut or malformed answer"},
    {SQ_HTTP_TOO_BIG, 0, 999, false, 0, 0, false, "answer too big"},
    {SQ_HTTP_TLS, 0, 999, false, 0, 0, false, "certificate refused"},
};

static const struct sq_retry_rule other = {
    SQ_HTTP_OTHER, 0, 999, false, 0, 0, false, "transfer failed"};

const struct sq_retry_rule *sq_retry_rule(enum sq_http_fault fault, int status)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const struct sq_retry_rule *r = &rules[i];
        if (r->fault != fault)
            continue;
        if (fault != SQ_HTTP_OK || (status >= r->from && status <= r->to))
            return r;
    }
    return &other;
}

int64_t sq_retry_delay_ms(const struct sq_retry_rule *rule, int attempt,
                          int64_t retry_after_ms, struct sq_rng *rng)
{
    double unit = sq_rng_unit(rng);
    if (retry_after_ms >= 0) {
        int64_t ms = retry_after_ms < SQ_RETRY_AFTER_CAP_MS
                         ? retry_after_ms
                         : SQ_RETRY_AFTER_CAP_MS;
        return ms + (int64_t)((double)ms * 0.1 * unit);
    }
    int64_t ceiling = rule->base_ms;
    for (int i = 1; i < attempt && ceiling < rule->cap_ms; i++)
        ceiling *= 2;
    if (ceiling > rule->cap_ms)
        ceiling = rule->cap_ms;
    return (int64_t)((double)ceiling * unit);
}

/* Longest first where one is the beginning of another. */
static const struct {
    sq_str name;
    double ms;
} units[] = {
    {{"ms", 2}, 1},    {{"us", 2}, 0.001},  {{"s", 1}, 1000},
    {{"m", 1}, 60000}, {{"h", 1}, 3600000}, {{"d", 1}, 86400000},
};

static double take_unit(sq_str *s)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (!sq_str_starts(*s, units[i].name))
            continue;
        *s = sq_str_sub(*s, units[i].name.n, s->n);
        return units[i].ms;
    }
    return -1;
}

int64_t sq_duration_ms(sq_str s)
{
    const double most = 1e12; /* some thirty years: the rest is no duration */
    double total = 0;
    bool first = true;
    s = sq_str_trim(s);
    if (s.n == 0)
        return -1;
    while (s.n > 0) {
        size_t digits = 0;
        while (digits < s.n && ((s.p[digits] >= '0' && s.p[digits] <= '9') ||
                                s.p[digits] == '.'))
            digits++;
        double value;
        if (!sq_str_to_num(sq_str_sub(s, 0, digits), &value))
            return -1;
        bool plain = first && digits == s.n;
        first = false;
        s = sq_str_sub(s, digits, s.n);
        double unit = plain ? 1000 : take_unit(&s);
        if (unit < 0)
            return -1;
        total += value * unit;
        if (!(total <= most))
            return -1;
    }
    return (int64_t)ceil(total);
}

void sq_retry_hint_init(struct sq_retry_hint *hint)
{
    hint->after_ms = -1;
    hint->requests.reset_ms = hint->tokens.reset_ms = -1;
    hint->requests.remaining = hint->tokens.remaining = -1;
}

void sq_retry_hint_line(struct sq_retry_hint *hint, sq_str line)
{
    size_t colon = sq_str_find(line, SQ_STR(":"), 0);
    if (colon == SIZE_MAX)
        return;
    sq_str name = sq_str_trim(sq_str_sub(line, 0, colon));
    sq_str value = sq_str_trim(sq_str_sub(line, colon + 1, line.n));
    double ms;
    if (sq_str_eq_nocase(name, SQ_STR("retry-after-ms"))) {
        if (sq_str_to_num(value, &ms) && ms >= 0 && ms < 1e12)
            hint->after_ms = (int64_t)ceil(ms);
    } else if (sq_str_eq_nocase(name, SQ_STR("retry-after"))) {
        if (sq_str_to_num(value, &ms) && ms >= 0 && hint->after_ms < 0)
            hint->after_ms = (int64_t)ceil((ms < 1e9 ? ms : 1e9) * 1000);
    } else if (sq_str_eq_nocase(name, SQ_STR("x-ratelimit-reset-requests"))) {
        hint->requests.reset_ms = sq_duration_ms(value);
    } else if (sq_str_eq_nocase(name, SQ_STR("x-ratelimit-reset-tokens"))) {
        hint->tokens.reset_ms = sq_duration_ms(value);
    } else if (sq_str_eq_nocase(name,
                                SQ_STR("x-ratelimit-remaining-requests"))) {
        (void)sq_str_to_int(value, &hint->requests.remaining);
    } else if (sq_str_eq_nocase(name, SQ_STR("x-ratelimit-remaining-tokens"))) {
        (void)sq_str_to_int(value, &hint->tokens.remaining);
    }
}

int64_t sq_retry_hint_ms(const struct sq_retry_hint *hint)
{
    if (hint->after_ms >= 0)
        return hint->after_ms;
    int64_t ms = -1;
    if (hint->requests.remaining <= 0)
        ms = hint->requests.reset_ms;
    if (hint->tokens.remaining <= 0 && hint->tokens.reset_ms > ms)
        ms = hint->tokens.reset_ms;
    return ms;
}

int64_t sq_retry_hint_rest_ms(const struct sq_retry_hint *hint)
{
    int64_t ms = -1;
    if (hint->requests.remaining == 0)
        ms = hint->requests.reset_ms;
    if (hint->tokens.remaining == 0 && hint->tokens.reset_ms > ms)
        ms = hint->tokens.reset_ms;
    return ms < SQ_RETRY_AFTER_CAP_MS ? ms : SQ_RETRY_AFTER_CAP_MS;
}
