#include "engine/guest_talk.h"

struct rt_json *rt_guest_task(const struct rt_entry_task *task, struct rt_err *err)
{
    struct rt_json *message = rt_json_new_object();
    struct rt_json *params = NULL;

    if (rt_json_parse(rt_span_text(task->params), &params, err) < 0) {
        rt_json_free(message);
        return NULL;
    }
    rt_json_set_text(message, "root", task->folder);
    rt_json_set_text(message, "file", rt_json_get_text(task->entry, "file", ""));
    rt_json_set_text(message, "function", rt_json_get_text(task->entry, "function", ""));
    rt_json_set(message, "params", params);
    rt_json_set_text(message, "metric", task->metric);
    rt_json_set_int(message, "seed", task->seed);
    return message;
}

struct rt_json *rt_guest_call(const struct rt_call *call)
{
    struct rt_json *message = rt_json_new_object();

    rt_json_set_text(message, "id", call->id);
    rt_json_set_int(message, "ordinal", (int64_t)call->ordinal);
    rt_json_set_int(message, "attempt", call->attempt);
    rt_json_set_int(message, "replicate", call->replicate);
    rt_json_set_int(message, "seed", call->seed);
    rt_json_set(message, "params", rt_json_new_string_span(call->params));
    return message;
}

static void take_use(const struct rt_json *use, struct rt_ended *ended)
{
    ended->measured = rt_json_count(use) == 3;
    ended->user_us = (uint64_t)rt_json_int(rt_json_at(use, 0));
    ended->sys_us = (uint64_t)rt_json_int(rt_json_at(use, 1));
    ended->max_rss_kib = (uint64_t)rt_json_int(rt_json_at(use, 2));
}

static void take_result(const struct rt_json *result, const char *metric, struct rt_ended *ended)
{
    struct rt_json *object;
    double special;

    ended->outcome = RT_OUTCOME_OK;
    if (rt_json_kind(result) == RT_JSON_OBJECT && !rt_json_special(result, &special)) {
        rt_json_canonical(result, &ended->result);
        return;
    }
    object = rt_json_new_object();
    rt_json_set(object, metric, rt_json_copy(result));
    rt_json_canonical(object, &ended->result);
    rt_json_free(object);
}

static void take_reads(const struct rt_json *names, struct rt_reads *reads)
{
    for (size_t i = 0; i < rt_json_count(names); i++) {
        const char *name = rt_json_string(rt_json_at(names, i));

        if (name)
            rt_reads_note(reads, name);
    }
}

static void take_live(const struct rt_json *live, struct rt_buf *out)
{
    if (out && rt_json_count(live) && rt_json_kind(live) == RT_JSON_OBJECT)
        rt_json_canonical(live, out);
}

void rt_guest_take(const struct rt_json *answer, const char *metric, const struct rt_call *call,
                   struct rt_ended *ended)
{
    const struct rt_json *result = rt_json_get(answer, "result");

    take_reads(rt_json_get(answer, "reads"), call->reads);
    take_live(rt_json_get(answer, "live"), call->live);
    if (rt_json_get(answer, "use"))
        take_use(rt_json_get(answer, "use"), ended);
    if (result) {
        take_result(result, metric, ended);
        return;
    }
    if (rt_json_get_text(answer, "pruned", NULL)) {
        ended->outcome = RT_OUTCOME_PRUNED;
        rt_buf_add(&ended->reason, rt_json_get_text(answer, "pruned", ""));
        return;
    }
    rt_ended_failed(ended, "%s", rt_json_get_text(answer, "failed", "the guest gave no result"));
    ended->status = (int32_t)rt_json_get_int(answer, "status", 0);
}
