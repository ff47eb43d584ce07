/*
 * language:response_language, and which language a text is in: by the
 * profiles of langdetect where they are installed; else, and for what is not in
 * them, by its script where one language owns it, or by libexttextcat.
 */
#include <string.h>
#include "check/finding.h"
#include "ifeval/pytext.h"
#include "ifeval/rules.h"

/* What is read of a text, as there. */
#define MAX_CHARS 10000
/* Pieces of it that are told, so that no part speaks for all. */
#define MAX_PIECES ((size_t)4)
/* A shorter text is repeated. */
#define MIN_BYTES ((size_t)2 * SQ_LANGID_MIN)

enum script { LATIN, CYRILLIC, ARABIC, DEVANAGARI, KANA, HAN, OWN };

static const struct {
    uint32_t first, last;
    enum script script;
    char code[3]; /* of the language that owns it */
} scripts[] = {
    {0x41, 0x5a, LATIN, ""},        {0x61, 0x7a, LATIN, ""},
    {0xc0, 0x24f, LATIN, ""},       {0x370, 0x3ff, OWN, "el"},
    {0x400, 0x52f, CYRILLIC, ""},   {0x590, 0x5ff, OWN, "he"},
    {0x600, 0x6ff, ARABIC, ""},     {0x750, 0x77f, ARABIC, ""},
    {0x900, 0x97f, DEVANAGARI, ""}, {0x980, 0x9ff, OWN, "bn"},
    {0xa00, 0xa7f, OWN, "pa"},      {0xa80, 0xaff, OWN, "gu"},
    {0xb80, 0xbff, OWN, "ta"},      {0xc00, 0xc7f, OWN, "te"},
    {0xc80, 0xcff, OWN, "kn"},      {0xd00, 0xd7f, OWN, "ml"},
    {0xe00, 0xe7f, OWN, "th"},      {0x1e00, 0x1eff, LATIN, ""},
    {0x3040, 0x30ff, KANA, ""},     {0x3400, 0x9fff, HAN, ""},
    {0xac00, 0xd7a3, OWN, "ko"},
};
#define NSCRIPTS (sizeof(scripts) / sizeof(*scripts))

/* Row of a letter's script, NSCRIPTS for what is no letter of one. */
static size_t script_of(uint32_t cp)
{
    size_t i = 0;

    while (i < NSCRIPTS && (cp < scripts[i].first || cp > scripts[i].last))
        i++;
    return cp == 0xd7 || cp == 0xf7 ? NSCRIPTS : i;
}

bool sq_ifeval_tongue_known(sq_str code)
{
    for (size_t i = 0; i < NSCRIPTS; i++)
        if (code.n == 2 && sq_str_eq(code, sq_str_from(scripts[i].code)))
            return true;
    return sq_langid_knows(code);
}

/* The end of an address of the web or of mail that begins at i, or i. */
static size_t skip_address(sq_str s, size_t i)
{
    size_t end = i;

    if (!sq_str_starts(sq_str_sub(s, i, s.n), SQ_STR("http://")) &&
        !sq_str_starts(sq_str_sub(s, i, s.n), SQ_STR("https://")))
        return i;
    while (end < s.n && (unsigned char)s.p[end] < 0x80 &&
           !sq_is_space(s.p[end]) && !strchr("\"'()<>[]{}|,!*", s.p[end]))
        end++;
    return end;
}

/* The letters of a text with blanks between its words, ASCII lower-cased, and
 * how many there are of each script. */
static void take_letters(sq_str text, struct sq_buf *out,
                         size_t counts[NSCRIPTS + 1])
{
    size_t pos = 0;

    for (size_t n = 0; pos < text.n && n < MAX_CHARS; n++) {
        size_t at = skip_address(text, pos), row;
        uint32_t cp;

        if (at > pos) {
            pos = at;
            continue;
        }
        cp = sq_utf8_next(text, &pos);
        row = script_of(cp);
        counts[row]++;
        if (cp >= 'A' && cp <= 'Z')
            sq_buf_addc(out, (char)(cp + 32));
        else if (row < NSCRIPTS || cp == '\'')
            sq_buf_add(out, sq_str_sub(text, at, pos));
        else
            sq_buf_addc(out, ' ');
    }
}

