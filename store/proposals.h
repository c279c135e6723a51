#ifndef RT_STORE_PROPOSALS_H
#define RT_STORE_PROPOSALS_H
/*
 * The points of a plan whose trials a driver proposes, one after the other. Used by plans alone.
 *
 * They come in pages, whose texts stand side by side: a state has all points of a study, for as
 * long as it is there. Whole pages that are some thousand points behind are packed
 * (store/proposals_page.h). Agents and workers have those that they work on, out of order, and a
 * page goes with the last of them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"

struct rt_proposals_page;
struct rt_proposals_place;

struct rt_proposals {
    struct rt_proposals_page **pages; /* NULL: nothing of it is known here */
    size_t page_count;
    size_t capacity;
    size_t count;                     /* points */
    struct rt_proposals_place *place; /* that was read last in a packed page; or NULL */
};

void rt_proposals_clear(struct rt_proposals *proposals);
/* Gives a point its params, in canonical form. Points in between that are not known become so. */
void rt_proposals_put(struct rt_proposals *proposals, uint64_t index, uint32_t replicate,
                      struct rt_span params);
void rt_proposals_forget(struct rt_proposals *proposals, uint64_t index);
/* Appends the params of a point, canonical JSON, with what all trials share. False for one that was
 * not proposed, or not to this process. */
bool rt_proposals_params(const struct rt_proposals *proposals, uint64_t index, struct rt_buf *out);
/* 0 for such a one. */
uint32_t rt_proposals_replicate(const struct rt_proposals *proposals, uint64_t index);

/* Appends, in canonical form, what trials share with what one of them adds to it or has instead;
 * names with dots reach into objects. RT_EUSAGE if one reaches into something else. */
int rt_proposals_merge(const struct rt_json *shared, const struct rt_json *own, struct rt_buf *out,
                       struct rt_err *err);

#endif
