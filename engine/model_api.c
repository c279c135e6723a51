#include "engine/model_api.h"

#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#define REASON_MAX 1000

struct retrial_result {
    struct rt_json *metrics;
    char *reason;
};

/* What `reserved` points to: the params, read when the first of them is asked for. */
struct params {
    struct rt_span text;
    struct rt_json *json;
    struct rt_reads *reads;
    bool asked; /* the model called an accessor */
};

static struct rt_json *find(const struct retrial_trial *trial, const char *key)
{
    struct params *params = (struct params *)(uintptr_t)trial->reserved;
    struct rt_json *found;
    const char *dot;

    params->asked = true;
    if (params->reads)
        rt_reads_note(params->reads, key);
    if (!params->json && rt_json_parse(params->text, &params->json, NULL) < 0)
        return NULL;
    found = params->json;
    while (found && !rt_json_get(found, key) && (dot = strchr(key, '.')) != NULL) {
        char *part = rt_strndup(key, (size_t)(dot - key));

        found = rt_json_get(found, part);
        free(part);
        key = dot + 1;
    }
    return found ? rt_json_get(found, key) : NULL;
}

double retrial_real(const struct retrial_trial *trial, const char *key, double fallback)
{
    struct rt_json *value = find(trial, key);
    double special;

    if (!value)
        return fallback;
    if (rt_json_kind(value) == RT_JSON_INT || rt_json_kind(value) == RT_JSON_REAL)
        return rt_json_number(value);
    return rt_json_special(value, &special) ? special : fallback;
}

int64_t retrial_int(const struct retrial_trial *trial, const char *key, int64_t fallback)
{
    struct rt_json *value = find(trial, key);

    if (value && rt_json_kind(value) == RT_JSON_BOOL)
        return rt_json_bool(value);
    return value && rt_json_kind(value) == RT_JSON_INT ? rt_json_int(value) : fallback;
}

const char *retrial_text(const struct retrial_trial *trial, const char *key, const char *fallback)
{
    struct rt_json *value = find(trial, key);

    return value && rt_json_kind(value) == RT_JSON_STRING ? rt_json_string(value) : fallback;
}

void retrial_metric(struct retrial_result *result, const char *name, double value)
{
    rt_json_set(result->metrics, name, rt_json_new_real(value));
}

void retrial_metric_int(struct retrial_result *result, const char *name, int64_t value)
{
    rt_json_set(result->metrics, name, rt_json_new_int(value));
}

void retrial_metric_text(struct retrial_result *result, const char *name, const char *value)
{
    rt_json_set_text(result->metrics, name, value);
}

void retrial_fail(struct retrial_result *result, const char *reason)
{
    free(result->reason);
    result->reason = rt_strndup(reason, REASON_MAX);
}

void rt_model_call(rt_model_fn *model, const struct rt_call *call, struct rt_ended *ended)
{
    struct params params = {.text = call->params, .reads = call->reads};
    struct retrial_result result = {rt_json_new_object(), NULL};
    struct retrial_trial trial = {.abi = RETRIAL_ABI,
                                  .seed = call->seed,
                                  .id = call->id,
                                  .params = call->params.data,
                                  .attempt = call->attempt,
                                  .reserved = &params};
    int status = model(&trial, &result);

    if (call->reads && !params.asked)
        rt_reads_note(call->reads, "*"); /* it may have read the text of its params */

    if (status != 0 && result.reason)
        rt_ended_failed(ended, "%s", result.reason);
    else if (status != 0)
        rt_ended_failed(ended, "the function returned %d", status);
    else if (rt_json_count(result.metrics) == 0)
        rt_ended_failed(ended, "the function reported no metric; call retrial_metric()");
    else {
        ended->outcome = RT_OUTCOME_OK;
        rt_json_canonical(result.metrics, &ended->result);
    }
    ended->status = status;
    rt_json_free(params.json);
    rt_json_free(result.metrics);
    free(result.reason);
}
