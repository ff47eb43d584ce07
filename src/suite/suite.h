#ifndef SQ_SUITE_SUITE_H
#define SQ_SUITE_SUITE_H
/*
 * A suite: its definition (benchmarks/NAME/suite.json), its step annotation,
 * and a cursor that yields its samples one at a time, so that memory never
 * grows with the data. benchmarks/README.md specifies the format.
 *
 * Life cycle: open (all of the definition and annotation is validated, data
 * files are looked up and their digests checked), next..., close. Immutable
 * but for the cursor.
 */
#include "suite/data.h"
#include "suite/facet.h"
#include "suite/images.h"
#include "suite/instructions.h"
#include "suite/source.h"

struct sq_suite_def {
    sq_str name, title;
    long long version;
    sq_str generator; /* "chain"; empty for a suite of data files */
    const struct sq_data_file *files;
    size_t nfiles;
    const sq_str *judges; /* templates asked by default */
    size_t njudges;
    struct sq_sampling sampling; /* defaults of the benchmark */
    /* the record's fields: input (text; "" = task.prompt makes it), id ("" =
     * position; a template where it has braces) */
    sq_str input_field, id_field;
    struct sq_facets facets;
    struct sq_images_def images;  /* of the query */
    long long first, last;        /* records of each file; 0-0 = all */
    const struct sq_field *where; /* only files with these constants */
    size_t nwhere;
    struct sq_task task; /* how samples are asked and graded */
    struct sq_instructions_def instructions; /* ids "" = none */
    sq_str steps_file;                       /* beside suite.json; "" = none */
    const struct sq_steps *steps; /* its content (suite/steps.h); NULL = none */
    char digest[65];              /* of suite.json's bytes */
    char steps_digest[65];        /* of the annotation; "" = none */
    char *folder;                 /* holds suite.json */
    const char *params, *usual;   /* the choice, "lang=sw,shots=8", and what it
                                     is by default */
    struct sq_json *json;         /* all of suite.json, for other choices */
    struct sq_arena arena;
};

/* Loads and validates suite.json, with each value of its parameters, and with
 * it the annotation's shape and every rule. path is the folder or the
 * suite.json in it. */
enum sq_status sq_suite_def_load(struct sq_suite_def **out, const char *path,
                                 struct sq_err *err) SQ_CHECKED;
/* The same for HOME/benchmarks/NAME; SQ_NOT_FOUND lists the names there are. */
enum sq_status sq_suite_def_find(struct sq_suite_def **out, const char *home,
                                 sq_str name, struct sq_err *err) SQ_CHECKED;
/* Replaces *def by its form with other parameters (suite/params.h). When it
 * fails the old one stays, good for nothing but to be freed. */
enum sq_status sq_suite_def_choose(struct sq_suite_def **def, sq_str given,
                                   long long shots,
                                   struct sq_err *err) SQ_CHECKED;
void sq_suite_def_free(struct sq_suite_def *def);
/* Names of the suites in HOME/benchmarks, sorted; a NULL-terminated array,
 * yours (free each and the array). */
enum sq_status sq_suite_names(const char *home, char ***out,
                              struct sq_err *err) SQ_CHECKED;

struct sq_suite_open {
    const char *home;     /* folder with benchmarks/ */
    const char *data_dir; /* folder with the data files; NULL = none known */
    bool allow_modified;  /* data with another digest is used, and marked */
    bool shots_set;       /* shots is the number of examples of suites that */
    long long shots;      /* have any, unless their parameters say it */
    const char
        *ifeval;      /* "reference" or "fixed": IFEval's rules, where their
                       * parameters may not say the other; NULL: as they say */
    bool ifeval_over; /* whatever the parameters say */
};

struct sq_suite {
    struct sq_suite_def *def;
    char *params;          /* canonical "n=200,seed=7,steps=2-8"; "" = none */
    char data_digest[65];  /* of the data file; of several, of their digests,
                              one a line; "" if generated */
    bool modified;         /* data digest differs from the definition's */
    char *label;           /* "chain:n=50,seed=7", shown and stored: the name
                              and the parameters that are no default */
    const char *languages; /* what tells human languages to its instructions;
                              NULL = it has none */
    struct sq_suite_cursor *cursor; /* private */
};

/* spec = NAME or NAME:key=value,... */
enum sq_status sq_suite_open(struct sq_suite **out, sq_str spec,
                             const struct sq_suite_open *how,
                             struct sq_err *err) SQ_CHECKED;
/* The same for a definition, which it takes over (also when it fails). */
enum sq_status sq_suite_open_def(struct sq_suite **out,
                                 struct sq_suite_def *def, sq_str params,
                                 const struct sq_suite_open *how,
                                 struct sq_err *err) SQ_CHECKED;
/* The next sample, yours (sq_sample_free), or *out = NULL at the end. */
enum sq_status sq_suite_next(struct sq_suite *s, struct sq_sample **out,
                             struct sq_err *err) SQ_CHECKED;
/* Back before the first sample. */
enum sq_status sq_suite_rewind(struct sq_suite *s,
                               struct sq_err *err) SQ_CHECKED;
void sq_suite_close(struct sq_suite *s);
void sq_sample_free(struct sq_sample *s);

#endif
