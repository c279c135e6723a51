#ifndef RT_STORE_PLAN_H
#define RT_STORE_PLAN_H
/*
 * A plan: everything a study wants run, as one JSON object, and the function
 * from a number to a trial.
 *
 * A plan is never unrolled. Point `index` (0, 1, 2, ...) is derived: the
 * replicate changes slowest, so that an interrupted study has seen every
 * level, then the first axis, then the second, ...; the last axis changes
 * fastest. Axes that change together (zipped) have the same level at every
 * point. A listed level may be absent: params lack the key there. Plans are immutable and may be
 * read by several threads, but for those with a driver, which have the points that it proposed.
 *
 * The object (docs/plan.md has every member):
 *
 *   {"format": 1, "name": "noise",
 *    "entry": {"kind": "python", "file": "model.py", "function": "train"}
 *             | {"kind": "c", "file": "libmodel.so", "function": "train"}
 *             | {"kind": "command", "argv": ["./train.sh", "--lr", "{lr}"]},
 *    "params": {...},                        fixed ones
 *    "axes": [{"key": "lr", "values": [..]}
 *             | {"key": "noise", "from": "0", "step": "0.05", "count": 11, "kind": "real"|"int"}
 *             | {"key": "decay", "from": "1e-5", "to": "0.1", "count": 5, "scale": "log"}
 *             | {"key": "lr", "sample": "uniform"|"loguniform"|"int", "from": "1e-5", "to": "0.1",
 *                "count": 120}
 *             | {"key": "act", "sample": "choice", "values": [..], "count": 120}],
 *        and "zip": 0 if it changes together with others, "absent": [levels] of a list
 *    "replicates": 20, "seed": 0, "seeds": "shared"|"per-trial",
 *    "objective": {"goal": "maximize"|"minimize", "metric": "val_acc"} | null,
 *    "limits": {"timeout_us": 60000000, "retries": 1, "output_bytes": 65536, "memory_bytes": 0},
 *    "each": {"threads": 1, "memory_bytes": 2147483648, "gpus_permille": 500},
 *    "isolation": "fresh",                   absent: warm
 *    "inputs": [{"path": "data/train.csv", "sha256": hex, "bytes": 17}],
 *    "code_ignore": ["*.csv"],
 *    "driver": {"argv": [..], ..},           what proposes trials; then there are no axes
 *    "space": {"lr": {"uniform": [0.0, 1.0]}, ..},
 *    "code": hex of the code state, or null until it is known,
 *    "root": folder of the code root that the entry is relative to, as a path inside the bundle,
 *    "points": {"count": 3, "seeds": [7, 8, 7], "replicates": [1, 2, 1]},    of a replay; and
 *    "replay": {...}                         what it is a replay of}
 *
 * Values of a range are decimals: from + i * step is computed exactly, so
 * 0.15 is 0.15. If any of from, to and step has a fraction, all values are
 * reals (0.0, 0.05, ...).
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/span.h"

struct rt_plan;

/* What a plan may ask for at most. */
#define RT_PLAN_POINTS_MAX  UINT64_C(1000000000)
#define RT_PLAN_RETRIES_MAX 250 /* attempts are counted in a byte */
#define RT_PLAN_THREADS_MAX 65536
#define RT_PLAN_OUTPUT_MAX  (INT64_C(64) << 20) /* bytes of stdout, and of stderr, per attempt */
#define RT_PLAN_MEMORY_MAX  (INT64_C(1) << 50)
#define RT_PLAN_GPUS_MAX    1024000 /* thousandths of one */

/* Reads a plan object. RT_EDAMAGED when it is none, RT_ENEWER for a later format. */
int rt_plan_new(const struct rt_json *json, struct rt_plan **out, struct rt_err *err);
void rt_plan_free(struct rt_plan *plan);

const struct rt_json *rt_plan_json(const struct rt_plan *plan);
const char *rt_plan_name(const struct rt_plan *plan);
uint64_t rt_plan_count(const struct rt_plan *plan);  /* points: levels times replicates */
uint64_t rt_plan_levels(const struct rt_plan *plan); /* points of one replicate */
uint32_t rt_plan_retries(const struct rt_plan *plan);
uint64_t rt_plan_timeout_us(const struct rt_plan *plan); /* 0: none */
uint64_t rt_plan_output_bytes(const struct rt_plan *plan);
uint32_t rt_plan_threads(const struct rt_plan *plan);
uint64_t rt_plan_memory_limit(const struct rt_plan *plan);  /* bytes per attempt; 0: none */
uint64_t rt_plan_memory(const struct rt_plan *plan);        /* bytes a trial needs; 0: unknown */
uint32_t rt_plan_gpus_permille(const struct rt_plan *plan); /* of one GPU; 0: none */
bool rt_plan_fresh(const struct rt_plan *plan);             /* a process for each trial */

/* How the values of an axis are had. */
enum rt_axis_kind {
    RT_AXIS_LISTED,  /* from the plan */
    RT_AXIS_EVEN,    /* from + level * step */
    RT_AXIS_DERIVED, /* computed in other ways */
};

