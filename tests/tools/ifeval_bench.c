/*
 * ifeval_bench MS DATA RECORDING...: how long the checks of IFEval take on a
 * model's recorded responses, both graders: CPU time of the checks alone, the
 * least of five passes. DATA is input_data.jsonl; a RECORDING has `prompt` and
 * `response`. Exit 1 when one takes MS milliseconds or more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/records.h"
#include "ifeval/ifeval.h"

#define MAX_PROMPTS ((size_t)1000)
#define PASSES 5

struct prompt {
    sq_str text, response;
    struct sq_step *steps;
    size_t nsteps;
};

struct bench {
    struct sq_arena arena;
    struct sq_ifeval *rules;
    struct prompt prompts[MAX_PROMPTS];
    size_t nprompts, nresponses;
};

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

typedef enum sq_status take_fn(struct bench *b, const struct sq_json *record,
                               const char *where, struct sq_err *err);

static enum sq_status take_prompt(struct bench *b, const struct sq_json *record,
                                  const char *where, struct sq_err *err)
{
    struct prompt *p = &b->prompts[b->nprompts];
    const struct sq_json *id, *kwargs;
    enum sq_status st =
        sq_json_need_array(record, "instruction_id_list", where, &id, err);

    if (st == SQ_OK)
        st = sq_json_need_array(record, "kwargs", where, &kwargs, err);
    if (st != SQ_OK || b->nprompts == MAX_PROMPTS)
        return st;
    p->text =
        sq_arena_str(&b->arena, sq_json_str(sq_json_get(record, "prompt")));
    p->steps = sq_arena_array(&b->arena, sq_json_count(id), sizeof(*p->steps));
    kwargs = sq_json_first(kwargs);
    for (id = sq_json_first(id); id && kwargs && st == SQ_OK;
         id = sq_json_next(id), kwargs = sq_json_next(kwargs))
        st = sq_ifeval_step(b->rules, sq_json_str(id), kwargs, where, &b->arena,
                            &p->steps[p->nsteps++], err);
    b->nprompts++;
    return st;
}

static enum sq_status take_response(struct bench *b,
                                    const struct sq_json *record,
                                    const char *where, struct sq_err *err)
{
    sq_str prompt, response;
    enum sq_status st = sq_json_need_str(record, "prompt", where, &prompt, err);

    if (st == SQ_OK)
        st = sq_json_need_str(record, "response", where, &response, err);
    for (size_t i = 0; i < b->nprompts && st == SQ_OK; i++)
        if (sq_str_eq(b->prompts[i].text, prompt)) {
            b->prompts[i].response = sq_arena_str(&b->arena, response);
            b->nresponses++;
        }
    return st;
}

static enum sq_status read_all(struct bench *b, const char *path, take_fn *take,
                               struct sq_err *err)
{
    struct sq_records *r;
    struct sq_json *record;
    enum sq_status st = sq_records_open(&r, path, err);

    if (st != SQ_OK)
        return st;
    while ((st = sq_records_next(r, &record, err)) == SQ_OK && record) {
        st = take(b, record, sq_records_where(r), err);
        sq_json_free(record);
        if (st != SQ_OK)
            break;
    }
    sq_records_close(r);
    return st;
}

/* One pass over all responses; the number of verdicts. */
static size_t check_all(const struct bench *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->nprompts; i++) {
        const struct prompt *p = &b->prompts[i];
        struct sq_check_text text = {p->response, false, NULL};

        for (size_t k = 0; k < 2 * p->nsteps && p->response.p; k++, n++) {
            const struct sq_rule *rule = &p->steps[k / 2].rules[k % 2];
            struct sq_finding found = {0};

            rule->check->run(rule->args, text, &found);
        }
    }
    return n;
}

static int measure(struct bench *b, const char *path, double most)
{
    double best = 1e9;
    size_t n = 0;
    struct sq_err err = {0};

    b->nresponses = 0;
    for (size_t i = 0; i < b->nprompts; i++)
        b->prompts[i].response = (sq_str){NULL, 0};
    if (read_all(b, path, take_response, &err) != SQ_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    for (int i = 0; i < PASSES; i++) {
        double from = now_ms();

        n = check_all(b);
        if (now_ms() - from < best)
            best = now_ms() - from;
    }
    printf("ifeval: %zu responses, %zu verdicts in %.0f ms: %s\n",
           b->nresponses, n, best, path);
    return n == 0 || best >= most;
}

int main(int argc, char **argv)
{
    static struct bench b;
    struct sq_err err = {0};
    int bad = 0;

    if (argc < 4)
        return 2;
    if (sq_ifeval_open(&b.rules, false, &b.arena, &err) != SQ_OK ||
        read_all(&b, argv[2], take_prompt, &err) != SQ_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    for (int i = 3; i < argc; i++)
        bad += measure(&b, argv[i], strtod(argv[1], NULL));
    sq_arena_release(&b.arena);
    return bad > 0;
}
