#include "sandbox/sandbox.h"

#include <stdlib.h>

#include "base/mem.h"
#include "sandbox/capture.h"

/* Prints where it lies, the version as a number after it. */
static const char script[] = "import os, sys\n"
                             "print(os.path.realpath(sys.executable))\n"
                             "print('%d%02d' % sys.version_info[:2])\n";

#define OLDEST 309 /* 3.9: os.pidfd_open */

enum sq_status sq_sandbox_python(const char *name, char **path,
                                 struct sq_err *err)
{
    struct sq_buf out;
    long long version = 0;
    sq_str line = {0}, rest;
    if (!name)
        name = "python3";
    sq_buf_init(&out, SQ_MAX_MESSAGE);
    const char *const argv[] = {name, "-IS", "-c", script, NULL};
    bool ran = sq_sandbox_capture(argv, &out);
    rest = sq_buf_str(&out);
    *path = ran && sq_str_line(&rest, &line) && line.n && line.p[0] == '/'
                ? sq_str_dup(line)
                : NULL;
    bool told =
        *path && sq_str_line(&rest, &line) && sq_str_to_int(line, &version);
    sq_buf_release(&out);
    if (told && version >= OLDEST)
        return SQ_OK;
    free(*path);
    *path = NULL;
    if (told)
        return sq_err_set(err, SQ_UNAVAILABLE,
                          "%s is Python %lld.%lld; programs want 3.9 or later",
                          name, version / 100, version % 100);
    return sq_err_set(err, SQ_UNAVAILABLE,
                      "no Python to run programs with: %s does not start; "
                      "install python3 or give --python FILE",
                      name);
}
