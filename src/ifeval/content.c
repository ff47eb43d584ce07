/* detectable_content:*, combination:*, startend:*, punctuation:* and
 * detectable_format:constrained_response */
#include <string.h>
#include "check/finding.h"
#include "ifeval/pytext.h"
#include "ifeval/rules.h"

/* Matches of \[.*?\]; fixed: with something in it, and no link's text. */
void sq_ifeval_placeholders(const struct sq_ifeval_args *a, sq_str text,
                            struct sq_finding *out)
{
    size_t n = 0, at = 0;

    while ((at = sq_str_find(text, SQ_STR("["), at)) != SIZE_MAX) {
        size_t end = at + 1;
        bool real;

        while (end < text.n && text.p[end] != ']' && text.p[end] != '\n')
            end++;
        if (end == text.n || text.p[end] == '\n') {
            at = end;
            continue;
        }
        real = !sq_py_blank(sq_str_sub(text, at + 1, end)) &&
               !(end + 1 < text.n && text.p[end + 1] == '(');
        n += !a->shared->fixed || real;
        at = end + 1;
    }
    sq_finding_set(out, sq_ifeval_verdict(n >= (size_t)a->n),
                   "%zu placeholders, want at least %lld", n, a->n);
}

void sq_ifeval_postscript(const struct sq_ifeval_args *a, sq_str text,
                          struct sq_finding *out)
{
    struct sq_buf low;
    size_t at, end;
    enum sq_regex_result r;

    sq_buf_init(&low, SQ_MAX_REPLY);
    sq_py_lower(text, &low);
    r = sq_regex_find(a->patterns[0], sq_buf_str(&low), 0, &at, &end);
    if (r == SQ_REGEX_LIMIT)
        sq_finding_set(out, SQ_FINDING_ERROR, "the search took too long");
    else
        sq_finding_set(out, sq_ifeval_verdict(r == SQ_REGEX_FOUND),
                       "there is %s postscript",
                       r == SQ_REGEX_FOUND ? "a" : "no");
    sq_buf_release(&low);
}

/* One of three sentences is there; fixed: one only. */
void sq_ifeval_constrained(const struct sq_ifeval_args *a, sq_str text,
                           struct sq_finding *out)
{
    static const char *const answers[] = {
        "My answer is yes.", "My answer is no.", "My answer is maybe."};
    size_t n = 0;

    for (size_t i = 0; i < 3; i++)
        n += sq_str_find(text, sq_str_from(answers[i]), 0) != SIZE_MAX;
    sq_finding_set(out, sq_ifeval_verdict(a->shared->fixed ? n == 1 : n > 0),
                   "%zu of the three answers", n);
}

/* Two different pieces on the sides of ******; only the first and the last may
 * be blank. */
void sq_ifeval_two(const struct sq_ifeval_args *a, sq_str text,
                   struct sq_finding *out)
{
    const sq_str mark = SQ_STR("******");
    sq_str found[2] = {{NULL, 0}, {NULL, 0}};
    size_t n = 0, from = 0;

    (void)a;
    for (bool first = true, last = false; !last; first = false) {
        size_t at = sq_str_find(text, mark, from);
        sq_str piece = sq_py_strip(sq_str_sub(text, from, at));

        last = at == SIZE_MAX;
        if (piece.n == 0 && !first && !last) {
            sq_finding_set(out, SQ_FINDING_BROKEN,
                           "nothing between two dividers");
            return;
        }
        if (piece.n > 0) {
            if (n < 2)
                found[n] = piece;
            n++;
        }
        from = last ? text.n : at + mark.n;
    }
    if (n == 2 && sq_str_eq(found[0], found[1]))
        sq_finding_set(out, SQ_FINDING_BROKEN, "both responses are the same");
    else
        sq_finding_set(out, sq_ifeval_verdict(n == 2), "%zu responses, want 2",
                       n);
}

void sq_ifeval_repeat(const struct sq_ifeval_args *a, sq_str text,
                      struct sq_finding *out)
{
    struct sq_buf have, want;
    bool yes;

    sq_buf_init(&have, SQ_MAX_REPLY);
    sq_buf_init(&want, SQ_MAX_REPLY);
    sq_py_lower(sq_py_strip(text), &have);
    sq_py_lower(sq_py_strip(a->text), &want);
    yes = sq_str_starts(sq_buf_str(&have), sq_buf_str(&want));
    sq_finding_set(out, sq_ifeval_verdict(yes), "%s with the request",
                   yes ? "begins" : "does not begin");
    sq_buf_release(&have);
    sq_buf_release(&want);
}

void sq_ifeval_end(const struct sq_ifeval_args *a, sq_str text,
                   struct sq_finding *out)
{
    sq_str end = sq_py_strip_left(sq_py_strip(text), "\"");
    struct sq_buf have, want;
    bool yes;

    end = sq_py_strip_right(end, "\"");
    if (a->shared->fixed)
        end = sq_py_strip(end);
    sq_buf_init(&have, SQ_MAX_REPLY);
    sq_buf_init(&want, SQ_MAX_REPLY);
    sq_py_lower(end, &have);
    sq_py_lower(sq_py_strip(a->text), &want);
    yes = sq_str_ends(sq_buf_str(&have), sq_buf_str(&want));
    sq_finding_set(out, sq_ifeval_verdict(yes), "%s with the phrase",
                   yes ? "ends" : "does not end");
    sq_buf_release(&have);
    sq_buf_release(&want);
}

void sq_ifeval_quotation(const struct sq_ifeval_args *a, sq_str text,
                         struct sq_finding *out)
{
    sq_str s = sq_py_strip(text);
    bool yes = s.n > 1 && s.p[0] == '"' && s.p[s.n - 1] == '"';

    if (a->shared->fixed) {
        size_t n = yes ? 1 : 3;

        yes = yes || (s.n > 6 && sq_str_starts(s, SQ_STR("\xe2\x80\x9c")) &&
                      sq_str_ends(s, SQ_STR("\xe2\x80\x9d")));
        yes = yes && !sq_py_blank(sq_str_sub(s, n, s.n - n));
    }
    sq_finding_set(out, sq_ifeval_verdict(yes), "%s in double quotation marks",
                   yes ? "is" : "is not");
}

/* Commas of other scripts, as UTF-8: Arabic, CJK, full-width, small. */
static const char *const commas[] = {",", "\xd8\x8c", "\xe3\x80\x81",
                                     "\xef\xbc\x8c", "\xef\xb9\x90"};

void sq_ifeval_no_comma(const struct sq_ifeval_args *a, sq_str text,
                        struct sq_finding *out)
{
    size_t n = a->shared->fixed ? sizeof(commas) / sizeof(*commas) : 1;

    for (size_t i = 0; i < n; i++) {
        size_t at = sq_str_find(text, sq_str_from(commas[i]), 0);

        if (at == SIZE_MAX)
            continue;
        sq_finding_set(out, SQ_FINDING_BROKEN, "there is a comma");
        sq_finding_at(out, at, strlen(commas[i]));
        return;
    }
    sq_finding_set(out, SQ_FINDING_HOLDS, "there is no comma");
}
