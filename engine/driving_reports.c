/* What running trials report, for a driver that asked for it, and what it tells them. */
#include "engine/driving_own.h"

#include "base/alloc.h"
#include "store/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEARD_MAX    65536u            /* reports that wait to be told; more are left out */
#define UNREAD_MAX   ((size_t)8 << 20) /* bytes that the driver has not read; likewise */
#define TOLD_AT_ONCE 256               /* reports of one message */

void rt_driving_forget_orders(struct rt_proposed *trial)
{
    rt_json_free(trial->order);
    free(trial->seen);
    trial->order = NULL;
    trial->seen = NULL;
}

void rt_driving_drop_heard(struct rt_driving *driving)
{
    for (size_t i = 0; i < driving->heard_count; i++)
        free(driving->heard[i].metrics);
    driving->heard_count = driving->heard_ordered = 0;
}

static char *metrics_of(const struct rt_report *report)
{
    struct rt_reader values = rt_reader(report->values);
    struct rt_json *metrics = rt_json_new_object();
    char *text;

    for (uint32_t i = 0; i < report->count; i++) {
        struct rt_span name;
        double value;
        char *key;

        rt_report_value(&values, &name, &value);
        key = rt_printf("%.*s", (int)name.size, (const char *)name.data);
        rt_json_set(metrics, key, rt_json_new_real(value));
        free(key);
    }
    text = rt_json_text(metrics);
    rt_json_free(metrics);
    return text;
}

static bool is_wanted(const struct rt_driving *driving)
{
    return !driving->finished && !driving->stopping && (driving->reports || !driving->live) &&
           driving->heard_count < HEARD_MAX && rt_driver_unsent(driving->program) < UNREAD_MAX;
}

static void take_report(struct rt_driving *driving, uint64_t seq, const struct rt_report *report)
{
    uint64_t point = rt_study_index(driving->study, report->ordinal);
    struct rt_proposed *trial = rt_driving_trial(driving, point);
    struct rt_heard *heard;

    if (report->study != driving->study->number || point == UINT64_MAX || (driving->live && !trial))
        return;
    /* The first report of an attempt may be what an order waits for. */
    if (!is_wanted(driving) && (!trial || trial->reporting == report->attempt))
        return;
    driving->heard = rt_grow(driving->heard, &driving->heard_capacity, driving->heard_count + 1,
                             sizeof *driving->heard);
    heard = &driving->heard[driving->heard_count++];
    *heard = (struct rt_heard){seq, point, report->attempt, report->step, NULL};
    if (is_wanted(driving))
        heard->metrics = metrics_of(report);
    if (trial)
        trial->reporting = report->attempt;
}

void rt_driving_see_reports(struct rt_driving *driving)
{
    for (size_t i = 0; i < driving->heard_count; i++) {
        struct rt_proposed *trial = rt_driving_trial(driving, driving->heard[i].point);

        if (trial)
            trial->reporting = driving->heard[i].attempt;
    }
}

int rt_driving_reports(struct rt_driving *driving, uint64_t seq, struct rt_span body,
                       struct rt_err *err)
{
    struct rt_reports_reader reader;
    struct rt_report report;
    int rc;

    if ((rc = rt_reports_open(&reader, body, err)) < 0)
        return rc;
    while ((rc = rt_reports_next(&reader, &report, err)) > 0)
        take_report(driving, seq, &report);
    return rc;
}

/* An attempt that runs is told once; one that has not reported yet, when it does. */
static int give_order(struct rt_driving *driving, uint64_t point, struct rt_err *err)
{
    struct rt_proposed *trial = rt_driving_trial(driving, point);
    uint64_t ordinal = rt_study_ordinal(driving->study, point);
    uint32_t attempt = rt_state_trial(driving->study, ordinal).attempts;
    struct rt_tell tell = {.ordinal = ordinal, .by = "driver"};

    if (!trial || !trial->order || trial->result || trial->reporting != attempt ||
        trial->ordered == attempt || !driving->options.tell)
        return 0;
    tell.stop = rt_json_get_text(trial->order, "stop", NULL);
    tell.params = rt_json_get(trial->order, "params");
    trial->ordered = attempt;
    return driving->options.tell(driving->options.context, &tell, err);
}

/* The last word counts: parameter by parameter, and a stop for good. */
void rt_driving_note_order(struct rt_driving *driving, uint64_t point, const struct rt_json *order)
{
    struct rt_proposed *trial = rt_driving_add(driving, point);
    const struct rt_json *params = rt_json_get(order, "params");
    const char *stop = rt_json_get_text(order, "stop", NULL);
    struct rt_json *all = rt_json_get(trial->order, "params")
                              ? rt_json_copy(rt_json_get(trial->order, "params"))
                              : rt_json_new_object();

    if (!trial->order)
        trial->order = rt_json_new_object();
    if (stop)
        rt_json_set_text(trial->order, "stop", stop);
    for (void *i = rt_json_first(params); i; i = rt_json_next(params, i))
        rt_json_set(all, rt_json_iter_key(i), rt_json_copy(rt_json_iter_value(i)));
    if (rt_json_count(all))
        rt_json_set(trial->order, "params", all);
    else
        rt_json_free(all);
    trial->ordered = 0;
}

/* The point of "k3f9.12"; UINT64_MAX if that is no trial of this plan. */
static uint64_t point_named(const struct rt_driving *driving, const char *name)
{
    size_t size = strlen(driving->study->id);
    char *end;
    uint64_t ordinal;

    if (strncmp(name, driving->study->id, size) != 0 || name[size] != '.')
        return UINT64_MAX;
    ordinal = strtoull(name + size + 1, &end, 10);
    return *end || !ordinal ? UINT64_MAX : rt_study_index(driving->study, ordinal);
}

