#include "store/plan_column.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define RUN_MIN 4 /* shorter ones take less room as they are */

/* How many values from here on differ by the same step. */
static size_t run_at(const int64_t *values, size_t count, int64_t *step)
{
    int64_t next;
    size_t size = 1;

    *step = 0;
    if (count < 2 || __builtin_sub_overflow(values[1], values[0], step))
        return 1;
    while (size < count && !__builtin_add_overflow(values[size - 1], *step, &next) &&
           values[size] == next)
        size++;
    return size;
}

static struct rt_json *run_json(int64_t first, int64_t step, size_t count)
{
    struct rt_json *run = rt_json_new_array();

    rt_json_append(run, rt_json_new_int(first));
    rt_json_append(run, rt_json_new_int(step));
    rt_json_append(run, rt_json_new_int((int64_t)count));
    return run;
}

struct rt_json *rt_plan_column_new(const int64_t *values, size_t count, bool *runs)
{
    struct rt_json *column = rt_json_new_array();

    for (size_t i = 0; i < count;) {
        int64_t step;
        size_t size = run_at(values + i, count - i, &step);

        if (size >= RUN_MIN) {
            rt_json_append(column, run_json(values[i], step, size));
            *runs = true;
        } else {
            size = 1;
            rt_json_append(column, rt_json_new_int(values[i]));
        }
        i += size;
    }
    return column;
}

struct rt_plan_run {
    uint64_t start; /* how many integers stand before it */
    int64_t first;
    int64_t step;
};

static bool is_int(const struct rt_json *json)
{
    return json && rt_json_kind(json) == RT_JSON_INT;
}

static bool is_within(int64_t value, int64_t min, int64_t max)
{
    return value >= min && value <= max;
}

/* An integer, or [first, step, count]: the ends tell whether all are within. */
static bool read_item(const struct rt_json *item, int64_t min, int64_t max, struct rt_plan_run *run,
                      uint64_t *count)
{
    const struct rt_json *parts[3];
    int64_t way;
    int64_t last;

    *count = 1;
    if (is_int(item)) {
        *run = (struct rt_plan_run){0, rt_json_int(item), 0};
        return is_within(run->first, min, max);
    }
    if (rt_json_kind(item) != RT_JSON_ARRAY || rt_json_count(item) != 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        parts[i] = rt_json_at(item, i);
        if (!is_int(parts[i]))
            return false;
    }
    *run = (struct rt_plan_run){0, rt_json_int(parts[0]), rt_json_int(parts[1])};
    *count = (uint64_t)rt_json_int(parts[2]);
    return rt_json_int(parts[2]) > 0 && is_within(run->first, min, max) &&
           !__builtin_mul_overflow(run->step, rt_json_int(parts[2]) - 1, &way) &&
           !__builtin_add_overflow(run->first, way, &last) && is_within(last, min, max);
}

bool rt_plan_column_read(struct rt_plan_column *column, const struct rt_json *json, int64_t min,
                         int64_t max)
{
    bool good = json && rt_json_kind(json) == RT_JSON_ARRAY && rt_json_count(json);

    memset(column, 0, sizeof *column);
    if (!good)
        return false;
    column->run_count = rt_json_count(json);
    column->runs = rt_calloc(column->run_count, sizeof *column->runs);
    for (size_t i = 0; good && i < column->run_count; i++) {
        uint64_t count;

        good = read_item(rt_json_at(json, i), min, max, &column->runs[i], &count);
        column->runs[i].start = column->count;
        good = good && !__builtin_add_overflow(column->count, count, &column->count);
    }
    if (!good)
        rt_plan_column_clear(column);
    return good;
}

void rt_plan_column_clear(struct rt_plan_column *column)
{
    free(column->runs);
    memset(column, 0, sizeof *column);
}

int64_t rt_plan_column_get(const struct rt_plan_column *column, uint64_t at)
{
    size_t from = 0;
    size_t to = column->run_count;

    if (column->run_count == column->count)
        return column->runs[at].first;
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;

        if (column->runs[middle].start <= at)
            from = middle;
        else
            to = middle;
    }
    return column->runs[from].first +
           column->runs[from].step * (int64_t)(at - column->runs[from].start);
}
