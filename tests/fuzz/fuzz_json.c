/* Any bytes through the JSON reader: what is read is written so that it reads
 * and writes the same again, and a text that is read has a prefix that is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check_again(const struct sq_buf *first)
{
    struct sq_buf second;
    struct sq_err err = {0};
    struct sq_json *j = sq_json_parse(sq_buf_str(first), "again", 1, &err);
    /* Keys that differ in how they are escaped become the same key. */
    if (!j && strstr(err.msg, "stands twice"))
        return;
    must(j != NULL);
    sq_buf_init(&second, SQ_MAX_CONFIG);
    sq_json_render(j, &second);
    must(sq_str_eq(sq_buf_str(first), sq_buf_str(&second)));
    sq_buf_release(&second);
    sq_json_free(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sq_str text = {(const char *)data, size};
    struct sq_err err = {0};
    size_t used = 0;
    struct sq_json *j = sq_json_parse(text, "fuzz", 1, &err);
    struct sq_json *prefix = sq_json_parse_prefix(text, &used);
    must(j ? err.status == SQ_OK : err.status == SQ_INPUT);
    must(used <= size && (used > 0) == (prefix != NULL));
    if (j) {
        struct sq_buf out;
        must(prefix != NULL);
        sq_buf_init(&out, SQ_MAX_CONFIG);
        sq_json_render(j, &out);
        check_again(&out);
        sq_buf_release(&out);
    }
    sq_json_free(prefix);
    sq_json_free(j);
    return 0;
}
