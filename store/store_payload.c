/* The payloads of a store: inline, or objects known by hash. */
#include "store/store_inner.h"

#include <assert.h>

int rt_store_put_object(struct rt_store *store, struct rt_span data, struct rt_hash *hash,
                        struct rt_err *err)
{
    int rc = rt_store_latched(store, err);

    assert(store->write);
    return rc < 0 ? rc
                  : rt_store_latch(store, rt_objects_put(store->objects, data, hash, err), err);
}

int rt_store_get_object(struct rt_store *store, const struct rt_hash *hash, struct rt_buf *out,
                        struct rt_err *err)
{
    return rt_objects_get(store->objects, hash, out, err);
}

int rt_store_payload(struct rt_store *store, const struct rt_payload *payload, struct rt_buf *out,
                     struct rt_err *err)
{
    if (payload->by_hash)
        return rt_store_get_object(store, &payload->hash, out, err);
    rt_buf_put(out, payload->data.data, payload->data.size);
    return 0;
}

static int externalize(struct rt_store *store, struct rt_payload *payload, struct rt_err *err)
{
    int rc;

    if (payload->by_hash || payload->data.size <= RT_PAYLOAD_INLINE_MAX)
        return 0;
    if ((rc = rt_store_put_object(store, payload->data, &payload->hash, err)) < 0)
        return rc;
    payload->by_hash = true;
    payload->size = payload->data.size;
    payload->data = rt_span(NULL, 0);
    return 0;
}

int rt_store_externalize(struct rt_store *store, struct rt_attempt *attempt, struct rt_err *err)
{
    int rc;

    if ((rc = externalize(store, &attempt->result, err)) < 0 ||
        (rc = externalize(store, &attempt->reason, err)) < 0 ||
        (rc = externalize(store, &attempt->out.kept, err)) < 0)
        return rc;
    return externalize(store, &attempt->err.kept, err);
}
