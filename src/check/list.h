#ifndef SQ_CHECK_LIST_H
#define SQ_CHECK_LIST_H
/*
 * Lists in a response: what an item is and which items make one list.
 *
 * An item is a line that starts with a bullet (- * + • – ...) and a blank; with
 * a number and one of . ) : ("1. x", "(2) x", "**3.** x", "### 4. x"); with a
 * word and a number ("Step 5: x", "Day 6 - x"); or with one letter ("a) x",
 * "B. x"). "1.5 l", "10:30", "---" and "**bold**" are none. Items inside code
 * don't count.
 *
 * Bulleted items make one list while only blank lines, code and indented or
 * directly attached text stand between them. A numbered item continues an open
 * list of its form when its number is the next one, whatever stands between; so
 * sections with numbered headings are a list. A heading ends bulleted lists.
 *
 * A list is nested when it is indented below an item, or stands directly below
 * one in another form, or between two items of a numbered list. Its items never
 * count for the list around it.
 */
#include "base/str.h"

enum sq_list_kind { SQ_LIST_BULLET, SQ_LIST_NUMBER, SQ_LIST_LETTER };

struct sq_list_item {
    enum sq_list_kind kind;
    sq_str form;   /* the bullet, or the word before the number */
    long number;   /* of a number or a letter (a = 1) */
    size_t indent; /* columns before the mark */
    sq_str text;   /* behind the mark */
};
/* False when the line is none. */
bool sq_list_item_parse(sq_str line, struct sq_list_item *out);

struct sq_list {
    enum sq_list_kind kind;
    size_t items;
    bool nested;
    size_t at, last; /* offsets of its first and last items */
};
/* Most lists read of one text; what comes behind them is not counted. */
#define SQ_LISTS_MAX 4096
/* All lists of the text in order of their first items; yours. */
struct sq_list *sq_lists_of(sq_str text, size_t *count);

#endif
