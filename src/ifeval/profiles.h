#ifndef SQ_IFEVAL_PROFILES_H
#define SQ_IFEVAL_PROFILES_H
/*
 * The language of a text by the profiles of langdetect, the detector of the
 * reference: how often each run of 1 to 3 characters is in each of 55
 * languages. Where that one draws at random among a text's runs, all of them
 * count here, so that a text has one answer: the language with the greatest sum
 * of log(0.00005 + share).
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct sq_profiles;

/* Loads the folder of profiles, which lives as long as the arena; *out is NULL
 * when there is no such folder. A file that is no profile is SQ_INPUT. */
enum sq_status sq_profiles_load(struct sq_profiles **out, const char *folder,
                                struct sq_arena *arena,
                                struct sq_err *err) SQ_CHECKED;
/* The language's code as the profile gives it ("en", "zh-cn"), "" when nothing
 * of the text is in any. */
sq_str sq_profiles_tell(const struct sq_profiles *p, sq_str text);

#endif