/* Without the letters of Latin script. */
static void drop_latin(struct sq_buf *letters)
{
    size_t n = 0;

    for (size_t i = 0; i < letters->n; i++)
        if (letters->p[i] < 'a' || letters->p[i] > 'z')
            letters->p[n++] = letters->p[i];
    letters->n = n;
}

/* Pieces that end between words, spread over the text. */
static bool told_to_be(const struct sq_ifeval *shared, sq_str text, sq_str code)
{
    size_t step = text.n / MAX_PIECES, yes = 0, no = 0;
    struct sq_buf shortest;

    if (text.n <= SQ_LANGID_MAX * MAX_PIECES)
        step = SQ_LANGID_MAX;
    sq_buf_init(&shortest, SQ_MAX_MESSAGE);
    /* A short text is said twice, or as often as it takes. */
    while (sq_py_strip(text).n > 0 && text.n + shortest.n < MIN_BYTES) {
        sq_buf_add(&shortest, sq_py_strip(text));
        sq_buf_addc(&shortest, ' ');
    }
    sq_buf_add(&shortest, text.n < MIN_BYTES ? text : SQ_STR(""));
    if (shortest.n > 0)
        text = sq_buf_str(&shortest);
    for (size_t at = 0; at < text.n; at += step) {
        size_t from = at;

        while (from > 0 && from < text.n && text.p[from - 1] != ' ')
            from++;
        switch (sq_langid_is(shared->langid, sq_str_sub(text, from, text.n),
                             code)) {
        case SQ_LANGID_IS:
            yes++;
            break;
        case SQ_LANGID_IS_NOT:
            no++;
            break;
        case SQ_LANGID_SHORT:
            break;
        }
    }
    sq_buf_release(&shortest);
    return yes > 0 && yes >= no;
}

enum sq_ifeval_tongue sq_ifeval_tongue(const struct sq_ifeval *shared,
                                       sq_str text, sq_str code)
{
    size_t counts[NSCRIPTS + 1] = {0}, latin = 0, other = 0, most = 0;
    struct sq_buf letters;
    bool is;

    if (shared->profiles) {
        sq_str told = sq_profiles_tell(shared->profiles, text);

        if (told.n > 0)
            return sq_str_eq(told, code) ? SQ_IFEVAL_TONGUE_IS
                                         : SQ_IFEVAL_TONGUE_IS_NOT;
    }
    sq_buf_init(&letters, SQ_MAX_REPLY);
    take_letters(text, &letters, counts);
    for (size_t i = 0; i < NSCRIPTS; i++) {
        latin += scripts[i].script == LATIN ? counts[i] : 0;
        if (scripts[i].script == LATIN)
            continue;
        other += counts[i];
        if (counts[i] > counts[most] || scripts[most].script == LATIN)
            most = i;
    }
    if (latin + other == 0) {
        sq_buf_release(&letters);
        return SQ_IFEVAL_TONGUE_NONE;
    }
    if (latin >= other) {
        is = told_to_be(shared, sq_buf_str(&letters), code);
    } else if (scripts[most].script == OWN) {
        is = sq_str_eq(code, sq_str_from(scripts[most].code));
    } else {
        drop_latin(&letters);
        is = told_to_be(shared, sq_buf_str(&letters), code);
    }
    sq_buf_release(&letters);
    return is ? SQ_IFEVAL_TONGUE_IS : SQ_IFEVAL_TONGUE_IS_NOT;
}

const char *sq_ifeval_teller(const struct sq_ifeval *shared)
{
    return shared->profiles ? "langdetect" : "libexttextcat";
}

void sq_ifeval_response_language(const struct sq_ifeval_args *a, sq_str text,
                                 struct sq_finding *out)
{
    enum sq_ifeval_tongue t = sq_ifeval_tongue(a->shared, text, a->text);

    if (t == SQ_IFEVAL_TONGUE_NONE)
        sq_finding_set(out, sq_ifeval_verdict(!a->shared->fixed),
                       "no letters to tell the language by");
    else
        sq_finding_set(out, sq_ifeval_verdict(t == SQ_IFEVAL_TONGUE_IS),
                       "%s in %.*s, told by %s",
                       t == SQ_IFEVAL_TONGUE_IS ? "is" : "is not",
                       SQ_STR_ARG(a->text), sq_ifeval_teller(a->shared));
}
