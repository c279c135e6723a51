/* What a driver is told: outcomes, and that no more is wanted. */
#include "engine/driving_own.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EARLIER 1000 /* trials of an earlier program, told in one message */

void rt_driving_send_line(struct rt_driving *driving, const char *text)
{
    rt_driver_send(driving->program, rt_span_text(text));
}

void rt_driving_queue(struct rt_driving *driving, uint64_t point)
{
    struct rt_proposed *trial = rt_driving_trial(driving, point);
    size_t size = sizeof *driving->decided;

    if (!trial->result || trial->told || trial->orphan)
        return;
    trial->told = UINT64_MAX;
    if (driving->decided_first > 1024 && driving->decided_first > driving->decided_count) {
        memmove(driving->decided, driving->decided + driving->decided_first,
                driving->decided_count * size);
        driving->decided_first = 0;
    }
    driving->decided = rt_grow(driving->decided, &driving->decided_capacity,
                               driving->decided_first + driving->decided_count + 1, size);
    driving->decided[driving->decided_first + driving->decided_count++] = point;
}

void rt_driving_decide(struct rt_driving *driving, uint64_t point)
{
    struct rt_buf params = RT_BUF_INIT;

    rt_plan_params(driving->study->plan, point, &params);
    if (driving->open)
        driving->open--;
    driving->open_bytes -= params.size < driving->open_bytes ? params.size : driving->open_bytes;
    rt_buf_clear(&params);
    if (driving->live)
        rt_driving_queue(driving, point);
}

/* The metric of the objective in a result, which is `"outcome":..,"metrics":{..},..`. */
static bool metric_of(const struct rt_driving *driving, const struct rt_proposed *trial,
                      double *value)
{
    const struct rt_json *objective = rt_json_get(rt_plan_json(driving->study->plan), "objective");
    const char *name = rt_json_get_text(objective, "metric", NULL);
    const struct rt_json *metric;
    struct rt_json *json;
    char *text;
    bool found;

    if (!name || !trial->result || strncmp(trial->result, "\"outcome\":\"ok\"", 14) != 0)
        return false;
    text = rt_printf("{%s}", trial->result);
    if (rt_json_parse(rt_span_text(text), &json, NULL) < 0) {
        free(text);
        return false;
    }
    metric = rt_json_get(rt_json_get(json, "metrics"), name);
    found = metric && (rt_json_kind(metric) == RT_JSON_REAL || rt_json_kind(metric) == RT_JSON_INT);
    *value = rt_json_number(metric);
    rt_json_free(json);
    free(text);
    return found;
}

void rt_driving_weigh(struct rt_driving *driving, uint64_t point)
{
    const struct rt_json *objective = rt_json_get(rt_plan_json(driving->study->plan), "objective");
    bool maximize = strcmp(rt_json_get_text(objective, "goal", ""), "maximize") == 0;
    const struct rt_json *target = rt_json_get(driving->settings, "target");
    double value;
    bool known;

    if (!target && !rt_json_get(driving->settings, "no_better_for"))
        return;
    known = metric_of(driving, rt_driving_trial(driving, point), &value);
    if (known && target)
        driving->reached |=
            maximize ? value >= rt_json_number(target) : value <= rt_json_number(target);
    if (known && (!driving->better_known ||
                  (maximize ? value > driving->better : value < driving->better))) {
        driving->better_known = true;
        driving->better = value;
        driving->no_better_for = 0;
    } else {
        driving->no_better_for++;
    }
}

int rt_driving_say_stop(struct rt_driving *driving, const char *reason, struct rt_err *err)
{
    struct rt_json *body = rt_json_new_object();
    char *line = rt_printf("{\"stop\":\"%s\"}\n", reason);
    int rc;

    driving->stopped = true;
    if (strcmp(reason, "target") == 0)
        rt_driving_say(driving, "the target is reached: no more trials are asked for");
    if (strcmp(reason, "time") == 0)
        rt_driving_say(driving, "the time for the study is over: no more trials are asked for");
    rt_json_set_text(body, "reason", reason);
    rc = rt_driving_append(driving, "stop", body, err);
    rt_driving_send_line(driving, line);
    free(line);
    return rc;
}

uint64_t rt_driving_time_left(const struct rt_driving *driving, uint64_t mono_us)
{
    uint64_t limit = (uint64_t)rt_json_get_int(driving->settings, "time_us", 0);
    uint64_t spent = driving->spent_us;

    if (!limit || driving->options.check || driving->stopped || !driving->live ||
        driving->finished || driving->stopping)
        return UINT64_MAX;
    spent += mono_us > driving->spent_at_us ? mono_us - driving->spent_at_us : 0;
    return spent < limit ? limit - spent : 0;
}

int rt_driving_check_limits(struct rt_driving *driving, struct rt_err *err)
{
    int64_t limit = rt_json_get_int(driving->settings, "trials", 0);
    int64_t patience = rt_json_get_int(driving->settings, "no_better_for", 0);

    if (driving->stopped || !driving->live || driving->finished)
        return 0;
    if (driving->reached)
        return rt_driving_say_stop(driving, "target", err);
    if (rt_driving_time_left(driving, rt_mono_us()) == 0)
        return rt_driving_say_stop(driving, "time", err);
    if (patience && (int64_t)driving->no_better_for >= patience)
        return rt_driving_say_stop(driving, "no_better_for", err);
    if (limit && (int64_t)driving->count >= limit)
        return rt_driving_say_stop(driving, "trials", err);
    return 0;
}

