#ifndef SQ_CHECK_LANGID_H
#define SQ_CHECK_LANGID_H
/*
 * Which human language a text is in, told by libexttextcat from its n-grams;
 * langid.c alone includes that library.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct sq_langid;

/* Bytes that a text needs to be told, and that are read of it at most. */
#define SQ_LANGID_MIN 40
#define SQ_LANGID_MAX 600

/* Loads the fingerprints; lives as long as the arena. Missing files are
 * SQ_UNAVAILABLE and name the package. */
enum sq_status sq_langid_load(const char *where, struct sq_arena *arena,
                              struct sq_langid **out,
                              struct sq_err *err) SQ_CHECKED;
/* An ISO 639-1 code that the fingerprints know. */
bool sq_langid_knows(sq_str code);

enum sq_langid_result {
    SQ_LANGID_IS,
    SQ_LANGID_IS_NOT,
    SQ_LANGID_SHORT /* too short, or too close to several languages */
};
/* Is the text in the language? Close relatives count as one (nb nn no; hr bs
 * sr; id ms). */
enum sq_langid_result sq_langid_is(struct sq_langid *l, sq_str text,
                                   sq_str code);

#endif
