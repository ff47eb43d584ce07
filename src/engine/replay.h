#ifndef SQ_ENGINE_REPLAY_H
#define SQ_ENGINE_REPLAY_H
/*
 * Engine `replay`: outputs that some model gave earlier, from JSON, JSON Lines
 * or CSV files, plain or gzip. SPEC is replay:FILE, where FILE may be a glob
 * pattern; the files are read in the order of their names.
 *
 * A sample's recordings are, in this order: the records with its id (fields
 * `id`, `sample_id`), unless such a record carries a text field of the sample
 * with another text; else those whose `prompt`, `instruction`, `question`,
 * `query` or `input` is exactly the sample's query; else those where one of
 * these fields is exactly a text field of the sample. --replay-key FIELD
 * replaces all these names. Several records of one sample are its epochs in
 * file order.
 *
 * The text is the first of `output`, `response`, `model_output`, `completion`
 * that the record has, for a judge `llm_as_a_judge`, `judgement`, `verdict`;
 * --replay-field FIELD replaces them. A null there is no recording. A sample
 * without a recording gets a response with stop ERROR, and the summary counts
 * them.
 *
 * The model is called what the records say, all of them the same (the fields
 * `generator` and, of AlpacaEval's annotations, `generator_2`; `model_name`;
 * `model`), else by the name of the file. --model-name NAME replaces that.
 *
 * Samples of lm-evaluation-harness and JSON logs of inspect_ai are read as well
 * (engine/replay_form.h).
 *
 * All outputs are held in memory.
 */
#include "seqeval.h"

extern const struct sq_engine_ops sq_engine_replay;

#endif
