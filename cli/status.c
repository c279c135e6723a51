/* What is running, and what is not finished. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "cli/ask.h"
#include "cli/live.h"
#include "cli/render.h"
#include "query/summary.h"
#include "store/store.h"

static int json;

static const struct poptOption options[] = {
    {"json", 0, POPT_ARG_NONE, &json, 0, "Print JSON", NULL},
    POPT_TABLEEND,
};

static struct rt_json *writer_json(const struct rt_live *live)
{
    struct rt_json *writer = rt_json_new_object();
    char time[RT_TIME_TEXT];

    if (!live->writer) {
        rt_json_free(writer);
        return rt_json_new_null();
    }
    rt_json_set(writer, "host", rt_json_new_string(live->owner.host));
    rt_json_set_int(writer, "pid", live->owner.pid);
    rt_json_set_text(writer, "since", rt_time_text(live->owner.since_us, time));
    rt_json_set_text(writer, "heartbeat", rt_time_text(live->owner.heartbeat_us, time));
    return writer;
}

static struct rt_json *study_json(const struct rt_study *study)
{
    struct rt_json *object = rt_json_new_object();
    struct rt_json *done = rt_json_new_object();

    for (int i = RT_OUTCOME_OK; i < RT_OUTCOMES; i++) {
        if (study->done[i])
            rt_json_set_int(done, rt_outcome_name((enum rt_outcome)i), (int64_t)study->done[i]);
    }
    rt_json_set_text(object, "study", study->name);
    rt_json_set_text(object, "id", study->id);
    rt_json_set_int(object, "planned", (int64_t)study->planned);
    rt_json_set(object, "done", done);
    rt_json_set_int(object, "running", (int64_t)study->leased);
    rt_json_set(object, "open", rt_json_new_bool(rt_summary_open(study)));
    return object;
}

static void print_json(const struct rt_cmd_context *context, const struct rt_live *live,
                       const struct rt_live_home *home)
{
    const struct rt_state *state = rt_store_state(context->store);
    struct rt_json *object = rt_json_new_object();
    struct rt_json *studies = rt_json_new_array();
    struct rt_buf text = RT_BUF_INIT;

    rt_json_set_text(object, "store", rt_store_path(context->store));
    rt_json_set(object, "home", rt_live_home_json(context, home));
    rt_json_set(object, "writer", writer_json(live));
    rt_json_set(object, "launch", live->answer ? rt_json_copy(live->answer) : rt_json_new_null());
    for (uint32_t i = 1; i <= rt_state_studies(state); i++)
        rt_json_append(studies, study_json(rt_state_study(state, i)));
    rt_json_set(object, "studies", studies);
    rt_render_json(&text, object);
    fwrite(text.data, 1, text.size, stdout);
    rt_json_free(object);
    rt_buf_clear(&text);
}

static void print_unfinished(const struct rt_study *study, uint64_t done, bool elsewhere)
{
    struct rt_buf outcomes = RT_BUF_INIT;
    struct rt_buf target = RT_BUF_INIT;
    char *name = rt_escaped(study->name);

    rt_summary_outcomes(study, &outcomes);
    rt_summary_target(study, &target);
    printf(rt_summary_open(study) ? "%s (%s) is not finished: %llu done %s%s%s; "
                                  : "%s (%s) is not finished: %llu %s done%s%s; ",
           name, study->id, (unsigned long long)done, rt_buf_text(&target),
           outcomes.size ? ", " : "", rt_buf_text(&outcomes));
    if (elsewhere && study->leased)
        printf("%llu running there\n", (unsigned long long)study->leased);
    else
        printf("\"retrial resume %s\" goes on\n", study->id);
    rt_buf_clear(&outcomes);
    rt_buf_clear(&target);
    free(name);
}

static uint64_t done_of(const struct rt_study *study)
{
    uint64_t sum = 0;

    for (int i = RT_OUTCOME_OK; i < RT_OUTCOMES; i++)
        sum += study->done[i];
    return sum;
}

static void print_text(const struct rt_cmd_context *context, const struct rt_live *live,
                       const struct rt_live_home *home)
{
    const struct rt_state *state = rt_store_state(context->store);
    const char *running = rt_live_study(live);
    bool elsewhere = home->sign == RT_LIVE_LIVES;

    if (!live->writer && home->sign == RT_LIVE_UNKNOWN)
        printf("nothing is running\n");
    rt_live_print(live, stdout);
    rt_live_print_home(context, home, stdout);
    for (uint32_t i = 1; i <= rt_state_studies(state); i++) {
        const struct rt_study *study = rt_state_study(state, i);
        uint64_t done = done_of(study);

        if ((done < study->planned || rt_summary_open(study)) &&
            (!running || strcmp(running, study->id) != 0))
            print_unfinished(study, done, elsewhere);
    }
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_live_home home;
    struct rt_live live;
    int rc;

    (void)argc;
    (void)argv;
    if ((rc = rt_live_watch_home(context, &home, err)) < 0 ||
        (rc = rt_live_find(context->store_path, &live, err)) < 0)
        return rc;
    if (json)
        print_json(context, &live, &home);
    else
        print_text(context, &live, &home);
    rt_live_clear(&live);
    return 0;
}

const struct rt_cmd rt_cmd_status = {
    .name = "status",
    .summary = "Say what is running, and what is not finished",
    .description =
        "While a study runs: how far it is, how fast, who runs it. From another host\n"
        "than the conductor's what the home tells, when it was complete last, and whether\n"
        "its writer lives, for which it is watched for six seconds at most.",
    .needs = RT_NEEDS_STORE,
    .options = options,
    .run = run,
};
