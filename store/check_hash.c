#include "store/check_hash.h"

#include "base/alloc.h"
#include "store/metric_name.h"

#include <stdlib.h>
#include <string.h>

uint64_t rt_check_mix(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    hash = (hash ^ hash >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ hash >> 33;
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
    return rt_check_mix(hash ^ size);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text));
}

uint64_t rt_check_hash_fixed(const struct rt_plan *plan)
{
    static const char *const members[] = {"entry", "code",   "root", "params",
                                          "seed",  "inputs", "each"};
    uint64_t hash = 1;

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const struct rt_json *member = rt_json_get(rt_plan_json(plan), members[i]);
        char *text = member ? rt_json_text(member) : rt_strdup("");

        hash = hash_text(hash, text);
        free(text);
    }
    return hash;
}

uint64_t rt_check_hash_value(const struct rt_plan *plan, size_t axis, uint64_t point)
{
    uint64_t hash = hash_text(2, rt_plan_axis_key(plan, axis));
    uint64_t level = rt_plan_level(plan, point, axis);
    struct rt_value value;

    if (rt_plan_axis_lacks(plan, axis, level))
        return hash; /* not even null */
    rt_plan_axis_value(plan, axis, level, &value);
    return hash_text(hash, value.json ? value.json : value.text);
}

static uint64_t hash_datum(uint64_t hash, const struct rt_datum *value)
{
    double real = value->type == RT_COLUMN_REAL ? value->real : 0;

    hash = hash_bytes(hash, &value->type, sizeof value->type);
    hash = hash_bytes(hash, &value->integer, sizeof value->integer);
    hash = hash_bytes(hash, &real, sizeof real);
    hash = hash_bytes(hash, value->text.data, value->text.size);
    return value->state ? hash_text(hash, value->state) : hash;
}

bool rt_check_hash_metrics(const struct rt_metrics *metrics, uint64_t *hash,
                           struct rt_buf *left_out)
{
    size_t taken = 0;

    *hash = 3;
    for (size_t i = 0; i < metrics->count; i++) {
        const struct rt_metric *metric = &metrics->items[i];

        if (rt_metric_is_time(metric->name)) {
            rt_buf_add(left_out, left_out->size ? ", " : "");
            rt_buf_put(left_out, metric->name.data, metric->name.size);
            continue;
        }
        *hash = hash_bytes(*hash, metric->name.data, metric->name.size);
        *hash = hash_datum(*hash, &metric->value);
        taken++;
    }
    return taken > 0;
}
