#ifndef RT_STORE_TRIALS_H
#define RT_STORE_TRIALS_H
/*
 * The words of a study's trials by ordinal, in pages that are made when the
 * first of their trials changes. Used by state alone.
 */
#include <assert.h>
#include <stddef.h>
#include "store/moves.h"

#define RT_PAGE_TRIALS 4096

struct rt_trials_page {
    uint32_t waiting; /* words of the page that are WAITING */
    rt_word words[RT_PAGE_TRIALS];
};

struct rt_trials {
    struct rt_trials_page **pages; /* NULL: all of its trials are as they were born */
    size_t page_count;
    size_t capacity;
    uint64_t count; /* ordinals are 1..count */
};

void rt_trials_clear(struct rt_trials *trials);
void rt_trials_extend(struct rt_trials *trials, uint64_t count);

static inline rt_word rt_trials_get(const struct rt_trials *trials, uint64_t ordinal)
{
    const struct rt_trials_page *page;

    assert(ordinal >= 1 && ordinal <= trials->count);
    page = trials->pages[(ordinal - 1) / RT_PAGE_TRIALS];
    return page ? page->words[(ordinal - 1) % RT_PAGE_TRIALS] : 0;
}

void rt_trials_set(struct rt_trials *trials, uint64_t ordinal, rt_word word);

/* The run of equal words that starts at an ordinal: its length, not past `last`. */
uint64_t rt_trials_run(const struct rt_trials *trials, uint64_t ordinal, uint64_t last,
                       rt_word *word);

/* The first WAITING ordinal in from..last, or 0. Skips pages without any. */
uint64_t rt_trials_waiting(const struct rt_trials *trials, uint64_t from, uint64_t last);

#endif
