#include "check/langid.h"
#include <string.h>
#include <libexttextcat/textcat.h>
#include "check/text.h"

struct sq_langid {
    void *handle;
};

static void done(void *handle)
{
    textcat_Done(handle);
}

enum sq_status sq_langid_load(const char *where, struct sq_arena *arena,
                              struct sq_langid **out, struct sq_err *err)
{
    struct sq_langid *l = sq_arena_alloc(arena, sizeof(*l));

    *out = l;
    l->handle = sq_arena_kept(arena, done); /* to read them takes a while */
    if (l->handle)
        return SQ_OK;
    l->handle =
        special_textcat_Init(SQ_TEXTCAT_DIR "/fpdb.conf", SQ_TEXTCAT_DIR "/");
    if (!l->handle)
        return sq_err_set(err, SQ_UNAVAILABLE,
                          "%s: the data of libexttextcat is not in %s; install "
                          "libexttextcat-data",
                          where, SQ_TEXTCAT_DIR);
    sq_arena_on_release(arena, done, l->handle);
    return SQ_OK;
}

/* Names of the library that are not ISO 639-1 but a form of such a language. */
static const char *const others[][2] = {
    {"ckb", "ku"}, {"gug", "gn"}, {"plt", "mg"}, {"quz", "qu"}, {"sco", "en"},
    {"ast", "es"}, {"nds", "de"}, {"fur", "it"}, {"nn", "nb"},  {"no", "nb"},
    {"hr", "sr"},  {"bs", "sr"},  {"sh", "sr"},  {"ms", "id"},
};

/* The code that stands for a family of languages not told apart. */
static sq_str family(sq_str code)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        if (sq_str_eq(code, sq_str_from(others[i][0])))
            return sq_str_from(others[i][1]);
    }
    return code;
}

bool sq_langid_knows(sq_str code)
{
    static const char known[] =
        " ab af ak am ar ay az be bg bi bm bn bo br bs ca cs cy da de dv ee el "
        "en eo es et eu fa fi fj fo fr fy ga gd gl gn gu gv ha he hi hr ht hu "
        "hy ia id is it ja ka kk kl km kn ko ku ky la lb lg ln lo lt lv mg mi "
        "mk ml mn mr ms mt my nb ne nl nn no nr ny oc om pa pl pt qu rm ro ru "
        "rw sa sc sd se sg si sk sl so sq sr ss st sv sw ta tg th ti tk tl tn "
        "tr ts tt ty ug uk ur uz ve vi wa xh yi yo zh zu ";

    if (code.n != 2)
        return false;
    for (const char *p = known; p[1]; p += 3) {
        if (memcmp(p + 1, code.p, 2) == 0)
            return true;
    }
    return false;
}

/* Letters and blanks of the text, in valid UTF-8: what n-grams are made of. */
static size_t letters(sq_str text, char *out, size_t size)
{
    size_t n = 0, pos = 0;

    while (pos < text.n) {
        size_t at = pos;
        uint32_t cp = sq_utf8_next(text, &pos);
        size_t len = pos - at;
        bool word =
            cp != 0xfffd && sq_text_is_word(cp) && !(cp >= '0' && cp <= '9');

        if (!word && cp != '\'' && cp != 0x2019) {
            if (n == 0 || out[n - 1] == ' ')
                continue;
            if (n + 1 > size)
                break;
            out[n++] = ' ';
            continue;
        }
        if (n + len > size)
            break;
        memcpy(out + n, text.p + at, len);
        n += len;
    }
    return n;
}

/* "[fr--utf8][oc--utf8]": is the family among the names, and how many are
 * there? */
static bool among(const char *names, sq_str code, size_t *count)
{
    sq_str want = family(code);
    bool yes = false;

    *count = 0;
    for (const char *p = strchr(names, '['); p; p = strchr(p + 1, '[')) {
        sq_str name = {p + 1, strcspn(p + 1, "-]")};

        (*count)++;
        yes |= sq_str_eq(family(name), want);
    }
    return yes;
}

enum sq_langid_result sq_langid_is(struct sq_langid *l, sq_str text,
                                   sq_str code)
{
    char buf[SQ_LANGID_MAX + 8];
    size_t n = letters(text, buf, SQ_LANGID_MAX);
    size_t count;
    const char *names;
    bool yes;

    /* The library may read a little behind the end. */
    memset(buf + n, 0, sizeof(buf) - n);
    if (n < SQ_LANGID_MIN)
        return SQ_LANGID_SHORT;
    names = textcat_Classify(l->handle, buf, n);
    yes = among(names, code, &count);
    if (count == 0)
        return SQ_LANGID_SHORT;
    return yes ? SQ_LANGID_IS : SQ_LANGID_IS_NOT;
}
