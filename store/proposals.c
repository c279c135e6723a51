#include "store/proposals.h"

#include "base/alloc.h"
#include "store/plan_params.h"

#include <stdlib.h>

void rt_proposals_clear(struct rt_proposals *proposals)
{
    for (size_t i = 0; i < proposals->count; i++)
        free(proposals->items[i].params);
    free(proposals->items);
    *proposals = (struct rt_proposals){NULL, 0, 0};
}

void rt_proposals_put(struct rt_proposals *proposals, uint64_t index, uint32_t replicate,
                      struct rt_span params)
{
    struct rt_proposal *item;

    if (index >= proposals->count) {
        proposals->items = rt_grow(proposals->items, &proposals->capacity, (size_t)index + 1,
                                   sizeof *proposals->items);
        while (proposals->count <= index)
            proposals->items[proposals->count++] = (struct rt_proposal){NULL, 0, 1};
    }
    item = &proposals->items[index];
    free(item->params);
    *item = (struct rt_proposal){rt_strndup(params.data, params.size), (uint32_t)params.size,
                                 replicate};
}

void rt_proposals_forget(struct rt_proposals *proposals, uint64_t index)
{
    if (index >= proposals->count)
        return;
    free(proposals->items[index].params);
    proposals->items[index].params = NULL;
    proposals->items[index].size = 0;
}

int rt_proposals_merge(const struct rt_json *shared, const struct rt_json *own, struct rt_buf *out,
                       struct rt_err *err)
{
    struct rt_json *merged = rt_json_copy(shared);
    int rc = 0;

    for (void *i = rt_json_first(own); i && rc == 0; i = rt_json_next(own, i)) {
        const char *last = rt_json_iter_key(i);
        struct rt_json *object = rt_plan_descend(merged, &last);

        if (object)
            rt_json_set(object, last, rt_json_copy(rt_json_iter_value(i)));
        else
            rc = rt_err_set(err, RT_EUSAGE,
                            "params name \"%s\", but what holds \"%s\" is no mapping",
                            rt_json_iter_key(i), last);
    }
    if (rc == 0)
        rt_json_canonical(merged, out);
    rt_json_free(merged);
    return rc;
}
