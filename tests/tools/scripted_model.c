/*
 * A scripted model for `chain`: answers its samples step by step, each step
 * wrong with a given, seeded probability, in the ways models are wrong: a step
 * forgotten, off by one, letters, digits or items swapped or lost. Writes one
 * {"id", "output"} a line to stdout, which `replay` reads; --truth says what
 * was made wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/opt.h"
#include "base/path.h"
#include "base/rng.h"
#include "suite/chain.h"

struct script {
    struct sq_chain_params params;
    double rate;
    long long seed;
    bool carry;
};

static void swap_items(struct sq_rng *rng, struct sq_chain_value *v)
{
    size_t i = (size_t)sq_rng_below(rng, v->n);
    size_t j = (size_t)sq_rng_below(rng, v->n);
    struct sq_chain_item it = v->item[i];
    v->item[i] = v->item[j];
    v->item[j] = it;
}

static void swap_letters(struct sq_rng *rng, char *w)
{
    size_t n = strlen(w);
    size_t i = (size_t)sq_rng_below(rng, n);
    size_t j = (size_t)sq_rng_below(rng, n);
    char c = w[i];
    w[i] = w[j];
    w[j] = c;
}

/* Always another value: one item, letter or unit too few or too many. */
static void off_by_one(struct sq_chain_value *v)
{
    size_t n = strlen(v->item[0].word);
    if (v->type & SQ_CHAIN_LISTS) {
        if (v->n > 1) {
            v->n--;
        } else {
            v->item[1] = v->item[0];
            v->n = 2;
        }
    } else if (v->type == SQ_CHAIN_NUMBER) {
        v->item[0].number += v->item[0].number > 9 ? -1 : 1;
    } else if (n > 1) {
        v->item[0].word[n - 1] = '\0';
    } else {
        v->item[0].word[1] = v->item[0].word[0];
        v->item[0].word[2] = '\0';
    }
}

/* A value that is not `right`, the result of a step on `in`. */
static void make_wrong(struct sq_rng *rng, const struct sq_chain_value *in,
                       const struct sq_chain_value *right,
                       struct sq_chain_value *out)
{
    *out = *right;
    switch (sq_rng_below(rng, 3)) {
    case 0:
        *out = *in;
        break;
    case 1:
        if (right->type & SQ_CHAIN_LISTS)
            swap_items(rng, out);
        else if (right->type == SQ_CHAIN_WORD)
            swap_letters(rng, out->item[0].word);
        else
            out->item[0].number += 10;
        break;
    default:
        off_by_one(out);
    }
    if (sq_chain_value_eq(out, right) || !sq_chain_value_ok(out)) {
        *out = *right;
        off_by_one(out);
    }
}

static void answer(const struct script *s, size_t ordinal,
                   const struct sq_chain_plan *plan, struct sq_buf *text,
                   struct sq_json *truth)
{
    struct sq_rng rng;
    struct sq_json *made = sq_json_array();
    struct sq_json *wrong = sq_json_array();
    struct sq_chain_value mine = plan->start;
    const uint64_t words[] = {(uint64_t)s->seed, ordinal};
    sq_rng_seed(&rng, sq_rng_mix(words, 2));
    for (size_t k = 0; k < plan->length; k++) {
        const struct sq_chain_step *step = &plan->step[k];
        struct sq_chain_value right;
        struct sq_chain_value given;
        if (!sq_chain_apply(step->op, &step->arg, &mine, &right))
            right = mine; /* a carried error that the step cannot work on */
        given = right;
        if (sq_rng_unit(&rng) < s->rate) {
            make_wrong(&rng, &mine, &right, &given);
            sq_json_put_int(made, NULL, (long long)k + 1);
        }
        if (!sq_chain_value_eq(&given, &step->result))
            sq_json_put_int(wrong, NULL, (long long)k + 1);
        sq_buf_addf(text, "%s%zu. ", k ? "\n" : "", k + 1);
        sq_chain_value_text(&given, text);
        mine = s->carry ? given : step->result;
    }
    sq_json_put(truth, "made", made);
    sq_json_put(truth, "wrong", wrong);
}

static void add_line(struct sq_buf *out, struct sq_json *record)
{
    sq_json_render(record, out);
    sq_buf_addc(out, '\n');
    sq_json_free(record);
}

static void answer_all(const struct script *s, struct sq_buf *answers,
                       struct sq_buf *truths)
{
    struct sq_chain_plan plan;
    struct sq_buf query;
    struct sq_buf text;
    sq_buf_init(&query, SQ_MAX_PROMPT);
    sq_buf_init(&text, SQ_MAX_REPLY);
    for (size_t i = 0; i < (size_t)s->params.n; i++) {
        struct sq_json *record = sq_json_object();
        struct sq_json *truth = sq_json_object();
        sq_chain_plan_make(&s->params, i, &plan, &query);
        char *id = sq_chain_id(&s->params, &plan);
        sq_json_put_str(truth, "id", sq_str_from(id));
        sq_buf_reset(&text);
        answer(s, i, &plan, &text, truth);
        sq_json_put_str(record, "id", sq_str_from(id));
        sq_json_put_str(record, "output", sq_buf_str(&text));
        add_line(answers, record);
        add_line(truths, truth);
        free(id);
    }
    sq_buf_release(&query);
    sq_buf_release(&text);
}

int main(int argc, char **argv)
{
    struct script s = {.rate = 0.1, .seed = 1};
    const char *params = "";
    const char *truth = NULL;
    const struct sq_opt table[] = {
        {"suite-params", 0, SQ_OPT_STR, &params, "LIST",
         "parameters of chain, as steps=1-6,n=300", 0, 0},
        {"error-rate", 0, SQ_OPT_NUM, &s.rate, "P",
         "share of steps to get wrong", 0, 1},
        {"seed", 0, SQ_OPT_INT, &s.seed, "N", "which steps these are", 0, 1e15},
        {"carry", 0, SQ_OPT_FLAG, &s.carry, NULL,
         "work on with wrong results, as a model does", 0, 0},
        {"truth", 0, SQ_OPT_STR, &truth, "FILE",
         "write {id, made, wrong} lines: steps made wrong, steps that are", 0,
         0},
        {0}};
    const struct sq_opt_usage usage = {"scripted_model", "",
                                       "Answer the samples of chain.", NULL};
    struct sq_err err = {0};
    struct sq_buf answers;
    struct sq_buf truths;
    int operands;
    bool help = false;
    sq_buf_init(&answers, SQ_MAX_REPORT);
    sq_buf_init(&truths, SQ_MAX_REPORT);
    enum sq_status st =
        sq_opt_parse(table, argc, argv, NULL, &operands, &help, &err);
    if (st == SQ_OK && operands > 0)
        st = sq_err_set(&err, SQ_USAGE, "'%s': only flags are taken", argv[1]);
    if (st == SQ_OK)
        st = sq_chain_params_parse(sq_str_from(params), &s.params, &err);
    if (st == SQ_OK && help)
        sq_opt_help(&usage, table, &answers);
    else if (st == SQ_OK)
        answer_all(&s, &answers, &truths);
    if (st == SQ_OK && truth && !help)
        st = sq_path_write(truth, sq_buf_str(&truths), &err);
    if (st == SQ_OK && (fwrite(answers.p, 1, answers.n, stdout) != answers.n ||
                        fflush(stdout) != 0))
        st = sq_err_set(&err, SQ_IO, "stdout: cannot write");
    if (st != SQ_OK)
        fprintf(stderr, "scripted_model: %s\n", err.msg);
    sq_buf_release(&answers);
    sq_buf_release(&truths);
    return sq_status_exit(st);
}
