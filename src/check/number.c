#include "check/number.h"
#include <math.h>
#include <string.h>
#include "check/number_words.h"
#include "check/text.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static char at(sq_str s, size_t i)
{
    return i < s.n ? s.p[i] : '\0';
}

static bool is_far(sq_str s, size_t i)
{
    return (unsigned char)s.p[i] >= 0x80;
}

/* Number of digits from i on. */
static size_t digits(sq_str s, size_t i)
{
    size_t n = 0;

    while (is_digit(at(s, i + n)))
        n++;
    return n;
}

static bool starts(sq_str s, size_t i, const char *prefix)
{
    /* Most differ in the first byte: quicker than strlen and memcmp. */
    for (; *prefix; prefix++, i++)
        if (at(s, i) != *prefix)
            return false;
    return true;
}

/* True when a word character ends right before i. */
static bool word_before(sq_str s, size_t i)
{
    size_t start = i;

    if (i == 0)
        return false;
    do
        start--;
    while (start > 0 && i - start < 4 &&
           ((unsigned char)s.p[start] & 0xc0) == 0x80);
    return sq_text_is_word(sq_utf8_next(s, &start));
}

static bool word_at(sq_str s, size_t i)
{
    return i < s.n && sq_text_is_word(sq_utf8_next(s, &i));
}

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- digits ------------------------------------------------------------ */

/* Length of a mark at i that groups thousands: followed by three digits and no
 * fourth. */
static size_t group_mark(sq_str s, size_t i)
{
    static const char *const marks[] = {",",
                                        " ",
                                        "'",
                                        "\xc2\xa0",
                                        "_",
                                        "{,}",
                                        "\\,",
                                        "\xe2\x80\xaf",
                                        "\xe2\x80\x99",
                                        "\xe2\x80\x89"};

    if (i >= s.n || is_digit(s.p[i]) || s.p[i] == '.' || s.p[i] == '\n')
        return 0;
    for (size_t k = 0; k < sizeof(marks) / sizeof(*marks); k++) {
        size_t n;

        if (!starts(s, i, marks[k]))
            continue;
        n = strlen(marks[k]);
        if (digits(s, i + n) == 3)
            return n;
    }
    return 0;
}

/* Digits being gathered for strtod-like reading, without their marks. */
struct digits {
    char p[64];
    size_t n;
    bool over;
};

static void gather(struct digits *d, sq_str s, size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (d->n == sizeof(d->p)) {
            d->over = true;
            return;
        }
        d->p[d->n++] = s.p[from + i];
    }
}

/* The digits before the decimal mark, grouped by one kind of mark or not. */
static size_t read_whole(sq_str s, size_t i, struct digits *d)
{
    size_t n = digits(s, i);
    size_t first = i;

    gather(d, s, i, n);
    i += n;
    if (n > 3)
        return i;
    /* 1.200.000 and 1.200,50: full stops group where they can't be decimal. */
    if (at(s, i) == '.' && digits(s, i + 1) == 3 &&
        ((at(s, i + 4) == '.' && digits(s, i + 5) == 3) ||
         (at(s, i + 4) == ',' && digits(s, i + 5) == 2))) {
        while (at(s, i) == '.' && digits(s, i + 1) == 3) {
            gather(d, s, i + 1, 3);
            i += 4;
        }
        return i;
    }
    if (s.p[first] == '0')
        return i;
    for (size_t m = group_mark(s, i), mark = i; m; m = group_mark(s, i)) {
        if (memcmp(s.p + mark, s.p + i, m) != 0)
            break;
        gather(d, s, i + m, 3);
        i += m + 3;
    }
    return i;
}

/* ".25" or, behind full stops that group, ",25". */
static size_t read_decimals(sq_str s, size_t start, size_t i, struct digits *d)
{
    size_t n;
    bool european = at(s, i) == ',' && digits(s, i + 1) == 2 && i - start > 4 &&
                    s.p[i - 4] == '.';

    if ((at(s, i) != '.' && !european) || !(n = digits(s, i + 1)))
        return i;
    gather(d, s, i, 1);
    d->p[d->n - 1] = '.';
    gather(d, s, i + 1, n);
    return i + 1 + n;
}

/* "e3", " x 10^3", "×10^{3}", "\times 10^3". */
static size_t read_exponent(sq_str s, size_t i, double *value)
{
    static const char *const times[] = {"x",       "*",      "\xc3\x97",
                                        "\\times", "\\cdot", "\xc2\xb7"};
    size_t p = i, n;
    bool minus;

    if ((at(s, p) | 32) == 'e') {
        p++;
    } else {
        bool found = false;

        while (at(s, p) == ' ' && p - i < 2)
            p++;
        if (p == s.n ||
            (s.p[p] != 'x' && s.p[p] != '*' && s.p[p] != '\\' && !is_far(s, p)))
            return i;
        for (size_t k = 0; k < sizeof(times) / sizeof(*times) && !found; k++) {
            if (starts(s, p, times[k])) {
                p += strlen(times[k]);
                found = true;
            }
        }
        while (found && at(s, p) == ' ')
            p++;
        if (!found || !starts(s, p, "10^"))
            return i;
        p += 3;
        p += at(s, p) == '{';
    }
    minus = at(s, p) == '-';
    p += minus || at(s, p) == '+';
    n = digits(s, p);
    if (n == 0 || n > 3)
        return i;
    {
        int e = 0;

        for (size_t k = 0; k < n; k++)
            e = e * 10 + (s.p[p + k] - '0');
        *value *= pow(10, minus ? -e : e);
    }
    p += n;
    return p + (at(s, p) == '}');
}

