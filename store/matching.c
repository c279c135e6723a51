#include "store/matching.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

/* A level of an earlier revision, known by its params. */
struct known {
    uint64_t key[2]; /* first bytes of the SHA-256 of the canonical params */
    size_t revision;
    uint64_t level;
    size_t next; /* older one with the same key, plus 1; 0: none */
};

struct table {
    struct known *items;
    size_t count;
    size_t capacity;
    size_t *buckets; /* item plus 1; 0: empty */
    size_t bucket_count;
    struct rt_buf params;
};

static bool same_member(const struct rt_plan *a, const struct rt_plan *b, const char *key)
{
    const struct rt_json *x = rt_json_get(rt_plan_json(a), key);
    const struct rt_json *y = rt_json_get(rt_plan_json(b), key);

    return x && y ? rt_json_equal(x, y) : x == y;
}

/* Equal params are the same trial only if the same code runs on the same inputs with the same
 * seeds and threads. How much memory and which part of a GPU it needs changes no result. */
static bool same_conditions(const struct rt_plan *a, const struct rt_plan *b)
{
    static const char *const members[] = {"entry", "code",  "root",  "inputs",
                                          "seed",  "seeds", "points"};

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (!same_member(a, b, members[i]))
            return false;
    }
    return rt_plan_threads(a) == rt_plan_threads(b);
}

/* What a driver proposes has no place among points that are derived. */
static bool comparable(const struct rt_plan *a, const struct rt_plan *b)
{
    return !rt_plan_driven(a) && !rt_plan_driven(b) && same_conditions(a, b);
}

static void key_of(struct table *table, const struct rt_plan *plan, uint64_t level, uint64_t key[2])
{
    struct rt_hash hash;

    rt_buf_reset(&table->params);
    rt_plan_params(plan, level, &table->params);
    hash = rt_hash(rt_buf_span(&table->params));
    memcpy(key, hash.bytes, 2 * sizeof key[0]);
}

/* The bucket that holds this key, or the empty one where it belongs. */
static size_t *bucket_of(const struct table *table, const uint64_t key[2])
{
    size_t at = (size_t)key[0] & (table->bucket_count - 1);

    while (table->buckets[at]) {
        const struct known *item = &table->items[table->buckets[at] - 1];

        if (item->key[0] == key[0] && item->key[1] == key[1])
            break;
        at = (at + 1) & (table->bucket_count - 1);
    }
    return &table->buckets[at];
}

static void add_level(struct table *table, const struct rt_study_inner *study, size_t revision,
                      uint64_t level)
{
    struct known *item;
    size_t *bucket;

    table->items = rt_grow(table->items, &table->capacity, table->count + 1, sizeof *table->items);
    item = &table->items[table->count];
    *item = (struct known){{0, 0}, revision, level, 0};
    key_of(table, study->revisions[revision].plan, level, item->key);
    bucket = bucket_of(table, item->key);
    item->next = *bucket;
    *bucket = ++table->count;
}

/* Oldest first and last level first: each chain then starts with the newest revision. */
static void fill_table(struct table *table, const struct rt_study_inner *study,
                       const struct rt_plan *plan)
{
    uint64_t levels = 0;

    for (size_t i = 0; i < study->revision_count; i++) {
        if (comparable(study->revisions[i].plan, plan))
            levels += rt_plan_levels(study->revisions[i].plan);
    }
    table->bucket_count = 16;
    while (table->bucket_count < 2 * levels)
        table->bucket_count *= 2;
    table->buckets = rt_calloc(table->bucket_count, sizeof *table->buckets);
    for (size_t i = 0; i < study->revision_count; i++) {
        if (!comparable(study->revisions[i].plan, plan))
            continue;
        for (uint64_t level = rt_plan_levels(study->revisions[i].plan); level-- > 0;)
            add_level(table, study, i, level);
    }
}

static void clear_table(struct table *table)
{
    free(table->items);
    free(table->buckets);
    rt_buf_clear(&table->params);
}

/* True for the first to ask; two equal points of one plan are two trials. */
static bool claim(uint8_t *taken, uint64_t ordinal)
{
    uint8_t bit = (uint8_t)(1u << ordinal % 8);

    if (taken[ordinal / 8] & bit)
        return false;
    taken[ordinal / 8] |= bit;
    return true;
}