/* As it is recorded: with what the driver saw last of the trial. */
static struct rt_json *new_order(const struct rt_driving *driving, uint64_t point,
                                 const struct rt_json *said)
{
    const char *stop = rt_json_get_text(said, "stop", NULL);
    const char *seen = rt_driving_trial(driving, point)->seen;
    struct rt_json *order = rt_json_new_object();
    char *text;

    rt_json_set_int(order, "ordinal", (int64_t)rt_study_ordinal(driving->study, point));
    if (rt_json_get(said, "params"))
        rt_json_set(order, "params", rt_json_copy(rt_json_get(said, "params")));
    if (stop) {
        text = rt_printf("driver: %s%s%s%s", stop, seen ? " (it saw " : "", seen ? seen : "",
                         seen ? ")" : "");
        rt_json_set_text(order, "stop", text);
        free(text);
    }
    return order;
}

int rt_driving_order(struct rt_driving *driving, const struct rt_json *message, struct rt_err *err)
{
    const struct rt_json *said = rt_json_get(message, "tell");
    struct rt_json *orders = rt_json_new_array();
    struct rt_json *kept = rt_json_keep(orders);
    struct rt_json *body = rt_json_copy(message);
    int rc;

    for (size_t i = 0; i < rt_json_count(said); i++) {
        const struct rt_json *one = rt_json_at(said, i);
        uint64_t point = point_named(driving, rt_json_get_text(one, "trial", ""));
        const struct rt_proposed *trial = rt_driving_trial(driving, point);

        if (trial && !trial->result && !trial->told)
            rt_json_append(orders, new_order(driving, point, one));
    }
    rt_json_set(body, "orders", orders);
    rc = rt_driving_append(driving, "order", body, err);
    for (size_t i = 0; rc == 0 && i < rt_json_count(kept); i++) {
        const struct rt_json *order = rt_json_at(kept, i);
        uint64_t point =
            rt_study_index(driving->study, (uint64_t)rt_json_get_int(order, "ordinal", 0));

        rt_driving_note_order(driving, point, order);
        rc = give_order(driving, point, err);
    }
    rt_json_free(kept);
    return rc;
}

static bool is_told(const struct rt_driving *driving, const struct rt_heard *heard)
{
    const struct rt_proposed *trial = rt_driving_trial(driving, heard->point);

    return trial && heard->metrics && !trial->orphan && (!trial->told || trial->told == UINT64_MAX);
}

static void put_report(struct rt_driving *driving, const struct rt_heard *heard,
                       struct rt_buf *line)
{
    struct rt_proposed *trial = rt_driving_trial(driving, heard->point);

    rt_buf_printf(line,
                  "{\"id\":%s,\"trial\":\"%s.%" PRIu64 "\",\"attempt\":%u,\"step\":%" PRId64
                  ",\"metrics\":%s%s}",
                  trial->id, driving->study->id, rt_study_ordinal(driving->study, heard->point),
                  (unsigned)heard->attempt, heard->step, heard->metrics,
                  trial->earlier ? ",\"earlier\":true" : "");
    free(trial->seen);
    trial->seen = rt_printf("%.160s%s at step %" PRId64, heard->metrics,
                            strlen(heard->metrics) > 160 ? "..." : "", heard->step);
}

static int tell_some(struct rt_driving *driving, size_t first, size_t count, struct rt_err *err)
{
    struct rt_json *body = rt_json_new_object();
    struct rt_buf line = RT_BUF_INIT;
    size_t put = 0;
    int rc = 0;

    rt_buf_add(&line, "{\"report\":[");
    for (size_t i = first; i < first + count; i++) {
        if (!is_told(driving, &driving->heard[i]))
            continue;
        rt_buf_add(&line, put++ ? "," : "");
        put_report(driving, &driving->heard[i], &line);
    }
    rt_buf_add(&line, "]}\n");
    if (put) {
        rt_json_set_text(body, "line", rt_buf_text(&line));
        rc = rt_driving_append(driving, "report", body, err);
        rt_driver_send(driving->program, rt_buf_span(&line));
    } else {
        rt_json_free(body);
    }
    rt_buf_clear(&line);
    return rc;
}

int rt_driving_tell_reports(struct rt_driving *driving, struct rt_err *err)
{
    bool wanted = driving->live && driving->reports && !driving->finished && !driving->stopping;
    size_t ready = 0;
    int rc = 0;

    while (ready < driving->heard_count && driving->heard[ready].seq <= driving->durable)
        ready++;
    for (size_t i = driving->heard_ordered; rc == 0 && i < ready; i++)
        rc = give_order(driving, driving->heard[i].point, err);
    driving->heard_ordered = ready;
    if (!ready || (!driving->live && !driving->finished && !driving->stopping))
        return rc;
    for (size_t i = 0; rc == 0 && wanted && i < ready; i += TOLD_AT_ONCE)
        rc = tell_some(driving, i, ready - i < TOLD_AT_ONCE ? ready - i : TOLD_AT_ONCE, err);
    for (size_t i = 0; i < ready; i++)
        free(driving->heard[i].metrics);
    driving->heard_count -= ready;
    memmove(driving->heard, driving->heard + ready, driving->heard_count * sizeof *driving->heard);
    driving->heard_ordered = 0;
    return rc < 0 ? rc : wanted;
}
