/* Who writes to a home, and how fresh what is read of it is. */
#include "cli/live.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "cli/ask.h"
#include "store/claim.h"
#include "store/home.h"
#include "store/owner.h"

#define WATCH_US 6000000u /* a little longer than between two signs of life */

bool rt_live_elsewhere(const struct rt_cmd_context *context)
{
    return context->home && !context->home_is_here && !context->home_writer->ended_us;
}

/* Two times of one clock, that of the writer: their difference is how old is what was read before.
 */
static void note_age(const struct rt_home_writer *writer, const struct rt_cmd_context *context,
                     struct rt_live_home *live)
{
    struct rt_home_writer now;

    if (rt_home_writer(context->home, writer->number, &now, NULL) != 1)
        return;
    live->aged = writer->level_us && now.level_us > writer->level_us;
    live->age_us = now.level_us - writer->level_us;
    rt_home_writer_clear(&now);
}

int rt_live_watch_home(const struct rt_cmd_context *context, struct rt_live_home *live,
                       struct rt_err *err)
{
    int rc;

    *live = (struct rt_live_home){.sign = RT_LIVE_UNKNOWN};
    if (!rt_live_elsewhere(context))
        return 0;
    live->watched_us = rt_owner_silence_us() < WATCH_US ? rt_owner_silence_us() : WATCH_US;
    if ((rc = rt_claim_watch(context->home, context->home_writer->number, live->watched_us, err)) <
        0)
        return rc;
    live->sign = rc ? RT_LIVE_LIVES : RT_LIVE_SILENT;
    if (rc)
        note_age(context->home_writer, context, live);
    return 0;
}

static void put_writer(struct rt_buf *out, const struct rt_home_writer *writer)
{
    rt_buf_printf(out, "process %" PRId64 " on ", writer->owner.pid);
    rt_escape_line(out, rt_span_text(writer->owner.host));
}

static void put_time(struct rt_buf *out, uint64_t wall_us)
{
    char text[RT_TIME_TEXT];

    rt_buf_printf(out, "at %s by its clock", rt_time_text(wall_us, text));
}

static void put_level(struct rt_buf *out, const struct rt_home_writer *writer,
                      const struct rt_live_home *live)
{
    if (writer->ended_us) {
        rt_buf_add(out, "complete");
    } else if (!writer->level_us) {
        rt_buf_add(out, "not complete yet");
    } else if (live->aged) {
        rt_buf_add(out, "complete ");
        rt_ask_put_span(out, live->age_us);
        rt_buf_add(out, " ago");
    } else {
        rt_buf_add(out, "complete ");
        put_time(out, writer->level_us);
    }
    rt_buf_printf(out, ", up to event %" PRIu64, writer->head.seq);
}

static void put_sign(struct rt_buf *out, const struct rt_live_home *live)
{
    if (live->sign == RT_LIVE_LIVES) {
        rt_buf_add(out, ", which lives");
    } else if (live->sign == RT_LIVE_SILENT) {
        rt_buf_add(out, ", which has not given it back and gave no sign of life for ");
        rt_ask_put_span(out, live->watched_us);
        rt_buf_add(out, ": it may be dead, or cut off");
    } else {
        rt_buf_add(out, ", which has not given it back; \"retrial status\" tells whether it lives");
    }
}

void rt_live_print_home(const struct rt_cmd_context *context, const struct rt_live_home *live,
                        FILE *to)
{
    const struct rt_home_writer *writer = context->home_writer;
    struct rt_buf out = RT_BUF_INIT;

    if (!context->home)
        return;
    rt_buf_add(&out, "home ");
    rt_escape_line(&out, rt_span_text(context->home));
    rt_buf_add(&out, ": ");
    put_level(&out, writer, live);
    if (writer->ended_us) {
        rt_buf_add(&out, "; given back by ");
        put_writer(&out, writer);
        rt_buf_add(&out, " ");
        put_time(&out, writer->ended_us);
    } else if (context->home_is_here) {
        rt_buf_add(&out, "; what is shown is the hot store ");
        rt_escape_line(&out, rt_span_text(context->store_path));
    } else {
        rt_buf_add(&out, "; written by ");
        put_writer(&out, writer);
        put_sign(&out, live);
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

struct rt_json *rt_live_home_json(const struct rt_cmd_context *context,
                                  const struct rt_live_home *live)
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
    rt_json_set(object, "lives",
                live->sign == RT_LIVE_UNKNOWN ? rt_json_new_null()
                                              : rt_json_new_bool(live->sign == RT_LIVE_LIVES));
    return object;
}
