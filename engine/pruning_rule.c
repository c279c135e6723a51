/* The rules. Each sees one report, with what it has kept of all before. */
#include "engine/pruning_rule.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

double rt_rule_key(const struct rt_rule *rule, double value)
{
    if (isnan(value))
        return INFINITY;
    return rule->maximize ? -value : value;
}

double rt_rule_value(const struct rt_rule *rule, double key)
{
    return rule->maximize ? -key : key;
}

struct rt_rung *rt_rule_rung(struct rt_rule *rule, int64_t step, bool make)
{
    size_t from = 0;
    size_t to = rule->rung_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (rule->rungs[middle].step < step)
            from = middle + 1;
        else
            to = middle;
    }
    if (from < rule->rung_count && rule->rungs[from].step == step)
        return &rule->rungs[from];
    if (!make)
        return NULL;
    rule->rungs =
        rt_grow(rule->rungs, &rule->rung_capacity, rule->rung_count + 1, sizeof *rule->rungs);
    memmove(rule->rungs + from + 1, rule->rungs + from,
            (rule->rung_count++ - from) * sizeof *rule->rungs);
    rule->rungs[from] = (struct rt_rung){.step = step};
    return &rule->rungs[from];
}

size_t rt_rung_better(const struct rt_rung *rung, double key)
{
    size_t from = 0;
    size_t to = rung->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (rung->keys[middle] < key)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void rt_rule_keep(struct rt_rule *rule, int64_t step, double key)
{
    struct rt_rung *rung;
    size_t at;

    if (rule->kept >= RT_PRUNING_KEPT_MAX)
        return;
    rule->kept++;
    rung = rt_rule_rung(rule, step, true);
    at = rt_rung_better(rung, key);
    rung->keys = rt_grow(rung->keys, &rung->capacity, rung->count + 1, sizeof *rung->keys);
    memmove(rung->keys + at + 1, rung->keys + at, (rung->count++ - at) * sizeof *rung->keys);
    rung->keys[at] = key;
}

void rt_rule_median(struct rt_rule *rule, struct rt_curve *curve, int64_t step, double value,
                    struct rt_ruling *verdict)
{
    const struct rt_rung *rung = rt_rule_rung(rule, step, false);
    double median;
    size_t half;

    (void)value;
    if (!rung || rung->count == 0 || (int64_t)rung->count < rule->after)
        return;
    half = rung->count / 2;
    median = rung->count % 2 ? rung->keys[half] : rung->keys[half - 1] / 2 + rung->keys[half] / 2;
    if (!(curve->best > median))
        return;
    verdict->stop = true;
    snprintf(verdict->text, sizeof verdict->text,
             "median: its best %.100s up to step %" PRId64 ", %.6g, is worse than %.6g, the median "
             "of %zu trials at that step",
             rule->metric, step, rt_rule_value(rule, curve->best), rt_rule_value(rule, median),
             rung->count);
}

/* The highest rung at or below a step; -1 if it is below the first. Steps from `max` on are none.
 */
static int64_t rung_of(const struct rt_rule *rule, int64_t step)
{
    int64_t rung = -1;

    for (int64_t at = rule->min; at <= step && (!rule->max || at < rule->max); at *= rule->factor) {
        rung = at;
        if (at > INT64_MAX / rule->factor)
            break;
    }
    return rung;
}

void rt_rule_asha(struct rt_rule *rule, struct rt_curve *curve, int64_t step, double value,
                  struct rt_ruling *verdict)
{
    int64_t at = rung_of(rule, step);
    double key = rt_rule_key(rule, value);
    const struct rt_rung *rung;
    size_t better;
    size_t best;

    if (at < 0 || at <= curve->rung)
        return;
    curve->rung = at;
    rt_rule_keep(rule, at, key);
    if (!(rung = rt_rule_rung(rule, at, false)))
        return;
    better = rt_rung_better(rung, key);
    best = rung->count / (size_t)rule->factor;
    best = best ? best : 1;
    if (better < best)
        return;
    verdict->stop = true;
    snprintf(verdict->text, sizeof verdict->text,
             "asha: with %.100s %.6g at step %" PRId64 " it is number %zu of %zu trials that have "
             "reached step %" PRId64 ", of which the best %zu go%s on",
             rule->metric, value, step, better + 1, rung->count, at, best, best == 1 ? "es" : "");
}

void rt_rule_threshold(struct rt_rule *rule, struct rt_curve *curve, int64_t step, double value,
                       struct rt_ruling *verdict)
{
    const char *how = isnan(value)          ? "is not a number"
                      : value < rule->lower ? "is below"
                      : value > rule->upper ? "is above"
                                            : NULL;

    (void)curve;
    if (!how)
        return;
    verdict->stop = true;
    if (isnan(value))
        snprintf(verdict->text, sizeof verdict->text, "threshold: %.100s at step %" PRId64 " %s",
                 rule->metric, step, how);
    else
        snprintf(verdict->text, sizeof verdict->text,
                 "threshold: %.100s %.6g at step %" PRId64 " %s %.6g", rule->metric, value, step,
                 how, value < rule->lower ? rule->lower : rule->upper);
}

void rt_rule_patience(struct rt_rule *rule, struct rt_curve *curve, int64_t step, double value,
                      struct rt_ruling *verdict)
{
    (void)value;
    if ((int64_t)curve->since < rule->steps)
        return;
    verdict->stop = true;
    snprintf(verdict->text, sizeof verdict->text,
             "patience: up to step %" PRId64 " %.100s has not become better than %.6g in %" PRIu64
             " reports",
             step, rule->metric, rt_rule_value(rule, curve->mark), curve->since);
}
