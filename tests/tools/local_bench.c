/* How fast the local engine goes on with texts that begin alike: one at a time
 * and several, with the prompts' tokens that were not computed again against
 * what can be told from the prompts alone.
 *
 *   local_bench FILE [TEXTS [TOKENS [CHARACTERS]]]
 *
 * TEXTS (8) answers of TOKENS (64) tokens each, behind a common beginning of
 * CHARACTERS (900, about 200 tokens).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "engine/local.h"
#include "engine/local_prompt.h"

enum { MOST = 64 };

struct bench {
    struct sq_local_shared shared;
    const char *file;
    size_t texts;
    long long tokens;
    struct sq_message messages[MOST];
    struct sq_request requests[MOST];
    char *contents[MOST];
    size_t done, cached, answered;
};

static void on_done(void *ctx, const struct sq_request *request,
                    struct sq_response *r)
{
    struct bench *b = ctx;
    (void)request;
    b->done++;
    b->cached += r->cached_tokens > 0 ? (size_t)r->cached_tokens : 0;
    b->answered += r->completion_tokens > 0 ? (size_t)r->completion_tokens : 0;
    sq_response_release(r);
}

static void make_requests(struct bench *b, size_t characters)
{
    static const char *const words[] = {"stone",  "river",  "seven", "blue",
                                        "letter", "garden", "night"};
    for (size_t i = 0; i < b->texts; i++) {
        struct sq_buf text;
        sq_buf_init(&text, SQ_MAX_PROMPT);
        for (size_t k = 0; text.n < characters; k++)
            sq_buf_addf(&text, "%s ", words[(k * k + k / 3) % 7]);
        sq_buf_addf(&text, "\n%c: question %zu\n", (int)('A' + i % 26), i * 37);
        b->contents[i] = sq_buf_take(&text);
        sq_buf_release(&text);
        b->messages[i] = (struct sq_message){
            .role = "user", .content = sq_str_from(b->contents[i])};
        b->requests[i] =
            (struct sq_request){.messages = &b->messages[i],
                                .nmessages = 1,
                                .sampling = {NAN, NAN, b->tokens, -1},
                                .epoch = 1};
    }
}

/* Tokens that each prompt has in common with one before it. */
static enum sq_status predict(struct bench *b, struct sq_local_model *m,
                              size_t *out, struct sq_err *err)
{
    struct sq_local_prompting p;
    int32_t *tokens[MOST] = {NULL};
    size_t n[MOST] = {0};
    enum sq_status st =
        sq_local_prompting_init(&p, m->api, m->llama, NULL, true, err);
    *out = 0;
    for (size_t i = 0; i < b->texts && st == SQ_OK; i++) {
        size_t most = 0;
        st = sq_local_prompt(&p, &b->requests[i], &tokens[i], &n[i], err);
        for (size_t k = 0; k < i && st == SQ_OK; k++) {
            size_t c = sq_kv_common(tokens[i], n[i], tokens[k], n[k]);
            most = c > most ? c : most;
        }
        *out += most;
    }
    for (size_t i = 0; i < b->texts; i++)
        free(tokens[i]);
    sq_local_prompting_release(&p);
    return st;
}

/* How fast it went: by the clock, and by the processors' time, which other
 * programs disturb less. */
struct speed {
    double wall, cpu; /* tokens a second */
};

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Answers all, `parallel` at a time; the model is loaded for this alone. */
static enum sq_status measure(struct bench *b, long long parallel,
                              struct speed *speed, struct sq_err *err)
{
    struct sq_engine_config config = {.model = sq_str_from(b->file),
                                      .concurrency = parallel,
                                      .completions = true,
                                      .local = &b->shared,
                                      .done = on_done,
                                      .ctx = b};
    struct sq_engine *e = NULL;
    enum sq_status st = sq_engine_local.open(&e, &config, err);
    if (st != SQ_OK)
        return st;
    size_t predicted = 0, sent = 0;
    st = predict(b, b->shared.models, &predicted, err);
    b->done = b->cached = b->answered = 0;
    int64_t begun = sq_clock_us();
    double cpu = cpu_seconds();
    while (st == SQ_OK && b->done < b->texts) {
        while (sent < b->texts && !e->full && st == SQ_OK)
            st = e->ops->submit(e, &b->requests[sent++], err);
        if (st == SQ_OK)
            st = e->ops->step(e, 0, err);
    }
    double seconds = (double)(sq_clock_us() - begun) / 1e6;
    cpu = cpu_seconds() - cpu;
    speed->wall = (double)b->answered / seconds;
    speed->cpu = (double)b->answered / cpu;
    const struct sq_local_model *m = b->shared.models;
    printf("%2lld at a time: %7.1f tokens/s, %7.1f per second of CPU time (%zu "
           "tokens, %.2f s, %.2f s of CPU, %d thread%s); "
           "prompt tokens not computed again: %zu, predicted %zu%s\n",
           parallel, speed->wall, speed->cpu, b->answered, seconds, cpu,
           m->room.threads, m->room.threads == 1 ? "" : "s", b->cached,
           predicted, b->cached == predicted ? "" : " - NOT EQUAL");
    e->ops->close(e);
    return st;
}

int main(int argc, char **argv)
{
    struct bench b = {.texts = 8, .tokens = 64};
    struct sq_err err = {0};
    long long texts = 8, characters = 900;
    struct speed one = {0}, all = {0};
    if (argc > 2)
        sq_str_to_int(sq_str_from(argv[2]), &texts);
    if (argc > 3)
        sq_str_to_int(sq_str_from(argv[3]), &b.tokens);
    if (argc > 4)
        sq_str_to_int(sq_str_from(argv[4]), &characters);
    if (argc < 2 || texts < 1 || texts > MOST || characters < 1) {
        fputs("usage: local_bench FILE [TEXTS [TOKENS [CHARACTERS]]]\n",
              stderr);
        return 2;
    }
    b.file = argv[1];
    b.texts = (size_t)texts;
    make_requests(&b, (size_t)characters);
    enum sq_status st = measure(&b, 1, &one, &err);
    if (st == SQ_OK)
        st = measure(&b, texts, &all, &err);
    if (st == SQ_OK)
        printf("ratio: %.2f, by CPU time %.2f\n", all.wall / one.wall,
               all.cpu / one.cpu);
    else
        fprintf(stderr, "local_bench: %s\n", err.msg);
    for (size_t i = 0; i < b.texts; i++)
        free(b.contents[i]);
    return st == SQ_OK ? 0 : 1;
}
