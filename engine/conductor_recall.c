/* Work that waits with one agent is taken back for workers that idle with another. */
#include "engine/conductor_own.h"

#define RECALL_US 50000u /* workers idle so long first: what ends by itself is not worth it */

static bool has_idle_workers(const struct rt_member *member)
{
    return member->status == RT_MEMBER_READY && member->outstanding < member->slots;
}

/* Its workers cannot have started all that it holds. */
static bool has_waiting_work(const struct rt_member *member)
{
    return member->status == RT_MEMBER_READY && !member->recalled &&
           member->outstanding > member->slots;
}

static bool any(const struct rt_conductor *conductor, bool (*has)(const struct rt_member *))
{
    for (size_t rank = 0; rank < conductor->roster.count; rank++) {
        if (has(&conductor->roster.members[rank]))
            return true;
    }
    return false;
}

void rt_conductor_recall(struct rt_conductor *conductor)
{
    struct rt_wire wire = {.kind = RT_WIRE_FORGET};

    if (!any(conductor, has_idle_workers) || !any(conductor, has_waiting_work)) {
        conductor->recall_us = 0;
        return;
    }
    if (conductor->recall_us == 0)
        conductor->recall_us = conductor->now_us + RECALL_US;
    if (conductor->now_us < conductor->recall_us)
        return;
    for (size_t rank = 0; rank < conductor->roster.count; rank++) {
        struct rt_member *member = &conductor->roster.members[rank];

        if (has_waiting_work(member)) {
            rt_conductor_send(conductor, (int)rank, &wire);
            member->recalled = true;
        }
    }
    conductor->recall_us = 0;
}
