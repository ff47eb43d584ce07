#include "corpus.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

static const char *const marks[] = {"<|user|>", "<|assistant|>", "<|end|>"};

const char sq_corpus_template[] =
    "{% for message in messages %}{{'<|' + message['role'] + '|>\\n' + "
    "message['content'] + '<|end|>\\n'}}{% endfor %}{% if "
    "add_generation_prompt %}{{'<|assistant|>\\n'}}{% endif %}";

static bool stands_for_itself(int byte)
{
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) ||
           byte >= 174;
}

void sq_corpus_token_text(int token, char out[16])
{
    struct sq_buf b;
    sq_buf_init(&b, 15);
    if (token >= SQ_CORPUS_USER) {
        sq_buf_adds(&b, marks[token - SQ_CORPUS_USER]);
    } else if (stands_for_itself(token)) {
        sq_buf_add_utf8(&b, (uint32_t)token);
    } else {
        uint32_t before = 0;
        for (int i = 0; i < token; i++)
            before += !stands_for_itself(i);
        sq_buf_add_utf8(&b, 0x100 + before);
    }
    memcpy(out, b.p, b.n + 1);
    sq_buf_release(&b);
}

static void add(struct sq_corpus_line *l, int32_t token)
{
    if (l->n < SQ_CORPUS_LONGEST)
        l->token[l->n] = token;
    l->n++;
}

static void add_text(struct sq_corpus_line *l, sq_str s)
{
    for (size_t i = 0; i < s.n; i++)
        add(l, (unsigned char)s.p[i]);
}

bool sq_corpus_line_make(const struct sq_chain_params *p, size_t ordinal,
                         struct sq_corpus_line *out)
{
    struct sq_chain_plan plan;
    struct sq_buf text;
    sq_buf_init(&text, SQ_MAX_MESSAGE);
    sq_chain_plan_make(p, ordinal, &plan, &text);
    out->n = 0;
    out->length = plan.length;
    out->ordinal = ordinal;
    add(out, SQ_CORPUS_USER);
    add(out, '\n');
    add_text(out, sq_buf_str(&text));
    add(out, SQ_CORPUS_END);
    add(out, '\n');
    add(out, SQ_CORPUS_ASSISTANT);
    add(out, '\n');
    out->prompt = out->n;
    sq_buf_reset(&text);
    for (size_t k = 0; k < plan.length; k++) {
        sq_buf_addf(&text, "%s%zu. ", k ? "\n" : "", k + 1);
        sq_chain_value_text(&plan.step[k].result, &text);
    }
    add_text(out, sq_buf_str(&text));
    add(out, SQ_CORPUS_END);
    sq_buf_release(&text);
    return out->n <= SQ_CORPUS_LONGEST;
}

void sq_corpus_batch_init(struct sq_corpus_batch *b,
                          struct sq_corpus_shape shape)
{
    size_t places = shape.rows * shape.width;
    *b = (struct sq_corpus_batch){.shape = shape};
    b->token = sq_xcalloc(places, sizeof *b->token);
    b->pos = sq_xcalloc(places, sizeof *b->pos);
    b->mask = sq_xcalloc(places * shape.width, sizeof *b->mask);
    b->at = sq_xcalloc(shape.answers, sizeof *b->at);
    b->target = sq_xcalloc(shape.answers, sizeof *b->target);
    b->line = sq_xcalloc(shape.answers, sizeof *b->line);
    b->ordinal = sq_xcalloc(places, sizeof *b->ordinal);
    b->length = sq_xcalloc(places, sizeof *b->length);
}

void sq_corpus_batch_release(struct sq_corpus_batch *b)
{
    free(b->token);
    free(b->pos);
    free(b->mask);
    free(b->at);
    free(b->target);
    free(b->line);
    free(b->ordinal);
    free(b->length);
    memset(b, 0, sizeof *b);
}

static void clear(struct sq_corpus_batch *b)
{
    const struct sq_corpus_shape *s = &b->shape;
    size_t places = s->rows * s->width;
    memset(b->token, 0, places * sizeof *b->token);
    memset(b->pos, 0, places * sizeof *b->pos);
    memset(b->at, 0, s->answers * sizeof *b->at);
    memset(b->target, 0, s->answers * sizeof *b->target);
    for (size_t i = 0; i < places * s->width; i++)
        b->mask[i] = -INFINITY;
    for (size_t i = 0; i < places; i++)
        b->mask[i * s->width + i % s->width] = 0;
    b->nanswers = b->nlines = b->ntokens = 0;
}

/* Puts the line into the row, from place `from` on. */
static void put(struct sq_corpus_batch *b, size_t row, size_t from,
                const struct sq_corpus_line *l)
{
    size_t width = b->shape.width;
    for (size_t i = 0; i < l->n; i++) {
        size_t place = row * width + from + i;
        float *sees = &b->mask[place * width + from];
        b->token[place] = l->token[i];
        b->pos[place] = (int32_t)i;
        for (size_t j = 0; j <= i; j++)
            sees[j] = 0;
        if (i + 1 < l->prompt || i + 1 == l->n)
            continue;
        b->at[b->nanswers] = (int32_t)place;
        b->target[b->nanswers] = l->token[i + 1];
        b->line[b->nanswers++] = (int32_t)b->nlines;
    }
    b->ordinal[b->nlines] = l->ordinal;
    b->length[b->nlines++] = l->length;
    b->ntokens += l->n;
}

static size_t answers(const struct sq_corpus_line *l)
{
    return l->n - l->prompt;
}

/* Into the first row with room for it; used has the places taken of each. */
static bool put_anywhere(struct sq_corpus_batch *b, size_t *used,
                         const struct sq_corpus_line *l)
{
    size_t row = 0;
    if (b->nanswers + answers(l) > b->shape.answers)
        return false;
    while (row < b->shape.rows && used[row] + l->n > b->shape.width)
        row++;
    if (row == b->shape.rows)
        return false;
    put(b, row, used[row], l);
    used[row] += l->n;
    return true;
}

bool sq_corpus_batch_fill(struct sq_corpus_batch *b,
                          struct sq_corpus_stream *stream)
{
    struct sq_corpus_line *w = stream->waiting;
    size_t *used = sq_xcalloc(b->shape.rows, sizeof *used);
    size_t left = 0;
    clear(b);
    for (size_t i = 0; i < stream->nwaiting; i++)
        if (!put_anywhere(b, used, &w[i]))
            w[left++] = w[i];
    while (left < SQ_CORPUS_WAITING && stream->next < stream->end) {
        bool whole =
            sq_corpus_line_make(&stream->params, stream->next++, &w[left]);
        if (whole && w[left].n <= b->shape.width &&
            answers(&w[left]) <= b->shape.answers &&
            !put_anywhere(b, used, &w[left]))
            left++;
    }
    stream->nwaiting = left;
    free(used);
    return b->nlines > 0;
}
