/* What a driver asks for the first time. */
#include "engine/driving_own.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/random.h"
#include "engine/wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PROPOSAL_MAX (256u << 20) /* bytes of params of all replicates of one proposal */

static void put_item(struct rt_driving *driving, const struct rt_json *item, uint32_t replicate,
                     bool first)
{
    struct rt_json *copy = rt_json_new_object();

    rt_json_set(copy, "id", rt_json_keep(rt_json_get(item, "id")));
    rt_json_set(copy, "params", rt_json_keep(rt_json_get(item, "params")));
    rt_json_set_int(copy, "replicate", replicate);
    if (rt_json_get_int(item, "priority", 0))
        rt_json_set_int(copy, "priority", rt_json_get_int(item, "priority", 0));
    if (rt_json_count(rt_json_get(item, "tags")))
        rt_json_set(copy, "tags", rt_json_keep(rt_json_get(item, "tags")));
    if (first && rt_json_get_int(item, "replicates", 1) > 1)
        rt_json_set_int(copy, "replicates", rt_json_get_int(item, "replicates", 1));
    if (driving->proposals.size)
        rt_buf_put_u8(&driving->proposals, ',');
    rt_json_canonical(copy, &driving->proposals);
    driving->proposal_count++;
    rt_json_free(copy);
}

static void add_trial(struct rt_driving *driving, const struct rt_json *item, struct rt_span params,
                      bool first)
{
    uint32_t replicate = rt_repeats_add(&driving->repeats, params);
    struct rt_proposed *trial = rt_driving_add(driving, driving->count);

    driving->count++;
    trial->id = rt_json_text(rt_json_get(item, "id"));
    trial->params = rt_json_text(rt_json_get(item, "params"));
    trial->priority = (int32_t)rt_json_get_int(item, "priority", 0);
    put_item(driving, item, replicate, first);
    driving->open++;
    driving->open_bytes += params.size;
}

/* Told at once, and recorded, as it is no trial. */
static int refuse(struct rt_driving *driving, const struct rt_json *item, const char *why,
                  struct rt_err *err)
{
    struct rt_json *body = rt_json_new_object();
    struct rt_buf text = RT_BUF_INIT;
    char *id = rt_json_text(rt_json_get(item, "id"));
    char *params = rt_json_text(rt_json_get(item, "params"));
    struct rt_buf normal = RT_BUF_INIT;
    struct rt_json *same = NULL;
    int rc;

    rt_buf_printf(&text,
                  "{\"done\":[{\"id\":%s,\"trial\":null,\"replicate\":null,\"params\":%s,"
                  "\"outcome\":\"skipped\",\"metrics\":null,\"reason\":\"%s\",\"seconds\":0.0}]}\n",
                  id, params, why);
    rt_driver_put_item(&normal, item);
    if (rt_json_parse(rt_buf_span(&normal), &same, NULL) == 0)
        rt_json_set(body, "item", same);
    rt_json_set_text(body, "line", rt_buf_text(&text));
    driving->outcomes++;
    rc = rt_driving_append(driving, "refuse", body, err);
    rt_driving_send_line(driving, rt_buf_text(&text));
    rt_buf_clear(&normal);
    rt_buf_clear(&text);
    free(params);
    free(id);
    return rc;
}

/* The first that was asked for after the state that a driver was restored from, and is asked for
 * again; NULL if there is none. */
static struct rt_turn *find_claim(struct rt_driving *driving, const struct rt_json *item)
{
    struct rt_script *claims = &driving->claims;
    struct rt_buf text = RT_BUF_INIT;
    struct rt_turn *found = NULL;

    if (claims->count)
        rt_driver_put_item(&text, item);
    for (size_t i = 0; i < claims->count && !found; i++) {
        if (!claims->turns[i].taken && strcmp(claims->turns[i].text, rt_buf_text(&text)) == 0)
            found = &claims->turns[i];
    }
    rt_buf_clear(&text);
    return found;
}

/* 1 if it is such a one: the same trials. */
static int claim(struct rt_driving *driving, const struct rt_json *item, struct rt_err *err)
{
    struct rt_turn *turn = find_claim(driving, item);
    struct rt_json *body;
    struct rt_json *same;
    int rc;

    if (!turn || rt_json_parse(rt_span_text(turn->text), &same, NULL) < 0)
        return 0;
    turn->taken = true;
    body = rt_json_new_object();
    rt_json_set(body, "item", same);
    rt_json_set_int(body, "point", (int64_t)turn->first);
    rt_json_set_int(body, "count", (int64_t)turn->count);
    if ((rc = rt_driving_append(driving, "claim", body, err)) < 0)
        return rc;
    for (uint64_t i = 0; i < turn->count; i++)
        rt_driving_trial(driving, turn->first + i)->orphan = false;
    rt_driving_open_id(driving, turn->first, turn->count);
    for (uint64_t i = 0; i < turn->count; i++)
        rt_driving_queue(driving, turn->first + i);
    return 1;
}

