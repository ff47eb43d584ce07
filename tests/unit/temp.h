#ifndef TEMP_H
#define TEMP_H
/* Files of a test: in a folder of their own, which the test's group removes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"

/* A new folder below TMPDIR; yours. */
static inline char *temp_folder(void)
{
    const char *base = getenv("TMPDIR");
    char *path =
        sq_path_join(base && base[0] ? base : "/tmp", "seqeval-test.XXXXXX");
    if (!mkdtemp(path)) {
        perror(path);
        exit(1);
    }
    return path;
}

/* Writes folder/name; its path, yours. */
static inline char *temp_file(const char *folder, const char *name,
                              sq_str content)
{
    char *path = sq_path_join(folder, name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(content.p, 1, content.n, f) != content.n || fclose(f)) {
        perror(path);
        exit(1);
    }
    return path;
}

#endif
