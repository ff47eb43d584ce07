/* Operations on lists. Sorting and joining want words without hyphens, as
 * there is more than one way to order or to read those. */
#include "suite/chain_ops.h"
#include <string.h>

static void swap(struct sq_chain_value *v, size_t i, size_t j)
{
    struct sq_chain_item it = v->item[i];
    v->item[i] = v->item[j];
    v->item[j] = it;
}

static bool plain_words(const struct sq_chain_value *v)
{
    for (size_t i = 0; i < v->n; i++)
        if (strchr(v->item[i].word, '-'))
            return false;
    return true;
}

static bool reverse(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    for (size_t i = 0; i < v->n / 2; i++)
        swap(v, i, v->n - 1 - i);
    return true;
}

/* < 0: a stands before b in ascending order. */
static int order(const struct sq_chain_item *a, const struct sq_chain_item *b)
{
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return strcmp(a->word, b->word);
}

static bool sort(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    if (!plain_words(v))
        return false;
    for (size_t i = 1; i < v->n; i++)
        for (size_t j = i; j > 0; j--)
            if (order(&v->item[j], &v->item[j - 1]) < 0)
                swap(v, j, j - 1);
    return true;
}

static bool sort_down(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    return sort(v, arg) && reverse(v, arg);
}

static bool count(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    sq_chain_set_number(v, (long long)v->n);
    return true;
}

/* v becomes its one item at. */
static bool take(struct sq_chain_value *v, size_t at)
{
    struct sq_chain_item it = v->item[at];
    memset(v->item, 0, sizeof v->item);
    v->item[0] = it;
    v->n = 1;
    return true;
}

static bool take_item(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    return arg->n <= (long long)v->n && take(v, (size_t)arg->n - 1);
}

static bool largest(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    return sort(v, arg) && take(v, v->n - 1);
}

static bool smallest(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    return sort(v, arg) && take(v, 0);
}

static bool drop(struct sq_chain_value *v, size_t at)
{
    if (v->n < 2)
        return false;
    v->n--;
    memmove(v->item + at, v->item + at + 1, (v->n - at) * sizeof *v->item);
    return true;
}

static bool drop_first(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    return drop(v, 0);
}

static bool drop_last(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    return drop(v, v->n - 1);
}

static bool append(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    if (v->n == SQ_CHAIN_ITEMS ||
        (v->item[0].word[0] >= 'A' && v->item[0].word[0] <= 'Z'))
        return false;
    struct sq_chain_item *it = &v->item[v->n++];
    *it = (struct sq_chain_item){.number = arg->n};
    memcpy(it->word, arg->word, sizeof it->word);
    return true;
}

static bool swap_ends(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    swap(v, 0, v->n - 1);
    return v->n > 1;
}

/* v becomes one word: its items, with hyphens between them or nothing. */
static bool glue(struct sq_chain_value *v, bool hyphens)
{
    char w[SQ_CHAIN_LETTERS + 1] = "";
    size_t n = 0;
    if (v->n < 2 || !plain_words(v))
        return false;
    for (size_t i = 0; i < v->n; i++) {
        size_t len = strlen(v->item[i].word);
        if (n + (hyphens && i) + len > SQ_CHAIN_LETTERS)
            return false;
        if (hyphens && i)
            w[n++] = '-';
        memcpy(w + n, v->item[i].word, len);
        n += len;
    }
    sq_chain_set_word(v, w, n);
    return true;
}

static bool join_hyphens(struct sq_chain_value *v,
                         const struct sq_chain_arg *arg)
{
    (void)arg;
    return glue(v, true);
}

static bool join_words(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    return glue(v, false);
}

