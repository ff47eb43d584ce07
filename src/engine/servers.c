#include "engine/servers.h"

#define FIRST_MS 1000
#define LONGEST_MS 60000

bool sq_server_aside(const struct sq_server *s)
{
    return s->fails >= SQ_SERVER_FAILS;
}

/* a before b? */
static bool better(const struct sq_server *a, const struct sq_server *b,
                   const struct sq_server *avoid)
{
    if (!b)
        return true;
    if ((a == avoid) != (b == avoid))
        return b == avoid;
    if (a->on_wire != b->on_wire)
        return a->on_wire < b->on_wire;
    return a->sent < b->sent;
}

struct sq_server *sq_servers_pick(struct sq_server *v, size_t n,
                                  const struct sq_server *avoid, int64_t now,
                                  int64_t *at)
{
    struct sq_server *best = NULL, *least_bad = NULL;
    size_t aside = 0;
    *at = 0;
    for (size_t i = 0; i < n; i++) {
        struct sq_server *s = &v[i];
        int64_t ready = s->window.rest_until;
        bool room = sq_window_room(&s->window, s->on_wire, ready);
        bool ill = n > 1 && sq_server_aside(s);
        aside += ill;
        if (ill && s->on_wire > 0) /* one tries it */
            room = false;
        if (!room)
            continue;
        if (ill && now >= ready &&
            (!least_bad || s->aside_until < least_bad->aside_until))
            least_bad = s;
        if (ill && s->aside_until > ready)
            ready = s->aside_until;
        if (ready <= now) {
            if (better(s, best, avoid))
                best = s;
        } else if (*at == 0 || ready < *at) {
            *at = ready;
        }
    }
    return best ? best : aside == n ? least_bad : NULL;
}

bool sq_server_well(struct sq_server *s)
{
    bool was = sq_server_aside(s);
    s->fails = 0;
    s->aside_ms = 0;
    return was;
}

bool sq_server_failed(struct sq_server *s, int64_t now)
{
    s->failed++;
    /* What was sent before it was set aside says nothing new. */
    if (++s->fails < SQ_SERVER_FAILS || now < s->aside_until)
        return false;
    s->aside_ms = s->aside_ms ? 2 * s->aside_ms : FIRST_MS;
    if (s->aside_ms > LONGEST_MS)
        s->aside_ms = LONGEST_MS;
    s->aside_until = now + s->aside_ms;
    s->asides++;
    return true;
}
