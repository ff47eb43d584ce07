/* Operations on numbers. Results with a leading zero do not exist. */
#include "suite/chain_ops.h"

static bool add(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    v->item[0].number += arg->n;
    return true;
}

static bool subtract(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    v->item[0].number -= arg->n;
    return true;
}

static bool multiply(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    v->item[0].number *= arg->n;
    return true;
}

static bool divide(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    if (v->item[0].number % arg->n != 0)
        return false;
    v->item[0].number /= arg->n;
    return true;
}

static bool remainder_of(struct sq_chain_value *v,
                         const struct sq_chain_arg *arg)
{
    v->item[0].number %= arg->n;
    return true;
}

static bool add_digits(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    long long sum = 0;
    for (long long x = v->item[0].number; x > 0; x /= 10)
        sum += x % 10;
    v->item[0].number = sum;
    return true;
}

static bool reverse_digits(struct sq_chain_value *v,
                           const struct sq_chain_arg *arg)
{
    (void)arg;
    long long y = 0;
    if (v->item[0].number % 10 == 0)
        return false;
    for (long long x = v->item[0].number; x > 0; x /= 10)
        y = 10 * y + x % 10;
    v->item[0].number = y;
    return true;
}

static long long digits(long long x)
{
    long long n = 1;
    for (; x > 9; x /= 10)
        n++;
    return n;
}

static bool count_digits(struct sq_chain_value *v,
                         const struct sq_chain_arg *arg)
{
    (void)arg;
    v->item[0].number = digits(v->item[0].number);
    return true;
}

static bool largest_digit(struct sq_chain_value *v,
                          const struct sq_chain_arg *arg)
{
    (void)arg;
    long long best = 0;
    for (long long x = v->item[0].number; x > 0; x /= 10)
        if (x % 10 > best)
            best = x % 10;
    v->item[0].number = best;
    return true;
}

static bool drop_last(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    if (v->item[0].number < 10)
        return false;
    v->item[0].number /= 10;
    return true;
}

static bool list_digits(struct sq_chain_value *v,
                        const struct sq_chain_arg *arg)
{
    (void)arg;
    long long x = v->item[0].number;
    size_t n = (size_t)digits(x);
    if (n > SQ_CHAIN_ITEMS)
        return false;
    for (size_t i = n; i-- > 0; x /= 10)
        v->item[i] = (struct sq_chain_item){.number = x % 10};
    v->n = n;
    return true;
}

#define ROW(name, out, arg, phrase, fn)                                        \
    {                                                                          \
        name, phrase, fn, SQ_CHAIN_NUMBER, out, SQ_CHAIN_ARG_##arg, false      \
    }

const struct sq_chain_op sq_chain_number_ops[] = {
    ROW("add", 0, MEDIUM, "Add %n to it.", add),
    ROW("subtract", 0, MEDIUM, "Subtract %n from it.", subtract),
    ROW("multiply", 0, SMALL, "Multiply it by %n.", multiply),
    ROW("divide", 0, SMALL, "Divide it by %n.", divide),
    ROW("remainder", 0, MEDIUM, "Take its remainder when divided by %n.",
        remainder_of),
    ROW("add_digits", 0, NONE, "Add up its digits.", add_digits),
    ROW("reverse_digits", 0, NONE, "Reverse its digits.", reverse_digits),
    ROW("count_digits", 0, NONE, "Count its digits.", count_digits),
    ROW("largest_digit", 0, NONE, "Take its largest digit.", largest_digit),
    ROW("drop_last", 0, NONE, "Remove its last digit.", drop_last),
    ROW("list_digits", SQ_CHAIN_NUMBERS, NONE, "List its digits.", list_digits),
};
const size_t sq_chain_number_nops =
    sizeof sq_chain_number_ops / sizeof *sq_chain_number_ops;
