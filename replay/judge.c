#include "replay/judge.h"

#include "store/index_metrics.h"
#include "store/metric_name.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define NAMED 3 /* metrics that a reason names */

static const char *const names[RT_VERDICTS] = {"",          "IDENTICAL",       "WITHIN",
                                               "DIFFERENT", "OUTCOME CHANGED", "NOT COMPARABLE"};

const char *rt_verdict_name(enum rt_verdict verdict)
{
    return names[verdict];
}

struct comparison {
    const struct rt_tolerances *tolerances;
    const char *study;
    struct rt_buf *reason; /* of what is different; may be NULL */
    struct rt_buf *within; /* of what is not, by a tolerance */
    size_t different;
    size_t inside;
};

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Bit for bit. */
static bool same(const struct rt_datum *a, const struct rt_datum *b)
{
    if (a->type != b->type || !same_text(a->state, b->state))
        return false;
    if (a->state)
        return true;
    if (a->type == RT_COLUMN_REAL)
        return a->real == b->real && signbit(a->real) == signbit(b->real);
    if (a->type == RT_COLUMN_TEXT || a->type == RT_COLUMN_JSON)
        return a->text.size == b->text.size &&
               (!a->text.size || memcmp(a->text.data, b->text.data, a->text.size) == 0);
    return a->integer == b->integer;
}

static void put_value(struct rt_buf *out, const struct rt_datum *value)
{
    char text[RT_REAL_TEXT];
    size_t shown = value->text.size < 40 ? value->text.size : 40;

    if (value->state)
        rt_buf_add(out, value->state);
    else if (value->type == RT_COLUMN_REAL)
        rt_buf_add(out, rt_real_text(value->real, text));
    else if (value->type == RT_COLUMN_INTEGER)
        rt_buf_printf(out, "%lld", (long long)value->integer);
    else if (value->type == RT_COLUMN_BOOLEAN)
        rt_buf_add(out, value->integer ? "true" : "false");
    else if (value->type == RT_COLUMN_NONE)
        rt_buf_add(out, "null");
    else
        rt_buf_put(out, value->text.data, shown);
}

/* "val_acc 0.9 -> 0.91, loss 1.5 -> 1.25 and 4 more". */
static void put_pair(struct rt_buf *out, size_t number_of, const struct rt_metric *a,
                     const struct rt_metric *b)
{
    const struct rt_metric *known = a ? a : b;

    if (!out || number_of > NAMED)
        return;
    rt_buf_add(out, out->size ? ", " : "");
    rt_buf_put(out, known->name.data, known->name.size);
    rt_buf_add(out, " ");
    if (a)
        put_value(out, &a->value);
    else
        rt_buf_add(out, "missing");
    rt_buf_add(out, " -> ");
    if (b)
        put_value(out, &b->value);
    else
        rt_buf_add(out, "missing");
}

/* 0.91 is within 0.01 of 0.9, though their doubles are a trifle more apart. */
static bool is_within(double a, double b, double most)
{
    double trifle = most > 0 ? 4 * DBL_EPSILON * fmax(fabs(a), fabs(b)) : 0;

    return fabs(b - a) <= most + trifle;
}

static void compare_metric(struct comparison *comparison, const struct rt_metric *a,
                           const struct rt_metric *b)
{
    struct rt_span name = a ? a->name : b->name;
    double before = 0;
    double after = 0;
    bool numbers =
        a && b && rt_datum_number(&a->value, &before) && rt_datum_number(&b->value, &after);
    bool named;
    double most =
        rt_tolerances_allow(comparison->tolerances, comparison->study, name, before, &named);

    if ((a && b && same(&a->value, &b->value)) || (rt_metric_is_time(name) && !named))
        return;
    if (numbers && is_within(before, after, most))
        put_pair(comparison->within, ++comparison->inside, a, b);
    else
        put_pair(comparison->reason, ++comparison->different, a, b);
}

static enum rt_verdict compare_results(struct rt_span a, struct rt_span b,
                                       struct comparison *comparison)
{
    struct rt_metrics before = {0};
    struct rt_metrics after = {0};

