#include "base/opt.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The command line is read first and the others fill what it left unset: then
 * --help needs neither a sound environment nor a sound config file. */
struct parse {
    const struct sq_opt *table;
    bool *set; /* per row of the table */
    struct sq_err *err;
};

static size_t table_size(const struct sq_opt *table)
{
    size_t n = 0;
    while (table[n].name)
        n++;
    return n;
}

static const struct sq_opt *by_name(const struct sq_opt *table, sq_str name)
{
    for (const struct sq_opt *o = table; o->name; o++)
        if (sq_str_eq(sq_str_from(o->name), name))
            return o;
    return NULL;
}

static const struct sq_opt *by_letter(const struct sq_opt *table, char letter)
{
    for (const struct sq_opt *o = table; o->name; o++)
        if (o->letter == letter)
            return o;
    return NULL;
}

static bool takes_value(const struct sq_opt *o)
{
    return o->type != SQ_OPT_FLAG && o->type != SQ_OPT_COUNT;
}

/* ---- the closest name ---------------------------------------------------- */

/* Edits (insert, delete, replace, swap neighbours) that make a of b: Damerau
 * and Levenshtein's distance with one edit per place. */
static size_t distance(sq_str a, sq_str b)
{
    enum { LONGEST = 40 };
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    if (a.n > LONGEST || b.n > LONGEST)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.n; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t best = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
                a.p[i - 2] == b.p[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b.n];
}

/* Is `found` the closest to `name` so far? Then *least is its distance. */
static bool closer(sq_str name, const char *found, size_t *least)
{
    size_t d = distance(name, sq_str_from(found));
    if (d >= *least)
        return false;
    *least = d;
    return true;
}

const char *sq_opt_nearest(const char *name, const char *const *names)
{
    const char *found = NULL;
    size_t least = strlen(name) / 3 + 2;
    for (; *names; names++)
        if (closer(sq_str_from(name), *names, &least))
            found = *names;
    return found;
}

/* NULL when nothing is near. */
static const struct sq_opt *closest(const struct sq_opt *table, sq_str name)
{
    const struct sq_opt *found = NULL;
    size_t least = name.n / 3 + 2;
    for (const struct sq_opt *o = table; o->name; o++)
        if (closer(name, o->name, &least))
            found = o;
    return found;
}

static enum sq_status unknown(const struct parse *p, const char *what,
                              const char *dashes, sq_str name)
{
    const struct sq_opt *near = closest(p->table, name);
    if (near)
        return sq_err_set(p->err, SQ_USAGE,
                          "unknown %s %s%.*s; did you mean %s%s?", what, dashes,
                          SQ_STR_ARG(name), dashes, near->name);
    return sq_err_set(p->err, SQ_USAGE, "unknown %s %s%.*s; --help lists them",
                      what, dashes, SQ_STR_ARG(name));
}

/* ---- values -------------------------------------------------------------- */

static bool has_bounds(const struct sq_opt *o)
{
    return o->min < 0 || o->min > 0 || o->max < 0 || o->max > 0;
}

static bool in_bounds(const struct sq_opt *o, double v)
{
    return !has_bounds(o) || (v >= o->min && v <= o->max);
}

/* "WHERE: 'x' is not a whole number from 1 to 9" */
static enum sq_status bad_number(const struct parse *p, const struct sq_opt *o,
                                 const char *where, const char *value)
{
    const double endless = 9e15;
    struct sq_buf range;
    sq_buf_init(&range, SQ_MAX_MESSAGE);
    if (has_bounds(o) && o->max >= endless)
        sq_buf_addf(&range, " of at least %.15g", o->min);
    else if (has_bounds(o) && o->min <= -endless)
        sq_buf_addf(&range, " of at most %.15g", o->max);
    else if (has_bounds(o))
        sq_buf_addf(&range, " from %.15g to %.15g", o->min, o->max);
    (void)sq_err_set(p->err, SQ_USAGE, "%s: '%s' is not a %s%s", where, value,
                     o->type == SQ_OPT_NUM ? "number" : "whole number",
                     range.p);
    sq_buf_release(&range);
    return SQ_USAGE;
}

