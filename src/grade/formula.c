#include "grade/formula.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

#define MAX_BYTES 2000
#define MAX_DEPTH 64
#define POINTS 6
/* Of the larger value; doubles are off by less after some hundred steps. */
#define TOLERANCE 1e-11

struct reader {
    sq_str s;
    size_t at;
    unsigned depth;
    unsigned bars; /* within |...| */
    uint64_t point;
    bool bad;
};

static double complex sum(struct reader *r);
static double complex primary(struct reader *r);

static double complex fail(struct reader *r)
{
    r->bad = true;
    return 0;
}

/* ---- tokens ------------------------------------------------------------ */

static char peek(struct reader *r)
{
    while (r->at < r->s.n &&
           (sq_is_space(r->s.p[r->at]) || r->s.p[r->at] == '~'))
        r->at++;
    return r->at < r->s.n ? r->s.p[r->at] : '\0';
}

static bool take(struct reader *r, char c)
{
    if (peek(r) != c)
        return false;
    r->at++;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The command that stands here, "frac"; empty when none does. */
static sq_str command(struct reader *r)
{
    size_t end;

    if (peek(r) != '\\')
        return SQ_STR("");
    for (end = r->at + 1; end < r->s.n && is_letter(r->s.p[end]);)
        end++;
    return sq_str_sub(r->s, r->at + 1, end);
}

static bool take_command(struct reader *r, const char *name)
{
    sq_str c = command(r);

    if (!sq_str_eq(c, sq_str_from(name)))
        return false;
    r->at += c.n + 1;
    return true;
}

/* ---- atoms ------------------------------------------------------------- */

static double complex number(struct reader *r)
{
    size_t start = r->at;
    double v;

    while (r->at < r->s.n && (is_digit(r->s.p[r->at]) || r->s.p[r->at] == '.'))
        r->at++;
    if (!sq_str_to_num(sq_str_sub(r->s, start, r->at), &v))
        return fail(r);
    /* 3\frac12 may be meant as a sum; 12_3 has a base. */
    if (sq_str_eq(command(r), SQ_STR("frac")) || peek(r) == '_')
        return fail(r);
    return v;
}

/* The value of a letter: of either sign, not near 0. */
static double complex letter(struct reader *r, sq_str name)
{
    uint64_t words[3] = {r->point, name.n, 0};
    struct sq_rng rng;
    double v;

    for (size_t i = 0; i < name.n; i++)
        words[2] = words[2] * 131 + (unsigned char)name.p[i];
    sq_rng_seed(&rng, sq_rng_mix(words, 3));
    v = 0.3 + 2.4 * sq_rng_unit(&rng);
    return sq_rng_next(&rng) & 1 ? v : -v;
}

/* A letter, with its subscript if it has one: x_1, x_{10}. */
static double complex variable(struct reader *r)
{
    size_t start = r->at++, end = r->at;

    if (end + 1 < r->s.n && r->s.p[end] == '_') {
        const char *close = NULL;

        if (r->s.p[end + 1] == '{')
            close = memchr(r->s.p + end, '}', r->s.n - end);
        r->at = close ? (size_t)(close - r->s.p) + 1 : end + 2;
        return letter(r, sq_str_sub(r->s, start, r->at));
    }
    if (r->s.p[start] == 'i')
        return I;
    if (r->s.p[start] == 'e')
        return 2.718281828459045235;
    /* Three letters in a row are a word. */
    if (end + 1 < r->s.n && is_letter(r->s.p[end]) &&
        is_letter(r->s.p[end + 1]))
        return fail(r);
    return letter(r, sq_str_sub(r->s, start, end));
}

/* The argument of a command: a group, or one character or command. */
static double complex argument(struct reader *r)
{
    double complex v;

    if (take(r, '{')) {
        unsigned bars = r->bars;

        r->bars = 0;
        v = sum(r);
        r->bars = bars;
        return take(r, '}') ? v : fail(r);
    }
    if (is_digit(peek(r))) {
        v = r->s.p[r->at++] - '0';
        return v;
    }
    return primary(r);
}

/* ---- functions --------------------------------------------------------- */

static double complex one_over(double complex v)
{
    return 1 / v;
}

static const struct {
    const char *name;
    double complex (*f)(double complex);
    bool inverted; /* 1 / f */
} functions[] = {
    {"sin", csin, false},     {"cos", ccos, false},
    {"tan", ctan, false},     {"csc", csin, true},
    {"sec", ccos, true},      {"cot", ctan, true},
    {"arcsin", casin, false}, {"arccos", cacos, false},
    {"arctan", catan, false}, {"sinh", csinh, false},
    {"cosh", ccosh, false},   {"tanh", ctanh, false},
    {"ln", clog, false},      {"log", clog, false},
    {"exp", cexp, false},
};
#define NFUNCTIONS (sizeof(functions) / sizeof(*functions))

/* What a function is applied to: a group or bracket, or what stands behind it
 * without a sign between, as in \sin 2x. */
static double complex applied_to(struct reader *r)
{
    double complex v = 1;
    bool any = false;

    if (peek(r) == '(' || peek(r) == '{' || peek(r) == '[')
        return primary(r);
    while (is_digit(peek(r)) || is_letter(peek(r)) ||
           sq_str_eq(command(r), SQ_STR("pi")) ||
           sq_str_eq(command(r), SQ_STR("frac")) ||
           sq_str_eq(command(r), SQ_STR("theta")) ||
           sq_str_eq(command(r), SQ_STR("alpha"))) {
        v *= primary(r);
        if (take(r, '^'))
            v = cpow(v, argument(r));
        any = true;
        if (r->bad)
            break;
    }
    return any ? v : fail(r);
}

static double complex apply(struct reader *r, size_t which)
{
    double complex power = 1, base = 0, v;
    bool has_base = false;

    if (take(r, '_')) {
        base = argument(r);
        has_base = true;
    }
    if (take(r, '^'))
        power = argument(r);
    v = functions[which].f(applied_to(r));
    /* log alone: of base 10 to some, e to others. */
    if (strcmp(functions[which].name, "log") == 0)
        v = has_base ? v / clog(base) : v * letter(r, SQ_STR("log"));
    else if (has_base || power == -1)
        return fail(r);
    if (functions[which].inverted)
        v = one_over(v);
    return power == 1 ? v : cpow(v, power);
}

static double complex root(struct reader *r)
{
    double complex degree = 2;

    if (take(r, '[')) {
        degree = sum(r);
        if (!take(r, ']'))
            return fail(r);
    }
    if (degree == 2)
        return csqrt(argument(r));
    return cpow(argument(r), 1 / degree);
}

static double complex choose(struct reader *r)
{
    double complex n = argument(r), k = argument(r);

    return tgamma(creal(n) + 1) / tgamma(creal(k) + 1) /
           tgamma(creal(n) - creal(k) + 1);
}

static double complex command_value(struct reader *r)
{
    static const char *const letters[] = {
        "alpha", "beta",  "gamma", "delta", "theta", "lambda", "mu",
        "phi",   "omega", "sigma", "rho",   "tau",   "infty",  NULL};
    double complex top;

    if (take_command(r, "pi"))
        return 3.14159265358979323846;
    if (take_command(r, "frac")) {
        top = argument(r);
        return top / argument(r);
    }
    if (take_command(r, "sqrt"))
        return root(r);
    if (take_command(r, "binom"))
        return choose(r);
    for (size_t i = 0; i < NFUNCTIONS; i++)
        if (take_command(r, functions[i].name))
            return apply(r, i);
    for (size_t i = 0; letters[i]; i++)
        if (take_command(r, letters[i]))
            return letter(r, sq_str_from(letters[i]));
    return fail(r);
}

/* ---- formulas ---------------------------------------------------------- */

static double complex group(struct reader *r, char close)
{
    unsigned bars = r->bars;
    double complex v;

    r->at++;
    r->bars = 0;
    v = sum(r);
    r->bars = bars;
    return take(r, close) ? v : fail(r);
}

static double complex absolute(struct reader *r)
{
    double complex v;

    r->at++;
    r->bars++;
    v = sum(r);
    r->bars--;
    return take(r, '|') ? cabs(v) : fail(r);
}

static double complex primary(struct reader *r)
{
    char c = peek(r);
    double complex v;

    if (r->bad || r->depth == MAX_DEPTH)
        return fail(r);
    r->depth++;
    if (is_digit(c) || c == '.')
        v = number(r);
    else if (is_letter(c))
        v = variable(r);
    else if (c == '\\')
        v = command_value(r);
    else if (c == '(')
        v = group(r, ')');
    else if (c == '[')
        v = group(r, ']');
    else if (c == '{')
        v = group(r, '}');
    else if (c == '|')
        v = absolute(r);
    else
        v = fail(r);
    r->depth--;
    return v;
}

static double complex power(struct reader *r)
{
    double complex v = primary(r);

    for (;;) {
        if (take(r, '!')) {
            v = tgamma(creal(v) + 1);
        } else if (take(r, '^')) {
            bool minus = peek(r) == '-' && take(r, '-');
            double complex e = argument(r);

            v = cpow(v, minus ? -e : e);
        } else {
            return v;
        }
        if (r->bad)
            return v;
    }
}

/* Does a factor begin here, without a sign before it? */
static bool factor_follows(struct reader *r)
{
    char c = peek(r);

    if (c == '|')
        return r->bars == 0;
    return is_digit(c) || is_letter(c) || (c && strchr("({[\\.", c));
}

/* Behind a sign of operation, where it may have a sign of its own. */
static double complex factor(struct reader *r)
{
    return take(r, '-') ? -power(r) : power(r);
}

static double complex product(struct reader *r)
{
    double complex v = power(r);

    while (!r->bad) {
        if (take(r, '*') || take_command(r, "cdot") || take_command(r, "times"))
            v *= factor(r);
        else if (take(r, '/') || take_command(r, "div"))
            v /= factor(r);
        else if (factor_follows(r))
            v *= power(r);
        else
            break;
    }
    return v;
}

static double complex sum(struct reader *r)
{
    bool minus = false;
    double complex v;

    if (r->depth == MAX_DEPTH)
        return fail(r);
    r->depth++;
    while (peek(r) == '-' || peek(r) == '+')
        minus ^= r->s.p[r->at++] == '-';
    v = product(r);
    if (minus)
        v = -v;
    while (!r->bad && (peek(r) == '+' || peek(r) == '-')) {
        bool less = r->s.p[r->at++] == '-';
        double complex next = product(r);

        v = less ? v - next : v + next;
    }
    r->depth--;
    return v;
}

bool sq_formula_value(sq_str s, uint64_t point, double complex *out)
{
    struct reader r = {.s = s, .point = point};

    if (s.n > MAX_BYTES || peek(&r) == '\0')
        return false;
    *out = sum(&r);
    return !r.bad && peek(&r) == '\0' && r.at >= s.n;
}

bool sq_formula_equal(sq_str a, sq_str b)
{
    size_t agreed = 0;

    for (uint64_t i = 0; i < POINTS; i++) {
        double complex x, y;
        double size;

        if (!sq_formula_value(a, i, &x) || !sq_formula_value(b, i, &y))
            return false;
        size = fmax(cabs(x), cabs(y));
        if (!isfinite(size)) {
            if (isfinite(cabs(x)) || isfinite(cabs(y)))
                return false;
            continue;
        }
        if (cabs(x - y) > TOLERANCE * fmax(1e-3, size))
            return false;
        agreed++;
    }
    return agreed >= 2;
}
