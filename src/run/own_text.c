#include "run/own_text.h"
#include "check/fold.h"
#include "check/list.h"
#include "check/text.h"

/* More sections than this are not told apart. */
#define MAX_PARTS 24

/* Sections of a response: where each starts, and where its text does. */
struct parts {
    size_t start[MAX_PARTS + 1], body[MAX_PARTS];
    size_t n; /* MAX_PARTS + 1: too many */
};

static void add_part(struct parts *p, size_t start, size_t body)
{
    if (p->n < MAX_PARTS) {
        p->start[p->n] = start;
        p->body[p->n] = body;
    }
    if (p->n <= MAX_PARTS)
        p->n++;
}

/* ---- ways of taking a response apart ----------------------------------- */

typedef void split_fn(sq_str text, struct parts *out);

static bool names_a_step(sq_str word)
{
    static const char *const words[] = {"step", "task",   "instruction", "part",
                                        "q",    "answer", "question"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (sq_str_eq_nocase(word, sq_str_from(words[i])))
            return true;
    return false;
}

/* Numbered items at the left edge, 1, 2, 3...: with a word that names a step
 * before the number, or with none. Anything else that is numbered in this way
 * leaves no parts. */
static void split_numbers(sq_str text, bool named, struct parts *out)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    struct sq_list_item item;

    while (sq_lines_next(&l, &line)) {
        if (line.kind != SQ_LINE_PROSE || line.indent > 1 ||
            !sq_list_item_parse(line.text, &item) ||
            item.kind != SQ_LIST_NUMBER ||
            (named ? !names_a_step(item.form) : item.form.n > 0))
            continue;
        if (item.number != (long)out->n + 1) {
            out->n = MAX_PARTS + 1;
            return;
        }
        /* A heading is no part of the answer. */
        add_part(out, line.at,
                 sq_text_is_heading(line.text)
                     ? l.pos
                     : (size_t)(item.text.p - text.p));
    }
}

static void split_named(sq_str text, struct parts *out)
{
    split_numbers(text, true, out);
}

static void split_numbered(sq_str text, struct parts *out)
{
    split_numbers(text, false, out);
}

/* Headings of the level of the first one. */
static void split_headings(sq_str text, struct parts *out)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    size_t first = 0;

    while (sq_lines_next(&l, &line)) {
        sq_str s = sq_str_trim(line.text);
        size_t level = 0;

        if (line.kind != SQ_LINE_PROSE || !sq_text_is_heading(line.text))
            continue;
        while (level < s.n && s.p[level] == '#')
            level++;
        if (!out->n)
            first = level;
        if (level == first)
            add_part(out, line.at, l.pos);
    }
}

static void split_blocks(sq_str text, struct parts *out)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    bool gap = true;

    while (sq_lines_next(&l, &line)) {
        if (line.blank && line.kind == SQ_LINE_PROSE) {
            gap = true;
            continue;
        }
        if (gap)
            add_part(out, line.at, line.at);
        gap = false;
    }
}

/* ---- do the parts fit the steps? --------------------------------------- */

/* Words of the section that the step's text has, too: those of four letters and
 * more, in the first 300 bytes. */
static size_t shared_words(sq_str step, sq_str section)
{
    sq_str words[SQ_WORDS_MAX];
    size_t n = 0, pos = 0, at, len, which, count = 0;
    bool seen[SQ_WORDS_MAX] = {false};

    while (pos < step.n && n < SQ_WORDS_MAX) {
        size_t start = pos, letters = 0, end = pos;

        while (pos < step.n) {
            uint32_t cp = sq_utf8_next(step, &pos);

            if (!sq_text_is_word(cp))
                break;
            letters++;
            end = pos;
        }
        if (letters >= 4)
            words[n++] = sq_str_sub(step, start, end);
    }
    struct sq_words w = sq_words_of(sq_str_sub(section, 0, 300), words, n);
    while (sq_words_next(&w, &at, &len, &which)) {
        count += !seen[which];
        seen[which] = true;
    }
    return count;
}

struct fit {
    const struct sq_score_input *in;
    const size_t *steps; /* the steps that the parts are for */
    size_t n;
};

