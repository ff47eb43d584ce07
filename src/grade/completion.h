#ifndef SQ_GRADE_COMPLETION_H
#define SQ_GRADE_COMPLETION_H
/*
 * The code in a model's answer to "complete this function". Base models go on
 * where the prompt ends; chat models write the function anew, in a code block
 * or with words around it. The first of these rules that fits is used:
 *
 *   continuation  the first line that is not blank is indented: the text as it
 *                 is, up to the first of the stop strings
 *   code block    the first fenced block (``` or ~~~) that defines the wanted
 *                 function, else the first one; a fence that is never closed
 *                 holds the rest. Indented where it is a bare body.
 *   function      a line of the text begins the wanted function: the lines of
 *                 code around it, from behind the prose before to the prose
 *                 behind
 *   as it is      none of these: the text up to the first stop string
 *
 * Where no prompt is continued (prompt ""), the first rule is not used and any
 * top-level def is the wanted function when none is named. What continues the
 * prompt, and what defines its function anew, both stand behind the whole
 * prompt: its imports and helpers stay, the later definition holds.
 */
#include "base/mem.h"
#include "base/str.h"

struct sq_completion_task {
    sq_str prompt; /* what is continued; "" = nothing */
    sq_str entry;  /* name of the wanted function; "" = not told */
    const sq_str *stops;
    size_t nstops;
};

struct sq_completion {
    sq_str code;      /* part of the text, or in the arena */
    const char *rule; /* its name above */
    bool stopped;     /* a stop string cut it */
};

struct sq_completion sq_completion_of(const struct sq_completion_task *t,
                                      sq_str text, struct sq_arena *arena);

#endif
