#include "suite/suite.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "suite/field.h"

#define FILE_NAME "suite.json"

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum sq_status sq_suite_names(const char *home, char ***out, struct sq_err *err)
{
    char *folder = sq_path_join(home, "benchmarks");
    char **names = sq_xcalloc(1, sizeof(*names));
    size_t n = 0;
    enum sq_status st = SQ_OK;
    struct dirent *entry;
    DIR *dir = opendir(folder);

    if (!dir) {
        (void)sq_err_set(err, SQ_INPUT, "%s: %s", folder, strerror(errno));
        st = SQ_INPUT;
        free(names);
        names = NULL;
        goto out;
    }
    while ((entry = readdir(dir))) {
        char *sub = sq_path_join(folder, entry->d_name);
        char *file = sq_path_join(sub, FILE_NAME);

        if (sq_field_is_name(sq_str_from(entry->d_name)) &&
            sq_path_exists(file)) {
            names = sq_xrealloc(names, n + 2, sizeof(*names));
            names[n++] = sq_xstrdup(entry->d_name);
            names[n] = NULL;
        }
        free(file);
        free(sub);
    }
    closedir(dir);
    qsort(names, n, sizeof(*names), by_text);
out:
    free(folder);
    *out = names;
    return st;
}

static enum sq_status unknown(const char *home, sq_str name, struct sq_err *err)
{
    struct sq_buf list;
    char **names;
    size_t i;
    enum sq_status st = sq_suite_names(home, &names, err);

    if (st != SQ_OK)
        return st;
    sq_buf_init(&list, SQ_MAX_MESSAGE);
    for (i = 0; names[i]; i++) {
        sq_buf_addf(&list, "%s%s", i ? ", " : "", names[i]);
        free(names[i]);
    }
    free(names);
    st = sq_err_set(err, SQ_NOT_FOUND, "no suite '%.*s'; there is: %s",
                    SQ_STR_ARG(name), list.n ? list.p : "none");
    sq_buf_release(&list);
    return st;
}

enum sq_status sq_suite_def_find(struct sq_suite_def **out, const char *home,
                                 sq_str name, struct sq_err *err)
{
    struct sq_buf path;
    enum sq_status st;

    *out = NULL;
    sq_buf_init(&path, SQ_MAX_MESSAGE);
    sq_buf_addf(&path, "%s/benchmarks/%.*s/" FILE_NAME, home, SQ_STR_ARG(name));
    if (!sq_field_is_name(name) || path.over || !sq_path_exists(path.p)) {
        st = unknown(home, name, err);
        goto out;
    }
    st = sq_suite_def_load(out, path.p, err);
    if (st == SQ_OK && !sq_str_eq((*out)->name, name)) {
        st = sq_err_set(err, SQ_INPUT,
                        "%s: name: is '%.*s', but the folder is '%.*s'", path.p,
                        SQ_STR_ARG((*out)->name), SQ_STR_ARG(name));
        sq_suite_def_free(*out);
        *out = NULL;
    }
out:
    sq_buf_release(&path);
    return st;
}
