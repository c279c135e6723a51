#ifndef RT_REPLAY_SWAPS_H
#define RT_REPLAY_SWAPS_H
/*
 * In what trial B differs from trial A, as trials to be run: A with one component of B each.
 *
 * Components are the seed, each param, the code (with the entry), the inputs, and the interpreter.
 * What cannot be swapped is named.
 */
#include "replay/replay.h"

struct rt_swap {
    const char *component; /* "seed", "param", "code", "entry", "inputs", "interpreter" */
    char *label;           /* "epochs 40 -> 80", "code 4 files" */
    struct rt_replay_item item;
};

struct rt_swaps {
    struct rt_swap *items;
    size_t count;
    struct rt_replay_item together; /* A with all of them */
    struct rt_json *left;           /* array of texts: "host", "packages numpy 1.24 -> 1.26" */
    struct rt_json *about[2];       /* of A and B, as of rt_about_trial(), with "root" */
    struct rt_hash code;            /* of B */
    struct rt_json *entry;          /* likewise; items borrow these */
    struct rt_json *inputs;
    const struct rt_json *for_all; /* inputs of all that runs; NULL: A's */
    char *python;
    bool b_runs; /* B unchanged, too: it is another trial, and what it read is to be had */
};

/* RT_ECONFLICT if one of them has no result to compare. Clear it in any case. */
int rt_swaps_make(struct rt_store *store, struct rt_db *index, const struct rt_pick picks[2],
                  struct rt_swaps *out, struct rt_err *err);
void rt_swaps_clear(struct rt_swaps *swaps);

/* The items to be replayed, in this order: `repeats` times A unchanged, if B runs as often B, each
 * swap, and if there are several, all together. Their params are counted references of their own.
 * Yours to free(). */
struct rt_replay_item *rt_swaps_items(const struct rt_swaps *swaps, const struct rt_pick picks[2],
                                      size_t repeats, size_t *count);

#endif
