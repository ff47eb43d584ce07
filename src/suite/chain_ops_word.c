/* Operations on words. Those that speak of letters do not take words with
 * hyphens, where "its first 3 letters" could be read in two ways; those that
 * name a letter take lower-case words only. */
#include "suite/chain_ops.h"
#include <string.h>

static bool letters_only(const char *w)
{
    return strchr(w, '-') == NULL;
}

static bool in_capitals(const char *w)
{
    return w[0] >= 'A' && w[0] <= 'Z';
}

static void flip_case(char *w)
{
    for (; *w; w++)
        if (*w != '-')
            *w = (char)(*w ^ 0x20);
}

static bool reverse(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    char *w = v->item[0].word;
    size_t n = strlen(w);
    for (size_t i = 0; i < n / 2; i++) {
        char c = w[i];
        w[i] = w[n - 1 - i];
        w[n - 1 - i] = c;
    }
    return true;
}

static bool capitals(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    if (!in_capitals(v->item[0].word))
        flip_case(v->item[0].word);
    return true;
}

static bool small_letters(struct sq_chain_value *v,
                          const struct sq_chain_arg *arg)
{
    (void)arg;
    if (in_capitals(v->item[0].word))
        flip_case(v->item[0].word);
    return true;
}

static bool sort_letters(struct sq_chain_value *v,
                         const struct sq_chain_arg *arg)
{
    (void)arg;
    char *w = v->item[0].word;
    if (!letters_only(w))
        return false;
    for (size_t i = 1; w[i]; i++)
        for (size_t j = i; j > 0 && w[j - 1] > w[j]; j--) {
            char c = w[j];
            w[j] = w[j - 1];
            w[j - 1] = c;
        }
    return true;
}

static bool count_letters(struct sq_chain_value *v,
                          const struct sq_chain_arg *arg)
{
    (void)arg;
    if (!letters_only(v->item[0].word))
        return false;
    sq_chain_set_number(v, (long long)strlen(v->item[0].word));
    return true;
}

/* v becomes its letters [start, end), if they are there. */
static bool cut(struct sq_chain_value *v, long long start, long long end)
{
    const char *w = v->item[0].word;
    if (!letters_only(w) || start < 0 || end > (long long)strlen(w))
        return false;
    sq_chain_set_word(v, w + start, (size_t)(end - start));
    return true;
}

static bool take_letter(struct sq_chain_value *v,
                        const struct sq_chain_arg *arg)
{
    return cut(v, arg->n - 1, arg->n);
}

static bool keep_first(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    return cut(v, 0, arg->n);
}

static bool keep_last(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    long long n = (long long)strlen(v->item[0].word);
    return cut(v, n - arg->n, n);
}

static bool drop_first(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    return cut(v, 1, (long long)strlen(v->item[0].word));
}

static bool drop_last(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    return cut(v, 0, (long long)strlen(v->item[0].word) - 1);
}

static bool twice(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    (void)arg;
    char *w = v->item[0].word;
    size_t n = strlen(w);
    if (!letters_only(w) || 2 * n > SQ_CHAIN_LETTERS)
        return false;
    memcpy(w + n, w, n);
    w[2 * n] = '\0';
    return true;
}

static bool first_to_end(struct sq_chain_value *v,
                         const struct sq_chain_arg *arg)
{
    (void)arg;
    char *w = v->item[0].word;
    size_t n = strlen(w);
    if (!letters_only(w))
        return false;
    char first = w[0];
    memmove(w, w + 1, n - 1);
    w[n - 1] = first;
    return true;
}

static bool put_letter(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    char *w = v->item[0].word;
    size_t n = strlen(w);
    if (!letters_only(w) || in_capitals(w) || n == SQ_CHAIN_LETTERS)
        return false;
    w[n] = arg->a;
    w[n + 1] = '\0';
    return true;
}

static bool replace(struct sq_chain_value *v, const struct sq_chain_arg *arg)
{
    if (in_capitals(v->item[0].word))
        return false;
    for (char *w = v->item[0].word; *w; w++)
        if (*w == arg->a)
            *w = arg->b;
    return true;
}

static bool drop_hyphens(struct sq_chain_value *v,
                         const struct sq_chain_arg *arg)
{
    (void)arg;
    char *to = v->item[0].word;
    for (const char *w = to; *w; w++)
        if (*w != '-')
            *to++ = *w;
    *to = '\0';
    return true;
}

static bool list_letters(struct sq_chain_value *v,
                         const struct sq_chain_arg *arg)
{
    (void)arg;
    char w[SQ_CHAIN_LETTERS + 1];
    memcpy(w, v->item[0].word, sizeof w);
    size_t n = strlen(w);
    if (!letters_only(w) || n > SQ_CHAIN_ITEMS)
        return false;
    for (size_t i = 0; i < n; i++) {
        v->item[i] = (struct sq_chain_item){0};
        v->item[i].word[0] = w[i];
    }
    v->n = n;
    return true;
}

#define ROW(name, out, arg, phrase, fn)                                        \
    {                                                                          \
        name, phrase, fn, SQ_CHAIN_WORD, out, SQ_CHAIN_ARG_##arg, false        \
    }

const struct sq_chain_op sq_chain_word_ops[] = {
    ROW("reverse", 0, NONE, "Reverse it.", reverse),
    ROW("capitals", 0, NONE, "Write it in capitals.", capitals),
    ROW("small", 0, NONE, "Write it in small letters.", small_letters),
    ROW("sort", 0, NONE, "Sort its letters alphabetically.", sort_letters),
    ROW("count", SQ_CHAIN_NUMBER, NONE, "Count its letters.", count_letters),
    ROW("letter", 0, PLACE, "Take its %o letter.", take_letter),
    ROW("keep_first", 0, KEEP, "Keep its first %n letters.", keep_first),
    ROW("keep_last", 0, KEEP, "Keep its last %n letters.", keep_last),
    ROW("drop_first", 0, NONE, "Remove its first letter.", drop_first),
    ROW("drop_last", 0, NONE, "Remove its last letter.", drop_last),
    ROW("twice", 0, NONE, "Write it twice without a space.", twice),
    ROW("first_to_end", 0, NONE, "Move its first letter to the end.",
        first_to_end),
    ROW("put_letter", 0, LETTER, "Put the letter %a at its end.", put_letter),
    ROW("replace", 0, REPLACE, "Replace each %a with %b.", replace),
    ROW("drop_hyphens", 0, NONE, "Remove its hyphens.", drop_hyphens),
    ROW("list_letters", SQ_CHAIN_WORDS, NONE, "List its letters.",
        list_letters),
};
const size_t sq_chain_word_nops =
    sizeof sq_chain_word_ops / sizeof *sq_chain_word_ops;
