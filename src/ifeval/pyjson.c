/* What json.loads() takes: RFC 8259, and NaN, Infinity and -Infinity. */
#include "ifeval/rules.h"
#include <string.h>

#define MAX_DEPTH 900 /* where Python gives up, about */

struct scan {
    sq_str s;
    size_t i;
};

static bool take(struct scan *j, const char *word)
{
    size_t n = strlen(word);

    if (j->s.n - j->i < n || memcmp(j->s.p + j->i, word, n) != 0)
        return false;
    j->i += n;
    return true;
}

static void blanks(struct scan *j)
{
    while (j->i < j->s.n && memchr(" \t\n\r", j->s.p[j->i], 4))
        j->i++;
}

static size_t digits(struct scan *j)
{
    size_t from = j->i;

    while (j->i < j->s.n && j->s.p[j->i] >= '0' && j->s.p[j->i] <= '9')
        j->i++;
    return j->i - from;
}

static bool hex4(struct scan *j)
{
    for (size_t k = 0; k < 4; k++, j->i++)
        if (j->i >= j->s.n ||
            !memchr("0123456789abcdefABCDEF", j->s.p[j->i], 22))
            return false;
    return true;
}

static bool string(struct scan *j)
{
    if (!take(j, "\""))
        return false;
    while (j->i < j->s.n) {
        unsigned char c = (unsigned char)j->s.p[j->i++];

        if (c == '"')
            return true;
        if (c < 0x20)
            return false;
        if (c != '\\')
            continue;
        if (j->i >= j->s.n)
            return false;
        c = (unsigned char)j->s.p[j->i++];
        if (c == 'u' ? !hex4(j) : !memchr("\"\\/bfnrt", c, 8))
            return false;
    }
    return false;
}

/* The exponent and the fraction count only when they are whole; what is left
 * of them is then a leftover, which is refused elsewhere. */
static bool number(struct scan *j)
{
    size_t keep;

    (void)take(j, "-");
    if (!take(j, "0") && digits(j) == 0)
        return false;
    keep = j->i;
    if (!take(j, ".") || digits(j) == 0)
        j->i = keep;
    keep = j->i;
    if (take(j, "e") || take(j, "E")) {
        if (!take(j, "+"))
            (void)take(j, "-");
        if (digits(j) == 0)
            j->i = keep;
    }
    return true;
}

static bool scalar(struct scan *j, bool lax)
{
    static const char *const words[] = {"true", "false", "null"};
    static const char *const odd[] = {"NaN", "Infinity", "-Infinity"};

    for (size_t k = 0; k < 3; k++)
        if (take(j, words[k]) || (lax && take(j, odd[k])))
            return true;
    return j->i < j->s.n && j->s.p[j->i] == '"' ? string(j) : number(j);
}

/* `"key" :` of an object. */
static bool key(struct scan *j)
{
    blanks(j);
    if (!string(j))
        return false;
    blanks(j);
    return take(j, ":");
}

/* Closes what ends here; false where neither a close nor a comma fits. */
static bool close_all(struct scan *j, const char *open, size_t *depth)
{
    while (*depth > 0) {
        blanks(j);
        if (take(j, ",")) {
            return open[*depth - 1] == '[' || key(j);
        }
        if (!take(j, open[*depth - 1] == '[' ? "]" : "}"))
            return false;
        --*depth;
    }
    return true;
}

bool sq_ifeval_json(sq_str text, bool lax)
{
    struct scan j = {text, 0};
    char open[MAX_DEPTH];
    size_t depth = 0;

    do {
        blanks(&j);
        if (take(&j, "[") || take(&j, "{")) {
            char c = j.s.p[j.i - 1];

            if (depth == MAX_DEPTH)
                return false;
            open[depth++] = c;
            blanks(&j);
            if (j.i < j.s.n && j.s.p[j.i] == (c == '[' ? ']' : '}')) {
                if (!close_all(&j, open, &depth))
                    return false;
            } else if (c == '{' && !key(&j)) {
                return false;
            }
            continue;
        }
        if (!scalar(&j, lax) || !close_all(&j, open, &depth))
            return false;
    } while (depth > 0);
    blanks(&j);
    return j.i == j.s.n;
}
