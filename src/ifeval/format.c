/* detectable_format:*, but for constrained_response */
#include <string.h>
#include "check/finding.h"
#include "check/text.h"
#include "ifeval/pytext.h"
#include "ifeval/rules.h"

static size_t line_end(sq_str text, size_t i)
{
    size_t end = sq_str_find(text, SQ_STR("\n"), i);

    return end == SIZE_MAX ? text.n : end;
}

/* ---- bullets ----------------------------------------------------------- */

/* Matches of (?m)^\s*MARK.*$ with mark '-', or ^\s*\*[^\*].*$ with '*'. The
 * white space and the [^\*] may run over ends of lines, as they do there. */
static size_t marked_lines(sq_str text, char mark)
{
    size_t n = 0, at = 0;

    while (at <= text.n) {
        size_t w;

        while ((w = sq_py_space_at(text, at)) > 0)
            at += w;
        if (at < text.n && text.p[at] == mark &&
            (mark == '-' || (at + 1 < text.n && text.p[at + 1] != '*'))) {
            n++;
            at += mark == '*' ? 2 : 1;
        }
        at = line_end(text, at) + 1;
    }
    return n;
}

/* Lines that begin with a mark and a blank, outside code, rules left out. */
static size_t real_bullets(sq_str text)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    size_t n = 0;

    while (sq_lines_next(&l, &line)) {
        sq_str s = sq_py_strip(line.text);
        size_t mark = sq_str_starts(s, SQ_STR("\xe2\x80\xa2")) ? 3 : 1;
        sq_str rest = sq_str_sub(s, mark, s.n);

        if (line.kind != SQ_LINE_PROSE || s.n <= mark ||
            (mark == 1 && !memchr("*+-", s.p[0], 3)) ||
            sq_py_space_at(rest, 0) == 0)
            continue;
        n += sq_text_has_word(rest);
    }
    return n;
}

void sq_ifeval_bullets(const struct sq_ifeval_args *a, sq_str text,
                       struct sq_finding *out)
{
    size_t n = a->shared->fixed
                   ? real_bullets(text)
                   : marked_lines(text, '*') + marked_lines(text, '-');

    sq_finding_set(out, sq_ifeval_verdict(n == (size_t)a->n),
                   "%zu bullet points, want %lld", n, a->n);
}

/* ---- highlights -------------------------------------------------------- */

/* Matches of \*[^\n\*]*\* (k = 1) or \*\*[^\n\*]*\*\* (k = 2) that hold more
 * than white space. */
static size_t starred(sq_str text, size_t k)
{
    sq_str stars = {"**", k};
    size_t n = 0, at = 0;

    while ((at = sq_str_find(text, stars, at)) != SIZE_MAX) {
        size_t end = at + k;

        while (end < text.n && text.p[end] != '\n' && text.p[end] != '*')
            end++;
        if (sq_str_starts(sq_str_sub(text, end, text.n), stars)) {
            n += !sq_py_blank(sq_str_sub(text, at + k, end));
            at = end + k;
        } else {
            /* No match begins before the character that stopped this one,
             * but among the stars themselves. */
            at = end > at + k ? end : at + 1;
        }
    }
    return n;
}

/* Each stretch between stars once, with text right behind and before them. */
static size_t real_highlights(sq_str text)
{
    size_t n = 0, at = 0;

    while ((at = sq_str_find(text, SQ_STR("*"), at)) != SIZE_MAX) {
        size_t from = at, end;

        while (from < text.n && text.p[from] == '*')
            from++;
        end = from;
        while (end < text.n && text.p[end] != '\n' && text.p[end] != '*')
            end++;
        at = end;
        if (end == from || end == text.n || text.p[end] != '*' ||
            sq_py_space_at(text, from) || sq_py_space_before(text, end))
            continue;
        n++;
        while (at < text.n && text.p[at] == '*')
            at++;
    }
    return n;
}

void sq_ifeval_highlights(const struct sq_ifeval_args *a, sq_str text,
                          struct sq_finding *out)
{
    size_t n = a->shared->fixed ? real_highlights(text)
                                : starred(text, 1) + starred(text, 2);

    sq_finding_set(out, sq_ifeval_verdict(n >= (size_t)a->n),
                   "%zu highlights, want at least %lld", n, a->n);
}

/* ---- sections, title, JSON --------------------------------------------- */

void sq_ifeval_sections(const struct sq_ifeval_args *a, sq_str text,
                        struct sq_finding *out)
{
    sq_ifeval_count_matches(a, text, "sections", out);
}

/* Some greedy <<...>> of a line that is not blank without its brackets. */
void sq_ifeval_title(const struct sq_ifeval_args *a, sq_str text,
                     struct sq_finding *out)
{
    size_t at = 0;

    (void)a;
    while ((at = sq_str_find(text, SQ_STR("<<"), at)) != SIZE_MAX) {
        size_t stop = line_end(text, at), end = stop;
        sq_str title;

        while (end >= at + 5 && memcmp(text.p + end - 2, ">>", 2) != 0)
            end--;
        if (end < at + 5) {
            at = stop; /* what begins later in the line is too short, too */
            continue;
        }
        title = sq_str_sub(text, at, end);
        title = sq_py_strip_right(sq_py_strip_left(title, "<"), ">");
        if (!sq_py_blank(title)) {
            sq_finding_set(out, SQ_FINDING_HOLDS, "there is a title");
            sq_finding_at(out, at, end - at);
            return;
        }
        at = end;
    }
    sq_finding_set(out, SQ_FINDING_BROKEN, "there is no <<title>>");
}

void sq_ifeval_json_format(const struct sq_ifeval_args *a, sq_str text,
                           struct sq_finding *out)
{
    static const char *const fences[] = {"```json", "```Json", "```JSON",
                                         "```"};
    sq_str s = sq_py_strip(text);
    bool yes;

    for (size_t i = 0; i < 4; i++)
        if (sq_str_starts(s, sq_str_from(fences[i])))
            s = sq_str_sub(s, strlen(fences[i]), s.n);
    if (sq_str_ends(s, SQ_STR("```")))
        s.n -= 3;
    s = sq_py_strip(s);
    yes = sq_ifeval_json(s, !a->shared->fixed);
    if (yes && a->shared->fixed && s.p[0] != '{' && s.p[0] != '[') {
        sq_finding_set(out, SQ_FINDING_BROKEN, "neither object nor array");
        return;
    }
    sq_finding_set(out, sq_ifeval_verdict(yes), yes ? "is JSON" : "no JSON");
}
