#include "grade/graders.h"

#include <string.h>

#include "grade/args.h"

#define MAX_CHOICES 26

struct letter_args {
    char reference; /* 'A' */
    struct sq_grade_texts markers;
    sq_str choices[MAX_CHOICES]; /* by letter; p NULL = none */
};

/* "A:bank, B:library": the texts by their letters. */
static enum sq_status load_choices(const struct sq_json *rule,
                                   const char *where, struct sq_arena *arena,
                                   struct letter_args *a, struct sq_err *err)
{
    sq_str text, rest, piece;
    size_t n = 0;
    enum sq_status st =
        sq_grade_text(rule, "choices", where, arena, &text, err);

    if (st != SQ_OK)
        return st;
    for (rest = text; sq_str_split(&rest, ',', &piece);) {
        piece = sq_str_trim(piece);
        if (piece.n > 1 && piece.p[1] == ':' && n < MAX_CHOICES &&
            piece.p[0] == (char)('A' + n))
            a->choices[n++] = sq_str_trim(sq_str_sub(piece, 2, piece.n));
        else if (n > 0) /* a comma within a choice */
            a->choices[n - 1].n =
                (size_t)(piece.p + piece.n - a->choices[n - 1].p);
    }
    if (n == 0 || a->reference < 'A' || a->reference >= (char)('A' + n))
        return sq_err_set(err, SQ_INPUT,
                          "%s: reference: '%c' is no letter of the choices "
                          "(\"A:one, B:two\")",
                          where, a->reference);
    return SQ_OK;
}

static enum sq_status compile(const struct sq_json *rule, const char *where,
                              struct sq_arena *arena, const void **args,
                              struct sq_err *err)
{
    static const char *const keys[] = {"reference", "choices", "markers", NULL};
    struct letter_args *a = sq_arena_alloc(arena, sizeof(*a));
    enum sq_status st = sq_grade_only(rule, keys, where, err);
    sq_str reference = SQ_STR("");

    *args = a;
    if (st == SQ_OK)
        st = sq_grade_text(rule, "reference", where, arena, &reference, err);
    if (st == SQ_OK)
        st = sq_grade_texts(rule, "markers", where, arena, &a->markers, err);
    if (st != SQ_OK)
        return st;
    if (reference.p[0] == '{') /* a template: nothing to look at yet */
        return SQ_OK;
    a->reference = reference.p[0];
    return load_choices(rule, where, arena, a, err);
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_at(sq_str s, size_t at, sq_str needle)
{
    for (size_t i = 0; i < needle.n; i++)
        if (at + i >= s.n || fold(s.p[at + i]) != fold(needle.p[i]))
            return false;
    return true;
}

static bool is_word(sq_str s, size_t i)
{
    char c = i < s.n ? s.p[i] : ' ';

    return (c >= '0' && c <= '9') || (fold(c) >= 'a' && fold(c) <= 'z') ||
           (unsigned char)c >= 0x80;
}

/* What stands behind the last place of any marker; the whole without one. */
static sq_str tail(sq_str s, const struct sq_grade_texts *markers)
{
    for (size_t at = s.n; at-- > 0;)
        for (size_t i = 0; i < markers->n; i++)
            if (is_at(s, at, markers->v[i]))
                return sq_str_sub(s, at + markers->v[i].n, s.n);
    return s;
}

/* The first letter of a choice that stands alone; 0 = none. */
static char lone_letter(const struct letter_args *a, sq_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (c < 'A' || c > 'Z' || !a->choices[c - 'A'].p || is_word(s, i + 1) ||
            (i > 0 && is_word(s, i - 1)))
            continue;
        /* "A bank": an article. */
        if (c == 'A' && i + 2 < s.n && s.p[i + 1] == ' ' && is_word(s, i + 2))
            continue;
        return c;
    }
    return 0;
}

/* The letter of the only choice whose text stands there; 0 = none or several.
 * A choice within a longer one that stands there does not count. */
static char only_choice(const struct letter_args *a, sq_str s)
{
    size_t longest = 0;
    char found = 0;

    for (size_t k = 0; k < MAX_CHOICES && a->choices[k].p; k++) {
        sq_str c = a->choices[k];
        bool there = false;

        for (size_t i = 0; i + c.n <= s.n && !there && c.n; i++)
            there = is_at(s, i, c) && !is_word(s, i + c.n) &&
                    (i == 0 || !is_word(s, i - 1));
        if (!there)
            continue;
        if (found && sq_str_find(c, a->choices[found - 'A'], 0) == SIZE_MAX &&
            sq_str_find(a->choices[found - 'A'], c, 0) == SIZE_MAX)
            return 0;
        if (c.n > longest)
            found = (char)('A' + k);
        longest = c.n > longest ? c.n : longest;
    }
    return found;
}

static void run(const void *args, struct sq_check_text text,
                struct sq_finding *out)
{
    const struct letter_args *a = args;
    sq_str s = tail(text.text, &a->markers);
    char read = lone_letter(a, s);

    if (!read)
        read = only_choice(a, s);
    if (read)
        sq_grade_compared(out, read == a->reference, (sq_str){&read, 1},
                          (sq_str){&a->reference, 1}, text);
    else
        sq_finding_set(out, SQ_FINDING_BROKEN, "no choice is named");
}

const struct sq_check sq_grade_letter = {
    "letter", "reference, choices, markers", compile, run};