static sq_str step_text(const struct fit *f, size_t i)
{
    const struct sq_step *step = &f->in->sample->steps[f->steps[i]];

    return sq_str_sub(f->in->sample->query, step->start, step->end);
}

static bool words_agree(const struct fit *f, const struct parts *p)
{
    size_t more = 0, none = 0;

    for (size_t i = 0; i < p->n; i++) {
        sq_str section = sq_str_sub(f->in->text, p->start[i], p->start[i + 1]);
        size_t mine = shared_words(step_text(f, i), section), best = 0;

        for (size_t k = 0; k < f->n; k++) {
            size_t n = k == i ? 0 : shared_words(step_text(f, k), section);

            best = n > best ? n : best;
        }
        if (best > mine)
            return false;
        more += mine > best;
        none += mine == 0;
    }
    return 2 * more >= p->n && none <= 1;
}

/* Where a judge's quote for the step stands; false when there is none. */
static bool quoted_at(const struct sq_score_input *in, size_t step, size_t *at)
{
    struct sq_panel judges;

    if (!sq_panel_of_steps(in, &judges))
        return false;
    for (size_t i = 0; i < judges.n; i++) {
        const struct sq_judged *j = &judges.judged[i];

        if (j->state != SQ_STATE_PASS || step >= j->verdict.nsteps ||
            !j->verdict.steps[step].len)
            continue;
        *at = j->verdict.steps[step].at;
        return true;
    }
    return false;
}

/* The quotes stand in the parts of their steps; all: every step has one. */
static bool quotes_agree(const struct fit *f, const struct parts *p, bool all)
{
    for (size_t i = 0; i < p->n; i++) {
        size_t at;

        if (!quoted_at(f->in, f->steps[i], &at)) {
            if (all)
                return false;
        } else if (at < p->start[i] || at >= p->start[i + 1]) {
            return false;
        }
    }
    return true;
}

/* No part is empty. */
static bool all_say_something(const struct fit *f, const struct parts *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (!sq_text_has_word(
                sq_str_sub(f->in->text, p->body[i], p->start[i + 1])))
            return false;
    return true;
}

static const struct {
    split_fn *split;
    bool words;  /* the words must agree */
    bool quotes; /* there must be a quote for each step */
} ways[] = {{split_named, false, false},
            {split_numbered, true, false},
            {split_headings, true, false},
            {split_blocks, false, true}};

static bool take_apart(const struct fit *f, struct parts *p)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        *p = (struct parts){.n = 0};
        ways[i].split(f->in->text, p);
        if (p->n != f->n)
            continue;
        p->start[p->n] = f->in->text.n;
        if (all_say_something(f, p) && (!ways[i].words || words_agree(f, p)) &&
            quotes_agree(f, p, ways[i].quotes))
            return true;
    }
    return false;
}

const struct sq_own_text *sq_own_texts(const struct sq_score_input *in,
                                       struct sq_arena *arena)
{
    const struct sq_sample *sample = in->sample;
    struct sq_own_text *out =
        sq_arena_array(arena, sample->nsteps, sizeof *out);
    size_t *steps = sq_arena_array(arena, sample->nsteps, sizeof *steps);
    struct fit f = {.in = in, .steps = steps};
    struct parts p;
    bool spans = true;

    for (size_t i = 0; i < sample->nsteps; i++) {
        out[i] = (struct sq_own_text){.len = in->text.n};
        spans = spans && sample->steps[i].end > 0;
        if (sample->steps[i].answerable)
            steps[f.n++] = i;
    }
    if (!spans || in->state != SQ_STATE_PASS || f.n < 2 || f.n > MAX_PARTS)
        return out;
    if (!take_apart(&f, &p)) {
        if (f.n == sample->nsteps || sample->nsteps > MAX_PARTS)
            return out;
        for (f.n = 0; f.n < sample->nsteps; f.n++)
            steps[f.n] = f.n;
        if (!take_apart(&f, &p))
            return out;
    }
    for (size_t i = 0; i < p.n; i++)
        out[steps[i]] = (struct sq_own_text){.own = true,
                                             .at = p.body[i],
                                             .len = p.start[i + 1] - p.body[i],
                                             .from = p.start[i]};
    return out;
}
