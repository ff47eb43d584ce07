#include "run/templates.h"

static enum sq_status add_one(struct sq_session *s, sq_str name, bool swapped,
                              enum sq_judge_form *form, struct sq_err *err)
{
    struct sq_judge_template *t = NULL;
    enum sq_status st = sq_judge_template_load(&t, s->options->home, name, err);
    if (st != SQ_OK)
        return st;
    if (swapped)
        sq_judge_template_swap(t);
    *form = t->form;
    s->templates = sq_xrealloc(s->templates, s->ntemplates + 1,
                               sizeof(struct sq_judge_template *));
    s->templates[s->ntemplates++] = t;
    return SQ_OK;
}

static enum sq_status add_template(struct sq_session *s, sq_str name,
                                   struct sq_err *err)
{
    enum sq_judge_form form = SQ_JUDGE_FOLLOWING;
    for (size_t i = 0; i < s->ntemplates; i++)
        if (sq_str_eq(s->templates[i]->name, name))
            return SQ_OK;
    enum sq_status st = add_one(s, name, false, &form, err);
    if (st == SQ_OK && form == SQ_JUDGE_PAIRWISE)
        st = add_one(s, name, true, &form, err);
    return st;
}

/* Each quantity may come from one template only. */
static enum sq_status check(const struct sq_session *s, struct sq_err *err)
{
    static const unsigned gives[] = {
        [SQ_JUDGE_FOLLOWING] = 1, [SQ_JUDGE_QUALITY] = 2,
        [SQ_JUDGE_PAPER] = 1 | 2, [SQ_JUDGE_STEPS] = 4,
        [SQ_JUDGE_PAIRWISE] = 8,  [SQ_JUDGE_PREFERENCE] = 8};
    for (size_t i = 0; i < s->ntemplates; i++)
        for (size_t j = 0; j < i; j++) {
            const struct sq_judge_template *a = s->templates[j],
                                           *b = s->templates[i];
            bool orders = b->swapped && sq_str_eq(a->name, b->base);
            if (!orders && gives[a->form] & gives[b->form])
                return sq_err_set(err, SQ_USAGE,
                                  "--judge-template: %.*s and %.*s judge the "
                                  "same thing; name one of them",
                                  SQ_STR_ARG(a->name), SQ_STR_ARG(b->name));
        }
    return SQ_OK;
}

enum sq_status sq_templates_open(struct sq_session *s, struct sq_err *err)
{
    const struct sq_run_options *o = s->options;
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < o->ntemplates && st == SQ_OK; i++)
        st = add_template(s, sq_str_from(o->templates[i]), err);
    for (size_t i = 0; i < s->nsuites && !o->ntemplates; i++) {
        const struct sq_suite_def *def = s->suites[i]->def;
        for (size_t j = 0; j < def->njudges && st == SQ_OK; j++)
            st = add_template(s, def->judges[j], err);
    }
    return st == SQ_OK ? check(s, err) : st;
}
