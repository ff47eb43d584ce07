#include "check/number_words.h"
#include <string.h>
#include "check/text.h"

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static char at(sq_str s, size_t i)
{
    return i < s.n ? s.p[i] : '\0';
}

static bool word_at(sq_str s, size_t i)
{
    return i < s.n && sq_text_is_word(sq_utf8_next(s, &i));
}

struct word {
    const char *name;
    double value;
};

static const struct word units[] = {
    {"zero", 0},     {"one", 1},        {"two", 2},       {"three", 3},
    {"four", 4},     {"five", 5},       {"six", 6},       {"seven", 7},
    {"eight", 8},    {"nine", 9},       {"ten", 10},      {"eleven", 11},
    {"twelve", 12},  {"thirteen", 13},  {"fourteen", 14}, {"fifteen", 15},
    {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
    {"twenty", 20},  {"thirty", 30},    {"forty", 40},    {"fifty", 50},
    {"sixty", 60},   {"seventy", 70},   {"eighty", 80},   {"ninety", 90},
    {"dozen", 12}};
static const struct word scales[] = {{"hundred", 1e2},
                                     {"thousand", 1e3},
                                     {"million", 1e6},
                                     {"billion", 1e9},
                                     {"trillion", 1e12}};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

sq_str sq_number_word(sq_str s, size_t i)
{
    size_t end = i;

    while (is_letter(at(s, end)))
        end++;
    return word_at(s, end) ? sq_str_sub(s, i, i) : sq_str_sub(s, i, end);
}

static bool is_word(sq_str w, const char *name)
{
    return sq_str_eq_nocase(w, sq_str_from(name));
}

static const struct word *look_up(const struct word *table, size_t n, sq_str w)
{
    for (size_t k = 0; w.n > 2 && w.n < 10 && k < n; k++) {
        if (table[k].name[0] == (w.p[0] | 32) && is_word(w, table[k].name))
            return &table[k];
    }
    return NULL;
}

/* Behind one blank or hyphen, or 0. */
static size_t next_word(sq_str s, size_t i)
{
    if ((at(s, i) == ' ' || at(s, i) == '-') && is_letter(at(s, i + 1)))
        return i + 1;
    return 0;
}

size_t sq_number_scale(sq_str s, size_t i, double *value)
{
    size_t p = next_word(s, i);
    const struct word *w;

    if (p == 0 && (at(s, i) | 32) == 'k' && !word_at(s, i + 1)) {
        *value *= 1e3;
        return i + 1;
    }
    w = p ? look_up(scales, COUNT(scales), sq_number_word(s, p)) : NULL;
    if (!w)
        return i;
    *value *= w->value;
    return p + strlen(w->name);
}

/* What the words so far come to. */
struct tally {
    double total; /* of the thousands, millions... that are closed */
    double group; /* below the next scale */
    double last;  /* value of the last word */
    size_t end;   /* behind the last word, or 0 */
    bool article; /* "a" stands at the start */
};

/* Takes a word that ends at `end`; false when it doesn't go on the number. */
static bool take(struct tally *t, sq_str word, size_t end)
{
    const struct word *unit = look_up(units, COUNT(units), word);
    const struct word *scale = look_up(scales, COUNT(scales), word);

    if (unit) {
        /* "two three" are two numbers, "twenty three" is one. */
        if (t->end && t->last < 100 &&
            !(t->last >= 20 && unit->value < 10 && unit->value > 0))
            return false;
        t->group += unit->value;
        t->last = unit->value;
    } else if (scale && (t->end || t->article)) {
        double group = t->group > 0 ? t->group : 1;

        t->last = scale->value;
        t->group = scale->value > 100 ? 0 : group * scale->value;
        if (scale->value > 100)
            t->total += group * scale->value;
    } else if (!t->end && !t->article &&
               (is_word(word, "a") || is_word(word, "an"))) {
        t->article = true;
        return true;
    } else {
        return t->end && t->last >= 100 && is_word(word, "and");
    }
    t->end = end;
    return true;
}

size_t sq_number_words(sq_str s, size_t i, double *value)
{
    struct tally t = {0};

    do {
        sq_str word = sq_number_word(s, i);

        if (!take(&t, word, i + word.n))
            break;
        i = next_word(s, i + word.n);
    } while (i);
    if (t.end == 0)
        return 0;
    *value = t.total + t.group;
    if (sq_str_starts(sq_str_sub(s, t.end, s.n), SQ_STR(" and a half"))) {
        *value += 0.5;
        t.end += strlen(" and a half");
    }
    return t.end;
}
