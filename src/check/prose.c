#include "check/prose.h"
#include "check/list.h"
#include "check/text.h"

/* ---- words, lines, paragraphs ------------------------------------------ */

static bool is_dash(uint32_t cp)
{
    return cp == 0x2013 || cp == 0x2014;
}

size_t sq_text_words(sq_str text)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    size_t count = 0;

    while (sq_lines_next(&l, &line)) {
        bool in_word = false;
        size_t pos = 0;

        if (line.kind == SQ_LINE_FENCE)
            continue;
        while (pos < line.text.n) {
            uint32_t cp = sq_utf8_next(line.text, &pos);

            if (sq_text_is_space(cp) || is_dash(cp)) {
                in_word = false;
            } else if (sq_text_is_ideograph(cp)) {
                count++;
                in_word = false;
            } else if (!in_word && sq_text_is_word(cp)) {
                count++;
                in_word = true;
            }
        }
    }
    return count;
}

size_t sq_text_lines(sq_str text)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    size_t count = 0;

    while (sq_lines_next(&l, &line))
        count += !line.blank && line.kind != SQ_LINE_FENCE;
    return count;
}

/* A line that belongs to no paragraph. */
static bool is_structure(sq_str line)
{
    struct sq_list_item item;

    return sq_text_is_heading(line) || sq_text_cells(line) > 1 ||
           sq_list_item_parse(line, &item) || !sq_text_has_word(line);
}

static bool is_lead_in(sq_str line)
{
    return sq_str_ends(sq_text_bare(line), SQ_STR(":"));
}

size_t sq_text_paragraphs(sq_str text)
{
    struct sq_lines l = sq_lines_of(text);
    struct sq_line line;
    struct sq_list_item item;
    size_t count = 0;
    size_t prose = 0;      /* lines of prose in the block so far */
    bool lead_in = false;  /* its last line ends in a colon */
    bool list = false;     /* an item stands above */
    bool attached = false; /* directly above */

    for (;;) {
        bool more = sq_lines_next(&l, &line);
        bool text_line = more && !line.blank && line.kind == SQ_LINE_PROSE;

        if (text_line && !is_structure(line.text)) {
            if (attached || (list && line.indent >= 2))
                continue; /* it is the item's */
            list = false;
            lead_in = is_lead_in(line.text);
            prose++;
            continue;
        }
        count += prose > 1 || (prose == 1 && !lead_in);
        prose = 0;
        attached = text_line && sq_list_item_parse(line.text, &item);
        list = attached || (list && !text_line);
        if (!more)
            return count;
    }
}

/* ---- sentences ----------------------------------------------------------- */

static bool is_terminator(uint32_t cp)
{
    return cp == '.' || cp == '!' || cp == '?' || cp == 0x2026 ||
           cp == 0x3002 || cp == 0xff01 || cp == 0xff1f || cp == 0xff0e ||
           cp == 0x061f || cp == 0x06d4 || cp == 0x0964;
}

/* Needs no blank behind it. */
static bool is_full_width(uint32_t cp)
{
    return cp == 0x3002 || cp == 0xff01 || cp == 0xff1f || cp == 0xff0e;
}

static bool is_closer(uint32_t cp)
{
    return cp == '"' || cp == '\'' || cp == ')' || cp == ']' || cp == '}' ||
           cp == '*' || cp == '_' || cp == '`' || cp == 0x2019 ||
           cp == 0x201d || cp == 0xbb || cp == 0x300d || cp == 0x300f ||
           cp == 0xff09;
}

/* The letters and full stops that end at `end`: "e.g" before the last stop. */
static sq_str word_before(sq_str s, size_t end)
{
    size_t start = end;

    while (start > 0 && end - start < 16) {
        char c = s.p[start - 1];

        if (c != '.' && !((c | 32) >= 'a' && (c | 32) <= 'z') &&
            (unsigned char)c < 0x80)
            break;
        start--;
    }
    return sq_str_sub(s, start, end);
}

/* A full stop behind this word belongs to the word. */
static bool is_abbreviation(sq_str word)
{
    static const char *const list[] = {
        "mr",  "mrs", "ms",   "dr",  "prof", "st",  "jr",  "sr",     "vs",
        "e.g", "i.e", "cf",   "fig", "no",   "vol", "pp",  "approx", "ca",
        "gen", "sgt", "capt", "lt",  "col",  "rev", "hon", "mt"};

    if (word.n == 1)
        return word.p[0] >= 'A' && word.p[0] <= 'Z' && word.p[0] != 'I';
    for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
        if (sq_str_eq_nocase(word, sq_str_from(list[i])))
            return !sq_str_eq(word, SQ_STR("no")); /* "No. 5", not "no." */
    }
    return false;
}

/* Counting, one line after the other. */
struct sentences {
    size_t count;
    bool open;  /* words stand behind the last end */
    bool colon; /* the last visible character was a colon */
};

static void end_block(struct sentences *st)
{
    if (!st->open || st->colon)
        return;
    st->count++;
    st->open = false;
}

/* True when what follows pos (behind a terminator) lets the sentence end;
 * moves *pos behind closing marks. */
static bool ends_here(sq_str s, size_t *pos, bool full_width)
{
    size_t p = *pos;
    uint32_t cp = 0;

    while (p < s.n) {
        size_t q = p;

        cp = sq_utf8_next(s, &q);
        if (!is_closer(cp) && !is_terminator(cp))
            break;
        p = q;
    }
    *pos = p;
    if (p >= s.n || full_width)
        return true;
    if (!sq_text_is_space(cp))
        return false;
    while (p < s.n && sq_text_is_space(cp))
        cp = sq_utf8_next(s, &p);
    return !(cp >= 'a' && cp <= 'z');
}

static void read_line(struct sentences *st, sq_str s)
{
    size_t pos = 0;

    while (pos < s.n) {
        size_t at = pos;
        uint32_t cp = sq_utf8_next(s, &pos);

        if (sq_text_is_word(cp)) {
            st->open = true;
            st->colon = false;
        } else if (is_terminator(cp)) {
            st->colon = false;
            if (st->open && ends_here(s, &pos, is_full_width(cp)) &&
                (pos >= s.n || cp != '.' ||
                 !is_abbreviation(word_before(s, at)))) {
                st->count++;
                st->open = false;
            }
        } else if (cp == ':' || cp == 0xff1a) {
            st->colon = true;
        } else if (!is_closer(cp) && !sq_text_is_space(cp)) {
            st->colon = false;
        }
    }
}

/* Sentences of the text; with code, those of its code blocks only. */
static size_t count(sq_str text, bool code)
{
    struct sq_lines l = sq_lines_of(text);
    struct sentences st = {0};
    struct sq_line line;
    struct sq_list_item item;

    while (sq_lines_next(&l, &line)) {
        bool mine = (line.kind == SQ_LINE_CODE) == code;

        if (line.blank || line.kind == SQ_LINE_FENCE || !mine ||
            sq_text_cells(line.text) > 1) {
            end_block(&st);
        } else if (sq_list_item_parse(line.text, &item)) {
            end_block(&st);
            read_line(&st, item.text);
        } else if (sq_text_is_heading(line.text)) {
            end_block(&st);
        } else {
            read_line(&st, line.text);
        }
    }
    st.colon = false;
    end_block(&st);
    return st.count;
}

size_t sq_text_sentences(sq_str text)
{
    size_t n = count(text, false);

    return n ? n : count(text, true);
}
