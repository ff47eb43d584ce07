#include "suite/models.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/path.h"
#include "base/stop.h"
#include "base/zip.h"
#include "suite/part.h"

/* ---- the registry -------------------------------------------------------- */

/* What stands for a file: digest, size and, for an archive, its address. */
static enum sq_status read_file(const struct sq_json *j, const char *where,
                                struct sq_arena *a, struct sq_data_file *out,
                                struct sq_err *err)
{
    sq_str sha = {0};
    enum sq_status st = sq_json_need_str(j, "sha256", where, &sha, err);
    if (st == SQ_OK)
        st =
            sq_json_need_int(j, "bytes", where, 1, 1LL << 50, &out->bytes, err);
    if (st == SQ_OK && sha.n != SQ_DIGEST_HEX - 1)
        st = sq_err_set(err, SQ_INPUT, "%s: sha256: want 64 hex digits", where);
    out->sha256 = sq_arena_str(a, sha);
    return st;
}

static enum sq_status read_part(const struct sq_json *j, const char *where,
                                struct sq_arena *a, struct sq_model_part *out,
                                struct sq_err *err)
{
    static const char *const keys[] = {"url", "sha256", "bytes", "member",
                                       NULL};
    sq_str url = {0}, member = {0};
    enum sq_status st = sq_json_only(j, keys, where, err);
    if (st == SQ_OK)
        st = read_file(j, where, a, &out->archive, err);
    if (st == SQ_OK)
        st = sq_json_need_str(j, "url", where, &url, err);
    if (st == SQ_OK)
        st = sq_json_need_str(j, "member", where, &member, err);
    if (st != SQ_OK)
        return st;
    out->archive.url = sq_arena_str(a, url);
    out->archive.file = out->archive.url;
    for (size_t i = url.n; i > 0; i--)
        if (url.p[i - 1] == '/') {
            out->archive.file = sq_str_sub(out->archive.url, i, url.n);
            break;
        }
    out->member = sq_arena_str(a, member);
    return SQ_OK;
}

static enum sq_status read_source(const struct sq_json *j, const char *where,
                                  struct sq_arena *a,
                                  struct sq_model_source *out,
                                  struct sq_err *err)
{
    static const char *const keys[] = {"url", "parts", NULL};
    const struct sq_json *parts = sq_json_get(j, "parts");
    sq_str url = {0};
    enum sq_status st = sq_json_only(j, keys, where, err);
    if (st == SQ_OK && !parts)
        st = sq_json_need_str(j, "url", where, &url, err);
    out->url = sq_arena_str(a, url);
    if (st != SQ_OK || !parts)
        return st;
    st = sq_json_need_array(j, "parts", where, &parts, err);
    if (st != SQ_OK)
        return st;
    struct sq_model_part *v =
        sq_arena_array(a, sq_json_count(parts), sizeof *v);
    out->parts = v;
    const struct sq_json *p = sq_json_first(parts);
    for (; p && st == SQ_OK; p = sq_json_next(p), out->nparts++)
        st = read_part(p,
                       sq_arena_printf(a, "%s.parts[%zu]", where, out->nparts),
                       a, &v[out->nparts], err);
    return st;
}

static enum sq_status read_model(const struct sq_json *j, const char *where,
                                 struct sq_arena *a, struct sq_model *out,
                                 struct sq_err *err)
{
    static const char *const keys[] = {"name",    "about",   "sha256",
                                       "bytes",   "licence", "chat_template",
                                       "sources", NULL};
    const struct sq_json *sources = NULL;
    enum sq_status st = sq_json_only(j, keys, where, err);
    if (st == SQ_OK)
        st = sq_json_need_str(j, "name", where, &out->name, err);
    if (st == SQ_OK)
        st = sq_json_need_str(j, "about", where, &out->about, err);
    if (st == SQ_OK)
        st = sq_json_need_str(j, "licence", where, &out->file.licence, err);
    if (st == SQ_OK)
        st = sq_json_opt_str(j, "chat_template", where, &out->chat_template,
                             err);
    if (st == SQ_OK)
        st = read_file(j, where, a, &out->file, err);
    if (st == SQ_OK)
        st = sq_json_need_array(j, "sources", where, &sources, err);
    if (st != SQ_OK)
        return st;
    out->name = sq_arena_str(a, out->name);
    out->about = sq_arena_str(a, out->about);
    out->chat_template = sq_arena_str(a, out->chat_template);
    out->file.licence = sq_arena_str(a, out->file.licence);
    out->file.file =
        sq_str_from(sq_arena_printf(a, "%.*s.gguf", SQ_STR_ARG(out->name)));
    struct sq_model_source *v =
        sq_arena_array(a, sq_json_count(sources), sizeof *v);
    out->sources = v;
    const struct sq_json *s = sq_json_first(sources);
    for (; s && st == SQ_OK; s = sq_json_next(s), out->nsources++)
        st = read_source(
            s, sq_arena_printf(a, "%s.sources[%zu]", where, out->nsources), a,
            &v[out->nsources], err);
    if (st == SQ_OK && out->nsources == 0)
        st = sq_err_set(err, SQ_INPUT, "%s.sources: there is none", where);
    if (st == SQ_OK)
        out->file.url = v[0].nparts ? v[0].parts[0].archive.url : v[0].url;
    return st;
}

