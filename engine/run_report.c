/* What rank 0 tells people while a study runs, and at its end. */
#include "engine/run_own.h"

#include "base/clock.h"

#define LEVEL_US 60000000u /* the index gets so long to come level before the summary */

static void tell_finding(void *context, const char *text)
{
    struct rt_conducting *run = context;

    rt_serve_warn(run->serve, text);
    if (run->options->notice)
        run->options->notice(run->options->context, text);
}

int rt_conducting_begin(struct rt_conducting *run, struct rt_err *err)
{
    const struct rt_run_options *options = run->options;

    if (!options->begin || !run->prepared.launch)
        return 0;
    return options->begin(options->surroundings, run->prepared.store, run->prepared.study, err);
}

void rt_conducting_joined(struct rt_conducting *run, struct rt_span agent)
{
    struct rt_json *about = NULL;

    if (run->options->joined && rt_json_parse(agent, &about, NULL) == 0)
        run->options->joined(run->options->surroundings, about);
    rt_json_free(about);
}

uint64_t rt_conducting_decided(const struct rt_progress *progress)
{
    uint64_t sum = 0;

    for (int i = 0; i < RT_OUTCOMES; i++)
        sum += progress->done[i];
    return sum > progress->again ? sum - progress->again : 0;
}

void rt_conducting_report(struct rt_conducting *run, bool last)
{
    struct rt_standing *standing = &run->standing;
    uint64_t now = rt_mono_us();
    uint64_t done;

    if (!last && (now < run->report_us || run->recorder.last > run->recorder.durable))
        return;
    run->report_us = now + RT_REPORT_US;
    rt_conductor_progress(run->conductor, &standing->progress);
    rt_notices_look(&run->notices, &standing->progress, tell_finding, run);
    standing->best = run->recorder.best;
    if (run->driving)
        rt_driving_progress(run->driving, &standing->driver);
    standing->unmeasured = run->recorder.succeeded && !run->recorder.measured;
    standing->elapsed_us = now - run->start_us;
    done = rt_conducting_decided(&standing->progress);
    standing->ended = done > standing->at_start ? done - standing->at_start : 0;
    rt_serve_standing(run->serve, standing);
    if (run->options->report)
        run->options->report(run->options->context, standing, last);
}

void rt_conducting_look(struct rt_conducting *run)
{
    struct rt_index_status status;
    uint64_t now = rt_mono_us();

    if (now < run->find_us || run->recorder.last > run->recorder.durable)
        return;
    run->find_us = now + RT_FIND_US;
    rt_store_index_status(run->prepared.store, &status);
    rt_notices_index(&run->notices, &status, tell_finding, run);
    rt_findings_look(&run->findings, tell_finding, run);
}

void rt_conducting_sum_up(struct rt_conducting *run)
{
    rt_store_index_wait(run->prepared.store, LEVEL_US);
    rt_findings_sum_up(&run->findings, tell_finding, run);
}