static int check_submit(struct rt_driving *driving, const struct rt_json *item,
                        struct rt_buf *params, struct rt_err *err)
{
    char *id = rt_json_text(rt_json_get(item, "id"));
    bool taken = rt_driving_find_id(driving, id) != SIZE_MAX;
    int rc = 0;

    if (taken)
        rc = rt_err_set(err, RT_EPEER, "there is an open trial with the id %.100s already", id);
    else if (rt_plan_merge(driving->study->plan, rt_json_get(item, "params"), params, err) < 0)
        rc = err->code = RT_EPEER;
    else if (params->size > RT_WIRE_PARAMS_MAX)
        rc = rt_err_set(err, RT_EPEER,
                        "the params of the proposal with the id %.100s have %zu bytes, and %u are "
                        "allowed: put data into a file, and its name into the params",
                        id, params->size, RT_WIRE_PARAMS_MAX);
    else if (params->size * (uint64_t)rt_json_get_int(item, "replicates", 1) > PROPOSAL_MAX)
        rc =
            rt_err_set(err, RT_EPEER,
                       "the replicates of the proposal with the id %.100s have more than %u MiB of "
                       "params: propose fewer at a time",
                       id, PROPOSAL_MAX >> 20);
    free(id);
    return rc;
}

int rt_driving_submit(struct rt_driving *driving, const struct rt_json *item, struct rt_err *err)
{
    uint64_t limit = (uint64_t)rt_json_get_int(driving->settings, "trials", RT_ORDINALS_MAX);
    uint64_t replicates = (uint64_t)rt_json_get_int(item, "replicates", 1);
    uint64_t first = driving->count;
    struct rt_buf params = RT_BUF_INIT;
    int32_t priority = (int32_t)rt_json_get_int(item, "priority", 0);
    int rc = check_submit(driving, item, &params, err);

    if (rc == 0)
        rc = claim(driving, item, err);
    if (rc != 0)
        goto out;
    if (driving->stopped || first + replicates > limit ||
        driving->study->ordinals + driving->proposal_count + replicates > RT_ORDINALS_MAX) {
        rc = refuse(
            driving, item,
            driving->stopped ? "no more trials are wanted" : "the limit of trials is reached", err);
        if (rc == 0 && !driving->stopped)
            rc = rt_driving_say_stop(driving, "trials", err);
        goto out;
    }
    if ((rc = rt_driving_flush_tells(driving, err)) < 0)
        goto out;
    for (uint64_t i = 0; i < replicates; i++)
        add_trial(driving, item, rt_buf_span(&params), i == 0);
    rt_driving_open_id(driving, first, replicates);
    if (priority) {
        rc = rt_driving_flush(driving, err); /* what is preferred must be there */
        for (uint64_t i = 0; rc == 0 && i < replicates; i++)
            rt_driving_prefer(driving, rt_study_ordinal(driving->study, first + i), priority);
    }
    if (rc == 0)
        rc = rt_driving_check_limits(driving, err);
out:
    rt_buf_clear(&params);
    return rc < 0 ? rc : 0;
}

static enum rt_trial_status status_of(const struct rt_driving *driving, uint64_t point)
{
    return rt_state_trial(driving->study, rt_study_ordinal(driving->study, point)).status;
}

/* Calls each() for the trials of open ids. */
static void each_open(struct rt_driving *driving, const struct rt_json *ids,
                      void (*each)(struct rt_driving *driving, uint64_t point, void *context),
                      void *context)
{
    for (size_t i = 0; i < rt_json_count(ids); i++) {
        char *id = rt_json_text(rt_json_at(ids, i));
        size_t first = rt_driving_find_id(driving, id);
        const struct rt_proposed *trial = rt_driving_trial(driving, first);

        for (size_t k = first; trial && trial->behind == k - first && strcmp(trial->id, id) == 0;
             trial = rt_driving_trial(driving, ++k))
            each(driving, k, context);
        free(id);
    }
}

static void add_waiting(struct rt_driving *driving, uint64_t point, void *context)
{
    if (status_of(driving, point) == RT_TRIAL_WAITING)
        rt_json_append(context, rt_json_new_int((int64_t)rt_study_ordinal(driving->study, point)));
}

/* One that runs may wait again, if its attempt is lost or given back. */
static void add_unfinished(struct rt_driving *driving, uint64_t point, void *context)
{
    if (status_of(driving, point) != RT_TRIAL_DONE)
        rt_json_append(context, rt_json_new_int((int64_t)rt_study_ordinal(driving->study, point)));
}

