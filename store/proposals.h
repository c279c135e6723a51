#ifndef RT_STORE_PROPOSALS_H
#define RT_STORE_PROPOSALS_H
/* The points of a plan whose trials a driver proposes, one after the other. Used by plans alone. */
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"

struct rt_proposal {
    char *params; /* canonical JSON, with what all trials share; NULL: not known here */
    uint32_t size;
    uint32_t replicate;
};

struct rt_proposals {
    struct rt_proposal *items; /* by point */
    size_t count;
    size_t capacity;
};

void rt_proposals_clear(struct rt_proposals *proposals);
/* Gives a point its params, in canonical form. Points in between that are not known become so. */
void rt_proposals_put(struct rt_proposals *proposals, uint64_t index, uint32_t replicate,
                      struct rt_span params);
void rt_proposals_forget(struct rt_proposals *proposals, uint64_t index);

/* Appends, in canonical form, what trials share with what one of them adds to it or has instead;
 * names with dots reach into objects. RT_EUSAGE if one reaches into something else. */
int rt_proposals_merge(const struct rt_json *shared, const struct rt_json *own, struct rt_buf *out,
                       struct rt_err *err);

#endif
