#ifndef RT_REPLAY_BISECTION_H
#define RT_REPLAY_BISECTION_H
/*
 * Which of a row of commits is the first that is bad, with as few looks as can be. Pure.
 *
 * The commit before the first one is known to be good, the last one to be bad. What cannot be
 * judged is skipped; if it lies beside the border, it stays open which of several it was.
 */
#include <stdbool.h>
#include <stddef.h>

enum rt_bisected { RT_BISECT_OPEN, RT_BISECT_GOOD, RT_BISECT_BAD, RT_BISECT_SKIPPED };

struct rt_bisection {
    enum rt_bisected *commits;
    size_t count; /* 1 or more */
};

void rt_bisection_init(struct rt_bisection *bisection, size_t count);
void rt_bisection_clear(struct rt_bisection *bisection);

/* The commit to look at next; false if there is no use in looking at any. */
bool rt_bisection_next(const struct rt_bisection *bisection, size_t *commit);
void rt_bisection_note(struct rt_bisection *bisection, size_t commit, enum rt_bisected what);

/* The first bad one is in *first to *last; equal unless some were skipped. */
void rt_bisection_found(const struct rt_bisection *bisection, size_t *first, size_t *last);

#endif
