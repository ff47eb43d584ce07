#include "run/choices.h"

#include <stdlib.h>

#include "base/log.h"

bool sq_choices_full(const struct sq_ask *group)
{
    return group->request.choices >= group->item->session->num_choices;
}

bool sq_choices_join(struct sq_ask *group, struct sq_ask *ask)
{
    if (!group || group->item->sample != ask->item->sample ||
        sq_choices_full(group))
        return false;
    struct sq_ask **end = &group->mates;
    while (*end)
        end = &(*end)->next;
    *end = ask;
    ask->next = NULL;
    ask->state = SQ_ASK_WAITING;
    group->request.choices++;
    return true;
}

/* Mates that have no answer, to be sent alone, in their order. */
static void hand_back(struct sq_session *s, struct sq_ask *mates)
{
    struct sq_ask **end = &s->parted;
    while (*end)
        end = &(*end)->next;
    *end = mates;
}

void sq_choices_part(struct sq_ask *group)
{
    hand_back(group->item->session, group->mates);
    group->mates = NULL;
    group->request.choices = 1;
}

struct sq_ask *sq_choices_parted(struct sq_session *s)
{
    struct sq_ask *ask = s->parted;
    if (ask)
        s->parted = ask->next;
    return ask;
}

/* An error was accounted for when its try failed; one whose hold still stands
 * was never sent. */
static void settle(struct sq_ask *ask, const struct sq_response *r)
{
    struct sq_tokens used = {0, 0, 0};
    if (r->stop != SQ_STOP_ERROR)
        used = sq_budget_used(r);
    sq_budget_settle(ask->item->session->budget, &ask->hold, used);
}

/* What a mate gets: the next answer, or the error of all; false when neither is
 * there. */
static bool take_answer(struct sq_response **more, const char *error,
                        struct sq_response *out)
{
    struct sq_response *next = *more;
    *out = (struct sq_response)SQ_RESPONSE_INIT;
    if (next) {
        *out = *next;
        *more = next->more;
        out->more = NULL;
        free(next);
    } else if (error) {
        out->stop = SQ_STOP_ERROR;
        out->error = sq_xstrdup(error);
    }
    return next || error;
}

static void too_few(struct sq_session *s, int came, int wanted)
{
    if (s->num_choices > 1)
        sq_log(s->options->log, SQ_LOG_WARN,
               "%d of %d choices came that --num-choices asked for: from now "
               "on each response has a request of its own",
               came, wanted);
    s->num_choices = 1;
}

void sq_choices_arrive(struct sq_session *s, struct sq_ask *ask,
                       struct sq_response *response)
{
    struct sq_ask *mates = ask->mates;
    struct sq_response *more = response->more, one;
    char *error = response->error ? sq_xstrdup(response->error) : NULL;
    int came = 1, wanted = ask->request.choices;
    settle(ask, response);
    ask->mates = NULL;
    response->more = NULL;
    sq_session_arrive(s, ask, response, 0);
    for (; mates && take_answer(&more, error, &one); came++) {
        struct sq_ask *mate = mates;
        mates = mate->next;
        mate->shared = true;
        mate->state = SQ_ASK_IN_FLIGHT;
        sq_session_arrive(s, mate, &one, 0);
    }
    if (mates)
        too_few(s, came, wanted);
    hand_back(s, mates);
    free(error);
}
