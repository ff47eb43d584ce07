#ifndef SQ_JUDGE_JUDGE_H
#define SQ_JUDGE_JUDGE_H
/*
 * Judging as two pure functions: a template and a response make a request; a
 * reply makes a verdict. No I/O but loading a template, so that scoring again
 * needs no model and parsing can be fuzzed.
 *
 * Templates are judges/NAME.json; judges/README.md specifies them.
 */
#include "base/buf.h"
#include "seqeval.h"

enum sq_judge_form {
    SQ_JUDGE_FOLLOWING, /* did it carry out every instruction: yes or no */
    SQ_JUDGE_QUALITY,   /* 1 to 5 */
    SQ_JUDGE_STEPS,     /* per step: done or not, with a verbatim quote */
    SQ_JUDGE_PAPER,     /* both of the first two, as [[Yes, 5]] */
    SQ_JUDGE_PAIRWISE,  /* which of two responses is better, or neither */
    SQ_JUDGE_PREFERENCE /* the same as one token, weighted by its logprobs */
};

struct sq_judge_template {
    sq_str name;
    sq_str base;  /* the name without "-swapped" */
    bool swapped; /* form PAIRWISE: the response is shown second */
    long long version;
    enum sq_judge_form form;
    sq_str system; /* "" = no system message */
    sq_str prompt; /* with {{query}}, {{response}}, ..., {{nonce}} */
    long long max_tokens;
    sq_str schema;   /* JSON schema of the reply, as JSON text; "" = none */
    char digest[65]; /* of the file's bytes; stored with each verdict */
    struct sq_arena arena;
};

/* name is looked up as HOME/judges/NAME.json, or taken as a file when it has a
 * '/'. Release with sq_judge_template_free. */
enum sq_status sq_judge_template_load(struct sq_judge_template **out,
                                      const char *home, sq_str name,
                                      struct sq_err *err) SQ_CHECKED;
void sq_judge_template_free(struct sq_judge_template *t);
/* Makes of a template of form PAIRWISE that for the other order. */
void sq_judge_template_swap(struct sq_judge_template *t);
/* Does it compare the response with another one, the baseline? */
bool sq_judge_compares(const struct sq_judge_template *t);
/* Alternatives of each token to ask the judge's server for. */
long long sq_judge_logprobs(const struct sq_judge_template *t);

/* The messages to send, in the arena; *n gets their number. The response stands
 * between two lines holding a nonce that is derived from it, so it cannot close
 * its own frame, and equal inputs make equal requests. Only answerable steps
 * are listed, numbered from 1 in text order. */
const struct sq_message *sq_judge_request(const struct sq_judge_template *t,
                                          const struct sq_sample *sample,
                                          sq_str response,
                                          struct sq_arena *arena, size_t *n);

/* The same of a template that compares. The response is shown first where form
 * PAIRWISE is not swapped; with form PREFERENCE where a digest of the template,
 * the query and the response says so, the same at every call. */
const struct sq_message *
sq_judge_request_pair(const struct sq_judge_template *t,
                      const struct sq_sample *sample, sq_str response,
                      sq_str baseline, struct sq_arena *arena, size_t *n);

/* The messages of a further try (2, 3, ...) after replies that could not be
 * read: those of the first with a note at the end that names the form, and the
 * try, so that it is a request of its own. In the arena. */
const struct sq_message *
sq_judge_request_again(const struct sq_judge_template *t,
                       const struct sq_message *first, size_t n, int try_,
                       struct sq_arena *arena);

/* One thing the judge found. state: PASS (yes, done), FAIL, UNSUPPORTED (done,
 * but the quote is not in the response), UNPARSABLE, or NOT_JUDGED (this form
 * does not ask, or the step is not answerable). */
struct sq_step_verdict {
    enum sq_state state;
    sq_str evidence; /* the judge's quote */
    size_t at, len;  /* where it stands in the response; len 0 = nowhere */
    sq_str why;
};

struct sq_verdict {
    enum sq_state following;     /* PASS, FAIL, UNPARSABLE or NOT_JUDGED */
    enum sq_state quality_state; /* PASS: quality holds a value; UNPARSABLE or
                                    NOT_JUDGED: it does not */
    double quality;              /* 1 to 5 */
    enum sq_state preference_state; /* likewise */
    double preference; /* how much the response is preferred to the baseline:
                          1 altogether, 0 not at all, 0.5 a draw */
    const struct sq_step_verdict *steps; /* one per step of the sample */
    size_t nsteps;
    sq_str why; /* the judge's reason, or what was wrong with the reply */
};

/* Reads a reply by the rules of judges/README.md. Never fails: what cannot be
 * read is UNPARSABLE, part by part. Everything in the verdict lives in the
 * arena or is static. */
void sq_judge_parse(const struct sq_judge_template *t,
                    const struct sq_sample *sample, sq_str response,
                    sq_str reply, struct sq_arena *arena,
                    struct sq_verdict *out);

/* What a reply of form PREFERENCE is read from, out of a whole answer of a chat
 * API: its first token with the alternatives, as JSON appended to out. False
 * when the server told no logprobs. */
bool sq_judge_first_token(sq_str raw, struct sq_buf *out);

/* How many parts of a verdict could not be read: 0 = all of it could. */
size_t sq_judge_unread(const struct sq_verdict *v);

/* Looks a quote up in a text by the rules of judges/README.md: word for word,
 * but white space is folded (any run equals one blank; none at the ends) and
 * typographic quotes, dashes and ellipses equal their ASCII forms; then without
 * quotation marks or an ellipsis at its ends, in two pieces around an ellipsis,
 * and without Markdown emphasis. *at and *len give the span in the bytes of
 * text. False, and both untouched, when it is not there or has no word
 * character. Time is linear in both. */
bool sq_evidence_find(sq_str text, sq_str quote, size_t *at, size_t *len);

#endif
