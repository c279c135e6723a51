#ifndef RT_STORE_INDEX_CHECKS_H
#define RT_STORE_INDEX_CHECKS_H
/*
 * Whether swept parameters matter: tables axis_check, axis_pair, model_read.
 *
 * Trials that differ in one parameter alone, with the same replicate, so that
 * they were seeded alike, are compared: their metrics, bit by bit. The first
 * difference ends the comparing for that parameter, so that a healthy study
 * pays for its first few trials only. Parameters that change together (zipped,
 * listed, sampled) are also judged together, as if they were one.
 * docs/parameters-that-matter.md.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "store/event.h"

struct rt_index;
struct rt_index_table;

struct rt_index_check {
    char *key;
    size_t axis;      /* in the current plan; of a group, its first */
    size_t members;   /* parameters that are judged together, as they change together */
    bool one_of_many; /* it changes together with others, and is judged by itself */
    uint64_t pairs;
    bool differing;
    uint64_t groups; /* first trials kept in axis_pair */
    char *left_out;  /* found since the last commit */
    bool dirty;
};

struct rt_index_checks {
    struct rt_index_check *items;
    size_t count;
    size_t capacity;
    bool loaded;
    size_t open;    /* checks that compare on */
    uint64_t fixed; /* hash of what all points share */
    bool reads_stale;
};

void rt_index_checks_clear(struct rt_index_checks *checks);
/* The study has a new plan. */
int rt_index_checks_plan(struct rt_index *index, struct rt_index_table *table, uint64_t event,
                         struct rt_err *err);
/* A trial has ended well with the metrics in index->metrics. */
int rt_index_checks_trial(struct rt_index *index, struct rt_index_table *table, uint64_t point,
                          struct rt_err *err);
/* Something is known of what the model reads. */
int rt_index_apply_reads(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
/* At commit: writes what has changed. */
int rt_index_settle_checks(struct rt_index *index, struct rt_index_table *table,
                           struct rt_err *err);

#endif
