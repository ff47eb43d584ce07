#include "engine/local_model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"
#include "base/platform.h"
#include "base/stop.h"
#include "engine/file_digest.h"

enum {
    MOST_PARALLEL = 32, /* more at a time gain nothing on processors */
    KEPT = 4,           /* prompts' beginnings that may come again */
    EXACT_PARALLEL = 8, /* of tiny ones: measured with 1 million parameters */
    EXACT_EACH = 160,   /* likewise */
    CELLS_EACH = 2048,  /* of a text worked on, when the context is longer */
    CELLS_MOST = 32768, /* that a long context alone asks for */
    CELLS_LEAST = 256,
    BATCH_LEAST = 32,
    BATCH_MOST = 512
};
/* Parameters times tokens of a decode, so that one takes a second at most. */
#define BATCH_WORK 4e10
/* Below this a model is done with before another thread has woken up; above
 * that all threads are of use. What lies between is measured. */
#define TINY_PARAMETERS 20000000LL
#define LARGE_PARAMETERS 3000000000LL

static int least(double a, double b)
{
    return (int)(a < b ? a : b);
}

static enum sq_status too_large(const struct sq_local_model *m, double wanted,
                                double there, struct sq_err *err)
{
    return sq_err_set(err, SQ_INPUT,
                      "%s: the model takes %.1f GB of memory, and %.1f GB are "
                      "free",
                      m->path, wanted / 1e9, there / 1e9);
}

/* What libllama would meet much later, or not survive. */
static enum sq_status check_file(struct sq_local_model *m, struct sq_err *err)
{
    enum sq_status st = sq_gguf_read(m->path, &m->file, err);
    if (st != SQ_OK)
        return st;
    if (m->file.tensors == 0)
        return sq_err_set(err, SQ_INPUT,
                          "%s: holds a vocabulary alone, without the model's "
                          "weights",
                          m->path);
    if (!m->file.has_tokens)
        return sq_err_set(err, SQ_INPUT, "%s: the model has no vocabulary",
                          m->path);
    double need = (double)m->file.tensor_bytes +
                  CELLS_LEAST * (double)sq_gguf_cell_bytes(&m->file);
    double there = (double)sq_platform_free_memory();
    return there >= 0 && need > there ? too_large(m, need, there, err) : SQ_OK;
}

/* Cells for what works in parallel, as far as half of the free memory goes. */
static enum sq_status choose_room(struct sq_local_model *m, long long parallel,
                                  struct sq_err *err)
{
    double trained = m->info->context > 0 ? m->info->context : CELLS_EACH;
    double each = (double)sq_gguf_cell_bytes(&m->file);
    double there = (double)sq_platform_free_memory();
    int kept = m->info->shares ? KEPT : 0;
    m->room.exact = m->info->shares && m->file.parameters < TINY_PARAMETERS;
    m->parallel = least((double)(parallel > 1 ? parallel : 1),
                        m->room.exact ? EXACT_PARALLEL : MOST_PARALLEL);
    double cells = (double)m->parallel * CELLS_EACH;
    double alone = least(trained, CELLS_MOST);
    cells = cells > alone ? cells : alone;
    if (m->room.exact) /* every one of them is looked at for every token */
        cells = least(cells, m->parallel * EXACT_EACH + alone);
    cells = least(cells, (m->parallel + kept) * trained);
    if (there >= 0 && each > 0) {
        /* What is mapped from the file counts as free. */
        double left = (there - (double)m->file.tensor_bytes) / 2;
        if (left < CELLS_LEAST * each)
            return too_large(
                m, (double)m->file.tensor_bytes + 2 * CELLS_LEAST * each, there,
                err);
        cells = least(cells, left / each);
    }
    cells = cells > CELLS_LEAST ? cells : CELLS_LEAST;
    m->room.cells = ((int)cells + CELLS_LEAST - 1) / CELLS_LEAST * CELLS_LEAST;
    m->room.sequences = m->parallel + kept;
    m->context = least(trained, m->room.cells);
    int batch =
        least(BATCH_WORK / (double)(m->info->parameters + 1), BATCH_MOST);
    m->room.batch = batch > BATCH_LEAST ? batch : BATCH_LEAST;
    if (m->room.exact)
        m->room.batch = SQ_LLAMA_EXACT;
    m->room.batch = least(m->room.batch, m->room.cells);
    m->room.threads = 1;
    return SQ_OK;
}

/* Are the logits of a first token numbers? That finds weights that are none,
 * wherever they are on the way; libllama's own look at them prints a line for
 * each. -INFINITY may stand for a token that is never to come. */
static enum sq_status check_weights(struct sq_local_model *m,
                                    struct sq_err *err)
{
    const struct sq_llama_token token = {
        .token = m->info->begin > 0 ? m->info->begin : 0, .want = true};
    enum sq_llama_decoded d = m->api->decode(m->llama, &token, 1);
    if (d != SQ_LLAMA_DONE)
        return sq_err_set(err, SQ_INPUT,
                          "%s: libllama cannot compute with it (-vv shows what "
                          "it says)",
                          m->path);
    const float *logits = m->api->logits(m->llama, 0);
    for (int i = 0; i < m->info->vocabulary; i++)
        if (!logits || isnan(logits[i]) || logits[i] == INFINITY)
            return sq_err_set(err, SQ_INPUT,
                              "%s: the file is damaged: what the model "
                              "computes is no numbers; get it again",
                              m->path);
    m->api->forget(m->llama, 0, 0);
    return SQ_OK;
}

