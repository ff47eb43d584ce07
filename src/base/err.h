#ifndef SQ_BASE_ERR_H
#define SQ_BASE_ERR_H
/*
 * Status of a fallible call and the message that goes with it. A function that
 * can fail returns enum sq_status and fills the caller's struct sq_err with one
 * line: where (file:line, JSON path, flag), what, and what to do about it.
 * Answers of models are never errors in this sense: they are data.
 */

/* name, value, exit status of the program when it ends a command, meaning */
#define SQ_STATUS_LIST(X)                                                      \
    X(OK, 0, 0, "done")                                                        \
    X(USAGE, -1, 2, "wrong flag or argument")                                  \
    X(INPUT, -2, 2, "a file that cannot be read or has wrong content")         \
    X(NOT_FOUND, -3, 2, "a name that nothing answers to")                      \
    X(UNAVAILABLE, -4, 2, "a part that is not installed here")                 \
    X(IO, -5, 4, "reading or writing failed on the way")                       \
    X(NET, -6, 4, "the other side could not be reached or failed")             \
    X(STORE, -7, 4, "the database refused or failed")                          \
    X(LIMIT, -8, 4, "a limit was reached")                                     \
    X(INTERRUPTED, -9, 130, "interrupted")                                     \
    X(INTERNAL, -10, 5, "a fault of seqeval itself")

enum sq_status {
#define X(name, value, exit, text) SQ_##name = (value),
    SQ_STATUS_LIST(X)
#undef X
};

#define SQ_CHECKED __attribute__((warn_unused_result))

/* Zero it (= {0}) before the first use; msg is "" while nothing failed. */
struct sq_err {
    enum sq_status status;
    char msg[1024];
};

/* Sets status and message (cut at the size of msg, control characters made
 * blanks so that it stays one line) and returns status. e may be NULL. */
enum sq_status sq_err_set(struct sq_err *e, enum sq_status status,
                          const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts "prefix: " before the message that is there; returns its status. */
enum sq_status sq_err_prefix(struct sq_err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Makes the control characters of UTF-8 text blanks, so that it is one line
 * and cannot steer a terminal. */
void sq_err_one_line(char *s);
/* Exit status of the program for this status (the table above). */
int sq_status_exit(enum sq_status status);
const char *sq_status_name(enum sq_status status);

#endif
