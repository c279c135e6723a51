#ifndef RT_ENGINE_ROSTER_H
#define RT_ENGINE_ROSTER_H
/*
 * The roster: what the conductor knows of each rank's agent.
 *
 * A member that was silent for too long is gone, and its leases are lost; if
 * it speaks again it is taken back and told to forget what it still holds.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/json.h"

enum rt_member_status {
    RT_MEMBER_ABSENT, /* has not said HELLO yet */
    RT_MEMBER_JOINED, /* has the study, its template is not up yet */
    RT_MEMBER_READY,  /* runs trials */
    RT_MEMBER_FAILED, /* it cannot start trials, or not any more */
    RT_MEMBER_GONE,   /* silent for too long, or the comm says so */
    RT_MEMBER_LEFT,   /* said BYE */
};

struct rt_member {
    enum rt_member_status status;
    enum rt_member_status was; /* of GONE ones: what to take it back as; ABSENT: not before HELLO */
    bool barred;               /* spoke nonsense: it is not believed any more in this launch */
    bool recalled;             /* told to give back what has not started; nothing ended since */
    uint32_t slots;
    uint32_t running;       /* workers busy, as it last said */
    uint64_t heard_us;      /* when it last spoke (monotonic); of ABSENT ones, the start */
    uint64_t outstanding;   /* trials leased to it and not ended */
    uint64_t leased_ever;   /* trials leased to it in this launch */
    uint64_t results_seen;  /* number of its last RESULTS */
    uint64_t results_acked; /* of the last one that is durable */
    uint64_t reports_seen;  /* number of its last REPORTS */
    uint64_t beat;          /* number of its last BEAT */
    struct rt_json *about;  /* what it said of its host; recorded once its template is up */
};

struct rt_roster {
    struct rt_member *members; /* by rank */
    size_t count;
};

void rt_roster_init(struct rt_roster *roster, size_t ranks, uint64_t mono_us);
void rt_roster_clear(struct rt_roster *roster);

/* How many members have a status. */
size_t rt_roster_with(const struct rt_roster *roster, enum rt_member_status status);
/* Workers of all READY members. */
uint64_t rt_roster_slots(const struct rt_roster *roster);
/* True once no member is still on its way up. */
bool rt_roster_settled(const struct rt_roster *roster);
/* True once no member is left that could still speak for itself. */
bool rt_roster_empty(const struct rt_roster *roster);

/* True for a member that takes part: it gets beats and a STOP. */
bool rt_member_listens(const struct rt_member *member);

#endif
