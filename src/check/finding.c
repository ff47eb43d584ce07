#include "check/finding.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "check/text.h"

/* Ends s before the first byte that is not valid UTF-8 (a character that the
 * size of the buffer cut through). */
static void keep_valid(char *s)
{
    size_t bad = 0;

    for (char *p = s; *p; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
    }
    while (!sq_utf8_valid(sq_str_from(s), &bad)) {
        size_t left = strlen(s) - bad;

        if (left < 4) {
            s[bad] = '\0';
            return;
        }
        s[bad] = '?';
    }
}

void sq_finding_set(struct sq_finding *out, enum sq_finding_verdict verdict,
                    const char *fmt, ...)
{
    va_list ap;

    out->verdict = verdict;
    out->at = 0;
    out->len = 0;
    va_start(ap, fmt);
    vsnprintf(out->why, sizeof(out->why), fmt, ap);
    va_end(ap);
    keep_valid(out->why);
}

void sq_finding_at(struct sq_finding *out, size_t at, size_t len)
{
    out->at = at;
    out->len = len;
}

bool sq_finding_empty(struct sq_finding *out, sq_str text)
{
    if (!sq_text_blank(text))
        return false;
    sq_finding_set(out, SQ_FINDING_BROKEN, "the response is empty");
    return true;
}