enum sq_status sq_models_load(struct sq_models *out, const char *home,
                              struct sq_err *err)
{
    *out = (struct sq_models){0};
    char *path = sq_path_join(home, "models/registry.json");
    struct sq_json *j = sq_json_load(path, err);
    const struct sq_json *list = NULL;
    enum sq_status st = j ? SQ_OK : SQ_INPUT;
    if (st == SQ_OK)
        st = sq_json_need_array(j, "models", path, &list, err);
    if (st == SQ_OK) {
        struct sq_model *v =
            sq_arena_array(&out->arena, sq_json_count(list), sizeof *v);
        out->v = v;
        const struct sq_json *m = sq_json_first(list);
        for (; m && st == SQ_OK; m = sq_json_next(m), out->n++)
            st = read_model(
                m,
                sq_arena_printf(&out->arena, "%s: models[%zu]", path, out->n),
                &out->arena, &v[out->n], err);
    }
    sq_json_free(j);
    free(path);
    return st;
}

void sq_models_release(struct sq_models *m)
{
    sq_arena_release(&m->arena);
}

const struct sq_model *sq_models_find(const struct sq_models *m, sq_str name)
{
    for (size_t i = 0; i < m->n; i++)
        if (sq_str_eq(m->v[i].name, name))
            return &m->v[i];
    return NULL;
}

char *sq_models_folder(const char *data_dir)
{
    return sq_path_join(data_dir, "models");
}

/* ---- getting one --------------------------------------------------------- */

static enum sq_status add_bytes(void *ctx, sq_str bytes, struct sq_err *err)
{
    return sq_part_add(ctx, bytes, err);
}

/* The archives are here: what lies in them makes the file. */
static enum sq_status join(const struct sq_model *m,
                           const struct sq_model_source *s, const char *folder,
                           const struct sq_pull *how, struct sq_err *err)
{
    struct sq_part part = {0};
    bool done = false, right = false;
    char found[SQ_DIGEST_HEX];
    enum sq_status st =
        sq_part_open(&part, &m->file, how->data_dir, how->log, &done, err);
    if (st == SQ_OK && !done && part.n > 0) /* of another source, maybe */
        st = sq_part_restart(&part, err);
    for (size_t i = 0; i < s->nparts && st == SQ_OK && !done; i++) {
        char *path = sq_data_path(&s->parts[i].archive, folder);
        char *member = sq_str_dup(s->parts[i].member);
        st = sq_zip_member(path, member, add_bytes, &part, err);
        free(member);
        free(path);
    }
    if (st == SQ_OK && !done)
        st = sq_part_finish(&part, &right, found, err);
    if (st == SQ_OK && !done && !right)
        st = sq_err_set(err, SQ_INPUT,
                        "%.*s: its parts make another file: the SHA-256 is %s",
                        SQ_STR_ARG(m->name), found);
    sq_part_close(&part);
    return st;
}

static enum sq_status pull_parts(const struct sq_model *m,
                                 const struct sq_model_source *s,
                                 const struct sq_pull *how, struct sq_err *err)
{
    char *folder = sq_path_join(how->data_dir, "parts");
    struct sq_pull one = *how;
    enum sq_status st = SQ_OK;
    one.data_dir = folder;
    for (size_t i = 0; i < s->nparts && st == SQ_OK; i++)
        st = sq_data_pull(&s->parts[i].archive, &one, err);
    if (st == SQ_OK)
        st = join(m, s, folder, how, err);
    for (size_t i = 0; i < s->nparts && st == SQ_OK; i++) {
        char *path = sq_data_path(&s->parts[i].archive, folder);
        (void)unlink(path);
        free(path);
    }
    if (st == SQ_OK)
        (void)rmdir(folder);
    free(folder);
    return st;
}

enum sq_status sq_model_pull(const struct sq_model *m,
                             const struct sq_pull *how, struct sq_err *err)
{
    enum sq_data_state state;
    char found[SQ_DIGEST_HEX];
    enum sq_status st =
        sq_data_verify(&m->file, how->data_dir, &state, found, err);
    if (st != SQ_OK || state == SQ_DATA_OK)
        return st;
    for (size_t i = 0; i < m->nsources; i++) {
        const struct sq_model_source *s = &m->sources[i];
        struct sq_data_file file = m->file;
        if (s->nparts) {
            st = pull_parts(m, s, how, err);
        } else {
            file.url = s->url;
            st = sq_data_pull(&file, how, err);
        }
        if (st == SQ_OK || st == SQ_INTERRUPTED || sq_stop)
            break;
        if (i + 1 < m->nsources)
            sq_log(how->log, SQ_LOG_WARN, "%s; trying the next source",
                   err->msg);
    }
    return st;
}
