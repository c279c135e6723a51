#include "engine/pruning_rule.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct rt_pruning {
    struct rt_rule *rules;
    size_t count;
};

static const struct {
    const char *name;
    rt_rule_judge *judge;
} kinds[] = {
    {"median", rt_rule_median},
    {"asha", rt_rule_asha},
    {"threshold", rt_rule_threshold},
    {"patience", rt_rule_patience},
};

static double get_number(const struct rt_json *json, const char *name, double fallback)
{
    const struct rt_json *value = rt_json_get(json, name);

    return value ? rt_json_number(value) : fallback;
}

static int read_rule(struct rt_rule *rule, const struct rt_json *json, struct rt_err *err)
{
    const char *name = rt_json_get_text(json, "rule", "");
    const char *metric = rt_json_get_text(json, "metric", NULL);

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            rule->name = kinds[i].name;
            rule->judge = kinds[i].judge;
        }
    }
    if (!rule->judge)
        return rt_err_set(err, RT_ENEWER,
                          "the plan has the pruning rule \"%.64s\", which this "
                          "program does not know",
                          name);
    rule->metric = metric ? rt_strdup(metric) : NULL;
    rule->maximize = strcmp(rt_json_get_text(json, "goal", "minimize"), "maximize") == 0;
    rule->warmup_steps = rt_json_get_int(json, "warmup_steps", 0);
    rule->after = rt_json_get_int(json, "after", 5);
    rule->min = rt_json_get_int(json, "min", 1);
    rule->max = rt_json_get_int(json, "max", 0);
    rule->factor = rt_json_get_int(json, "factor", 3);
    rule->steps = rt_json_get_int(json, "steps", 0);
    rule->lower = get_number(json, "lower", -INFINITY);
    rule->upper = get_number(json, "upper", INFINITY);
    rule->by = get_number(json, "by", 0);
    if (!metric || rule->min < 1 || rule->factor < 2 || rule->after < 1)
        return rt_err_set(err, RT_EDAMAGED, "member \"pruning\" of the plan is malformed");
    return 0;
}

int rt_pruning_new(const struct rt_json *member, struct rt_pruning **out, struct rt_err *err)
{
    const struct rt_json *rules = rt_json_get(member, "rules");
    struct rt_pruning *pruning;
    int rc = 0;

    *out = NULL;
    if (rt_json_count(rules) == 0 || rt_json_bool(rt_json_get(member, "off")))
        return 0;
    pruning = rt_calloc(1, sizeof *pruning);
    pruning->rules = rt_calloc(rt_json_count(rules), sizeof *pruning->rules);
    for (size_t i = 0; rc == 0 && i < rt_json_count(rules); i++)
        rc = read_rule(&pruning->rules[pruning->count++], rt_json_at(rules, i), err);
    if (rc < 0)
        rt_pruning_free(pruning);
    else
        *out = pruning;
    return rc;
}

static void free_curve(struct rt_curve *curve)
{
    if (curve)
        free(curve->points);
    free(curve);
}

static void clear_rule(struct rt_rule *rule)
{
    for (size_t i = 0; i < rule->curve_room; i++)
        free_curve(rule->curves[i]);
    for (size_t i = 0; i < rule->rung_count; i++)
        free(rule->rungs[i].keys);
    free(rule->curves);
    free(rule->rungs);
    free(rule->metric);
}

void rt_pruning_free(struct rt_pruning *pruning)
{
    if (!pruning)
        return;
    for (size_t i = 0; i < pruning->count; i++)
        clear_rule(&pruning->rules[i]);
    free(pruning->rules);
    free(pruning);
}

static struct rt_curve *curve_of(struct rt_rule *rule, uint64_t ordinal, bool make)
{
    struct rt_curve **curve;
    size_t before = rule->curve_room;