/* Tells `count` outcomes in one message. */
static int tell_some(struct rt_driving *driving, size_t count, struct rt_err *err)
{
    struct rt_buf line = RT_BUF_INIT;
    int rc = 0;

    if (driving->proposal_count)
        rc = rt_driving_flush(driving, err);
    rt_buf_add(&line, "{\"done\":[");
    rt_buf_add(&driving->tells, driving->tells.size ? ",[" : "[");
    for (size_t i = 0; i < count; i++) {
        uint64_t point = driving->decided[driving->decided_first + i];
        struct rt_proposed *trial = rt_driving_trial(driving, point);

        rt_buf_add(&line, i ? "," : "");
        rt_driving_put_done(driving, point, &line);
        rt_buf_printf(&driving->tells, "%s%" PRIu64, i ? "," : "",
                      rt_study_ordinal(driving->study, point));
        trial->turn = ++driving->outcomes;
        trial->told = rt_state_seq(rt_store_state(driving->options.store));
        rt_driving_weigh(driving, point);
        rt_driving_close_id(driving, point);
        rt_driving_let_go(driving, point);
    }
    rt_buf_add(&line, "]}\n");
    rt_buf_add(&driving->tells, "]");
    rt_driver_send(driving->program, rt_buf_span(&line));
    rt_buf_clear(&line);
    driving->decided_first += count;
    driving->decided_count -= count;
    driving->ready -= count;
    return rc;
}

/* The trial that is to be told as the so-manieth. */
static const struct rt_proposed *decided(const struct rt_driving *driving, size_t place)
{
    return rt_driving_trial(driving, driving->decided[driving->decided_first + place]);
}

/* How many go into the next message; 0: none is to be sent now. */
static size_t next_batch(const struct rt_driving *driving)
{
    size_t count = 0;

    if (!driving->ready)
        return 0;
    while (count < driving->ready && count < EARLIER && decided(driving, count)->earlier)
        count++;
    if (count)
        return count;
    if (driving->ready >= driving->batch)
        return (size_t)driving->batch;
    return driving->open == 0 && driving->ready == driving->decided_count ? driving->ready : 0;
}

int rt_driving_tell(struct rt_driving *driving, struct rt_err *err)
{
    size_t count;
    int done = rt_driving_tell_reports(driving, err);
    int rc = 0;

    if (done < 0)
        return done;
    if (!driving->live || driving->finished || driving->stopping)
        return done;
    while (driving->ready < driving->decided_count &&
           decided(driving, driving->ready)->seq <= driving->durable)
        driving->ready++;
    while (rc == 0 && (count = next_batch(driving)) > 0) {
        rc = tell_some(driving, count, err);
        if (rc == 0)
            rc = rt_driving_check_limits(driving, err);
        done = 1;
    }
    return rc < 0 ? rc : done;
}

struct untold {
    uint64_t seq;
    uint64_t point;
};

static int by_event(const void *a, const void *b)
{
    const struct untold *x = a;
    const struct untold *y = b;

    if (x->seq != y->seq)
        return x->seq < y->seq ? -1 : 1;
    return x->point < y->point ? -1 : x->point > y->point;
}

/* What became known and was not told any more comes in the order of the journal. */
static void queue_untold(struct rt_driving *driving)
{
    struct untold *list = rt_calloc(driving->places + 1, sizeof *list);
    size_t count = 0;

    for (uint64_t i = driving->gone; i < driving->count; i++) {
        const struct rt_proposed *trial = rt_driving_trial(driving, i);

        if (trial && trial->result && !trial->told && !trial->orphan)
            list[count++] = (struct untold){trial->seq, i};
    }
    qsort(list, count, sizeof *list, by_event);
    for (size_t i = 0; i < count; i++)
        rt_driving_queue(driving, list[i].point);
    free(list);
}

static int go_on_live(struct rt_driving *driving, struct rt_err *err)
{
    uint64_t us;
    int rc = rt_driving_read_end(driving, err);

    if (rc < 0)
        return rc;
    us = rt_mono_us() - driving->began_us;
    driving->live = true;
    if (driving->repeated && !driving->options.check)
        rt_driving_say(driving,
                       "the driver was run again from its start: %" PRIu64
                       " requests as before, in %.3f s; it goes on",
                       driving->repeated, (double)us / 1e6);
    rt_script_clear(&driving->script);
    rt_driving_see_reports(driving);
    queue_untold(driving);
    return 0;
}

int rt_driving_pump(struct rt_driving *driving, struct rt_err *err)
{
    struct rt_script *script = &driving->script;
    int rc;

    while (!driving->live) {
        if ((rc = rt_driving_read_ahead(driving, err)) < 0)
            return rc;
        if (script->at == script->count)
            return go_on_live(driving, err);
        if (script->turns[script->at].kind < RT_TURN_TELL)
            return 0;
        driving->stopped |= script->turns[script->at].kind == RT_TURN_STOP;
        rt_driving_send_line(driving, script->turns[script->at].text);
        rt_script_pass(script);
    }
    return 0;
}
