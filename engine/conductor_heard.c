/* At which of their calls running trials heard what they were told. It is recorded before their
 * results, which say how much of it there is. */
#include "engine/conductor_own.h"

#include "base/json.h"
#include "engine/hearing.h"

/* Those of trials that the sender has; NULL: there are none. */
static int take_rows(struct rt_conductor *conductor, int rank, struct rt_span rows,
                     struct rt_json **list, struct rt_err *err)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    struct rt_reader reader = rt_reader(rows);
    struct rt_hearing hearing;

    *list = NULL;
    while (rt_hearing_next(&reader, &hearing)) {
        struct rt_json *one;

        if (hearing.ordinal > of->ordinals ||
            !rt_state_holds(conductor->state, (uint32_t)rank, of->number, hearing.ordinal,
                            hearing.attempt) ||
            !(one = rt_hearing_json(&hearing)))
            continue;
        if (!*list)
            *list = rt_json_new_array();
        rt_json_append(*list, one);
    }
    return reader.bad ? rt_err_set(err, RT_EPEER, "what trials have heard is malformed") : 0;
}

void rt_conductor_take_heard(struct rt_conductor *conductor, int rank, struct rt_span rows)
{
    struct rt_json *list;
    struct rt_json *body;
    struct rt_err err;

    if (take_rows(conductor, rank, rows, &list, &err) < 0) {
        rt_json_free(list);
        rt_conductor_bar(conductor, rank, &err);
        return;
    }
    if (!list)
        return;
    body = rt_json_new_object();
    rt_json_set_int(body, "study", rt_conductor_study(conductor)->number);
    rt_json_set(body, "heard", list);
    rt_json_canonical(
        body, rt_conductor_append(conductor, RT_EVENT_DECISIONS, RT_NOTE_NOTHING, rank, NULL));
    rt_json_free(body);
}
