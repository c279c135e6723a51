#include "store/leases.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void rt_leases_clear(struct rt_leases *leases)
{
    for (size_t rank = 0; rank < leases->count; rank++)
        free(leases->ranks[rank].ranges);
    free(leases->ranks);
    *leases = (struct rt_leases){0, NULL, 0, 0};
}

/* How many ranges start at or before a trial. */
static size_t ranges_before(const struct rt_rank_leases *rank, uint32_t study, uint64_t ordinal)
{
    size_t low = 0;
    size_t high = rank->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct rt_open_range *range = &rank->ranges[middle];

        if (range->study < study || (range->study == study && range->ordinal <= ordinal))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(struct rt_rank_leases *rank, size_t at, struct rt_open_range range)
{
    rank->ranges = rt_grow(rank->ranges, &rank->capacity, rank->count + 1, sizeof range);
    memmove(&rank->ranges[at + 1], &rank->ranges[at], (rank->count - at) * sizeof range);
    rank->ranges[at] = range;
    rank->count++;
}

static void erase(struct rt_rank_leases *rank, size_t at)
{
    rank->count--;
    memmove(&rank->ranges[at], &rank->ranges[at + 1], (rank->count - at) * sizeof *rank->ranges);
}

static bool continues(const struct rt_open_range *range, const struct rt_open_range *next)
{
    return range->study == next->study && range->attempt == next->attempt &&
           range->ordinal + range->count == next->ordinal;
}

void rt_leases_add(struct rt_leases *leases, uint32_t number, struct rt_open_range range)
{
    struct rt_rank_leases *rank;
    size_t at;

    leases->ranks =
        rt_grow(leases->ranks, &leases->capacity, (size_t)number + 1, sizeof *leases->ranks);
    while (leases->count <= number)
        leases->ranks[leases->count++] = (struct rt_rank_leases){NULL, 0, 0};
    rank = &leases->ranks[number];
    at = ranges_before(rank, range.study, range.ordinal);
    if (at > 0 && continues(&rank->ranges[at - 1], &range)) {
        range.ordinal = rank->ranges[at - 1].ordinal;
        range.count += rank->ranges[at - 1].count;
        erase(rank, --at);
    }
    if (at < rank->count && continues(&range, &rank->ranges[at])) {
        range.count += rank->ranges[at].count;
        erase(rank, at);
    }
    insert(rank, at, range);
}

/* Which of a rank's ranges has this attempt of a trial; `count` if none has. */
static size_t find(const struct rt_rank_leases *rank, uint32_t study, uint64_t ordinal,
                   uint32_t attempt)
{
    size_t at = ranges_before(rank, study, ordinal);
    const struct rt_open_range *range;

    if (at == 0)
        return rank->count;
    range = &rank->ranges[--at];
    if (range->study != study || range->attempt != attempt ||
        ordinal - range->ordinal >= range->count)
        return rank->count;
    return at;
}

bool rt_leases_hold(const struct rt_leases *leases, uint32_t number, uint32_t study,
                    uint64_t ordinal, uint32_t attempt)
{
    return number < leases->count &&
           find(&leases->ranks[number], study, ordinal, attempt) < leases->ranks[number].count;
}

bool rt_leases_take(struct rt_leases *leases, uint32_t number, uint32_t study, uint64_t ordinal,
                    uint32_t attempt)
{
    struct rt_rank_leases *rank;
    struct rt_open_range *range;
    struct rt_open_range behind;
    size_t at;

    if (number >= leases->count)
        return false;
    rank = &leases->ranks[number];
    at = find(rank, study, ordinal, attempt);
    if (at == rank->count)
        return false;
    range = &rank->ranges[at];
    behind = *range;
    behind.ordinal = ordinal + 1;
    behind.count = range->ordinal + range->count - behind.ordinal;
    range->count = ordinal - range->ordinal;
    if (range->count == 0 && behind.count == 0)
        erase(rank, at);
    else if (range->count == 0)
        *range = behind;
    else if (behind.count)
        insert(rank, at + 1, behind);
    return true;
}
