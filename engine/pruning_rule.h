#ifndef RT_ENGINE_PRUNING_RULE_H
#define RT_ENGINE_PRUNING_RULE_H
/* What the files of pruning share; for nobody else. Values are kept as keys: less is better, and
 * NaN is worst. */
#include "engine/pruning.h"

#define RT_PRUNING_KEPT_MAX (8u << 20) /* values of other trials that a rule keeps */

/* What was had at a step, sorted. */
struct rt_rung {
    int64_t step;
    double *keys;
    size_t count;
    size_t capacity;
};

struct rt_point {
    int64_t step;
    double key;
};

/* A trial, as far as a rule needs to know it. */
struct rt_curve {
    uint32_t attempt;
    uint64_t number; /* of its last report */
    bool stopped;
    bool ended;
    double best;
    double mark;             /* patience: what is to be beaten */
    uint64_t since;          /* patience: reports since it was */
    int64_t rung;            /* asha: the highest step of a rung that it has reached; -1: none */
    struct rt_point *points; /* median: until it ends */
    size_t count;
    size_t capacity;
};

struct rt_rule;
typedef void rt_rule_judge(struct rt_rule *rule, struct rt_curve *curve, int64_t step, double value,
                           struct rt_ruling *verdict);

struct rt_rule {
    const char *name; /* of the kind */
    rt_rule_judge *judge;
    char *metric;
    bool maximize;
    int64_t warmup_steps;
    int64_t after;
    int64_t min;
    int64_t max; /* 0: none */
    int64_t factor;
    int64_t steps;
    double lower;
    double upper;
    double by;
    struct rt_curve **curves; /* by ordinal - 1 */
    size_t curve_room;
    struct rt_rung *rungs; /* by step */
    size_t rung_count;
    size_t rung_capacity;
    uint64_t kept;
};

double rt_rule_key(const struct rt_rule *rule, double value);
double rt_rule_value(const struct rt_rule *rule, double key);
/* The rung of a step; with `make` it is made. NULL: there is none. */
struct rt_rung *rt_rule_rung(struct rt_rule *rule, int64_t step, bool make);
/* How many keys of a rung are better. */
size_t rt_rung_better(const struct rt_rung *rung, double key);
void rt_rule_keep(struct rt_rule *rule, int64_t step, double key);

rt_rule_judge rt_rule_median;
rt_rule_judge rt_rule_asha;
rt_rule_judge rt_rule_threshold;
rt_rule_judge rt_rule_patience;

#endif
