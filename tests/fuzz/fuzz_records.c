/* Any bytes as a data file, read under the names that decide how: each record
 * is an object, and reading ends. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void read_all(const char *path, size_t size)
{
    struct sq_records *r = NULL;
    struct sq_json *j = NULL;
    struct sq_err err = {0};
    size_t n = 0;
    if (sq_records_open(&r, path, &err)) {
        must(err.status == SQ_INPUT && !r);
        return;
    }
    while (!sq_records_next(r, &j, &err) && j) {
        must(sq_json_type(j) == SQ_JSON_OBJECT);
        must(sq_records_where(r) != NULL);
        /* gzip apart, a record takes at least a byte */
        must(++n <= size * 1100);
        sq_json_free(j);
    }
    must(err.status == SQ_OK || err.status == SQ_INPUT);
    sq_records_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"json", "jsonl", "csv"};
    const char *folder = getenv("TMPDIR");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[512];
        (void)snprintf(path, sizeof(path), "%s/seqeval-fuzz.%ld.%s",
                       folder && folder[0] ? folder : "/tmp", (long)getpid(),
                       names[i]);
        FILE *f = fopen(path, "wb");
        must(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
        read_all(path, size);
        must(unlink(path) == 0);
    }
    return 0;
}