/* Microseconds of a small decode; -1 when it fails. */
static int64_t time_decode(struct sq_local_model *m, int threads)
{
    struct sq_llama_token tokens[8] = {{0}};
    size_t n = sizeof tokens / sizeof *tokens;
    for (size_t i = 0; i < n; i++)
        tokens[i].position = (int32_t)i;
    tokens[n - 1].want = true;
    m->api->threads(m->llama, threads);
    int64_t begun = sq_clock_us();
    enum sq_llama_decoded d = m->api->decode(m->llama, tokens, n);
    int64_t took = sq_clock_us() - begun;
    m->api->forget(m->llama, 0, 0);
    return d == SQ_LLAMA_DONE ? took : -1;
}

/* More threads than one only where they pay: theirs wait by spinning, which on
 * busy cores costs more than they bring. */
static void choose_threads(struct sq_local_model *m)
{
    int most = sq_platform_free_cores(), best = 1;
    if (m->info->parameters >= LARGE_PARAMETERS) {
        best = most;
    } else if (m->info->parameters >= TINY_PARAMETERS && most > 1) {
        int64_t least_us = time_decode(m, 1);
        for (int n = 2; n <= most && least_us > 0;
             n = n < most && 2 * n > most ? most : 2 * n) {
            int64_t us = time_decode(m, n);
            if (us < 0 || (double)us > 0.9 * (double)least_us)
                break;
            least_us = us;
            best = n;
        }
    }
    m->api->threads(m->llama, best);
    m->room.threads = best;
}

/* Where `make` links the library to and `make install` puts it; NULL when it is
 * the system's. Yours. */
static char *backends_folder(void)
{
    char *modules = sq_path_modules();
    char *folder = modules ? sq_path_join(modules, "llama") : NULL;
    free(modules);
    if (folder && !sq_path_is_dir(folder)) {
        free(folder);
        folder = NULL;
    }
    return folder;
}

/* What the library is asked to do with a file. Before it is ready nothing was
 * asked of a model, and most of this cannot be interrupted. */
static enum sq_status prepare(struct sq_local_model *m,
                              const struct sq_local_wanted *wanted,
                              struct sq_err *err)
{
    char *backends = backends_folder();
    struct sq_llama_load how = {.path = m->path,
                                .backends = backends,
                                .log = wanted->log,
                                .exact = m->file.parameters < TINY_PARAMETERS,
                                .stop = &sq_stop};
    sq_stop_at_once(true);
    enum sq_status st = sq_stop ? sq_err_set(err, SQ_INTERRUPTED, "interrupted")
                                : m->api->load(&m->llama, &how, err);
    free(backends);
    if (st == SQ_OK) {
        m->info = m->api->info(m->llama);
        st = choose_room(m, wanted->parallel, err);
    }
    if (st == SQ_OK)
        st = m->api->begin(m->llama, &m->room, err);
    if (st == SQ_OK)
        st = check_weights(m, err);
    if (st == SQ_OK)
        choose_threads(m);
    sq_stop_at_once(false);
    return st;
}

static enum sq_status load(struct sq_local_model *m,
                           const struct sq_local_wanted *wanted,
                           struct sq_err *err)
{
    enum sq_status st = sq_llama_api_load(&m->api, err);
    if (st == SQ_OK && !sq_path_exists(m->path))
        st = sq_err_set(err, SQ_INPUT, "%s: %s", m->path, strerror(ENOENT));
    if (st == SQ_OK)
        st = check_file(m, err);
    if (st == SQ_OK)
        st = sq_file_digest(m->path, m->digest, err);
    if (st == SQ_OK)
        st = prepare(m, wanted, err);
    if (st != SQ_OK)
        return st;
    m->batch = sq_local_batch_new(m->api, m->llama, &m->room,
                                  m->room.sequences - m->parallel, m->context);
    sq_log(wanted->log, SQ_LOG_DEBUG,
           "%s: %s, %d texts at a time in %d tokens of context, %d thread%s",
           m->path, m->info->description, m->parallel, m->room.cells,
           m->room.threads, m->room.threads == 1 ? "" : "s");
    return SQ_OK;
}

static void unload(struct sq_local_model *m)
{
    sq_local_batch_free(m->batch);
    if (m->llama)
        m->api->unload(m->llama);
    free(m->path);
    free(m);
}

enum sq_status sq_local_model_get(struct sq_local_shared *shared,
                                  const struct sq_local_wanted *wanted,
                                  struct sq_local_model **out,
                                  struct sq_err *err)
{
    struct stat s = {0};
    struct sq_local_model *m = shared->models;
    bool there = stat(wanted->path, &s) == 0;
    while (m && !(there && m->device == s.st_dev && m->inode == s.st_ino))
        m = m->next;
    if (!m) {
        m = sq_xcalloc(1, sizeof *m);
        m->path = sq_xstrdup(wanted->path);
        m->device = s.st_dev;
        m->inode = s.st_ino;
        enum sq_status st = load(m, wanted, err);
        if (st != SQ_OK) {
            unload(m);
            return st;
        }
        m->next = shared->models;
        shared->models = m;
    }
    m->users++;
    *out = m;
    return SQ_OK;
}

void sq_local_model_put(struct sq_local_shared *shared,
                        struct sq_local_model *m)
{
    struct sq_local_model **at = &shared->models;
    if (!m || --m->users > 0)
        return;
    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
    unload(m);
}
