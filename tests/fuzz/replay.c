/*
 * Feeds the files named on the command line to a fuzz target, without
 * libFuzzer: so every corpus is part of `make test` with any compiler. Each
 * name is printed first, so that the last line names a crash's input.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file's bytes in memory of exactly their size, so that the address
 * sanitizer sees the first byte read behind them; NULL when unreadable. */
static uint8_t *read_file(const char *path, size_t *size)
{
    uint8_t *data = NULL;
    FILE *f = fopen(path, "rb");

    if (!f)
        return NULL;
    if (fseek(f, 0, SEEK_END) == 0) {
        long end = ftell(f);

        rewind(f);
        *size = end > 0 ? (size_t)end : 0;
        data = end < 0 ? NULL : malloc(*size ? *size : 1);
        if (data && fread(data, 1, *size, f) != *size) {
            free(data);
            data = NULL;
        }
    }
    (void)fclose(f);
    return data;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t size = 0;
        uint8_t *data = read_file(argv[i], &size);

        (void)printf("%s\n", argv[i]);
        (void)fflush(stdout);
        if (!data) {
            perror(argv[i]);
            return 1;
        }
        (void)LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    return 0;
}