static void append(struct sq_opt_list *list, bool *set, const char *value)
{
    if (!*set)
        list->n = 0;
    list->v = sq_xrealloc(list->v, list->n + 1, sizeof(*list->v));
    list->v[list->n++] = value;
}

/* Stores a value given as text; o takes one. */
static enum sq_status store(const struct parse *p, const struct sq_opt *o,
                            const char *where, const char *value)
{
    bool *set = &p->set[o - p->table];
    sq_str text = sq_str_from(value);
    long long whole;
    double num;
    switch (o->type) {
    case SQ_OPT_STR:
        *(const char **)o->dest = value;
        break;
    case SQ_OPT_LIST:
        append(o->dest, set, value);
        break;
    case SQ_OPT_INT:
        if (!sq_str_to_int(text, &whole) || !in_bounds(o, (double)whole))
            return bad_number(p, o, where, value);
        *(long long *)o->dest = whole;
        break;
    case SQ_OPT_NUM:
        if (!sq_str_to_num(text, &num) || !in_bounds(o, num))
            return bad_number(p, o, where, value);
        *(double *)o->dest = num;
        break;
    case SQ_OPT_FLAG:
    case SQ_OPT_COUNT:
        break; /* no text makes these */
    }
    *set = true;
    return SQ_OK;
}

static void store_flag(const struct parse *p, const struct sq_opt *o, bool on)
{
    if (o->type == SQ_OPT_COUNT)
        *(int *)o->dest += 1;
    else
        *(bool *)o->dest = on;
    p->set[o - p->table] = true;
}

/* ---- command line -------------------------------------------------------- */

struct args {
    int argc, i; /* i: the argument after the one being read */
    char **argv;
};

static enum sq_status need_value(const struct parse *p, const struct sq_opt *o,
                                 const char *where, struct args *a,
                                 const char *joined)
{
    if (!joined && a->i == a->argc)
        return sq_err_set(p->err, SQ_USAGE, "%s needs a value: %s %s", where,
                          where, o->arg ? o->arg : "VALUE");
    return store(p, o, where, joined ? joined : a->argv[a->i++]);
}

/* text is what stands behind "--". */
static enum sq_status parse_long(const struct parse *p, char *text,
                                 struct args *a)
{
    const char *eq = strchr(text, '=');
    sq_str name = {text, eq ? (size_t)(eq - text) : strlen(text)};
    const struct sq_opt *o = by_name(p->table, name);
    bool on = true;
    if (!o && sq_str_starts(name, SQ_STR("no-"))) {
        o = by_name(p->table, sq_str_sub(name, 3, name.n));
        on = false;
        if (o && o->type != SQ_OPT_FLAG)
            o = NULL;
    }
    if (!o)
        return unknown(p, "option", "--", name);
    if (!takes_value(o)) {
        if (eq)
            return sq_err_set(p->err, SQ_USAGE, "--%.*s takes no value",
                              SQ_STR_ARG(name));
        store_flag(p, o, on);
        return SQ_OK;
    }
    struct sq_buf where;
    sq_buf_init(&where, SQ_MAX_MESSAGE);
    sq_buf_addf(&where, "--%s", o->name);
    enum sq_status status = need_value(p, o, where.p, a, eq ? eq + 1 : NULL);
    sq_buf_release(&where);
    return status;
}

/* text is what stands behind "-": letters, the last one may take a value. */
static enum sq_status parse_letters(const struct parse *p, const char *text,
                                    struct args *a, bool *help)
{
    for (; *text; text++) {
        const struct sq_opt *o = by_letter(p->table, *text);
        char where[3] = {'-', *text, '\0'};
        if (!o && *text == 'h') {
            *help = true;
            return SQ_OK;
        }
        if (!o)
            return sq_err_set(p->err, SQ_USAGE,
                              "unknown option -%c; --help lists them", *text);
        if (takes_value(o))
            return need_value(p, o, where, a, text[1] ? text + 1 : NULL);
        store_flag(p, o, true);
    }
    return SQ_OK;
}

