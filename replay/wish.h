#ifndef RT_REPLAY_WISH_H
#define RT_REPLAY_WISH_H
/* What somebody wants replayed, as commands say it, and the plans that this makes. */
#include "replay/change.h"
#include "replay/replay.h"
#include "replay/tolerance.h"

struct rt_wish {
    struct rt_selection selection;
    struct rt_changes changes;
    const char *kind;   /* "replay", "verify" */
    const char *name;   /* NULL: made from the originals' */
    const char *code;   /* see replay/code.h; NULL: recorded */
    const char *inputs; /* "recorded", "current"; NULL: recorded */
    const char *python; /* NULL: recorded */
    const char *seed;   /* "same", "fresh"; NULL: same */
    const char *told;   /* "recorded", "nothing"; NULL: recorded */
    uint32_t repeats;
    struct rt_tolerances tolerances; /* recorded for the verdict */
    bool dry;                        /* the store is not open for writing: of code it is only seen
                                      * whether it is there */
};

/* A trial that cannot be replayed, and why. */
struct rt_cannot {
    struct rt_pick trial;
    char *reason;
};

struct rt_granted {
    struct rt_picks picks;
    struct rt_replay_item *items; /* what the plans are made of */
    size_t count;
    size_t capacity;
    struct rt_replay_plans plans;
    struct rt_cannot *cannot;
    size_t cannot_count;
    size_t cannot_capacity;
    char *unknown;           /* what to say of a parameter that no original has; or NULL */
    struct rt_json **inputs; /* lists that items borrow */
    size_t input_count;
    size_t input_capacity;
    struct rt_codes *codes; /* that items borrow */
};

/* RT_EUSAGE or RT_ENOTFOUND if it says what cannot be for any trial. What cannot be for some is in
 * `cannot`, and goes along with the others, which are planned, to be skipped. Clear it in any case.
 */
int rt_wish_grant(struct rt_store *store, struct rt_db *index, struct rt_wish *wish,
                  struct rt_granted *granted, struct rt_err *err);
void rt_granted_clear(struct rt_granted *granted);

/* What is to be otherwise, as an array of texts; yours. */
struct rt_json *rt_wish_texts(const struct rt_wish *wish);

#endif
