/*
 * Loads a suite made of the input's bytes and reads its samples. The input is
 * suite.json, a line "====", steps.jsonl, a line "====", and the data, which
 * the definition must call "d.jsonl". Messages are all it may cause.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "suite/suite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"suite.json", "steps.jsonl", "d.jsonl"};
enum { FILES = sizeof names / sizeof names[0] };

/* A folder of our own, gone when we end well; a crash leaves its input there.
 */
static char folder[] = "/tmp/seqeval-fuzz-XXXXXX";

static void clean_up(void)
{
    for (int i = 0; i < FILES; i++) {
        char *path = sq_path_join(folder, names[i]);
        (void)unlink(path);
        free(path);
    }
    (void)rmdir(folder);
}

static void make_folder(void)
{
    static bool made;
    if (made)
        return;
    if (!mkdtemp(folder))
        abort();
    made = true;
    (void)atexit(clean_up);
}

/* Not sq_path_write: its fsync would be all that is fuzzed. */
static void write_file(const char *name, sq_str bytes)
{
    char *path = sq_path_join(folder, name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes.n ? bytes.p : "", 1, bytes.n, f) != bytes.n ||
        fclose(f) != 0)
        abort();
    free(path);
}

static void read_samples(struct sq_suite *s)
{
    struct sq_sample *sample = NULL;
    struct sq_err err = {0};
    for (int n = 0; n < 1000; n++) {
        if (sq_suite_next(s, &sample, &err) != SQ_OK || !sample)
            break;
        for (size_t i = 0; i < sample->nsteps; i++)
            if (sample->steps[i].start >= sample->steps[i].end ||
                sample->steps[i].end > sample->query.n)
                abort();
        sq_sample_free(sample);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sq_str cut = SQ_STR("\n====\n");
    sq_str rest = {(const char *)data, size};
    struct sq_suite_def *def = NULL;
    struct sq_suite *s = NULL;
    struct sq_suite_open how = {.data_dir = folder, .allow_modified = true};
    struct sq_err err = {0};
    make_folder();
    for (int i = 0; i < FILES; i++) {
        size_t end = sq_str_find(rest, cut, 0);
        write_file(names[i], sq_str_sub(rest, 0, end));
        rest = end == SIZE_MAX ? (sq_str){NULL, 0}
                               : sq_str_sub(rest, end + cut.n, rest.n);
    }
    if (sq_suite_def_load(&def, folder, &err) == SQ_OK &&
        sq_suite_open_def(&s, def, SQ_STR(""), &how, &err) == SQ_OK)
        read_samples(s);
    sq_suite_close(s);
    return 0;
}
