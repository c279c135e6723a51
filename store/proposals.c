#include "store/proposals.h"

#include "base/alloc.h"
#include "store/plan_params.h"

#include <stdlib.h>

#define PAGE 64u /* points; of the largest params 8 MiB */

struct point {
    size_t at; /* in texts */
    uint32_t size;
    uint32_t replicate; /* 0: the point is not known */
};

struct rt_proposals_page {
    struct rt_buf texts;
    struct point points[PAGE];
    uint32_t known;
};

static void free_page(struct rt_proposals_page *page)
{
    if (!page)
        return;
    rt_buf_clear(&page->texts);
    free(page);
}

void rt_proposals_clear(struct rt_proposals *proposals)
{
    for (size_t i = 0; i < proposals->page_count; i++)
        free_page(proposals->pages[i]);
    free(proposals->pages);
    *proposals = (struct rt_proposals){NULL, 0, 0, 0};
}

static struct rt_proposals_page *page_of(struct rt_proposals *proposals, uint64_t index)
{
    size_t number = (size_t)(index / PAGE);

    if (number >= proposals->page_count) {
        proposals->pages = rt_grow(proposals->pages, &proposals->capacity, number + 1,
                                   sizeof(struct rt_proposals_page *));
        while (proposals->page_count <= number)
            proposals->pages[proposals->page_count++] = NULL;
    }
    if (!proposals->pages[number])
        proposals->pages[number] = rt_calloc(1, sizeof(struct rt_proposals_page));
    return proposals->pages[number];
}

/* No more comes to a page that is full. */
static void trim(struct rt_buf *texts)
{
    if (texts->size == texts->capacity)
        return;
    texts->data = rt_realloc(texts->data, texts->size);
    texts->capacity = texts->size;
}

void rt_proposals_put(struct rt_proposals *proposals, uint64_t index, uint32_t replicate,
                      struct rt_span params)
{
    struct rt_proposals_page *page = page_of(proposals, index);
    struct point *point = &page->points[index % PAGE];

    page->known += point->replicate == 0;
    *point = (struct point){page->texts.size, (uint32_t)params.size, replicate};
    rt_buf_put(&page->texts, params.data, params.size);
    if (page->known == PAGE)
        trim(&page->texts);
    if (index >= proposals->count)
        proposals->count = (size_t)index + 1;
}

void rt_proposals_forget(struct rt_proposals *proposals, uint64_t index)
{
    struct rt_proposals_page *page;
    struct point *point;

    if (index >= proposals->count || !(page = proposals->pages[index / PAGE]))
        return;
    point = &page->points[index % PAGE];
    page->known -= point->replicate != 0;
    point->replicate = 0;
    if (page->known)
        return;
    free_page(page);
    proposals->pages[index / PAGE] = NULL;
}

bool rt_proposals_get(const struct rt_proposals *proposals, uint64_t index, uint32_t *replicate,
                      struct rt_span *params)
{
    const struct rt_proposals_page *page =
        index < proposals->count ? proposals->pages[index / PAGE] : NULL;
    const struct point *point = page ? &page->points[index % PAGE] : NULL;

    if (!point || !point->replicate)
        return false;
    *replicate = point->replicate;
    *params = rt_span(page->texts.data + point->at, point->size);
    return true;
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
