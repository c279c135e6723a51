#ifndef RT_ENGINE_MODEL_API_H
#define RT_ENGINE_MODEL_API_H
/* The calling side of engine/public/retrial.h: runs a C model. */
#include "engine/entry.h"
#include "engine/public/retrial.h"

typedef int rt_model_fn(const struct retrial_trial *trial, struct retrial_result *result);

void rt_model_call(rt_model_fn *model, const struct rt_call *call, struct rt_ended *ended);

#endif
