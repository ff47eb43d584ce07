/* The operations of `chain`: each on values worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "suite/chain_ops.h"

enum { W = SQ_CHAIN_WORD, N = SQ_CHAIN_NUMBER };
enum { WS = SQ_CHAIN_WORDS, NS = SQ_CHAIN_NUMBERS };

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
struct example {
    int type;
    const char *op;
    struct sq_chain_arg arg;
    const char *in;
    int out_type;
    const char *out; /* NULL: the operation has no result */
    const char *instruction;
};

/* clang-format off */
static const struct example examples[] = {
    {W, "reverse", {0}, "kapo", W, "opak", "Reverse it."},
    {W, "reverse", {0}, "ab-cde", W, "edc-ba", "Reverse it."},
    {W, "capitals", {0}, "ka-po", W, "KA-PO", "Write it in capitals."},
    {W, "capitals", {0}, "KAPO", W, "KAPO", "Write it in capitals."},
    {W, "small", {0}, "KAPO", W, "kapo", "Write it in small letters."},
    {W, "small", {0}, "kapo", W, "kapo", "Write it in small letters."},
    {W, "sort", {0}, "kapoka", W, "aakkop", "Sort its letters alphabetically."},
    {W, "sort", {0}, "ka-po", 0, NULL, NULL},
    {W, "count", {0}, "planet", N, "6", "Count its letters."},
    {W, "count", {0}, "ka-po", 0, NULL, NULL},
    {W, "letter", {.n = 3}, "planet", W, "a", "Take its third letter."},
    {W, "letter", {.n = 8}, "abcdefgh", W, "h", "Take its eighth letter."},
    {W, "letter", {.n = 3}, "ab", 0, NULL, NULL},
    {W, "keep_first", {.n = 3}, "planet", W, "pla",
     "Keep its first 3 letters."},
    {W, "keep_first", {.n = 7}, "planet", 0, NULL, NULL},
    {W, "keep_last", {.n = 2}, "planet", W, "et", "Keep its last 2 letters."},
    {W, "keep_last", {.n = 7}, "planet", 0, NULL, NULL},
    {W, "drop_first", {0}, "planet", W, "lanet", "Remove its first letter."},
    {W, "drop_first", {0}, "p", 0, NULL, NULL},
    {W, "drop_last", {0}, "planet", W, "plane", "Remove its last letter."},
    {W, "drop_last", {0}, "p", 0, NULL, NULL},
    {W, "twice", {0}, "kapo", W, "kapokapo", "Write it twice without a space."},
    {W, "twice", {0}, "abcdefghijkl", W, "abcdefghijklabcdefghijkl", NULL},
    {W, "twice", {0}, "abcdefghijklm", 0, NULL, NULL},
    {W, "first_to_end", {0}, "planet", W, "lanetp",
     "Move its first letter to the end."},
    {W, "put_letter", {.a = 'k'}, "lufi", W, "lufik",
     "Put the letter k at its end."},
    {W, "put_letter", {.a = 'k'}, "LUFI", 0, NULL, NULL},
    {W, "put_letter", {.a = 'k'}, "abcdefghijklmnopqrstuvwx", 0, NULL, NULL},
    {W, "replace", {.a = 'a', .b = 'o'}, "banana", W, "bonono",
     "Replace each a with o."},
    {W, "replace", {.a = 'a', .b = 'o'}, "BANANA", 0, NULL, NULL},
    {W, "drop_hyphens", {0}, "a-b-cd", W, "abcd", "Remove its hyphens."},
    {W, "list_letters", {0}, "kapo", WS, "k, a, p, o", "List its letters."},
    {W, "list_letters", {0}, "abcdefghi", 0, NULL, NULL},
    {N, "add", {.n = 17}, "485", N, "502", "Add 17 to it."},
    {N, "add", {.n = 17}, "999999990", 0, NULL, NULL},
    {N, "subtract", {.n = 9}, "105", N, "96", "Subtract 9 from it."},
    {N, "subtract", {.n = 9}, "9", N, "0", NULL},
    {N, "subtract", {.n = 9}, "8", 0, NULL, NULL},
    {N, "multiply", {.n = 7}, "123", N, "861", "Multiply it by 7."},
    {N, "multiply", {.n = 9}, "200000000", 0, NULL, NULL},
    {N, "divide", {.n = 4}, "92", N, "23", "Divide it by 4."},
    {N, "divide", {.n = 4}, "93", 0, NULL, NULL},
    {N, "remainder", {.n = 48}, "92", N, "44",
     "Take its remainder when divided by 48."},
    {N, "add_digits", {0}, "9075", N, "21", "Add up its digits."},
    {N, "reverse_digits", {0}, "1203", N, "3021", "Reverse its digits."},
    {N, "reverse_digits", {0}, "120", 0, NULL, NULL},
    {N, "reverse_digits", {0}, "0", 0, NULL, NULL},
    {N, "count_digits", {0}, "1000", N, "4", "Count its digits."},
    {N, "count_digits", {0}, "0", N, "1", NULL},
    {N, "largest_digit", {0}, "2803", N, "8", "Take its largest digit."},
    {N, "drop_last", {0}, "2803", N, "280", "Remove its last digit."},
    {N, "drop_last", {0}, "7", 0, NULL, NULL},
    {N, "list_digits", {0}, "3028", NS, "3, 0, 2, 8", "List its digits."},
    {N, "list_digits", {0}, "123456789", 0, NULL, NULL},
    {WS, "reverse", {0}, "kapo, lufi, ade", WS, "ade, lufi, kapo",
     "Reverse the list."},
    {NS, "reverse", {0}, "1, 22, 3, 4", NS, "4, 3, 22, 1", NULL},
    {WS, "sort_words", {0}, "lufi, ka, kapo, ade", WS, "ade, ka, kapo, lufi",
     "Sort the list alphabetically."},
    {WS, "sort_words", {0}, "b-a, a", 0, NULL, NULL},
    {NS, "sort_words", {0}, "3, 1", 0, NULL, NULL},
    {NS, "sort_up", {0}, "30, 4, 100, 4", NS, "4, 4, 30, 100",
     "Sort the list in ascending order."},
    {NS, "sort_down", {0}, "30, 4, 100, 4", NS, "100, 30, 4, 4",
     "Sort the list in descending order."},
    {WS, "count", {0}, "kapo, lufi, ade", N, "3", "Count its items."},
    {NS, "count", {0}, "5", N, "1", NULL},
    {WS, "item_word", {.n = 2}, "kapo, lufi, ade", W, "lufi",
     "Take its second item."},
    {WS, "item_word", {.n = 4}, "kapo, lufi, ade", 0, NULL, NULL},
    {NS, "item_number", {.n = 4}, "7, 8, 9, 10", N, "10",
     "Take its fourth item."},
    {WS, "drop_first", {0}, "kapo, lufi, ade", WS, "lufi, ade",
     "Remove its first item."},
    {NS, "drop_first", {0}, "7", 0, NULL, NULL},
    {NS, "drop_last", {0}, "7, 8, 9", NS, "7, 8", "Remove its last item."},
    {WS, "drop_last", {0}, "ade", 0, NULL, NULL},
    {WS, "append_word", {.word = "mizo"}, "ade", WS, "ade, mizo",
     "Append mizo."},
    {WS, "append_word", {.word = "mizo"}, "ADE", 0, NULL, NULL},
    {WS, "append_word", {.word = "x"}, "a, b, c, d, e, f, g, h", 0, NULL, NULL},
    {NS, "append_number", {.n = 64}, "3, 0", NS, "3, 0, 64", "Append 64."},
    {WS, "swap_ends", {0}, "a, b, c, d", WS, "d, b, c, a",
     "Swap its first and last items."},
    {NS, "swap_ends", {0}, "1", 0, NULL, NULL},
    {WS, "join_hyphens", {0}, "kapo, lu, fi", W, "kapo-lu-fi",
     "Join its items with hyphens."},
    {WS, "join_hyphens", {0}, "abcdefgh, abcdefgh, abcdefgh", 0, NULL, NULL},
    {WS, "join_words", {0}, "kapo, lu, fi", W, "kapolufi",
     "Join its items into one word."},
    {WS, "join_words", {0}, "abcdefgh, abcdefgh, abcdefgh", W,
     "abcdefghabcdefghabcdefgh", NULL},
    {WS, "join_words", {0}, "kapo", 0, NULL, NULL},
    {NS, "join_numbers", {0}, "20, 0, 315", N, "200315",
     "Join its items into one number."},
    {NS, "join_numbers", {0}, "0, 2", 0, NULL, NULL},
    {NS, "join_numbers", {0}, "99999, 99999", 0, NULL, NULL},
    {WS, "letters_each", {0}, "kapo, lu, a", NS, "4, 2, 1",
     "Count the letters of each item."},
    {WS, "letters_each", {0}, "k, a", 0, NULL, NULL},
    {NS, "sum", {0}, "20, 0, 315", N, "335", "Add up its items."},
    {NS, "sum", {0}, "999999999, 1", 0, NULL, NULL},
    {NS, "largest", {0}, "20, 315, 99", N, "315", "Take its largest item."},
    {NS, "smallest", {0}, "20, 315, 99", N, "20", "Take its smallest item."},
    {NS, "add_each", {.n = 5}, "95, 0, 7", NS, "100, 5, 12",
     "Add 5 to each item."},
};
/* clang-format on */
#define NEXAMPLES (sizeof examples / sizeof *examples)