static double number_of(const struct digits *d)
{
    double value = 0;
    bool whole = d->n < 16;

    for (size_t i = 0; i < d->n && whole; i++) {
        whole = is_digit(d->p[i]);
        value = value * 10 + (d->p[i] - '0');
    }
    if (!whole)
        sq_str_to_num((sq_str){d->p, d->n}, &value);
    return value;
}

static size_t read_plain(sq_str s, size_t i, double *value)
{
    struct digits d; /* its text need not be cleared */
    size_t start = i;

    d.n = 0;
    d.over = false;

    i = read_whole(s, i, &d);
    i = read_decimals(s, start, i, &d);
    *value = d.over ? INFINITY : number_of(&d);
    return i;
}

/* One character that is a fraction: ½. Its length, or 0. */
static size_t vulgar(sq_str s, size_t i, double *value)
{
    static const struct {
        uint32_t cp;
        double value;
    } table[] = {{0xbd, 0.5},       {0xbc, 0.25},      {0xbe, 0.75},
                 {0x2153, 1 / 3.0}, {0x2154, 2 / 3.0}, {0x2155, 0.2},
                 {0x2156, 0.4},     {0x2157, 0.6},     {0x2158, 0.8},
                 {0x2159, 1 / 6.0}, {0x215a, 5 / 6.0}, {0x215b, 0.125},
                 {0x215c, 0.375},   {0x215d, 0.625},   {0x215e, 0.875}};
    size_t end = i;
    uint32_t cp;

    if (i >= s.n || (unsigned char)s.p[i] < 0xc2)
        return 0;
    cp = sq_utf8_next(s, &end);
    for (size_t k = 0; k < sizeof(table) / sizeof(*table); k++) {
        if (table[k].cp == cp) {
            *value = table[k].value;
            return end - i;
        }
    }
    return 0;
}

/* "/4" behind 3, " 1/2" or "½" behind 2. */
static size_t read_fraction(sq_str s, size_t i, double *value)
{
    double top, bottom, part;
    size_t p = i, n;

    if (at(s, i) == '/' && is_digit(at(s, i + 1))) {
        p = read_plain(s, i + 1, &bottom);
        if (at(s, p) == '/' || bottom == 0)
            return i; /* a date; left to the caller, who sees the slash */
        *value /= bottom;
        return p;
    }
    p += at(s, p) == ' ';
    n = vulgar(s, p, &part);
    if (n) {
        *value += part;
        return p + n;
    }
    n = digits(s, p);
    if (p > i && n && n < 3 && at(s, p + n) == '/' &&
        is_digit(at(s, p + n + 1))) {
        read_plain(s, p, &top);
        n += 1 + p;
        p = read_plain(s, n, &bottom);
        if (bottom > top && at(s, p) != '/') {
            *value += top / bottom;
            return p;
        }
    }
    return i;
}

/* \frac{3}{4}, \dfrac{3}{4}. */
static size_t read_latex(sq_str s, size_t i, double *value)
{
    double top, bottom;

    if (starts(s, i, "\\dfrac{"))
        i++;
    else if (!starts(s, i, "\\frac{"))
        return 0;
    i += 6;
    if (!is_digit(at(s, i)))
        return 0;
    i = read_plain(s, i, &top);
    if (!starts(s, i, "}{") || !is_digit(at(s, i + 2)))
        return 0;
    i = read_plain(s, i + 2, &bottom);
    if (at(s, i) != '}' || bottom == 0)
        return 0;
    *value = top / bottom;
    return i + 1;
}

/* ---- one number -------------------------------------------------------- */

/* May stand right behind digits. */
static bool is_unit(sq_str w)
{
    static const char *const list[] = {
        "km",  "m",   "cm",  "mm",  "kg",  "g",   "mg",   "ml",  "l",
        "s",   "h",   "ms",  "hr",  "hrs", "min", "mins", "sec", "am",
        "pm",  "mph", "kmh", "ft",  "in",  "lb",  "lbs",  "oz",  "gb",
        "mb",  "kb",  "hz",  "khz", "mhz", "ghz", "v",    "w",   "kw",
        "kwh", "c",   "f",   "usd", "eur", "x"};

    for (size_t k = 0; k < COUNT(list); k++) {
        if (sq_str_eq_nocase(w, sq_str_from(list[k])))
            return true;
    }
    return false;
}