/* A value of an axis, cheap to bind and to print. */
struct rt_value {
    enum rt_json_kind kind;
    int64_t integer;         /* INT and BOOL */
    double real;             /* REAL */
    char text[RT_REAL_TEXT]; /* canonical JSON of INT and REAL */
    const char *json;        /* canonical JSON of all other kinds; borrowed from the plan */
    const char *string;      /* STRING: its characters; borrowed from the plan */
};

size_t rt_plan_axes(const struct rt_plan *plan);
const char *rt_plan_axis_key(const struct rt_plan *plan, size_t axis); /* "opt.lr" if nested */
enum rt_axis_kind rt_plan_axis_kind(const struct rt_plan *plan, size_t axis);
uint64_t rt_plan_axis_stride(const struct rt_plan *plan, size_t axis); /* equal: zipped */
uint64_t rt_plan_axis_count(const struct rt_plan *plan, size_t axis);
void rt_plan_axis_value(const struct rt_plan *plan, size_t axis, uint64_t level,
                        struct rt_value *value);
/* Likewise, but numbers come without their text, which costs more than all else. */
void rt_plan_axis_bare_value(const struct rt_plan *plan, size_t axis, uint64_t level,
                             struct rt_value *value);
/* Whether params lack the key at this level; and whether not all levels of the axis are alike. */
bool rt_plan_axis_lacks(const struct rt_plan *plan, size_t axis, uint64_t level);
bool rt_plan_axis_varies(const struct rt_plan *plan, size_t axis);
/* The first of the axes that vary and change together with this one, which varies, and how many
 * they are. */
size_t rt_plan_axis_group(const struct rt_plan *plan, size_t axis, size_t *members);

/* The values that the plan lists for an axis (0: none, all are numbers of one kind), and one. */
uint64_t rt_plan_axis_listed(const struct rt_plan *plan, size_t axis);
void rt_plan_axis_listed_value(const struct rt_plan *plan, size_t axis, uint64_t number,
                               struct rt_value *value);

/* Which level of an axis, and which replicate (from 1), point `index` has. */
uint64_t rt_plan_level(const struct rt_plan *plan, uint64_t index, size_t axis);
uint32_t rt_plan_replicate(const struct rt_plan *plan, uint64_t index);

/* Replays list their points: seeds and replicates are those of the originals, and the plan's
 * replicates are repeats of all points (from 1). Of other plans a repeat is the replicate. */
bool rt_plan_lists_points(const struct rt_plan *plan);
/* What a point is from: a number in "replay.studies", an ordinal, the attempt that it is compared
 * with. False if the plan does not say so. */
struct rt_plan_origin {
    size_t study;
    uint64_t ordinal;
    uint32_t attempt;
};
bool rt_plan_origin(const struct rt_plan *plan, uint64_t index, struct rt_plan_origin *out);
uint32_t rt_plan_repeat(const struct rt_plan *plan, uint64_t index);
/* What a replayed trial is told while it runs, at the calls at which its original heard it: objects
 * with "call", "reports", and "stop" (a reason), "params" or both. NULL: nothing. */
const struct rt_json *rt_plan_told(const struct rt_plan *plan, uint64_t index);

/* Seed of a point: the first 32 bits of a hash of the study's seed and the
 * replicate (and, with seeds "per-trial", the params). docs/plan.md. */
uint32_t rt_plan_seed(const struct rt_plan *plan, uint64_t index);

/* Appends the params of a point: canonical JSON, fixed ones and axes merged. */
void rt_plan_params(const struct rt_plan *plan, uint64_t index, struct rt_buf *out);

/* A plan with a driver has no points to begin with. Proposing one gives a point its params, in
 * canonical form with those that all trials share; the next one is number rt_plan_count(). Agents
 * know only the points that they have, and forget them. */
bool rt_plan_driven(const struct rt_plan *plan);
void rt_plan_propose(struct rt_plan *plan, uint64_t index, uint32_t replicate,
                     struct rt_span params);
void rt_plan_forget(struct rt_plan *plan, uint64_t index);
/* Merges what a driver said of one trial into what all share, in canonical form. RT_EUSAGE. */
int rt_plan_merge(const struct rt_plan *plan, const struct rt_json *own, struct rt_buf *out,
                  struct rt_err *err);
/* Hands the points of one plan with a driver over to another one, which has none. */
void rt_plan_hand_over(struct rt_plan *from, struct rt_plan *to);

/* The seed of a trial with this replicate and these params, in canonical form. */
uint32_t rt_plan_seed_of(const struct rt_plan *plan, uint32_t replicate, struct rt_span params);

/* The key of a point by component, in the order of rt_key_names: entry, code, params, inputs, seed,
 * environment, threads. The environment (store/environment.h) is that of the attempt that stands
 * for the trial; NULL: none does yet. */
#define RT_KEY_COMPONENTS 7
extern const char *const rt_key_names[RT_KEY_COMPONENTS];
void rt_plan_key(const struct rt_plan *plan, uint64_t index, const struct rt_hash *environment,
                 struct rt_hash components[RT_KEY_COMPONENTS], struct rt_hash *key);

#endif
