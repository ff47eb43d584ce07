#ifndef SQ_RUN_ITEM_H
#define SQ_RUN_ITEM_H
/*
 * One (sample, epoch) on its way: the model's answer, then the judges', then
 * its scores. An item moves when one of its requests (an "ask") is answered, by
 * the store or by an engine.
 *
 * begin -> [model ask] -> arrived -> [judge asks] -> arrived... -> scored
 *
 * Puts happen inside the transaction that the caller holds.
 */
#include "run/session.h"

enum sq_ask_state {
    SQ_ASK_NEW,       /* nobody has tried to answer it */
    SQ_ASK_WAITING,   /* its engine is busy */
    SQ_ASK_IN_FLIGHT, /* with the engine, or among the arrivals */
    SQ_ASK_DONE
};

struct sq_ask {
    struct sq_item *item;
    const struct sq_judge_template *template_; /* NULL = the model is asked */
    size_t judge;  /* which of the session's, when one is */
    size_t repeat; /* it repeats the item's ask repeat - 1; 0 = it does not */
    int attempt;   /* from 0: tries of a judge that could not be read */
    struct sq_engine *engine;
    struct sq_request request;
    struct sq_hold hold; /* on the budget */
    char key[SQ_DIGEST_HEX];
    enum sq_ask_state state;
    struct sq_ask *next;  /* in the queue of those that wait for the engine, or
                             among the mates */
    struct sq_ask *mates; /* that its request answers, too; run/choices.h */
    bool shared;          /* another ask's request answered it */
};

struct sq_item {
    struct sq_session *session;
    struct sq_plan_sample *sample;  /* one reference */
    const struct sq_canary *canary; /* it is one: only judged; NULL = no */
    int epoch;
    struct sq_arena arena;
    struct sq_ask model;
    struct sq_response response;
    sq_str baseline;       /* the response to compare with; p NULL = none */
    enum sq_state state;   /* of the response, as in struct sq_score_input */
    const char *error;     /* in the arena */
    struct sq_ask *judges; /* one per judge and template that this suite asks,
                              the judges of a template side by side */
    struct sq_judged *judged; /* likewise */
    size_t njudges; /* the first nscored count, the others are repeats */
    size_t nscored;
    struct sq_ran *ran; /* programs that its rules want run */
    size_t nran;
    size_t waiting; /* asks not yet answered, programs not yet ended */
    struct sq_item *prev, *next; /* list of the items under way */
};

/* Makes the item of a job (taking its reference) and puts its sample. *out is
 * NULL when the store has its final scores already. Its model ask is NEW, or
 * DONE when nothing is to be asked (an empty query). */
enum sq_status sq_item_begin(struct sq_session *s,
                             const struct sq_plan_job *job,
                             struct sq_item **out,
                             struct sq_err *err) SQ_CHECKED;
void sq_item_free(struct sq_item *item);
/* What the model is asked about a sample, turn by turn, in the arena. */
const struct sq_message *sq_item_prompt(const struct sq_session *s,
                                        const struct sq_sample *sample,
                                        struct sq_arena *arena, size_t *n);
/* Makes the key of an ask from its request. */
void sq_ask_key(struct sq_ask *ask);

/* Answers the ask from the store when it can: then it has arrived (see
 * sq_session_arrive) and *found is set. Of a run that is scored again it takes
 * what the run has, an answer or none: then the ask may be DONE. */
enum sq_status sq_ask_from_store(struct sq_ask *ask, bool *found,
                                 struct sq_err *err) SQ_CHECKED;
/* May it be sent now? YES holds what it may take at most. A group that never
 * may parts, and its first ask is tried alone. */
enum sq_budget_answer sq_ask_afford(struct sq_ask *ask);
/* Stores what arrived, response and job. */
enum sq_status sq_ask_store(struct sq_arrival *a,
                            struct sq_err *err) SQ_CHECKED;
/* Hands the stored answer to its item. After the model's, the item's judge asks
 * are NEW (or there are none). */
void sq_ask_arrived(struct sq_arrival *a);
/* Ends an ask without an answer: the run stops. */
enum sq_status sq_ask_give_up(struct sq_ask *ask, const char *why,
                              struct sq_err *err) SQ_CHECKED;
/* The same where the budget is spent; its mates are handed back. */
enum sq_status sq_ask_go_without(struct sq_ask *ask,
                                 struct sq_err *err) SQ_CHECKED;
/* As sq_ask_give_up for all of an item's that are not done; each is missing. */
enum sq_status sq_item_give_up(struct sq_item *item, const char *why,
                               struct sq_err *err) SQ_CHECKED;
/* Scores an item whose asks are all done. */
enum sq_status sq_item_score(struct sq_item *item,
                             struct sq_err *err) SQ_CHECKED;

#endif
