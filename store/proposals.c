#include "store/proposals.h"

#include "base/alloc.h"
#include "store/plan_params.h"
#include "store/proposals_page.h"

#include <stdlib.h>

#define PAGE 64u /* points; of the largest params 8 MiB */
#define OPEN 64u /* pages behind the last one are not packed: their points are still asked for */

struct point {
    size_t at; /* in texts */
    uint32_t size;
    uint32_t replicate;
};

struct rt_proposals_page {
    struct rt_buf texts;  /* or what they were packed to */
    struct point *points; /* NULL: it is packed */
    uint64_t known;       /* a bit for each point */
};

/* What was read last is often followed by the next. */
struct rt_proposals_place {
    const struct rt_proposals_page *page; /* NULL: none */
    unsigned point;
    uint32_t replicate;
    size_t offset; /* of the next */
    struct rt_buf text;
};

static void free_page(struct rt_proposals_page *page)
{
    if (!page)
        return;
    rt_buf_clear(&page->texts);
    free(page->points);
    free(page);
}

void rt_proposals_clear(struct rt_proposals *proposals)
{
    for (size_t i = 0; i < proposals->page_count; i++)
        free_page(proposals->pages[i]);
    free(proposals->pages);
    if (proposals->place)
        rt_buf_clear(&proposals->place->text);
    free(proposals->place);
    *proposals = (struct rt_proposals){NULL, 0, 0, 0, NULL};
}

static struct rt_span text_of(const struct rt_proposals_page *page, unsigned point)
{
    return rt_span(page->texts.data + page->points[point].at, page->points[point].size);
}

static void trim(struct rt_buf *texts)
{
    if (texts->size == texts->capacity)
        return;
    texts->data = rt_realloc(texts->data, texts->size);
    texts->capacity = texts->size;
}

static void pack(struct rt_proposals_page *page)
{
    struct rt_buf packed = RT_BUF_INIT;
    struct rt_span before = {NULL, 0};

    if (!page || !page->points || page->known != UINT64_MAX)
        return;
    for (unsigned i = 0; i < PAGE; i++) {
        rt_proposals_pack(&packed, page->points[i].replicate, before, text_of(page, i));
        before = text_of(page, i);
    }
    trim(&packed);
    rt_buf_clear(&page->texts);
    free(page->points);
    page->texts = packed;
    page->points = NULL;
}

/* Reads a point of a packed page. */
static const struct rt_proposals_place *look_up(struct rt_proposals_place *place,
                                                const struct rt_proposals_page *page,
                                                unsigned point)
{
    if (place->page != page || place->point > point) {
        place->page = page;
        place->offset = 0;
        rt_buf_reset(&place->text);
        place->replicate =
            rt_proposals_unpack(rt_buf_span(&page->texts), &place->offset, &place->text);
        place->point = 0;
    }
    for (; place->point < point; place->point++)
        place->replicate =
            rt_proposals_unpack(rt_buf_span(&page->texts), &place->offset, &place->text);
    return place;
}

/* A point of a packed page changes. */
static void unpack(struct rt_proposals *proposals, struct rt_proposals_page *page)
{
    struct rt_proposals_place place = {0};
    struct rt_buf texts = RT_BUF_INIT;

    page->points = rt_calloc(PAGE, sizeof *page->points);
    for (unsigned i = 0; i < PAGE; i++) {
        look_up(&place, page, i);
        page->points[i] = (struct point){texts.size, (uint32_t)place.text.size, place.replicate};
        rt_buf_put(&texts, place.text.data, place.text.size);
    }
    rt_buf_clear(&place.text);
    rt_buf_clear(&page->texts);
    page->texts = texts;
    proposals->place->page = NULL;
}

static struct rt_proposals_page *page_of(struct rt_proposals *proposals, uint64_t index)
{
    size_t number = (size_t)(index / PAGE);
    struct rt_proposals_page *page;

    if (!proposals->place)
        proposals->place = rt_calloc(1, sizeof *proposals->place);
    if (number >= proposals->page_count) {
        proposals->pages = rt_grow(proposals->pages, &proposals->capacity, number + 1,
                                   sizeof(struct rt_proposals_page *));
        while (proposals->page_count <= number)
            proposals->pages[proposals->page_count++] = NULL;
        if (number >= OPEN)
            pack(proposals->pages[number - OPEN]);
    }
    if (!proposals->pages[number]) {
        page = rt_calloc(1, sizeof *page);
        page->points = rt_calloc(PAGE, sizeof *page->points);
        proposals->pages[number] = page;
    }
    page = proposals->pages[number];
    if (!page->points)
        unpack(proposals, page);
    return page;
}

void rt_proposals_put(struct rt_proposals *proposals, uint64_t index, uint32_t replicate,
                      struct rt_span params)
{
    struct rt_proposals_page *page = page_of(proposals, index);
    unsigned point = (unsigned)(index % PAGE);

    page->known |= UINT64_C(1) << point;
    page->points[point] = (struct point){page->texts.size, (uint32_t)params.size, replicate};
    rt_buf_put(&page->texts, params.data, params.size);
    if (page->known == UINT64_MAX)
        trim(&page->texts);
    if (index >= proposals->count)
        proposals->count = (size_t)index + 1;
}

void rt_proposals_forget(struct rt_proposals *proposals, uint64_t index)
{
    struct rt_proposals_page *page;

    if (index >= proposals->count || !(page = proposals->pages[index / PAGE]))
        return;
    page->known &= ~(UINT64_C(1) << index % PAGE);
    if (page->known)
        return;
    if (proposals->place->page == page)
        proposals->place->page = NULL;
    free_page(page);
    proposals->pages[index / PAGE] = NULL;
}

/* The page of a point that is known, or NULL. */
static const struct rt_proposals_page *find(const struct rt_proposals *proposals, uint64_t index)
{
    const struct rt_proposals_page *page =
        index < proposals->count ? proposals->pages[index / PAGE] : NULL;

    return page && page->known >> index % PAGE & 1 ? page : NULL;
}

bool rt_proposals_params(const struct rt_proposals *proposals, uint64_t index, struct rt_buf *out)
{
    const struct rt_proposals_page *page = find(proposals, index);
    unsigned point = (unsigned)(index % PAGE);
    struct rt_span text;

    if (!page)
        return false;
    text = page->points ? text_of(page, point)
                        : rt_buf_span(&look_up(proposals->place, page, point)->text);
    rt_buf_put(out, text.data, text.size);
    return true;
}

uint32_t rt_proposals_replicate(const struct rt_proposals *proposals, uint64_t index)
{
    const struct rt_proposals_page *page = find(proposals, index);
    unsigned point = (unsigned)(index % PAGE);

    if (!page)
        return 0;
    return page->points ? page->points[point].replicate
                        : look_up(proposals->place, page, point)->replicate;
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
