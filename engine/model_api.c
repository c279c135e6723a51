#include "engine/model_api.h"

#include "base/alloc.h"
#include "base/json.h"
#include "engine/member.h"

#include <stdlib.h>
#include <string.h>

#define REASON_MAX   1000
#define SEARCHED_MAX 4096u /* bytes of params; larger ones are read as a whole, once */

struct retrial_result {
    struct rt_json *metrics;
    char *reason;
};

/* What `reserved` points to. */
struct params {
    struct rt_span text;
    struct rt_json *json; /* all of it, once that was needed */
    struct rt_json *kept; /* values that were handed out as texts */
    struct rt_reads *reads;
    bool asked; /* the model called an accessor */
};

/* A value to look at: as text or, if `json` is set, as read from the whole. */
struct value {
    struct rt_span text;
    struct rt_json *json;
};

static bool find_in_whole(struct params *params, const char *key, struct value *value)
{
    struct rt_json *found;
    const char *dot;

    if (!params->json && rt_json_parse(params->text, &params->json, NULL) < 0)
        return false;
    found = params->json;
    while (found && !rt_json_get(found, key) && (dot = strchr(key, '.')) != NULL) {
        char *part = rt_strndup(key, (size_t)(dot - key));

        found = rt_json_get(found, part);
        free(part);
        key = dot + 1;
    }
    value->json = found ? rt_json_get(found, key) : NULL;
    return value->json != NULL;
}

static struct params *params_of(const struct retrial_trial *trial)
{
    return (struct params *)(uintptr_t)trial->reserved;
}

static bool find(const struct retrial_trial *trial, const char *key, struct value *value)
{
    struct params *params = params_of(trial);
    enum rt_member found = RT_MEMBER_UNSURE;

    params->asked = true;
    if (params->reads)
        rt_reads_note(params->reads, key);
    *value = (struct value){.json = NULL};
    if (params->text.size <= SEARCHED_MAX)
        found = rt_member_find(params->text, key, &value->text);
    return found == RT_MEMBER_UNSURE ? find_in_whole(params, key, value) : found == RT_MEMBER_FOUND;
}

/* The value as JSON, which lives until the call ends; NULL if it is absent. */
static struct rt_json *get(const struct retrial_trial *trial, const char *key)
{
    struct params *params = params_of(trial);
    struct value value;

    if (!find(trial, key, &value))
        return NULL;
    if (!value.json && rt_json_parse(value.text, &value.json, NULL) == 0) {
        if (!params->kept)
            params->kept = rt_json_new_array();
        rt_json_append(params->kept, value.json);
    }
    return value.json;
}

double retrial_real(const struct retrial_trial *trial, const char *key, double fallback)
{
    struct rt_json *json;
    struct value value;
    double special;

    if (!find(trial, key, &value))
        return fallback;
    if (!value.json && value.text.size && strchr("-0123456789", *(const char *)value.text.data))
        return rt_real_parse(value.text.data); /* it ends at a comma or a brace */
    json = value.json ? value.json : get(trial, key);
    if (!json)
        return fallback;
    if (rt_json_kind(json) == RT_JSON_INT || rt_json_kind(json) == RT_JSON_REAL)
        return rt_json_number(json);
    return rt_json_special(json, &special) ? special : fallback;
}

int64_t retrial_int(const struct retrial_trial *trial, const char *key, int64_t fallback)
{
    struct rt_json *value = get(trial, key);

    if (value && rt_json_kind(value) == RT_JSON_BOOL)
        return rt_json_bool(value);
    return value && rt_json_kind(value) == RT_JSON_INT ? rt_json_int(value) : fallback;
}

const char *retrial_text(const struct retrial_trial *trial, const char *key, const char *fallback)
{
    struct rt_json *value = get(trial, key);

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
    rt_json_free(params.kept);
    rt_json_free(result.metrics);
    free(result.reason);
}
