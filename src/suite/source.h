#ifndef SQ_SUITE_SOURCE_H
#define SQ_SUITE_SOURCE_H
/*
 * Reading the records of a suite's files of one set, in order, each with the
 * record that stands beside it in another file; and the examples for the
 * samples of a file.
 *
 * Life cycle: zero it but for the first group, next..., release (after which it
 * is at the start again).
 */
#include "suite/data.h"
#include "suite/task.h"

struct sq_source {
    const struct sq_data_file *files;
    size_t nfiles;
    const char *data_dir;
    const struct sq_task *task; /* what is derived, what stands beside */
    sq_str set;
    const struct sq_field *where; /* only files with these constants */
    size_t nwhere;
    const struct sq_data_file *with; /* only files of which no constant differs
                                        from this one's; NULL = any */
    long long first, last; /* records of each file, 1-based; 0 = all */

    size_t file; /* private: being read */
    struct sq_records *own, *beside;
    struct sq_json *own_json, *beside_json;
    struct sq_record record, beside_record;
    size_t index;
};

/* Does it read the file? */
bool sq_source_has(const struct sq_source *s, const struct sq_data_file *f);
/* The next record, borrowed until the next call, and its file; NULL at the
 * end. */
enum sq_status sq_source_next(struct sq_source *s,
                              const struct sq_record **record,
                              const struct sq_data_file **file,
                              struct sq_err *err) SQ_CHECKED;
void sq_source_release(struct sq_source *s);

/* Examples, rendered. One more than are shown, as a sample is not shown
 * itself. */
struct sq_shot {
    const struct sq_data_file *file;
    size_t index;
    sq_str question, answer;
};
struct sq_shots {
    const struct sq_data_file *of; /* the samples' file they are for */
    struct sq_shot *v;
    size_t n;
    struct sq_arena arena;
};

/* The examples for samples of the file, which stand until other ones are
 * wanted. `from` is the samples' source. */
enum sq_status sq_shots_for(struct sq_shots *s, const struct sq_source *from,
                            const struct sq_data_file *file,
                            struct sq_err *err) SQ_CHECKED;
void sq_shots_release(struct sq_shots *s);
/* Gives a sample its messages: the system's text, examples, the query. Nothing
 * where the query is all there is. */
enum sq_status sq_shots_bind(const struct sq_shots *s, const struct sq_task *t,
                             const struct sq_record *r,
                             const struct sq_data_file *file,
                             struct sq_sample *sample,
                             struct sq_err *err) SQ_CHECKED;

#endif