static bool join_numbers(struct sq_chain_value *v,
                         const struct sq_chain_arg *arg)
{
    (void)arg;
    long long all = 0;
    if (v->n < 2 || v->item[0].number == 0)
        return false;
    for (size_t i = 0; i < v->n && all < SQ_CHAIN_NUMBER_LIMIT; i++) {
        long long scale = 10;
        while (scale <= v->item[i].number)
            scale *= 10;
        all = all * scale + v->item[i].number;
    }
    sq_chain_set_number(v, all);
    return true;
}

static bool sum(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    long long all = 0;
    for (size_t i = 0; i < v->n; i++)
        all += v->item[i].number;
    sq_chain_set_number(v, all);
    return true;
}

static bool add_each(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    for (size_t i = 0; i < v->n; i++)
        v->item[i].number += arg->n;
    return true;
}

static bool letters_each(struct sq_chain_value *v,
                         const struct sq_chain_arg *arg)
{
    (void)arg;
    bool longer = false; /* counting single letters is no task */
    for (size_t i = 0; i < v->n; i++)
        longer |= v->item[i].word[1] != '\0';
    if (!longer || !plain_words(v))
        return false;
    for (size_t i = 0; i < v->n; i++)
        v->item[i] = (struct sq_chain_item){
            .number = (long long)strlen(v->item[i].word)};
    return true;
}

#define ROW(name, in, out, arg, phrase, excerpt, fn)                           \
    {                                                                          \
        name, phrase, fn, SQ_CHAIN_##in, out, SQ_CHAIN_ARG_##arg, excerpt      \
    }

const struct sq_chain_op sq_chain_list_ops[] = {
    ROW("reverse", LISTS, 0, NONE, "Reverse the list.", false, reverse),
    ROW("sort_words", WORDS, 0, NONE, "Sort the list alphabetically.", false,
        sort),
    ROW("sort_up", NUMBERS, 0, NONE, "Sort the list in ascending order.", false,
        sort),
    ROW("sort_down", NUMBERS, 0, NONE, "Sort the list in descending order.",
        false, sort_down),
    ROW("count", LISTS, SQ_CHAIN_NUMBER, NONE, "Count its items.", false,
        count),
    ROW("item_word", WORDS, SQ_CHAIN_WORD, PLACE, "Take its %o item.", true,
        take_item),
    ROW("item_number", NUMBERS, SQ_CHAIN_NUMBER, PLACE, "Take its %o item.",
        true, take_item),
    ROW("drop_first", LISTS, 0, NONE, "Remove its first item.", true,
        drop_first),
    ROW("drop_last", LISTS, 0, NONE, "Remove its last item.", true, drop_last),
    ROW("append_word", WORDS, 0, WORD, "Append %w.", false, append),
    ROW("append_number", NUMBERS, 0, NUMBER, "Append %n.", false, append),
    ROW("swap_ends", LISTS, 0, NONE, "Swap its first and last items.", false,
        swap_ends),
    ROW("join_hyphens", WORDS, SQ_CHAIN_WORD, NONE,
        "Join its items with hyphens.", false, join_hyphens),
    ROW("join_words", WORDS, SQ_CHAIN_WORD, NONE,
        "Join its items into one word.", false, join_words),
    ROW("join_numbers", NUMBERS, SQ_CHAIN_NUMBER, NONE,
        "Join its items into one number.", false, join_numbers),
    ROW("letters_each", WORDS, SQ_CHAIN_NUMBERS, NONE,
        "Count the letters of each item.", false, letters_each),
    ROW("sum", NUMBERS, SQ_CHAIN_NUMBER, NONE, "Add up its items.", false, sum),
    ROW("largest", NUMBERS, SQ_CHAIN_NUMBER, NONE, "Take its largest item.",
        true, largest),
    ROW("smallest", NUMBERS, SQ_CHAIN_NUMBER, NONE, "Take its smallest item.",
        true, smallest),
    ROW("add_each", NUMBERS, 0, SMALL, "Add %n to each item.", false, add_each),
};
const size_t sq_chain_list_nops =
    sizeof sq_chain_list_ops / sizeof *sq_chain_list_ops;