static enum sq_status parse_argv(const struct parse *p, struct args *a,
                                 int *noperands, bool *help)
{
    enum sq_status status = SQ_OK;
    bool options = true;
    while (a->i < a->argc && !status && !*help) {
        char *arg = a->argv[a->i++];
        if (!options || arg[0] != '-' || !arg[1])
            a->argv[1 + (*noperands)++] = arg;
        else if (strcmp(arg, "--") == 0)
            options = false;
        else if (strcmp(arg, "--help") == 0)
            *help = true;
        else if (arg[1] == '-')
            status = parse_long(p, arg + 2, a);
        else
            status = parse_letters(p, arg + 1, a, help);
    }
    return status;
}

/* ---- environment --------------------------------------------------------- */

static void env_name(const struct sq_opt *o, struct sq_buf *out)
{
    sq_buf_adds(out, "SEQEVAL_");
    for (const char *c = o->name; *c; c++)
        sq_buf_addc(out, *c == '-' ? '_' : (char)toupper((unsigned char)*c));
}

static bool is_word_of(const char *value, const char *const *words)
{
    for (; *words; words++)
        if (sq_str_eq_nocase(sq_str_from(value), sq_str_from(*words)))
            return true;
    return false;
}

static enum sq_status store_env(const struct parse *p, const struct sq_opt *o,
                                const char *name, const char *value)
{
    static const char *const yes[] = {"1", "true", "yes", "on", NULL};
    static const char *const no[] = {"0", "false", "no", "off", NULL};
    long long count;
    if (takes_value(o))
        return store(p, o, name, value);
    if (o->type == SQ_OPT_COUNT) {
        if (!sq_str_to_int(sq_str_from(value), &count) || count < 0 ||
            count > 9)
            return sq_err_set(p->err, SQ_USAGE,
                              "%s: '%s' is not a whole number from 0 to 9",
                              name, value);
        *(int *)o->dest = (int)count;
    } else {
        if (!is_word_of(value, yes) && !is_word_of(value, no))
            return sq_err_set(p->err, SQ_USAGE,
                              "%s: '%s' is neither 1 (yes) nor 0 (no)", name,
                              value);
        *(bool *)o->dest = is_word_of(value, yes);
    }
    p->set[o - p->table] = true;
    return SQ_OK;
}

static enum sq_status parse_env(const struct parse *p)
{
    enum sq_status status = SQ_OK;
    struct sq_buf name;
    sq_buf_init(&name, SQ_MAX_MESSAGE);
    for (const struct sq_opt *o = p->table; o->name && !status; o++) {
        sq_buf_reset(&name);
        env_name(o, &name);
        const char *value = getenv(name.p);
        if (value && value[0] && !p->set[o - p->table])
            status = store_env(p, o, name.p, value);
    }
    sq_buf_release(&name);
    return status;
}

/* ---- config -------------------------------------------------------------- */

static enum sq_status bad_config(const struct parse *p, const struct sq_opt *o,
                                 const char *wanted, const struct sq_json *j)
{
    return sq_err_set(p->err, SQ_USAGE, "config: %s: expected %s, found %s",
                      o->name, wanted, sq_json_type_name(j));
}

static enum sq_status config_list(const struct parse *p, const struct sq_opt *o,
                                  const struct sq_json *j)
{
    static const char wanted[] = "a string or an array of strings";
    if (sq_json_type(j) == SQ_JSON_STRING)
        return store(p, o, o->name, sq_json_str(j).p);
    if (sq_json_type(j) != SQ_JSON_ARRAY)
        return bad_config(p, o, wanted, j);
    for (j = sq_json_first(j); j; j = sq_json_next(j)) {
        if (sq_json_type(j) != SQ_JSON_STRING)
            return bad_config(p, o, wanted, j);
        (void)store(p, o, o->name, sq_json_str(j).p);
    }
    return SQ_OK;
}

