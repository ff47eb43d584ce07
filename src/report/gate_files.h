#ifndef SQ_REPORT_GATE_FILES_H
#define SQ_REPORT_GATE_FILES_H
/*
 * What a gate tells a CI: JUnit XML, a markdown summary, GitHub annotations.
 * Names of models, samples and steps are untrusted text: each form escapes them
 * so that they can neither end a value nor begin a command.
 */
#include "report/gate.h"

/* Where the worst samples' steps are read: the candidate's run, and the
 * baseline's where it is in the same database (else NULL). */
struct sq_gate_steps {
    struct sq_store *store;
    const char *candidate, *baseline;
};

/* A testsuite with one testcase for each limit and suite; a limit that failed
 * is a failure, an inconclusive one an error, both with the worst samples. */
enum sq_status sq_gate_junit(const struct sq_gate_result *r,
                             const struct sq_gate_steps *steps,
                             struct sq_buf *out, struct sq_err *err) SQ_CHECKED;
/* Headline, table, reasons and the worst samples of what failed. */
enum sq_status sq_gate_summary(struct sq_gate_result *r,
                               const struct sq_gate_steps *steps,
                               struct sq_buf *out,
                               struct sq_err *err) SQ_CHECKED;
/* What a reader must know of the runs (report/notes.h), a line each; nothing
 * when all is well. JUnit has it as a property, the summary below its head. */
enum sq_status sq_gate_notes(const struct sq_gate_steps *steps,
                             struct sq_buf *out, struct sq_err *err) SQ_CHECKED;
/* A "::error title=...::..." line for each limit that does not hold; the text
 * form is for errors before there is a result. */
void sq_gate_annotations(const struct sq_gate_result *r, struct sq_buf *out);
void sq_gate_annotation(sq_str text, struct sq_buf *out);

/* Text for XML 1.0 content and attributes: characters XML has no place for
 * become U+FFFD. */
void sq_xml_escape(sq_str s, struct sq_buf *out);

#endif
