#ifndef SQ_SUITE_TASK_STEPS_H
#define SQ_SUITE_TASK_STEPS_H
/* The steps that a definition gives every sample, with their graders. */
#include "suite/task.h"

/* Reads "steps", where it is an array, into t. json must live as long. */
enum sq_status sq_task_steps_load(const struct sq_json *json, const char *path,
                                  struct sq_arena *arena, struct sq_task *t,
                                  struct sq_err *err) SQ_CHECKED;
/* Gives a sample its steps, compiled with the record's references. */
enum sq_status sq_task_bind(const struct sq_task *t, const struct sq_record *r,
                            struct sq_sample *sample,
                            struct sq_err *err) SQ_CHECKED;

#endif