/* What stands behind the digits lets them be a number. */
static bool ends_well(sq_str s, size_t i)
{
    size_t end = i;

    if (i >= s.n)
        return true;
    if (at(s, i) == '.' && is_digit(at(s, i + 1)))
        return false; /* 1.2.3 */
    if (at(s, i) == '/' && is_digit(at(s, i + 1)))
        return false; /* 12/13/2021 */
    if (at(s, i) == '_')
        return !word_at(s, i + 1);
    if (is_letter(at(s, i)))
        return is_unit(sq_number_word(s, i));
    return !sq_text_is_word(sq_utf8_next(s, &end));
}

/* Whatever hangs on to digits that are no number, to skip as a whole. */
static size_t skip_token(sq_str s, size_t i)
{
    while (i < s.n) {
        size_t p = i;
        bool joint = (s.p[i] == '.' || s.p[i] == '/' || s.p[i] == '_') &&
                     word_at(s, i + 1);

        if (!sq_text_is_word(sq_utf8_next(s, &p)) && !joint)
            break;
        i = p;
    }
    return i;
}

/* A minus or a currency before start: -5, -$5, $-5. */
static bool is_negative(sq_str s, size_t start)
{
    static const char *const currencies[] = {"$", "\xe2\x82\xac", "\xc2\xa3",
                                             "\xc2\xa5"};
    size_t sign;

    if (start == 0 || (s.p[start - 1] != '$' && s.p[start - 1] != '-' &&
                       !is_far(s, start - 1)))
        return false;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < COUNT(currencies); k++) {
            size_t n = strlen(currencies[k]);

            if (start >= n && starts(s, start - n, currencies[k])) {
                start -= n;
                break;
            }
        }
        sign = 0;
        if (start >= 1 && s.p[start - 1] == '-')
            sign = 1;
        else if (start >= 3 && starts(s, start - 3, "\xe2\x88\x92"))
            sign = 3;
        if (sign)
            return !word_before(s, start - sign) &&
                   !(start > sign && (s.p[start - sign - 1] == ')' ||
                                      s.p[start - sign - 1] == '%' ||
                                      s.p[start - sign - 1] == '-'));
    }
    return false;
}

/* "minus " or "negative " right before start. */
static bool minus_before(sq_str s, size_t start)
{
    sq_str before = sq_str_sub(s, start > 9 ? start - 9 : 0, start);

    if (start < 2 || s.p[start - 1] != ' ' ||
        (s.p[start - 2] != 's' && s.p[start - 2] != 'e'))
        return false;
    return sq_str_ends(before, SQ_STR("minus ")) ||
           sq_str_ends(before, SQ_STR("Minus ")) ||
           sq_str_ends(before, SQ_STR("negative ")) ||
           sq_str_ends(before, SQ_STR("Negative "));
}

static size_t read_percent(sq_str s, size_t i, bool *percent)
{
    size_t p = i + (at(s, i) == ' ');

    if (at(s, i) == '%' || starts(s, i, "\\%")) {
        *percent = true;
        return i + 1 + (s.p[i] == '\\');
    }
    if (starts(s, p, "percent") || starts(s, p, "per cent"))
        *percent = true;
    return i;
}

/* Digits at i: the number, or false with *end behind what was no number. */
static bool read_digits(sq_str s, size_t i, struct sq_number *out, size_t *end)
{
    size_t first = i;
    size_t p;

    if (s.p[i] == '.') {
        struct digits d = {.n = 0};

        p = read_decimals(s, i, i, &d);
        out->value = number_of(&d);
    } else {
        p = read_plain(s, i, &out->value);
    }
    p = read_exponent(s, p, &out->value);
    p = read_fraction(s, p, &out->value);
    p = sq_number_scale(s, p, &out->value);
    *end = p;
    if (word_before(s, first) || !ends_well(s, p)) {
        *end = skip_token(s, p);
        return false;
    }
    *end = read_percent(s, p, &out->percent);
    return true;
}

static bool can_start(sq_str s, size_t i)
{
    return is_digit(s.p[i]) ||
           (s.p[i] == '.' && is_digit(at(s, i + 1)) &&
            !(i > 0 && (is_digit(s.p[i - 1]) || s.p[i - 1] == '.')));
}

bool sq_number_next(sq_str text, size_t *pos, struct sq_number *out)
{
    size_t i = *pos;

    while (i < text.n) {
        size_t end = 0;

        out->percent = false;
        out->at = i;
        if (can_start(text, i)) {
            if (!read_digits(text, i, out, &end)) {
                i = end > i ? end : i + 1;
                continue;
            }
        } else if (text.p[i] == '\\') {
            end = read_latex(text, i, &out->value);
        } else if (is_letter(text.p[i]) && !word_before(text, i)) {
            end = sq_number_words(text, i, &out->value);
            if (end)
                read_percent(text, end, &out->percent);
            else
                end = 0;
        } else {
            end = vulgar(text, i, &out->value);
            end += end ? i : 0;
        }
        if (end) {
            if (is_negative(text, i) || minus_before(text, i))
                out->value = -out->value;
            out->end = end;
            *pos = end;
            return true;
        }
        i++;
    }
    *pos = i;
    return false;
}
