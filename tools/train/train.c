/*
 * Makes the two tiny models of benchmarks/chain/models, each from nothing:
 *
 *     train_chain --backends DIR --out FILE single|sequential
 *     train_chain --backends DIR --check FILE
 *
 * The loss curve goes to stdout. At the end, or of a FILE at once: how the file
 * does on chains of the test split, by length, and whether libllama finds the
 * same loss in it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/mem.h"
#include "base/opt.h"
#include "check.h"
#include "model.h"

/* The same for both models. */
static const struct sq_model_shape model_shape = {
    .layers = 4, .heads = 4, .width = 128, .hidden = 384};
#define TOKENS 3000000
#define RATE 2e-3
#define WARM_UP 100.0  /* steps */
#define LAST_RATE 0.02 /* of RATE */

/* Chains that are learnt from until `until` of all tokens. */
struct stage {
    double until;
    const char *params;
    struct sq_corpus_shape batch;
};

/* What one of them learns from; batches have about a thousand places. The
 * longest chains of a stage just fit a row. */
static const struct recipe {
    const char *name, *title;
    struct stage stages[SQ_MODEL_SHAPES];
    size_t nstages;
} recipes[] = {
    {"single",
     "seqeval tiny, one-step instructions",
     {{1, "family=tiny,split=train,steps=1,seed=1", {8, 128, 320}}},
     1},
    {"sequential",
     "seqeval tiny, one- to four-step instructions",
     {{0.14, "family=tiny,split=train,steps=1,seed=1", {8, 128, 320}},
      {0.33, "family=tiny,split=train,steps=1-2,seed=2", {8, 128, 320}},
      {0.58, "family=tiny,split=train,steps=1-3,seed=3", {5, 192, 320}},
      {1, "family=tiny,split=train,steps=1-4,seed=4", {4, 248, 320}}},
     4},
};

#define LONGEST 6
#define TEST_PARAMS "family=tiny,split=test,steps=1-6,seed=1"
static const struct sq_corpus_shape look_shape = {2, SQ_CORPUS_LONGEST, 512};

struct job {
    const char *backends, *out, *check;
    long long tokens, seed, samples;
};

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Rises over the first steps, then falls as half a cosine does. */
static double rate_at(double step, double share)
{
    double pi = acos(-1);
    double warm = step < WARM_UP ? step / WARM_UP : 1;
    return RATE * warm *
           (LAST_RATE + (1 - LAST_RATE) * (1 + cos(pi * share)) / 2);
}

/* How it goes since the last line of the curve. */
struct curve {
    long long budget;
    size_t tokens, samples, answers;
    long long steps, shown;
    double loss;
};

static double done(const struct curve *c)
{
    return (double)c->tokens / (double)c->budget;
}

static void show(struct curve *c)
{
    if ((long long)c->tokens * 50 / c->budget == c->shown)
        return;
    c->shown = (long long)c->tokens * 50 / c->budget;
    printf("%10zu %10zu %8lld %9.4f %8.0f\n", c->tokens, c->samples, c->steps,
           c->loss / (double)c->answers, cpu_seconds());
    fflush(stdout);
    c->loss = 0;
    c->answers = 0;
}

static enum sq_status learn(struct sq_model *m, const struct recipe *recipe,
                            long long budget, struct sq_err *err)
{
    struct curve c = {.budget = budget};
    enum sq_status st = SQ_OK;
    printf("%10s %10s %8s %9s %8s\n", "tokens", "samples", "steps", "loss",
           "CPU s");
    for (size_t i = 0; st == SQ_OK && i < recipe->nstages; i++) {
        const struct stage *s = &recipe->stages[i];
        struct sq_corpus_stream stream = {.end = SIZE_MAX};
        struct sq_corpus_batch b;
        sq_corpus_batch_init(&b, s->batch);
        st = sq_chain_params_parse(sq_str_from(s->params), &stream.params, err);
        while (st == SQ_OK && done(&c) < s->until &&
               sq_corpus_batch_fill(&b, &stream)) {
            c.loss +=
                sq_model_learn(m, &b, rate_at((double)++c.steps, done(&c)));
            c.answers += b.nanswers;
            c.tokens += b.ntokens;
            c.samples += b.nlines;
            show(&c);
        }
        sq_corpus_batch_release(&b);
    }
    return st;
}

/* Loss over chains [0, end) of p, and by length how many answers would be given
 * without one wrong token. */
