#include "engine/live.h"

#include <stdbool.h>
#include <string.h>

static bool has(const struct rt_json *list, const char *name)
{
    for (size_t i = 0; i < rt_json_count(list); i++) {
        if (strcmp(rt_json_string(rt_json_at(rt_json_at(list, i), 0)), name) == 0)
            return true;
    }
    return false;
}

size_t rt_live_add(struct rt_json **list, const struct rt_json *object)
{
    size_t added = 0;

    if (!object || rt_json_kind(object) != RT_JSON_OBJECT)
        return 0;
    for (void *at = rt_json_first(object); at; at = rt_json_next(object, at)) {
        const char *path = rt_json_string(rt_json_iter_value(at));
        struct rt_json *pair;

        if (!path || has(*list, rt_json_iter_key(at)) || rt_json_count(*list) >= RT_LIVE_MAX)
            continue;
        pair = rt_json_new_array();
        rt_json_append(pair, rt_json_new_string(rt_json_iter_key(at)));
        rt_json_append(pair, rt_json_new_string(path));
        if (!*list)
            *list = rt_json_new_array();
        rt_json_append(*list, pair);
        added++;
    }
    return added;
}

struct rt_json *rt_live_object(const struct rt_json *list)
{
    struct rt_json *object = rt_json_new_object();

    for (size_t i = 0; i < rt_json_count(list); i++) {
        const struct rt_json *pair = rt_json_at(list, i);

        rt_json_set_text(object, rt_json_string(rt_json_at(pair, 0)),
                         rt_json_string(rt_json_at(pair, 1)));
    }
    return object;
}
