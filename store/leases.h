#ifndef RT_STORE_LEASES_H
#define RT_STORE_LEASES_H
/*
 * Leases that are open in one launch, by rank, as disjoint ranges: millions
 * of trials leased in order cost as much as one. Used by state alone.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RT_RANKS_MAX (1u << 20)

struct rt_open_range {
    uint32_t study;
    uint32_t attempt; /* of each of its trials */
    uint64_t ordinal; /* first */
    uint64_t count;
};

struct rt_rank_leases {
    struct rt_open_range *ranges; /* in order of study and ordinal */
    size_t count;
    size_t capacity;
};

struct rt_leases {
    uint32_t launch;
    struct rt_rank_leases *ranks;
    size_t count;
    size_t capacity;
};

void rt_leases_clear(struct rt_leases *leases);
void rt_leases_add(struct rt_leases *leases, uint32_t rank, struct rt_open_range range);
/* True if a rank holds this attempt of a trial. */
bool rt_leases_hold(const struct rt_leases *leases, uint32_t rank, uint32_t study, uint64_t ordinal,
                    uint32_t attempt);
/* Closes the lease of one trial; false if it is not open with this attempt. */
bool rt_leases_take(struct rt_leases *leases, uint32_t rank, uint32_t study, uint64_t ordinal,
                    uint32_t attempt);

#endif