static int cancel(struct rt_driving *driving, const struct rt_json *message, struct rt_err *err)
{
    const struct rt_json *ids = rt_json_get(message, "cancel");
    struct rt_json *body = rt_json_new_object();
    struct rt_json *list = rt_json_new_array();
    struct rt_json *kept = rt_json_keep(list);
    int rc = rt_driving_flush(driving, err);

    each_open(driving, ids, add_waiting, list);
    rt_json_set(body, "ids", rt_json_copy(ids));
    rt_json_set(body, "trials", list);
    if (rc == 0)
        rc = rt_driving_append_kind(driving, RT_EVENT_CANCEL, body, err);
    else
        rt_json_free(body);
    for (size_t i = 0; rc == 0 && i < rt_json_count(kept); i++) {
        uint64_t point = rt_study_index(driving->study, (uint64_t)rt_json_int(rt_json_at(kept, i)));

        rt_driving_note_skipped(driving, point, "cancelled by the driver",
                                rt_state_seq(rt_store_state(driving->options.store)));
        rt_driving_decide(driving, point);
    }
    rt_json_free(kept);
    return rc;
}

static int change_priority(struct rt_driving *driving, const struct rt_json *message,
                           struct rt_err *err)
{
    int32_t priority = (int32_t)rt_json_get_int(message, "priority", 0);
    struct rt_json *body = rt_json_copy(message);
    struct rt_json *list = rt_json_new_array();
    struct rt_json *kept = rt_json_keep(list);
    int rc = rt_driving_flush(driving, err);

    each_open(driving, rt_json_get(message, "ids"), add_unfinished, list);
    rt_json_set(body, "trials", list);
    if (rc == 0)
        rc = rt_driving_append(driving, "priority", body, err);
    else
        rt_json_free(body);
    for (size_t i = 0; rc == 0 && i < rt_json_count(kept); i++)
        rt_driving_prefer(driving, (uint64_t)rt_json_int(rt_json_at(kept, i)), priority);
    rt_json_free(kept);
    return rc;
}

static struct rt_json *value_of(struct rt_driving *driving, const char *what)
{
    uint64_t workers = driving->options.workers(driving->options.context);
    int64_t capacity =
        rt_json_get_int(driving->settings, "in_flight", workers ? (int64_t)workers : 1);
    uint64_t random;

    if (strcmp(what, "time") == 0)
        return rt_json_new_real((double)rt_wall_us() / 1e6);
    if (strcmp(what, "capacity") == 0)
        return rt_json_new_int(capacity > (int64_t)driving->open ? capacity - (int64_t)driving->open
                                                                 : 0);
    rt_random_bytes(&random, sizeof random);
    return rt_json_new_int((int64_t)(random >> 11));
}

static int answer(struct rt_driving *driving, const struct rt_json *message, struct rt_err *err)
{
    struct rt_json *value = value_of(driving, rt_json_get_text(message, "ask", ""));
    struct rt_json *body = rt_json_copy(message);
    char *text = rt_json_text(value);
    char *line = rt_printf("{\"answer\":{\"to\":%" PRId64 ",\"value\":%s}}\n",
                           rt_json_get_int(message, "n", 0), text);
    int rc;

    rt_json_set(body, "value", value);
    rc = rt_driving_append(driving, "answer", body, err);
    rt_driving_send_line(driving, line);
    free(line);
    free(text);
    return rc;
}

int rt_driving_finish(struct rt_driving *driving, const struct rt_json *value, bool exits,
                      struct rt_err *err)
{
    struct rt_json *body = rt_json_new_object();
    char *text = value && rt_json_kind(value) != RT_JSON_NULL ? rt_json_text(value) : NULL;
    char *words = text ? rt_driving_shown(text) : NULL;

    driving->finished = true;
    if (words)
        rt_driving_say(driving, "the driver has finished: %s", words);
    free(words);
    free(text);
    rt_json_set(body, "value", value ? rt_json_copy(value) : rt_json_new_null());
    if (exits)
        rt_json_set(body, "exit", rt_json_new_bool(true));
    return rt_driving_append(driving, "finish", body, err);
}

int rt_driving_take(struct rt_driving *driving, enum rt_driver_verb verb,
                    const struct rt_json *message, struct rt_err *err)
{
    struct rt_json *body;

    switch (verb) {
    case RT_DRIVER_CANCEL:
        return cancel(driving, message, err);
    case RT_DRIVER_PRIORITY:
        return change_priority(driving, message, err);
    case RT_DRIVER_ASK:
        return answer(driving, message, err);
    case RT_DRIVER_BATCH:
        driving->batch = (uint64_t)rt_json_get_int(message, "batch", 1);
        return rt_driving_append(driving, "batch", rt_json_copy(message), err);
    case RT_DRIVER_REPORTS:
        driving->reports = rt_json_bool(rt_json_get(message, "reports"));
        return rt_driving_append(driving, "reports", rt_json_copy(message), err);
    case RT_DRIVER_TELL:
        return rt_driving_order(driving, message, err);
    case RT_DRIVER_SAVE:
        body = rt_json_new_object();
        rt_json_set(body, "state", rt_json_copy(rt_json_get(message, "save")));
        rt_json_set_int(body, "told", rt_json_get_int(message, "told", (int64_t)driving->outcomes));
        if (rt_json_get(message, "told"))
            rt_json_set(body, "said", rt_json_new_bool(true));
        return rt_driving_append(driving, "save", body, err);
    default:
        return rt_driving_finish(driving, rt_json_get(message, "finish"), false, err);
    }
}
