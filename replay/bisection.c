#include "replay/bisection.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void rt_bisection_init(struct rt_bisection *bisection, size_t count)
{
    assert(count > 0);
    bisection->commits = rt_calloc(count, sizeof *bisection->commits);
    bisection->count = count;
    bisection->commits[count - 1] = RT_BISECT_BAD;
}

void rt_bisection_clear(struct rt_bisection *bisection)
{
    free(bisection->commits);
    memset(bisection, 0, sizeof *bisection);
}

/* The first bad one is behind the last good one before it: in first..last. */
void rt_bisection_found(const struct rt_bisection *bisection, size_t *first, size_t *last)
{
    *last = bisection->count - 1;
    for (size_t i = bisection->count; i-- > 0;) {
        if (bisection->commits[i] == RT_BISECT_BAD)
            *last = i;
    }
    *first = *last;
    while (*first > 0 && bisection->commits[*first - 1] != RT_BISECT_GOOD)
        --*first;
}

/* The middle halves what is left; beside what was skipped, the nearest that is open. */
bool rt_bisection_next(const struct rt_bisection *bisection, size_t *commit)
{
    size_t first;
    size_t last;
    size_t middle;

    rt_bisection_found(bisection, &first, &last);
    if (first == last)
        return false;
    middle = first + (last - first - 1) / 2;
    for (size_t step = 0; step < last - first; step++) {
        if (middle >= first + step && bisection->commits[middle - step] == RT_BISECT_OPEN) {
            *commit = middle - step;
            return true;
        }
        if (middle + step < last && bisection->commits[middle + step] == RT_BISECT_OPEN) {
            *commit = middle + step;
            return true;
        }
    }
    return false;
}

void rt_bisection_note(struct rt_bisection *bisection, size_t commit, enum rt_bisected what)
{
    assert(commit < bisection->count && bisection->commits[commit] == RT_BISECT_OPEN);
    bisection->commits[commit] = what;
}