    if (ordinal > before && !make)
        return NULL;
    rule->curves = rt_grow(rule->curves, &rule->curve_room, (size_t)ordinal, sizeof(void *));
    for (size_t i = before; i < rule->curve_room; i++)
        rule->curves[i] = NULL;
    curve = &rule->curves[ordinal - 1];
    if (!*curve && make) {
        *curve = rt_calloc(1, sizeof **curve);
        (*curve)->best = (*curve)->mark = INFINITY;
        (*curve)->rung = -1;
    }
    return *curve;
}

static void add_point(struct rt_rule *rule, struct rt_curve *curve, struct rt_point point)
{
    if (point.key < curve->best)
        curve->best = point.key;
    if (point.key < curve->mark - rule->by || (isinf(curve->mark) && point.key < curve->mark)) {
        curve->mark = point.key;
        curve->since = 0;
    } else if (point.step >= rule->warmup_steps) {
        curve->since++;
    }
    curve->points =
        rt_grow(curve->points, &curve->capacity, curve->count + 1, sizeof *curve->points);
    curve->points[curve->count++] = point;
}

/* Another attempt of a trial: of the ones before counts what came before its first step, as it
 * goes on from a checkpoint; all of it is told again otherwise. */
static void begin_attempt(struct rt_rule *rule, struct rt_curve *curve, uint32_t attempt,
                          int64_t step)
{
    size_t count = curve->count;

    curve->attempt = attempt;
    curve->number = 0;
    curve->stopped = curve->ended = false;
    curve->best = curve->mark = INFINITY;
    curve->since = 0;
    curve->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (curve->points[i].step < step)
            add_point(rule, curve, curve->points[i]);
    }
}

static void judge(struct rt_rule *rule, const struct rt_report *report, struct rt_ruling *verdict)
{
    struct rt_curve *curve;
    double value;

    if (rt_report_find(report, rule->metric, &value) < 0)
        return;
    curve = curve_of(rule, report->ordinal, true);
    if (report->attempt < curve->attempt)
        return;
    if (report->attempt > curve->attempt)
        begin_attempt(rule, curve, report->attempt, report->step);
    if (report->number <= curve->number)
        return;
    curve->number = report->number;
    add_point(rule, curve, (struct rt_point){report->step, rt_rule_key(rule, value)});
    if (report->step < rule->warmup_steps || curve->stopped || verdict->stop)
        return;
    rule->judge(rule, curve, report->step, value, verdict);
    if (verdict->stop)
        verdict->rule = rule->name;
}

/* What one rule has stopped, no other stops again. */
static void stop(struct rt_rule *rule, const struct rt_report *report)
{
    struct rt_curve *curve = curve_of(rule, report->ordinal, true);

    if (report->attempt > curve->attempt)
        begin_attempt(rule, curve, report->attempt, report->step);
    curve->stopped = true;
}

void rt_pruning_report(struct rt_pruning *pruning, const struct rt_report *report,
                       struct rt_ruling *verdict)
{
    *verdict = (struct rt_ruling){.stop = false};
    for (size_t i = 0; i < pruning->count; i++)
        judge(&pruning->rules[i], report, verdict);
    for (size_t i = 0; verdict->stop && i < pruning->count; i++)
        stop(&pruning->rules[i], report);
}

/* After a failure another attempt may go on from what there is. */
static void end_curve(struct rt_rule *rule, struct rt_curve *curve, enum rt_outcome outcome)
{
    if (curve->ended || (outcome != RT_OUTCOME_OK && outcome != RT_OUTCOME_PRUNED))
        return;
    curve->ended = true;
    if (outcome == RT_OUTCOME_OK && rule->judge == rt_rule_median) {
        for (size_t i = 0; i < curve->count; i++)
            rt_rule_keep(rule, curve->points[i].step, curve->points[i].key);
    }
    free(curve->points);
    curve->points = NULL;
    curve->count = curve->capacity = 0;
}

void rt_pruning_ended(struct rt_pruning *pruning, uint64_t ordinal, enum rt_outcome outcome)
{
    for (size_t i = 0; i < pruning->count; i++) {
        struct rt_curve *curve = curve_of(&pruning->rules[i], ordinal, false);

        if (curve)
            end_curve(&pruning->rules[i], curve, outcome);
    }
}
