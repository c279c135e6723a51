#ifndef RT_REPLAY_PAIRED_H
#define RT_REPLAY_PAIRED_H
/* The two sides of a replay's pairs, and paired differences of their metrics. */
#include "replay/measure.h"
#include "replay/verdict.h"

struct rt_sides {
    struct rt_measure *originals; /* of each point of one repeat */
    struct rt_measure *replayed;  /* of each trial of the plan, by its point */
    uint64_t points;
    uint64_t trials;
    const struct rt_study **studies; /* of originals, as the plan numbers them; or NULL */
    const char **ids;                /* of these */
    size_t study_count;
    char *stopped; /* why trials that wait could not be run; NULL: nobody has tried */
};

int rt_sides_read(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
                  struct rt_sides *sides, struct rt_err *err);
/* The id of the study that the original of a point is of; borrowed from the plan. */
const char *rt_sides_study(const struct rt_sides *sides, uint64_t point);
void rt_sides_clear(struct rt_sides *sides);

/* Values of metrics, one list per metric. */
struct rt_samples {
    char *metric;
    double *values;
    uint64_t *keys; /* what each belongs to */
    size_t count;
    size_t value_capacity;
    size_t key_capacity;
};
struct rt_sample_table {
    struct rt_samples *items; /* by name, once sorted */
    size_t count;
    size_t capacity;
};
void rt_sample_add(struct rt_sample_table *table, struct rt_span metric, double value,
                   uint64_t key);
void rt_sample_sort(struct rt_sample_table *table);
void rt_sample_clear(struct rt_sample_table *table);

#endif
