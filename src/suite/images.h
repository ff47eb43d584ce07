#ifndef SQ_SUITE_IMAGES_H
#define SQ_SUITE_IMAGES_H
/*
 * The images of a record, which its query is about. benchmarks/README.md
 * specifies the key. PNG, JPEG, GIF and WebP, told by their first bytes; a
 * field holds one, or an array of them, which may be empty, as null may stand
 * for none.
 */
#include "suite/data.h"
#include "suite/record.h"

#define SQ_IMAGE_MAX ((size_t)20 << 20) /* bytes of one */
#define SQ_IMAGES_MAX 64                /* of one record */

enum sq_image_form {
    SQ_IMAGE_NONE, /* the suite has no images */
    SQ_IMAGE_DATA_URL,
    SQ_IMAGE_BASE64,
    SQ_IMAGE_FILE /* one of the suite's data files, by its path from the folder
                     of the record's file */
};

struct sq_images_def {
    enum sq_image_form form;
    sq_str field;
};

/* Where images in files are looked for. */
struct sq_image_files {
    const struct sq_data_file *files;
    size_t nfiles;
    const struct sq_data_file *from; /* the record's */
    const char *data_dir;
};

/* The member "images" of a definition's "sample"; absent, out is NONE. */
enum sq_status sq_images_load(const struct sq_json *sample, const char *where,
                              struct sq_arena *arena, struct sq_images_def *out,
                              struct sq_err *err) SQ_CHECKED;
/* Puts a record's images before the text of the sample's last message, as data
 * URLs in its arena; the sample's messages are made if need be. */
enum sq_status sq_images_bind(const struct sq_images_def *def,
                              const struct sq_image_files *where,
                              const struct sq_record *r,
                              struct sq_sample *sample,
                              struct sq_err *err) SQ_CHECKED;

#endif
