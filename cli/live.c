#include "cli/live.h"

#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "cli/ask.h"
#include "store/control.h"
#include "store/owner.h"

#define ANSWER_US 2000000
#define LAG_US    1000000 /* of the index, that is worth a line */

static int ask(const char *store_path, struct rt_live *live, struct rt_err *err)
{
    struct rt_json *request = rt_json_new_object();
    int rc;

    rt_json_set_text(request, "do", "status");
    rc = rt_control_ask(store_path, request, ANSWER_US, &live->answer, err);
    rt_json_free(request);
    if (rc == 0 && !rt_json_get_text(live->answer, "id", NULL)) {
        rt_json_free(live->answer); /* it has not begun yet, or is another version */
        live->answer = NULL;
    }
    return rc == RT_ENOTFOUND || rc == RT_EPEER ? 0 : rc;
}

int rt_live_find(const char *store_path, struct rt_live *live, struct rt_err *err)
{
    int rc;

    memset(live, 0, sizeof *live);
    if ((rc = rt_lock_owner(store_path, &live->owner, err)) <= 0)
        return rc;
    live->writer = true;
    return ask(store_path, live, err);
}

void rt_live_clear(struct rt_live *live)
{
    rt_json_free(live->answer);
    memset(live, 0, sizeof *live);
}

const char *rt_live_study(const struct rt_live *live)
{
    return live->answer ? rt_json_get_text(live->answer, "id", NULL) : NULL;
}

static uint64_t number(const struct rt_json *json, const char *key)
{
    int64_t value = rt_json_get_int(json, key, 0);

    return value > 0 ? (uint64_t)value : 0;
}

static uint64_t put_done(struct rt_buf *out, const struct rt_json *done)
{
    uint64_t sum = 0;

    for (void *at = rt_json_first(done); at; at = rt_json_next(done, at)) {
        uint64_t count = number(done, rt_json_iter_key(at));

        rt_buf_printf(out, "%s%llu ", sum ? ", " : "", (unsigned long long)count);
        rt_escape_line(out, rt_span_text(rt_json_iter_key(at)));
        sum += count;
    }
    return sum;
}

static void put_speed(struct rt_buf *out, const struct rt_json *answer, uint64_t left)
{
    double seconds = (double)number(answer, "elapsed_us") / 1e6;
    double rate = seconds > 0 ? (double)number(answer, "ended") / seconds : 0;

    if (rate <= 0)
        return;
    if (rate >= 1)
        rt_buf_printf(out, ", %.1f/s", rate);
    else
        rt_buf_printf(out, ", %.1f/min", rate * 60);
    if (left) {
        rt_buf_add(out, ", about ");
        rt_ask_put_span(out, (uint64_t)((double)left / rate * 1e6));
        rt_buf_add(out, " left");
    }
}

static void put_warnings(struct rt_buf *out, const struct rt_json *warnings)
{
    for (size_t i = 0; i < rt_json_count(warnings); i++) {
        const char *text = rt_json_string(rt_json_at(warnings, i));

        if (!text)
            continue;
        rt_buf_add(out, "  ");
        rt_escape_line(out, rt_span_text(text));
        rt_buf_add(out, "\n");
    }
}

static void put_home(struct rt_buf *out, const struct rt_json *home)
{
    const char *failing = rt_json_get_text(home, "failing", NULL);

    if (!home)
        return;
    rt_buf_add(out, failing ? "  publishing to " : "  published to ");
    rt_escape_line(out, rt_span_text(rt_json_get_text(home, "home", "")));
    if (failing) {
        rt_buf_add(out, " fails, and is tried again: ");
        rt_escape_line(out, rt_span_text(failing));
    } else {
        rt_buf_printf(out, " up to event %llu", (unsigned long long)number(home, "events"));
    }
    rt_buf_add(out, "\n");
}

/* How many trials there will be at the end; 0: only the driver knows. */
static uint64_t expected(const struct rt_json *answer)
{
    const struct rt_json *driver = rt_json_get(answer, "driver");

    if (!rt_json_get(driver, "asked") || rt_json_bool(rt_json_get(driver, "finished")))
        return number(answer, "planned");
    return number(driver, "limit");
}

static void put_best(struct rt_buf *out, const struct rt_json *best)
{
    const struct rt_json *value = rt_json_get(best, "value");

    if (!value)
        return;
    rt_buf_add(out, "  best ");
    rt_escape_line(out, rt_span_text(rt_json_get_text(best, "metric", "")));
    rt_buf_printf(out, " %.6g (", rt_json_number(value));
    rt_escape_line(out, rt_span_text(rt_json_get_text(best, "trial", "")));
    rt_buf_add(out, ")\n");
}