static struct sq_chain_value value_of(int type, const char *text)
{
    struct sq_chain_value v = {.type = (enum sq_chain_type)type};
    sq_str rest = sq_str_from(text);
    sq_str piece;
    while (sq_str_split(&rest, ',', &piece)) {
        struct sq_chain_item *it = &v.item[v.n++];
        piece = sq_str_trim(piece);
        if (type & (W | WS))
            memcpy(it->word, piece.p, piece.n);
        else
            assert_true(sq_str_to_int(piece, &it->number));
    }
    return v;
}

static const struct sq_chain_op *op_of(int type, const char *name, size_t *at)
{
    size_t n;
    const struct sq_chain_op *ops = sq_chain_ops((enum sq_chain_type)type, &n);
    for (*at = 0; *at < n; ++*at)
        if (strcmp(ops[*at].name, name) == 0)
            return &ops[*at];
    fail_msg("no operation %s", name);
    return NULL;
}

static void test_operations(void **state)
{
    (void)state;
    bool covered[2 * NS][32] = {{false}};
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_MESSAGE);
    for (size_t i = 0; i < NEXAMPLES; i++) {
        const struct example *e = &examples[i];
        struct sq_chain_value in = value_of(e->type, e->in);
        struct sq_chain_value out;
        size_t at;
        const struct sq_chain_op *op = op_of(e->type, e->op, &at);
        bool ok = sq_chain_apply(op, &e->arg, &in, &out);
        if (ok != (e->out != NULL))
            fail_msg("%s on %s: %s", e->op, e->in, ok ? "a result" : "none");
        if (ok) {
            sq_buf_reset(&b);
            sq_chain_value_text(&out, &b);
            assert_string_equal(b.p, e->out);
            assert_int_equal(out.type, e->out_type);
        }
        if (e->instruction) {
            sq_buf_reset(&b);
            sq_chain_instruction(op, &e->arg, &b);
            assert_string_equal(b.p, e->instruction);
            covered[e->type & (WS | NS) ? WS : e->type][at] = true;
        }
    }
    sq_buf_release(&b);
    for (int type = W; type <= WS; type *= 2) {
        size_t n;
        const struct sq_chain_op *ops =
            sq_chain_ops((enum sq_chain_type)type, &n);
        for (size_t i = 0; i < n; i++)
            if (!covered[type][i])
                fail_msg("no example of %s", ops[i].name);
    }
}

static void test_value_bounds(void **state)
{
    (void)state;
    struct sq_chain_value v = value_of(W, "kapo");
    assert_true(sq_chain_value_ok(&v));
    v.item[0].word[0] = 'K'; /* two cases */
    assert_false(sq_chain_value_ok(&v));
    v = value_of(W, "-ka");
    assert_false(sq_chain_value_ok(&v));
    v = value_of(WS, "ka, po");
    assert_true(sq_chain_value_ok(&v));
    v.type = SQ_CHAIN_WORD; /* of two items */
    assert_false(sq_chain_value_ok(&v));
    v = value_of(N, "999999999");
    assert_true(sq_chain_value_ok(&v));
    v.item[0].number++;
    assert_false(sq_chain_value_ok(&v));
    v.item[0].number = -1;
    assert_false(sq_chain_value_ok(&v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_value_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
