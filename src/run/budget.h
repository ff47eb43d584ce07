#ifndef SQ_RUN_BUDGET_H
#define SQ_RUN_BUDGET_H
/*
 * Budgets: what a run may spend, has spent, and may still owe for what is in
 * flight. Pure: no clock, no request, only numbers.
 *
 * A try of a request is sent only when what was spent + what is held for those
 * in flight + the most that this one can take stays within every limit, so no
 * order of answers and no number of requests in flight leads beyond one. Its
 * hold is then replaced by what the server says it took, or stands as spent
 * where nobody says.
 *
 *   take -> [failed, which may take again]... -> settle
 *
 * The most that a request can take (sq_budget_most) is one token for each byte
 * of its messages (no tokenizer makes more of them than bytes), an allowance
 * for the marks of the server's chat template and for each image, and its
 * max_tokens for each answer that it wants. A server
 * that exceeds max_tokens, or adds a long prompt of its own, is beyond this:
 * what it reports counts, once it is known.
 *
 * Limits cover model and judge together and one call of the program: what an
 * earlier one spent on the same run is not counted.
 */
#include "run/price.h"
#include "seqeval.h"

#define SQ_JUDGES_MAX 8 /* judges of one run */

/* Who is asked: the model, or judge k at SQ_ASKED_JUDGE + k. */
enum sq_asked {
    SQ_ASKED_MODEL,
    SQ_ASKED_JUDGE,
    SQ_ASKED_COUNT = SQ_ASKED_JUDGE + SQ_JUDGES_MAX
};

enum sq_budget_limit {
    SQ_BUDGET_NONE,
    SQ_BUDGET_REQUESTS,
    SQ_BUDGET_TOKENS,
    SQ_BUDGET_COST,
    SQ_BUDGET_WALL
};

/* -1 or NAN = no limit. */
struct sq_budget_limits {
    long long requests, tokens;
    double cost, wall_s;
};

struct sq_budget {
    struct sq_budget_limits limits;
    struct sq_price prices[SQ_ASKED_COUNT];
    int64_t begun_ms;
    long long requests; /* sent, retries included */
    struct sq_tokens spent[SQ_ASKED_COUNT], held[SQ_ASKED_COUNT];
    enum sq_budget_limit over; /* the limit that said no; NONE = none did */
};

/* What one request may take. Zero but for asked and most. */
struct sq_hold {
    enum sq_asked asked;
    struct sq_tokens most;
    bool taken;
};

/* The times that the others take are of the same clock as begun_ms. */
void sq_budget_init(struct sq_budget *b, const struct sq_budget_limits *limits,
                    int64_t begun_ms);
/* Is there a limit that needs to know the most a request can take? */
bool sq_budget_needs_most(const struct sq_budget_limits *limits);
struct sq_tokens sq_budget_most(const struct sq_request *r);
/* What a request took, by its answers; -1 = not told. */
struct sq_tokens sq_budget_used(const struct sq_response *r);

enum sq_budget_answer {
    SQ_BUDGET_YES,  /* held: send it */
    SQ_BUDGET_WAIT, /* not before something in flight is settled */
    SQ_BUDGET_NO    /* never; b->over says why */
};
/* May a try be sent at at_ms? */
enum sq_budget_answer sq_budget_take(struct sq_budget *b, struct sq_hold *h,
                                     int64_t at_ms);
/* A try failed; paid: it may have cost all that was held. Gives up the hold
 * and, when it is to be tried again at again_ms (-1 = not), takes a new one;
 * false when it may not be sent then. */
bool sq_budget_failed(struct sq_budget *b, struct sq_hold *h, bool paid,
                      int64_t again_ms);
/* What was held took this much; -1 = not told: the most. A hold that is not
 * taken stays as it is. */
void sq_budget_settle(struct sq_budget *b, struct sq_hold *h,
                      struct sq_tokens used);

/* Of both roles. Cost: USD, NAN when a role that took tokens has no price. */
long long sq_budget_tokens(const struct sq_budget *b);
double sq_budget_cost(const struct sq_budget *b);
/* "--max-cost 0.5"; "" for NONE. */
void sq_budget_name(const struct sq_budget *b, struct sq_buf *out);
/* "100 requests, 12345 tokens, $0.0123" */
void sq_budget_spent(const struct sq_budget *b, struct sq_buf *out);

#endif
