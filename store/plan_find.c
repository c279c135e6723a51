#include "store/plan_find.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define TRIED_MAX 4096 /* combinations of levels that all look right */

/* The levels of the axes that change together which have what is looked for. */
struct group {
    uint64_t stride;
    bool alone; /* an axis of one level: it has the stride of the next one, and changes with none */
    uint64_t *levels;
    size_t count;
    size_t capacity;
    size_t at; /* of these, while combinations are tried */
};

struct search {
    const struct rt_plan *plan;
    const struct rt_json *params;
    struct rt_span text; /* of the params, canonical */
    uint32_t replicate;
    struct group *groups;
    size_t count;
};

/* The member that a key with dots reaches; NULL if there is none. */
static const struct rt_json *reach(const struct rt_json *params, const char *key)
{
    char *name = rt_strdup(key);
    char *rest = name;

    while (params && rest) {
        char *dot = strchr(rest, '.');

        if (dot)
            *dot++ = '\0';
        params = rt_json_get(params, rest);
        rest = dot;
    }
    free(name);
    return params;
}

static bool has_level(const struct rt_plan *plan, size_t axis, uint64_t level, const char *wanted)
{
    struct rt_value value;

    if (rt_plan_axis_lacks(plan, axis, level))
        return !wanted;
    if (!wanted)
        return false;
    rt_plan_axis_value(plan, axis, level, &value);
    return strcmp(value.kind == RT_JSON_INT || value.kind == RT_JSON_REAL ? value.text : value.json,
                  wanted) == 0;
}

/* The first level of an even range whose value is not before a number, in the range's direction. */
static uint64_t near_level(const struct rt_plan *plan, size_t axis, double number)
{
    uint64_t low = 0;
    uint64_t high = rt_plan_axis_count(plan, axis);
    struct rt_value first;
    struct rt_value last;
    bool falls;

    rt_plan_axis_value(plan, axis, 0, &first);
    rt_plan_axis_value(plan, axis, high - 1, &last);
    falls = (first.kind == RT_JSON_INT ? (double)first.integer : first.real) >
            (last.kind == RT_JSON_INT ? (double)last.integer : last.real);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct rt_value value;
        double there;

        rt_plan_axis_value(plan, axis, middle, &value);
        there = value.kind == RT_JSON_INT ? (double)value.integer : value.real;
        if (falls ? there > number : there < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_level(struct group *group, uint64_t level)
{
    group->levels =
        rt_grow(group->levels, &group->capacity, group->count + 1, sizeof *group->levels);
    group->levels[group->count++] = level;
}

/* Notes the levels of an axis that fit; of a group that has some already, those that still do. */
static void narrow(struct group *group, const struct rt_plan *plan, size_t axis, bool first,
                   const struct rt_json *wanted)
{
    char *text = wanted ? rt_json_text(wanted) : NULL;
    uint64_t from = 0;
    uint64_t end = rt_plan_axis_count(plan, axis);
    size_t kept = 0;

    if (first) {
        if (rt_plan_axis_kind(plan, axis) == RT_AXIS_EVEN && wanted) {
            from = near_level(plan, axis, rt_json_number(wanted));
            end = from + 2 < end ? from + 2 : end; /* equal levels are neighbours */
        }
        for (uint64_t level = from; level < end; level++) {
            if (has_level(plan, axis, level, text))
                add_level(group, level);
        }
    } else {
        for (size_t i = 0; i < group->count; i++) {
            if (has_level(plan, axis, group->levels[i], text))
                group->levels[kept++] = group->levels[i];
        }
        group->count = kept;
    }
    free(text);
}

/* The group that an axis belongs to; *first if it is new. */
static struct group *group_of(struct search *search, size_t axis, bool *first)
{
    uint64_t stride = rt_plan_axis_stride(search->plan, axis);
    bool alone = rt_plan_axis_count(search->plan, axis) == 1;
    size_t i = 0;

    while (i < search->count &&
           (alone || search->groups[i].alone || search->groups[i].stride != stride))
        i++;
    *first = i == search->count;
    if (*first)
        search->groups[search->count++] = (struct group){.stride = stride, .alone = alone};
    return &search->groups[i];
}

static void find_levels(struct search *search)
{
    for (size_t axis = 0; axis < rt_plan_axes(search->plan); axis++) {
        bool first;
        struct group *group = group_of(search, axis, &first);

        narrow(group, search->plan, axis, first,
               reach(search->params, rt_plan_axis_key(search->plan, axis)));
    }
}

/* A point with these levels whose params and replicate are those wanted. */
static uint64_t try_levels(const struct search *search)
{
    /* Listed points that have all params in common have no axis. */
    uint64_t step = search->count ? rt_plan_levels(search->plan) : 1;
    struct rt_buf text = RT_BUF_INIT;
    uint64_t found = UINT64_MAX;
    uint64_t index = 0;

    for (size_t i = 0; i < search->count; i++)
        index += search->groups[i].stride * search->groups[i].levels[search->groups[i].at];
    rt_plan_params(search->plan, index, &text);
    if (rt_span_equal(rt_buf_span(&text), search->text)) {
        for (; index < rt_plan_count(search->plan) && found == UINT64_MAX; index += step) {
            if (rt_plan_replicate(search->plan, index) == search->replicate)
                found = index;
        }
    }
    rt_buf_clear(&text);
    return found;
}

/* Moves on to the next combination; false after the last. */
static bool next_levels(struct search *search)
{
    for (size_t i = search->count; i-- > 0;) {
        if (++search->groups[i].at < search->groups[i].count)
            return true;
        search->groups[i].at = 0;
    }
    return false;
}

static uint64_t try_all(struct search *search)
{
    uint64_t found = UINT64_MAX;
    size_t tried = 0;

    for (size_t i = 0; i < search->count; i++) {
        if (search->groups[i].count == 0)
            return UINT64_MAX;
    }
    do {
        found = try_levels(search);
    } while (found == UINT64_MAX && ++tried < TRIED_MAX && next_levels(search));
    return found;
}

uint64_t rt_plan_find(const struct rt_plan *plan, const struct rt_json *params, uint32_t replicate)
{
    struct rt_buf text = RT_BUF_INIT;
    struct search search = {.plan = plan, .params = params, .replicate = replicate};
    uint64_t found;

    rt_json_canonical(params, &text);
    search.text = rt_buf_span(&text);
    search.groups = rt_calloc(rt_plan_axes(plan) + 1, sizeof *search.groups);
    find_levels(&search);
    found = rt_plan_count(plan) ? try_all(&search) : UINT64_MAX;
    for (size_t i = 0; i < search.count; i++)
        free(search.groups[i].levels);
    free(search.groups);
    rt_buf_clear(&text);
    return found;
}
