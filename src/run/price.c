#include "run/price.h"

#include <math.h>
#include <stdio.h>

#include "base/json.h"

bool sq_price_known(struct sq_price p)
{
    return !isnan(p.input) && !isnan(p.output);
}

double sq_price_cost(struct sq_price p, struct sq_tokens n)
{
    long long cached = n.cached < n.input ? n.cached : n.input;
    double usd = (double)n.input * p.input + (double)n.output * p.output;
    if (cached > 0)
        usd -= (double)cached * p.cached_less;
    return usd / 1e6;
}

static enum sq_status read_entry(const struct sq_json *entry, const char *path,
                                 struct sq_price *out, struct sq_err *err)
{
    static const char *const keys[] = {"input", "output", "cached_input", NULL};
    sq_str name = sq_json_key(entry);
    char where[600];
    enum sq_status st;
    snprintf(where, sizeof where, "%s: %.*s", path, SQ_STR_ARG(name));
    if (sq_json_type(entry) != SQ_JSON_OBJECT)
        return sq_err_set(err, SQ_INPUT,
                          "%s: is %s, want {\"input\": USD, \"output\": USD} "
                          "per million tokens",
                          where, sq_json_type_name(entry));
    if ((st = sq_json_only(entry, keys, where, err)) != SQ_OK ||
        (st = sq_json_need_num(entry, "input", where, &out->input, err)) !=
            SQ_OK ||
        (st = sq_json_need_num(entry, "output", where, &out->output, err)) !=
            SQ_OK)
        return st;
    double cached = out->input;
    if (sq_json_get(entry, "cached_input") &&
        (st = sq_json_need_num(entry, "cached_input", where, &cached, err)) !=
            SQ_OK)
        return st;
    if (cached > out->input)
        return sq_err_set(err, SQ_INPUT, "%s: cached_input is more than input",
                          where);
    out->cached_less = out->input - cached;
    if (out->input < 0 || out->output < 0 || cached < 0)
        return sq_err_set(err, SQ_INPUT, "%s: a price is below 0", where);
    return SQ_OK;
}

enum sq_status sq_price_load(const char *path, const char *model,
                             struct sq_price *out, struct sq_err *err)
{
    struct sq_json *list = sq_json_load(path, err);
    bool found = false;
    enum sq_status st = SQ_OK;
    if (!list)
        return err->status;
    if (sq_json_type(list) != SQ_JSON_OBJECT)
        st = sq_err_set(err, SQ_INPUT,
                        "%s: is %s, want {\"MODEL\": {\"input\": USD, "
                        "\"output\": USD}, ...}",
                        path, sq_json_type_name(list));
    for (const struct sq_json *e = sq_json_first(list); e && st == SQ_OK;
         e = sq_json_next(e)) {
        struct sq_price price = {NAN, NAN, 0};
        st = read_entry(e, path, &price, err);
        if (st == SQ_OK && sq_str_eq(sq_json_key(e), sq_str_from(model))) {
            *out = price;
            found = true;
        }
    }
    if (st == SQ_OK && !found)
        st = sq_err_set(err, SQ_INPUT,
                        "%s: no price of \"%s\"; add \"%s\": {\"input\": USD, "
                        "\"output\": USD} per million tokens",
                        path, model, model);
    sq_json_free(list);
    return st;
}
