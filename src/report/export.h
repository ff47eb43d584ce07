#ifndef SQ_REPORT_EXPORT_H
#define SQ_REPORT_EXPORT_H
/*
 * A run in the forms that other tools read, and engine/replay.h. Only responses
 * that came are written; one that was cut or refused stands there like any
 * other, since the forms do not tell.
 *
 *   alpaca_eval  a JSON array of {"dataset", "instruction", "output",
 *                "generator"}, as AlpacaEval's --model_outputs takes it; then
 *                "id" and "epoch", which it ignores
 *   lm_eval      JSON Lines as lm-evaluation-harness's samples_*.jsonl:
 *                {"doc_id", "doc", "arguments", "resps", "filtered_resps", ...}
 *                with "model_name" and each metric of the sample by its name;
 *                the epochs of a sample are its resps
 *   csv          a line for each sample and epoch: model, suite, sample_id,
 *                epoch, state, query, response, then each metric (of all its
 *                epochs)
 */
#include "store/store.h"

/* SQ_USAGE when there is no such form. */
enum sq_status sq_export_render(struct sq_store *store, const char *run,
                                const char *form, struct sq_buf *out,
                                struct sq_err *err) SQ_CHECKED;

#endif
