#include "engine/roster.h"

#include "base/alloc.h"

#include <stdlib.h>

void rt_roster_init(struct rt_roster *roster, size_t ranks, uint64_t mono_us)
{
    roster->members = rt_calloc(ranks, sizeof *roster->members);
    roster->count = ranks;
    for (size_t i = 0; i < ranks; i++)
        roster->members[i].heard_us = mono_us;
}

void rt_roster_clear(struct rt_roster *roster)
{
    for (size_t i = 0; i < roster->count; i++)
        rt_json_free(roster->members[i].about);
    free(roster->members);
    roster->members = NULL;
    roster->count = 0;
}

size_t rt_roster_with(const struct rt_roster *roster, enum rt_member_status status)
{
    size_t found = 0;

    for (size_t i = 0; i < roster->count; i++)
        found += roster->members[i].status == status;
    return found;
}

uint64_t rt_roster_slots(const struct rt_roster *roster)
{
    uint64_t slots = 0;

    for (size_t i = 0; i < roster->count; i++) {
        if (roster->members[i].status == RT_MEMBER_READY)
            slots += roster->members[i].slots;
    }
    return slots;
}

bool rt_roster_settled(const struct rt_roster *roster)
{
    return rt_roster_with(roster, RT_MEMBER_ABSENT) == 0 &&
           rt_roster_with(roster, RT_MEMBER_JOINED) == 0;
}

bool rt_roster_empty(const struct rt_roster *roster)
{
    return rt_roster_with(roster, RT_MEMBER_GONE) + rt_roster_with(roster, RT_MEMBER_LEFT) ==
           roster->count;
}

bool rt_member_listens(const struct rt_member *member)
{
    return member->status == RT_MEMBER_JOINED || member->status == RT_MEMBER_READY ||
           member->status == RT_MEMBER_FAILED;
}
