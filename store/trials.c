#include "store/trials.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

void rt_trials_clear(struct rt_trials *trials)
{
    for (size_t i = 0; i < trials->page_count; i++)
        free(trials->pages[i]);
    free(trials->pages);
    *trials = (struct rt_trials){NULL, 0, 0, 0};
}

void rt_trials_extend(struct rt_trials *trials, uint64_t count)
{
    size_t pages = (size_t)((count + RT_PAGE_TRIALS - 1) / RT_PAGE_TRIALS);

    if (count <= trials->count)
        return;
    trials->pages = rt_grow(trials->pages, &trials->capacity, pages, sizeof(void *));
    while (trials->page_count < pages)
        trials->pages[trials->page_count++] = NULL;
    trials->count = count;
}

static size_t page_of(uint64_t ordinal)
{
    return (size_t)((ordinal - 1) / RT_PAGE_TRIALS);
}

static size_t slot_of(uint64_t ordinal)
{
    return (size_t)((ordinal - 1) % RT_PAGE_TRIALS);
}

void rt_trials_set(struct rt_trials *trials, uint64_t ordinal, rt_word word)
{
    struct rt_trials_page **page;
    rt_word *at;

    assert(ordinal >= 1 && ordinal <= trials->count);
    page = &trials->pages[page_of(ordinal)];
    if (!*page) {
        if (word == 0)
            return;
        *page = rt_calloc(1, sizeof **page);
        (*page)->waiting = RT_PAGE_TRIALS;
    }
    at = &(*page)->words[slot_of(ordinal)];
    (*page)->waiting -= rt_word_status(*at) == RT_TRIAL_WAITING;
    (*page)->waiting += rt_word_status(word) == RT_TRIAL_WAITING;
    *at = word;
}

/* The last ordinal of the page that holds `ordinal`, or `last` if that is nearer. */
static uint64_t end_of_page(uint64_t ordinal, uint64_t last)
{
    uint64_t end = (uint64_t)(page_of(ordinal) + 1) * RT_PAGE_TRIALS;

    return end < last ? end : last;
}

uint64_t rt_trials_run(const struct rt_trials *trials, uint64_t ordinal, uint64_t last,
                       rt_word *word)
{
    uint64_t at = ordinal;

    *word = rt_trials_get(trials, ordinal);
    while (at <= last) {
        const struct rt_trials_page *page = trials->pages[page_of(at)];
        uint64_t end = end_of_page(at, last);

        if (!page && *word != 0)
            break;
        while (page && at <= end && page->words[slot_of(at)] == *word)
            at++;
        if (page && at <= end)
            break;
        at = end + 1;
    }
    return at - ordinal;
}

uint64_t rt_trials_waiting(const struct rt_trials *trials, uint64_t from, uint64_t last)
{
    while (from <= last) {
        const struct rt_trials_page *page = trials->pages[page_of(from)];
        uint64_t end = end_of_page(from, last);

        if (!page)
            return from;
        for (; page->waiting && from <= end; from++) {
            if (rt_word_status(page->words[slot_of(from)]) == RT_TRIAL_WAITING)
                return from;
        }
        from = end + 1;
    }
    return 0;
}
