#include "seqeval.h"

#include <stdlib.h>

#include "seqeval_program.h"

const char *sq_state_name(enum sq_state s)
{
    static const char *const names[] = {
#define X(id, name, text) name,
        SQ_STATE_LIST(X)
#undef X
    };
    return (size_t)s < SQ_STATE_COUNT ? names[s] : "?";
}

enum sq_state sq_state_from_name(sq_str name)
{
    for (int s = 0; s < SQ_STATE_COUNT; s++)
        if (sq_str_eq(name, sq_str_from(sq_state_name((enum sq_state)s))))
            return (enum sq_state)s;
    return SQ_STATE_COUNT;
}

bool sq_state_decided(enum sq_state s)
{
    return s == SQ_STATE_PASS || s == SQ_STATE_FAIL;
}

const char *sq_stop_name(enum sq_stop_reason s)
{
    static const char *const names[] = {
#define X(id, name) name,
        SQ_STOP_LIST(X)
#undef X
    };
    return (size_t)s < SQ_STOP_COUNT ? names[s] : "?";
}

static void release_one(struct sq_response *r)
{
    free(r->text);
    free(r->error);
    free(r->reasoning);
    free(r->finish_reason);
    free(r->server_model);
    free(r->fingerprint);
    free(r->raw);
}

void sq_response_release(struct sq_response *r)
{
    release_one(r);
    while (r->more) {
        struct sq_response *next = r->more;
        r->more = next->more;
        release_one(next);
        free(next);
    }
    *r = (struct sq_response)SQ_RESPONSE_INIT;
}

const char *sq_program_end_name(enum sq_program_end e)
{
    static const char *const names[] = {
#define X(id, name) name,
        SQ_PROGRAM_LIST(X)
#undef X
    };
    return names[e];
}