static double look(struct sq_model *m, const struct sq_chain_params *p,
                   size_t end)
{
    struct sq_corpus_batch b;
    int32_t *guess = sq_xcalloc(look_shape.answers, sizeof *guess);
    size_t right[LONGEST + 1] = {0};
    size_t all[LONGEST + 1] = {0};
    struct sq_corpus_stream stream = {.params = *p, .end = end};
    size_t tokens = 0;
    double loss = 0;
    sq_corpus_batch_init(&b, look_shape);
    while (sq_corpus_batch_fill(&b, &stream)) {
        loss += sq_model_loss(m, &b, guess);
        tokens += b.nanswers;
        for (size_t i = 0, k = 0; i < b.nlines; i++) {
            bool whole = true;
            for (; k < b.nanswers && b.line[k] == (int32_t)i; k++)
                whole = whole && guess[k] == b.target[k];
            all[b.length[i]]++;
            right[b.length[i]] += whole;
        }
    }
    printf("test split, by length:");
    for (int i = 1; i <= LONGEST; i++)
        printf("%s %d: %zu/%zu", i > 1 ? "," : "", i, right[i], all[i]);
    printf(" without a wrong token\n");
    sq_corpus_batch_release(&b);
    free(guess);
    return loss / (double)tokens;
}

/* What is in the file, by both programs. */
static enum sq_status check(struct sq_model *m, const char *path,
                            long long samples, struct sq_err *err)
{
    struct sq_chain_params p;
    double theirs;
    size_t tokens;
    enum sq_status st = sq_chain_params_parse(SQ_STR(TEST_PARAMS), &p, err);
    if (st == SQ_OK)
        st = sq_model_load(m, path, err);
    if (st == SQ_OK)
        st = sq_check_loss(path, &p, (size_t)samples, &theirs, &tokens, err);
    if (st != SQ_OK)
        return st;
    double ours = look(m, &p, (size_t)samples);
    theirs /= (double)tokens;
    printf("loss on it: %.4f, by libllama %.4f\n", ours, theirs);
    /* It rounds what a matrix of Q8_0 is multiplied with, too. */
    if (!(fabs(ours - theirs) <= 0.002 + 0.02 * ours))
        return sq_err_set(err, SQ_INTERNAL,
                          "%s: libllama finds another loss in it", path);
    return SQ_OK;
}

static enum sq_status train(const struct job *job, const struct recipe *recipe,
                            struct sq_err *err)
{
    struct sq_corpus_shape shapes[SQ_MODEL_SHAPES];
    for (size_t i = 0; i < recipe->nstages; i++)
        shapes[i] = recipe->stages[i].batch;
    struct sq_model *m =
        sq_model_open(job->backends, &model_shape, shapes, recipe->nstages,
                      look_shape, (uint64_t)job->seed, err);
    enum sq_status st = m ? SQ_OK : err->status;
    if (st == SQ_OK && !job->check) {
        printf("%s: %zu parameters, %lld tokens\n", recipe->name,
               sq_model_parameters(m), job->tokens);
        st = learn(m, recipe, job->tokens, err);
        if (st == SQ_OK)
            st = sq_model_save(m, recipe->title, job->out, err);
    }
    if (st == SQ_OK)
        st = check(m, job->check ? job->check : job->out, job->samples, err);
    sq_model_close(m);
    return st;
}

static enum sq_status run(const struct job *job, int operands, char **argv,
                          struct sq_err *err)
{
    if (!job->backends)
        return sq_err_set(err, SQ_USAGE,
                          "--backends: give the folder of "
                          "ggml's CPU backends");
    if (job->check && operands == 0)
        return train(job, &recipes[0], err);
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        if (operands == 1 && job->out && !job->check &&
            strcmp(argv[1], recipes[i].name) == 0)
            return train(job, &recipes[i], err);
    return sq_err_set(err, SQ_USAGE,
                      "give --out FILE and single or sequential, or --check "
                      "FILE");
}

int main(int argc, char **argv)
{
    struct job job = {.tokens = TOKENS, .seed = 1, .samples = 600};
    const struct sq_opt table[] = {
        {"backends", 0, SQ_OPT_STR, &job.backends, "DIR",
         "where ggml's CPU backends lie", 0, 0},
        {"out", 0, SQ_OPT_STR, &job.out, "FILE", "the GGUF file to write", 0,
         0},
        {"check", 0, SQ_OPT_STR, &job.check, "FILE",
         "no training: look at this file", 0, 0},
        {"tokens", 0, SQ_OPT_INT, &job.tokens, "N", "to learn from", 1000,
         1e12},
        {"samples", 0, SQ_OPT_INT, &job.samples, "N",
         "of the test split, to look at the file with", 1, 1e6},
        {"seed", 0, SQ_OPT_INT, &job.seed, "N", "of the first weights", 0,
         1e15},
        {0}};
    const struct sq_opt_usage usage = {
        "train_chain", "[single|sequential]",
        "Make the tiny models of benchmarks/chain/models.", NULL};
    struct sq_err err = {0};
    struct sq_buf text;
    int operands;
    bool help = false;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    enum sq_status st =
        sq_opt_parse(table, argc, argv, NULL, &operands, &help, &err);
    if (st == SQ_OK && help) {
        sq_opt_help(&usage, table, &text);
        fputs(text.p, stdout);
    } else if (st == SQ_OK) {
        st = run(&job, operands, argv, &err);
    }
    if (st != SQ_OK)
        fprintf(stderr, "train_chain: %s\n", err.msg);
    sq_buf_release(&text);
    return sq_status_exit(st);
}
