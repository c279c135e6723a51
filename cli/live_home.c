/* Who writes to a home, and how fresh what is read of it is. */
#include "cli/live.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "cli/ask.h"
#include "store/home.h"

#define SILENT_US                                                                                  \
    60000000u /* hosts' clocks may differ; who takes the home over watches instead                 \
               */

bool rt_live_elsewhere(const struct rt_cmd_context *context)
{
    const struct rt_home_writer *writer = context->home_writer;

    return context->home && !context->home_is_here && !writer->ended_us &&
           rt_wall_us() < writer->owner.heartbeat_us + SILENT_US;
}

static void put_writer(struct rt_buf *out, const struct rt_home_writer *writer)
{
    rt_buf_printf(out, "process %" PRId64 " on ", writer->owner.pid);
    rt_escape_line(out, rt_span_text(writer->owner.host));
}

static void put_level(struct rt_buf *out, const struct rt_home_writer *writer)
{
    if (writer->level_us) {
        rt_buf_add(out, "complete ");
        rt_ask_put_ago(out, writer->level_us);
    } else {
        rt_buf_add(out, "not complete yet");
    }
    rt_buf_printf(out, ", up to event %" PRIu64, writer->head.seq);
}

void rt_live_print_home(const struct rt_cmd_context *context, FILE *to)
{
    const struct rt_home_writer *writer = context->home_writer;
    struct rt_buf out = RT_BUF_INIT;

    if (!context->home)
        return;
    rt_buf_add(&out, "home ");
    rt_escape_line(&out, rt_span_text(context->home));
    rt_buf_add(&out, ": ");
    put_level(&out, writer);
    if (writer->ended_us) {
        rt_buf_add(&out, "; given back by ");
        put_writer(&out, writer);
    } else if (context->home_is_here) {
        rt_buf_add(&out, "; what is shown is the hot store ");
        rt_escape_line(&out, rt_span_text(context->store_path));
    } else {
        rt_buf_add(&out, "; written by ");
        put_writer(&out, writer);
        rt_buf_add(&out, ", whose last sign of life came ");
        rt_ask_put_ago(&out, writer->owner.heartbeat_us);
    }
    rt_buf_add(&out, "\n");
    fwrite(out.data, 1, out.size, to);
    rt_buf_clear(&out);
}

static void set_time(struct rt_json *object, const char *key, uint64_t wall_us)
{
    char time[RT_TIME_TEXT];

    rt_json_set_text(object, key, wall_us ? rt_time_text(wall_us, time) : NULL);
}

struct rt_json *rt_live_home_json(const struct rt_cmd_context *context)
{
    const struct rt_home_writer *writer = context->home_writer;
    struct rt_json *object;

    if (!context->home)
        return rt_json_new_null();
    object = rt_json_new_object();
    rt_json_set_text(object, "home", context->home);
    rt_json_set(object, "hot", rt_json_new_bool(context->home_is_here));
    rt_json_set_text(object, "host", writer->owner.host);
    rt_json_set_int(object, "pid", writer->owner.pid);
    rt_json_set_int(object, "writer", writer->number);
    rt_json_set_int(object, "events", (int64_t)writer->head.seq);
    rt_json_set_int(object, "attempts", (int64_t)writer->attempts);
    rt_json_set_int(object, "interval_us", (int64_t)writer->interval_us);
    set_time(object, "complete", writer->level_us);
    set_time(object, "heartbeat", writer->owner.heartbeat_us);
    set_time(object, "ended", writer->ended_us);
    return object;
}