    rt_metrics_read(&before, a);
    rt_metrics_read(&after, b);
    for (size_t i = 0; i < before.count; i++)
        compare_metric(comparison, &before.items[i],
                       rt_metrics_find(&after, i, before.items[i].name));
    for (size_t i = 0; i < after.count; i++) {
        if (!rt_metrics_find(&before, i, after.items[i].name))
            compare_metric(comparison, NULL, &after.items[i]);
    }
    rt_metrics_clear(&before);
    rt_metrics_clear(&after);
    return comparison->different ? RT_VERDICT_DIFFERENT
           : comparison->inside  ? RT_VERDICT_WITHIN
                                 : RT_VERDICT_IDENTICAL;
}

static enum rt_verdict no_comparison(struct rt_buf *reason, const char *why)
{
    if (reason)
        rt_buf_add(reason, why);
    return RT_VERDICT_NOT_COMPARABLE;
}

static enum rt_verdict outcome_changed(const struct rt_measured *a, const struct rt_measured *b,
                                       struct rt_buf *reason)
{
    if (reason && a->outcome != b->outcome)
        rt_buf_printf(reason, "%s -> %s", rt_outcome_name(a->outcome), rt_outcome_name(b->outcome));
    else if (reason)
        rt_buf_printf(reason, "%s with %d -> %d", rt_outcome_name(a->outcome), a->status,
                      b->status);
    return RT_VERDICT_OUTCOME;
}

static enum rt_verdict compare(const struct rt_measured *original,
                               const struct rt_measured *replayed,
                               const struct rt_tolerances *tolerances, const char *study,
                               struct rt_buf *reason)
{
    struct rt_buf within = RT_BUF_INIT;
    struct comparison comparison = {
        .tolerances = tolerances, .study = study, .reason = reason, .within = &within};
    enum rt_verdict verdict;

    if (original->outcome != replayed->outcome || original->status != replayed->status)
        return outcome_changed(original, replayed, reason);
    if (original->result.size == replayed->result.size &&
        (!original->result.size ||
         memcmp(original->result.data, replayed->result.data, original->result.size) == 0))
        return RT_VERDICT_IDENTICAL;
    verdict = compare_results(original->result, replayed->result, &comparison);
    if (reason && comparison.different > NAMED)
        rt_buf_printf(reason, " and %zu more", comparison.different - NAMED);
    if (reason && verdict == RT_VERDICT_WITHIN)
        rt_buf_put(reason, within.data, within.size);
    if (reason && verdict == RT_VERDICT_WITHIN && comparison.inside > NAMED)
        rt_buf_printf(reason, " and %zu more", comparison.inside - NAMED);
    rt_buf_clear(&within);
    return verdict;
}

enum rt_verdict rt_judge(const struct rt_measured *original, const struct rt_measured *replayed,
                         const struct rt_tolerances *tolerances, const char *study,
                         struct rt_buf *reason)
{
    enum rt_verdict verdict;

    if (replayed->outcome == RT_OUTCOME_NONE && !replayed->missing)
        return RT_VERDICT_NONE;
    if (original->missing || replayed->missing)
        return no_comparison(reason, original->missing ? original->missing : replayed->missing);
    if (original->outcome == RT_OUTCOME_NONE)
        return no_comparison(reason, "the original has not ended");
    if (original->outcome == RT_OUTCOME_LOST || replayed->outcome == RT_OUTCOME_LOST)
        return no_comparison(reason, replayed->outcome == RT_OUTCOME_LOST
                                         ? "the replay was lost with its host"
                                         : "the original was lost with its host");
    verdict = compare(original, replayed, tolerances, study, reason);
    if (!original->loose || (verdict != RT_VERDICT_DIFFERENT && verdict != RT_VERDICT_OUTCOME))
        return verdict;
    if (reason)
        rt_buf_printf(reason, "; %s", original->loose);
    return RT_VERDICT_NOT_COMPARABLE;
}