/* The ordinal that an earlier revision gave to a replicate (from 0) of a level; 0: none. */
static uint64_t earlier(const struct table *table, const struct rt_study_inner *study, size_t known,
                        uint64_t replicate, uint8_t *taken)
{
    for (; known; known = table->items[known - 1].next) {
        const struct known *item = &table->items[known - 1];
        const struct rt_revision *revision = &study->revisions[item->revision];
        uint64_t levels = rt_plan_levels(revision->plan);
        uint64_t ordinal;

        assert(levels > 0);
        if (replicate >= rt_plan_count(revision->plan) / levels)
            continue;
        ordinal = rt_segments_ordinal(&revision->map, replicate * levels + item->level);
        if (ordinal && claim(taken, ordinal))
            return ordinal;
    }
    return 0;
}

/* Looks up each level by the hash of its params. */
static void match_by_params(const struct rt_study_inner *study, const struct rt_plan *plan,
                            struct rt_segments *map)
{
    struct table table = {NULL, 0, 0, NULL, 0, RT_BUF_INIT};
    uint64_t levels = rt_plan_levels(plan);
    uint64_t count = rt_plan_count(plan);
    uint64_t fresh = study->is.ordinals + 1;
    uint8_t *taken = rt_calloc((size_t)(study->is.ordinals / 8 + 1), 1);
    size_t *heads = rt_calloc((size_t)levels, sizeof *heads);

    assert(levels > 0);
    fill_table(&table, study, plan);
    for (uint64_t level = 0; level < levels; level++) {
        uint64_t key[2];

        key_of(&table, plan, level, key);
        heads[level] = *bucket_of(&table, key);
    }
    for (uint64_t index = 0; index < count; index++) {
        uint64_t ordinal = earlier(&table, study, heads[index % levels], index / levels, taken);

        rt_segments_add(map, 1, ordinal ? ordinal : fresh++);
    }
    clear_table(&table);
    free(taken);
    free(heads);
}

static bool same_levels(const struct rt_plan *a, const struct rt_plan *b)
{
    return same_member(a, b, "params") && same_member(a, b, "axes");
}

/* Adds what a map gives to the points from map->total up to count. */
static void copy_segments(const struct rt_segments *from, uint64_t count, struct rt_segments *map)
{
    for (size_t i = 0; i < from->count && map->total < count; i++) {
        const struct rt_segment *segment = &from->by_index[i];
        uint64_t end = segment->index + segment->count;
        uint64_t skip = map->total - segment->index;

        if (end <= map->total)
            continue;
        if (end > count)
            end = count;
        rt_segments_add(map, end - map->total, segment->ordinal + skip);
    }
}

/* Replicates change slowest: with equal levels, equal points have equal numbers. */
static void match_by_number(const struct rt_study_inner *study, const struct rt_plan *plan,
                            struct rt_segments *map)
{
    uint64_t count = rt_plan_count(plan);

    for (size_t i = study->revision_count; i-- > 0;) {
        if (comparable(study->revisions[i].plan, plan))
            copy_segments(&study->revisions[i].map, count, map);
    }
    if (map->total < count)
        rt_segments_add(map, count - map->total, study->is.ordinals + 1);
}

uint64_t rt_match_proposals(const struct rt_study_inner *study, const struct rt_plan *plan,
                            struct rt_segments *map)
{
    const struct rt_revision *current = rt_study_current(study);

    if (!current || !rt_plan_driven(plan) || !rt_plan_driven(current->plan) ||
        !same_conditions(current->plan, plan) || !same_member(current->plan, plan, "params"))
        return 0;
    copy_segments(&current->map, current->map.total, map);
    return current->map.total;
}

void rt_match_points(const struct rt_study_inner *study, const struct rt_plan *plan,
                     struct rt_segments *map)
{
    if (rt_plan_driven(plan))
        return;
    for (size_t i = 0; i < study->revision_count; i++) {
        if (comparable(study->revisions[i].plan, plan) &&
            !same_levels(study->revisions[i].plan, plan)) {
            match_by_params(study, plan, map);
            return;
        }
    }
    match_by_number(study, plan, map);
}
