#ifndef RT_REPLAY_REPLAY_H
#define RT_REPLAY_REPLAY_H
/*
 * Replays: studies whose trials are derived from recorded ones, each paired
 * with its original.
 *
 * A replay is a study with a plan whose points are listed (docs/plan.md,
 * "Replays"): it is run, resumed, asked and replayed as any other. Code,
 * entry, inputs and threads are one thing for a whole study, so that trials
 * which differ in them become several replays, one for each. docs/replay.md
 * has the walk of one trial.
 */
#include "engine/run.h"
#include "replay/origin.h"

/* A trial to be made from a recorded one. What is not given stays as it was recorded. */
struct rt_replay_item {
    struct rt_pick origin;
    struct rt_json *params; /* an object; yours until taken, see below; NULL: as recorded */
    bool reseeded;          /* `seed` counts */
    uint32_t seed;
    const struct rt_hash *code;   /* a code state of the store; all below NULL: as recorded */
    const struct rt_json *entry;  /* the plan's "entry" */
    const char *root;             /* the plan's "root": goes with code and entry */
    const char *python;           /* interpreter; "" for the one that is found by itself */
    const struct rt_json *inputs; /* the plan's "inputs" with their hashes */
    const char *cannot; /* why it cannot be run: it is skipped, in the first study that is made */
};

struct rt_replay_request {
    const char *name; /* of the study; NULL: made from that of the originals, "noise_replay" */
    const char *kind; /* "replay", "verify", "explain", ..: recorded, and goes into such a name */
    struct rt_replay_item *items;
    size_t count;
    uint32_t repeats;        /* how often each; 1 or more */
    bool untold;             /* trials are not told what their originals heard while they ran */
    bool fresh;              /* seeds are new ones, in each repeat others; equal ones stay equal */
    struct rt_json *changes; /* what was asked for, for the record: an array of texts; or NULL */
    struct rt_json *judge;   /* how it is to be judged: see replay/verdict.h; or NULL */
};

/* One replay that is to be a study. */
struct rt_replay_plan {
    struct rt_json *plan; /* see store/plan.h */
    size_t *items;        /* which items its points are, in order */
    size_t count;
    char *source_path; /* of the originals' study file, where paths of inputs start; or NULL */
    uint32_t study;    /* its number, once it is recorded */
};

struct rt_replay_plans {
    struct rt_replay_plan *items;
    size_t count;
};

/* Makes the plans; nothing is written. RT_EUSAGE if an item cannot be. One at least can be run. */
int rt_replay_plans_make(struct rt_store *store, struct rt_db *index,
                         const struct rt_replay_request *request, struct rt_replay_plans *out,
                         struct rt_err *err);
void rt_replay_plans_clear(struct rt_replay_plans *plans);

/* Appends the studies and their plans to a store that is open for writing, and commits. */
int rt_replay_plans_record(struct rt_store *store, struct rt_replay_plans *plans,
                           struct rt_err *err);

/* How a command runs them: rt_run_options has `derive`, called with the store open for writing,
 * which makes and records plans and names the first study; cli/replaying.h completes the others. */

/* Where the study file was that the study was last planned by; yours; NULL if that is not known. */
int rt_replay_source(struct rt_db *index, const struct rt_study *study, char **path,
                     struct rt_err *err);

/* What a study is a replay of, as its plan has it; NULL: it is no replay. */
const struct rt_json *rt_replay_of(const struct rt_study *study);

/* The original of point `index` of a replay: its store (hex, borrowed), study (id, borrowed),
 * ordinal and attempt. */
struct rt_replay_origin {
    const char *store;
    const char *study;
    uint64_t ordinal;
    uint32_t attempt;
};
bool rt_replay_origin(const struct rt_plan *plan, uint64_t index, struct rt_replay_origin *out);

#endif
