/* keywords:*; the patterns (ifeval.c) say what is a keyword. */
#include "check/finding.h"
#include "ifeval/rules.h"

enum sq_finding_verdict sq_ifeval_verdict(bool yes)
{
    return yes ? SQ_FINDING_HOLDS : SQ_FINDING_BROKEN;
}

void sq_ifeval_count(const struct sq_ifeval_args *a, size_t n, const char *what,
                     struct sq_finding *out)
{
    bool yes = a->at_least ? n >= (size_t)a->n : n < (size_t)a->n;

    sq_finding_set(out, sq_ifeval_verdict(yes), "%zu %s, want %s %lld", n, what,
                   a->at_least ? "at least" : "less than", a->n);
}

static void gave_up(sq_str pattern, struct sq_finding *out)
{
    sq_finding_set(out, SQ_FINDING_ERROR, "%.*s: the search took too long",
                   SQ_STR_ARG(sq_str_sub(pattern, 0, 80)));
}

void sq_ifeval_count_matches(const struct sq_ifeval_args *a, sq_str text,
                             const char *what, struct sq_finding *out)
{
    size_t n;

    if (sq_regex_count(a->patterns[0], text, &n) == SQ_REGEX_LIMIT)
        gave_up(a->text, out);
    else
        sq_ifeval_count(a, n, what, out);
}

/* Looks for each of the list; the first that is found, or is not, decides. */
static void look_for(const struct sq_ifeval_args *a, sq_str text, bool wanted,
                     struct sq_finding *out)
{
    for (size_t i = 0; i < a->nlist; i++) {
        size_t at, end;
        enum sq_regex_result r =
            sq_regex_find(a->patterns[i], text, 0, &at, &end);

        if (r == SQ_REGEX_LIMIT) {
            gave_up(a->list[i], out);
            return;
        }
        if ((r == SQ_REGEX_FOUND) == wanted)
            continue;
        sq_finding_set(out, SQ_FINDING_BROKEN, "'%.*s' is %s",
                       SQ_STR_ARG(sq_str_sub(a->list[i], 0, 80)),
                       wanted ? "not there" : "there");
        if (!wanted)
            sq_finding_at(out, at, end - at);
        return;
    }
    sq_finding_set(out, SQ_FINDING_HOLDS, "%s of %zu words is there",
                   wanted ? "each" : "none", a->nlist);
}

void sq_ifeval_existence(const struct sq_ifeval_args *a, sq_str text,
                         struct sq_finding *out)
{
    look_for(a, text, true, out);
}

void sq_ifeval_forbidden(const struct sq_ifeval_args *a, sq_str text,
                         struct sq_finding *out)
{
    look_for(a, text, false, out);
}

void sq_ifeval_frequency(const struct sq_ifeval_args *a, sq_str text,
                         struct sq_finding *out)
{
    sq_ifeval_count_matches(a, text, "times the keyword", out);
}
