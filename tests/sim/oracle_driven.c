/* The oracle's view of what a driver asks for. */
#include "tests/sim/oracle.h"

#include "base/alloc.h"
#include "base/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long number;

int32_t oracle_priority(const struct oracle *oracle, uint64_t ordinal)
{
    return oracle->trials[ordinal - 1].priority;
}

uint64_t oracle_decided(const struct oracle *oracle, uint64_t ordinal)
{
    const struct known_trial *trial = &oracle->trials[ordinal - 1];
    uint64_t seq = trial->cancel_seq;

    for (uint32_t n = 0; n < trial->count; n++) {
        const struct known_attempt *attempt = &trial->attempts[n];

        seq = attempt->end_seq > seq ? attempt->end_seq : seq;
        seq = attempt->late_seq > seq ? attempt->late_seq : seq;
    }
    return seq;
}

/* They have got the last ordinals. */
static void take_proposals(struct oracle *oracle, const struct rt_json *list)
{
    size_t first = oracle->count - rt_json_count(list);

    for (size_t i = 0; i < rt_json_count(list); i++) {
        const struct rt_json *item = rt_json_at(list, i);
        struct known_trial *trial = &oracle->trials[first + i];
        struct rt_buf params = RT_BUF_INIT;

        rt_json_canonical(rt_json_get(item, "params"), &params);
        trial->params = rt_buf_take(&params);
        trial->replicate = (uint32_t)rt_json_get_int(item, "replicate", 0);
        trial->priority = (int32_t)rt_json_get_int(item, "priority", 0);
    }
}

static void take_cancels(struct oracle *oracle, uint64_t seq, const struct rt_json *list)
{
    for (size_t i = 0; i < rt_json_count(list); i++) {
        uint64_t ordinal = (uint64_t)rt_json_int(rt_json_at(list, i));
        struct known_trial *trial = &oracle->trials[ordinal - 1];

        if (oracle_expected(oracle, ordinal).status != RT_TRIAL_WAITING)
            world_fail(oracle->world, "trial %llu is cancelled, but does not wait",
                       (number)ordinal);
        trial->success = RT_OUTCOME_SKIPPED;
        trial->cancel_seq = seq;
    }
}

static void take_priority(struct oracle *oracle, const struct rt_json *body)
{
    const struct rt_json *ids = rt_json_get(body, "ids"); /* ordinals, in a simulation */

    for (size_t i = 0; i < rt_json_count(ids); i++)
        oracle->trials[rt_json_int(rt_json_at(ids, i)) - 1].priority =
            (int32_t)rt_json_get_int(body, "priority", 0);
}

void oracle_drive(struct oracle *oracle, const struct rt_event *event)
{
    struct rt_json *body = NULL;

    if ((event->kind != RT_EVENT_PROPOSE && event->kind != RT_EVENT_CANCEL &&
         event->kind != RT_EVENT_DRIVER) ||
        rt_json_parse(event->body, &body, NULL) < 0)
        return;
    if (event->kind == RT_EVENT_PROPOSE)
        take_proposals(oracle, rt_json_get(body, "trials"));
    else if (event->kind == RT_EVENT_CANCEL)
        take_cancels(oracle, event->seq, rt_json_get(body, "trials"));
    else if (strcmp(rt_json_get_text(body, "what", ""), "priority") == 0)
        take_priority(oracle, body);
    rt_json_free(body);
}

/* Agents cannot derive what was proposed: all of it goes with the work. */
void oracle_points_sent(struct oracle *oracle, const struct rt_wire_work *work)
{
    size_t at = 0;

    if (!rt_plan_driven(rt_state_study(oracle->state, 1)->plan))
        return;
    for (size_t i = 0; i < work->count && !oracle->world->failed; i++) {
        for (uint64_t k = 0; k < work->ranges[i].count; k++, at++) {
            const struct known_trial *trial = &oracle->trials[work->ranges[i].ordinal + k - 1];
            const struct rt_wire_point *point = &work->points[at];

            if (at >= work->point_count || point->index != work->ranges[i].index + k ||
                point->replicate != trial->replicate ||
                !rt_span_equal(point->params, rt_span_text(trial->params)))
                world_fail(oracle->world, "trial %llu is sent without what was proposed",
                           (number)work->ranges[i].ordinal + k);
        }
    }
}

/* The last to be leased of all that wait: failures that a launch tries again, and what an agent was
 * lost with. */
static bool is_last(const struct oracle *oracle, uint64_t ordinal)
{
    const struct known_trial *trial = &oracle->trials[ordinal - 1];

    return trial->downs || trial->again;
}

void oracle_check_priorities(struct oracle *oracle, const struct rt_lease *lease)
{
    int32_t least = INT_MAX;
    uint64_t which = 0;

    for (size_t i = 0; i < lease->count; i++) {
        for (uint64_t k = 0; k < lease->ranges[i].count; k++) {
            uint64_t ordinal = lease->ranges[i].ordinal + k;

            if (!is_last(oracle, ordinal) && oracle_priority(oracle, ordinal) < least) {
                least = oracle_priority(oracle, ordinal);
                which = ordinal;
            }
        }
    }
    for (uint64_t ordinal = 1; which && ordinal <= oracle->count; ordinal++) {
        if (oracle_priority(oracle, ordinal) > least && !is_last(oracle, ordinal) &&
            oracle_expected(oracle, ordinal).status == RT_TRIAL_WAITING)
            world_fail(oracle->world,
                       "trial %llu of priority %d is leased before trial %llu of priority %d",
                       (number)which, least, (number)ordinal, oracle_priority(oracle, ordinal));
    }
}