static enum sq_status config_number(const struct parse *p,
                                    const struct sq_opt *o,
                                    const struct sq_json *j)
{
    struct sq_buf where, digits;
    if (sq_json_type(j) != SQ_JSON_NUMBER)
        return bad_config(p, o, "a number", j);
    sq_buf_init(&where, SQ_MAX_MESSAGE);
    sq_buf_init(&digits, SQ_MAX_MESSAGE);
    sq_buf_addf(&where, "config: %s", o->name);
    sq_json_render(j, &digits);
    enum sq_status status = store(p, o, where.p, digits.p);
    sq_buf_release(&digits);
    sq_buf_release(&where);
    return status;
}

static enum sq_status store_config(const struct parse *p,
                                   const struct sq_opt *o,
                                   const struct sq_json *j)
{
    long long count;
    switch (o->type) {
    case SQ_OPT_FLAG:
        if (sq_json_type(j) != SQ_JSON_BOOL)
            return bad_config(p, o, "true or false", j);
        *(bool *)o->dest = sq_json_bool(j);
        break;
    case SQ_OPT_COUNT:
        if (!sq_json_int(j, &count) || count < 0 || count > 9)
            return bad_config(p, o, "a whole number from 0 to 9", j);
        *(int *)o->dest = (int)count;
        break;
    case SQ_OPT_STR:
        if (sq_json_type(j) != SQ_JSON_STRING)
            return bad_config(p, o, "a string", j);
        return store(p, o, o->name, sq_json_str(j).p);
    case SQ_OPT_LIST:
        return config_list(p, o, j);
    case SQ_OPT_INT:
    case SQ_OPT_NUM:
        return config_number(p, o, j);
    }
    p->set[o - p->table] = true;
    return SQ_OK;
}

static enum sq_status parse_config(const struct parse *p,
                                   const struct sq_json *config)
{
    enum sq_status status = SQ_OK;
    if (sq_json_type(config) != SQ_JSON_OBJECT)
        return sq_err_set(p->err, SQ_USAGE,
                          "config: expected an object, "
                          "found %s",
                          sq_json_type_name(config));
    const struct sq_json *j = sq_json_first(config);
    for (; j && !status; j = sq_json_next(j)) {
        const struct sq_opt *o = by_name(p->table, sq_json_key(j));
        if (!o)
            status = unknown(p, "config key", "", sq_json_key(j));
        else if (!p->set[o - p->table])
            status = store_config(p, o, j);
    }
    return status;
}

enum sq_status sq_opt_parse(const struct sq_opt *table, int argc, char **argv,
                            const struct sq_json *config, int *noperands,
                            bool *help, struct sq_err *err)
{
    struct parse p = {table, sq_xcalloc(table_size(table), sizeof(bool)), err};
    struct args args = {argc, 1, argv};
    *noperands = 0;
    *help = false;
    enum sq_status status = parse_argv(&p, &args, noperands, help);
    if (!status && !*help)
        status = parse_env(&p);
    if (!status && !*help && config)
        status = parse_config(&p, config);
    free(p.set);
    return status;
}

const char *sq_opt_config_path(int argc, char **argv)
{
    static const char name[] = "--config";
    const size_t n = sizeof(name) - 1;
    const char *found = NULL;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], name, n) != 0)
            continue;
        if (argv[i][n] == '=')
            found = argv[i] + n + 1;
        else if (!argv[i][n] && i + 1 < argc)
            found = argv[++i];
    }
    if (!found)
        found = getenv("SEQEVAL_CONFIG");
    return found && found[0] ? found : NULL;
}
