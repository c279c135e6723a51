#ifndef RT_ENGINE_KEPT_INPUTS_H
#define RT_ENGINE_KEPT_INPUTS_H
/*
 * Inputs that the store keeps (store/input.h), for trials that need them as they were recorded when
 * the originals are not, or not there.
 *
 * What is kept is written below the store's folder, work/inputs/SHA256, once, and the bundle of the
 * code leads to it where the trial looks. Ranks on other hosts need to see that folder, as they
 * need to see the originals.
 */
#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

/* {"inputs": [those of a plan that the store does not keep, or that lie outside the code, where no
 * link can lead to what it keeps]}; yours. */
struct rt_json *rt_kept_inputs_others(struct rt_store *store, const struct rt_json *plan);

/* A study that is completed as recorded needs its inputs as they were recorded: RT_ECONFLICT if one
 * is not, and what the store keeps of it is no help. */
int rt_kept_inputs_check(struct rt_store *store, const struct rt_study *study, struct rt_err *err);

/* Changes the links of a bundle (store/bundle.h) for the inputs of a plan that are kept, and
 * whose originals are not what was recorded. RT_ECONFLICT for one outside the code: there no
 * link can lead elsewhere. */
int rt_kept_inputs_place(struct rt_store *store, const struct rt_json *plan,
                         const struct rt_json *code_record, struct rt_buf *bundle,
                         struct rt_err *err);

#endif
