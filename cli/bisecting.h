#ifndef RT_CLI_BISECTING_H
#define RT_CLI_BISECTING_H
/*
 * A bisection at work: takes code and records replays while the store is open, lets other processes
 * run them while it is closed, and judges.
 */
#include "cli/child.h"
#include "replay/bisect.h"
#include "store/code_history.h"

struct rt_bisecting {
    struct rt_child_options child;
    /* Told of every look at a commit. */
    void (*told)(void *context, const struct rt_code_change *change,
                 const struct rt_bisect_look *look);
    void *context;
    struct rt_tolerances tolerances;
    struct rt_json *record; /* of the code that the trials ran */
    struct rt_json *keys;   /* params that are swept */
    struct rt_code_history history;
    struct rt_bisect_look *looks; /* for each commit; class NONE and no study: not looked at */
    bool *looked;
    size_t runs;  /* commits whose code was run */
    size_t first; /* what was found, in the history; */
    size_t last;  /* equal unless some could not be judged */
    struct number {
        uint32_t study;
        uint64_t ordinal;
    } * trials; /* the originals */
    size_t count;
};

/* Notes which trials are meant. The history is for the caller to read. */
int rt_bisecting_choose(struct rt_bisecting *bisecting, struct rt_store *store, struct rt_db *index,
                        const struct rt_picks *picks, struct rt_err *err);

/* Looks at both ends, and between them until it is found. RT_ECONFLICT if the verdict is the same
 * at both. */
int rt_bisecting_search(struct rt_bisecting *bisecting, const char *store, struct rt_err *err);

/* [{"param", "metrics": [that depended on it at the last good commit, and not at the first bad
 * one], "inert": true if none does}]; yours. */
int rt_bisecting_inert(struct rt_bisecting *bisecting, const char *store, struct rt_json **inert,
                       struct rt_err *err);

/* Everything that was looked at and found; yours. */
struct rt_json *rt_bisecting_json(const struct rt_bisecting *bisecting);

void rt_bisecting_clear(struct rt_bisecting *bisecting);

#endif
