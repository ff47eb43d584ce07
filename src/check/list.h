#ifndef SQ_CHECK_LIST_H
#define SQ_CHECK_LIST_H
/* Lists in a response; text.h says what an item and a list are. */
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
