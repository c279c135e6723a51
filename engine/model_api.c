#include "engine/model_api.h"

#include "base/alloc.h"
#include "base/json.h"
#include "engine/member.h"
#include "store/report.h"

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
    struct rt_link *link;
    char *reason; /* copies of its texts */
    char *fresh;  /* new params that were not asked for yet */
    char *handed; /* likewise, that were */
    char *error;
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

static int take_answer(struct params *params, int rc, const struct rt_answer *answer,
                       const struct rt_err *err)
{
    if (rc < 0) {
        free(params->error);
        params->error = rt_strdup(err->text);
        return RETRIAL_ERROR;
    }
    if (answer->stop && !params->reason)
        params->reason = rt_strdup(answer->reason);
    if (answer->params) {
        free(params->fresh);
        params->fresh = rt_strdup(answer->params);
    }
    return answer->stop ? RETRIAL_STOP : RETRIAL_GO_ON;
}

int retrial_report_all(const struct retrial_trial *trial, int64_t step, const char *const *names,
                       const double *values, unsigned count, int wait)
{
    struct params *params = params_of(trial);
    struct rt_answer answer = {.stop = false};
    struct rt_buf packed = RT_BUF_INIT;
    struct rt_err err;
    int rc;

    for (unsigned i = 0; i < count; i++)
        rt_report_put_value(&packed, rt_span_text(names[i]), values[i]);
    rc = rt_link_report(params->link, step, rt_buf_span(&packed), count, wait != 0, &answer, &err);
    rt_buf_clear(&packed);
    return take_answer(params, rc, &answer, &err);
}

int retrial_report(const struct retrial_trial *trial, int64_t step, const char *name, double value)
{
    return retrial_report_all(trial, step, &name, &value, 1, 0);
}

int retrial_should_stop(const struct retrial_trial *trial, int wait)
{
    struct params *params = params_of(trial);
    struct rt_answer answer = {.stop = false};
    struct rt_err err;
    int rc = rt_link_answer(params->link, wait != 0, &answer, &err);

    return take_answer(params, rc, &answer, &err);
}

const char *retrial_stop_reason(const struct retrial_trial *trial)
{
    return params_of(trial)->reason;
}

const char *retrial_new_params(const struct retrial_trial *trial)
{
    struct params *params = params_of(trial);

    free(params->handed);
    params->handed = params->fresh;
    params->fresh = NULL;
    return params->handed;
}

const char *retrial_error(const struct retrial_trial *trial)
{
    return params_of(trial)->error;
}

int retrial_checkpoint(const struct retrial_trial *trial, const char *path, int64_t step)
{
    struct params *params = params_of(trial);
    struct rt_answer answer = {.stop = false};
    struct rt_err err;
    int rc = rt_link_keep(params->link, path, step, false, &err);

    return take_answer(params, rc, &answer, &err);
}

const char *retrial_restore(const struct retrial_trial *trial)
{
    struct params *params = params_of(trial);
    struct rt_answer answer = {.stop = false};
    const char *path = NULL;
    struct rt_err err;
    int rc = rt_link_restore(params->link, &path, &err);

    take_answer(params, rc, &answer, &err);
    return path;
}

static void clear_params(struct params *params)
{
    rt_json_free(params->json);
    rt_json_free(params->kept);
    free(params->reason);
    free(params->fresh);
    free(params->handed);
    free(params->error);
}

/* A trial that was told to stop need not have come to its metrics. */
static bool was_stopped(const struct params *params, const struct retrial_result *result,
                        int status)
{
    return status == 0 && params->reason && rt_json_count(result->metrics) == 0;
}

void rt_model_call(rt_model_fn *model, const struct rt_call *call, struct rt_ended *ended)
{
    struct params params = {.link = call->link, .text = call->params, .reads = call->reads};
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
    else if (was_stopped(&params, &result, status))
        ended->outcome = RT_OUTCOME_PRUNED;
    else if (rt_json_count(result.metrics) == 0)
        rt_ended_failed(ended, "the function reported no metric; call retrial_metric()");
    else {
        ended->outcome = RT_OUTCOME_OK;
        rt_json_canonical(result.metrics, &ended->result);
    }
    ended->status = status;
    clear_params(&params);
    rt_json_free(result.metrics);
    free(result.reason);
}
