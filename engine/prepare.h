#ifndef RT_ENGINE_PREPARE_H
#define RT_ENGINE_PREPARE_H
/*
 * What a launch does before its first trial: from study file and store to
 * recorded launch, code and plan, and the message that tells agents of them.
 */
#include "base/buf.h"
#include "base/err.h"
#include "engine/homing.h"
#include "engine/run.h"
#include "store/store.h"

struct rt_prepared {
    struct rt_store *store;
    struct rt_homing homing;
    uint32_t launch;
    uint32_t study;
    bool revised; /* the study has another plan than before this launch */
    char *metric; /* of the objective, or NULL */
    bool maximize;
    bool asks_gpus; /* its trials do */
    char *folder;   /* of the study file, where its driver runs; NULL if it has none */
    struct rt_buf study_message;
};

/* Opens the store and appends and commits what precedes the trials. A study that is complete
 * gets no launch: *out then has launch 0. */
int rt_prepare(const struct rt_run_options *options, struct rt_prepared *out, struct rt_err *err);
void rt_prepared_clear(struct rt_prepared *prepared); /* does not close the store */

#endif
