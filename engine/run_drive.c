/* The program that proposes the trials of a study, in the loop of rank 0. */
#include "engine/run_own.h"

#include "base/clock.h"

static int append_for_driver(void *context, enum rt_event_kind kind, struct rt_span body,
                             uint64_t *seq, struct rt_err *err)
{
    struct rt_conducting *run = context;

    return rt_record(&run->recorder, kind, body, seq, err);
}

static int commit_for_driver(void *context, struct rt_err *err)
{
    struct rt_conducting *run = context;

    run->active = true; /* what waited for it is next */
    return rt_record_commit(&run->recorder, err);
}

static uint64_t workers_for_driver(void *context)
{
    struct rt_conducting *run = context;
    struct rt_progress progress;

    rt_conductor_progress(run->conductor, &progress);
    return progress.slots;
}

static void prefer_for_driver(void *context, uint64_t ordinal, int32_t priority)
{
    struct rt_conducting *run = context;

    rt_conductor_prefer(run->conductor, ordinal, priority);
}

static int tell_for_driver(void *context, const struct rt_tell *tell, struct rt_err *err)
{
    struct rt_conducting *run = context;
    struct rt_input input = {.kind = RT_INPUT_TELL, .tell = tell};
    int rc = rt_conductor_step(run->conductor, &input, rt_mono_us(), &run->actions, err);

    return rc < 0 ? rc : rt_conducting_carry_out(run, err);
}

static void notice_for_driver(void *context, const char *text)
{
    const struct rt_conducting *run = context;

    if (run->options->notice)
        run->options->notice(run->options->context, text);
}

static int start_driver(struct rt_conducting *run, struct rt_err *err)
{
    struct rt_driving_options options = {
        .nursery = run->options->nursery,
        .store = run->prepared.store,
        .study = run->prepared.study,
        .launch = run->prepared.launch,
        .folder = run->prepared.folder,
        .strict = run->options->strict,
        .append = append_for_driver,
        .commit = commit_for_driver,
        .workers = workers_for_driver,
        .prefer = prefer_for_driver,
        .tell = tell_for_driver,
        .notice = notice_for_driver,
        .context = run,
    };

    run->driven = false;
    return rt_driving_new(&options, &run->driving, err);
}

int rt_conducting_drive(struct rt_conducting *run, struct rt_err *err)
{
    const struct rt_err *failure;
    int rc = 0;

    if (run->driven && !run->stops && workers_for_driver(run) > 0)
        rc = start_driver(run, err);
    if (rc < 0 || !run->driving)
        return rc;
    if ((rc = rt_driving_step(run->driving, rt_mono_us(), err)) < 0)
        return rc;
    run->active |= rc > 0;
    run->recorder.answered = rt_driving_answered(run->driving);
    failure = rt_driving_failure(run->driving);
    if (failure) {
        rt_conductor_give_out(run->conductor, failure, rt_mono_us(), &run->actions);
        return rt_conducting_carry_out(run, err);
    }
    rt_conductor_set_open(run->conductor, rt_driving_open(run->driving));
    return 0;
}
