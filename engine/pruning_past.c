/* What pruning knows from before a launch: the journal has it. */
#include "engine/pruning.h"

#include "store/state.h"
#include "store/store.h"

struct past {
    struct rt_pruning *pruning;
    const struct rt_study *study;
};

/* Trials of an earlier plan ran other code, or other parameters: they count for nothing. */
static bool is_planned(const struct past *past, uint32_t study, uint64_t ordinal)
{
    return study == past->study->number && ordinal >= 1 && ordinal <= past->study->ordinals &&
           rt_study_index(past->study, ordinal) != UINT64_MAX;
}

static int take_reports(struct past *past, struct rt_span body, struct rt_err *err)
{
    struct rt_reports_reader reader;
    struct rt_report report;
    struct rt_ruling verdict;
    int rc;

    if ((rc = rt_reports_open(&reader, body, err)) < 0)
        return rc;
    while ((rc = rt_reports_next(&reader, &report, err)) > 0) {
        if (is_planned(past, report.study, report.ordinal))
            rt_pruning_report(past->pruning, &report, &verdict);
    }
    return rc;
}

static int take_attempts(struct past *past, struct rt_span body, struct rt_err *err)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    int rc;

    if ((rc = rt_attempts_open(&reader, body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0) {
        if (is_planned(past, attempt.study, attempt.ordinal))
            rt_pruning_ended(past->pruning, attempt.ordinal, attempt.outcome);
    }
    return rc;
}

static int take(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct past *past = context;

    if (event->kind == RT_EVENT_REPORTS)
        return take_reports(past, event->body, err);
    if (event->kind == RT_EVENT_ATTEMPTS)
        return take_attempts(past, event->body, err);
    return 0;
}

int rt_pruning_recall(struct rt_pruning *pruning, struct rt_store *store, uint32_t study,
                      struct rt_err *err)
{
    struct past past = {pruning, rt_state_study(rt_store_state(store), study)};

    return rt_store_read(store, 1, take, &past, err);
}