static void put_driver(struct rt_buf *out, const struct rt_json *driver)
{
    uint64_t kib = number(driver, "memory_kib");

    if (!rt_json_get(driver, "asked"))
        return;
    rt_buf_printf(out, "  its driver has asked for %llu",
                  (unsigned long long)number(driver, "asked"));
    if (number(driver, "limit"))
        rt_buf_printf(out, " of at most %llu", (unsigned long long)number(driver, "limit"));
    rt_buf_printf(out, ", %llu in flight", (unsigned long long)number(driver, "in_flight"));
    if (rt_json_bool(rt_json_get(driver, "finished")))
        rt_buf_add(out, "; it has finished");
    else if (!rt_json_bool(rt_json_get(driver, "caught_up")) && number(driver, "repeated"))
        rt_buf_printf(out, "; it catches up, %llu requests so far",
                      (unsigned long long)number(driver, "repeated"));
    if (kib)
        rt_buf_printf(out, "; %llu MiB", (unsigned long long)kib >> 10);
    rt_buf_add(out, "\n");
}

static void put_lag(struct rt_buf *out, uint64_t us)
{
    if (us < LAG_US)
        return;
    rt_buf_add(out, "  the index is ");
    rt_ask_put_span(out, us);
    rt_buf_add(out, " behind\n");
}

static void put_answer(struct rt_buf *out, const struct rt_json *answer)
{
    struct rt_buf outcomes = RT_BUF_INIT;
    const struct rt_json *driver = rt_json_get(answer, "driver");
    uint64_t planned = expected(answer);
    uint64_t done = put_done(&outcomes, rt_json_get(answer, "done"));

    rt_escape_line(out, rt_span_text(rt_json_get_text(answer, "study", "")));
    rt_buf_add(out, " (");
    rt_escape_line(out, rt_span_text(rt_json_get_text(answer, "id", "")));
    rt_buf_printf(out, ") is running: %llu", (unsigned long long)done);
    if (planned || !driver || rt_json_kind(driver) == RT_JSON_NULL)
        rt_buf_printf(out, " of %llu done (%.0f %%)", (unsigned long long)planned,
                      planned ? 100.0 * (double)done / (double)planned : 100.0);
    else
        rt_buf_add(out, " done");
    rt_buf_printf(out, ", %llu running", (unsigned long long)number(answer, "running"));
    if (rt_json_bool(rt_json_get(answer, "stopping")))
        rt_buf_add(out, ", stopping");
    else
        put_speed(out, answer, planned > done ? planned - done : 0);
    rt_buf_add(out, "\n");
    if (outcomes.size)
        rt_buf_printf(out, "  %s\n", rt_buf_text(&outcomes));
    put_best(out, rt_json_get(answer, "best"));
    put_driver(out, driver);
    rt_buf_printf(
        out, "  %llu agent%s, %llu worker%s\n", (unsigned long long)number(answer, "agents"),
        number(answer, "agents") == 1 ? "" : "s", (unsigned long long)number(answer, "slots"),
        number(answer, "slots") == 1 ? "" : "s");
    rt_buf_clear(&outcomes);
    put_lag(out, number(answer, "lag_us"));
    put_home(out, rt_json_get(answer, "home"));
    put_warnings(out, rt_json_get(answer, "warnings"));
}

static void put_owner(struct rt_buf *out, const struct rt_live *live)
{
    struct rt_lock_owner self;
    char since[RT_TIME_TEXT];

    rt_buf_printf(out, "  written by process %lld on ", (long long)live->owner.pid);
    rt_escape_line(out, rt_span_text(live->owner.host));
    if (rt_owner_self(&self, NULL) == 0 && rt_owner_is_near(&live->owner, &self)) {
        rt_buf_add(out, " for ");
        rt_ask_put_span(out, rt_owner_age_us(&live->owner));
    } else {
        rt_buf_printf(out, " since %s by its clock", rt_time_text(live->owner.since_us, since));
    }
    rt_buf_add(out, "\n");
}

void rt_live_print(const struct rt_live *live, FILE *to)
{
    struct rt_buf out = RT_BUF_INIT;

    if (!live->writer)
        return;
    if (live->answer)
        put_answer(&out, live->answer);
    else
        rt_buf_add(&out, "something is going on, but cannot be asked from here\n");
    put_owner(&out, live);
    fwrite(out.data, 1, out.size, to);
    rt_buf_clear(&out);
}
