#include "engine/run_own.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "engine/earlier_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEAT_US     1000000u  /* between beats, at least; more of them with many ranks */
#define BEATS_PER_S 1000u     /* of all ranks together, about */
#define SILENCE_US  30000000u /* an agent silent for so long is given up */
#define ORPHAN      4         /* times that: of a silent conductor an agent starts nothing new */
#define PATIENCE    20        /* times that: it is taken for dead */
#define STARTUP_US  20000000u
#define FDS_MAX     1024

static uint64_t silence_us(const struct rt_run_options *options)
{
    return options->silence_us ? options->silence_us : SILENCE_US;
}

/* Often enough that one beat may be late, and that thousands of ranks do not keep rank 0 busy. */
static uint64_t beat_us(const struct rt_run_options *options)
{
    uint64_t us = (uint64_t)options->comm->size * 1000000u / BEATS_PER_S;
    uint64_t often = silence_us(options) / 6;

    us = us > BEAT_US ? us : BEAT_US;
    return us < often ? us : often;
}

static struct rt_agent *new_agent(const struct rt_run_options *options)
{
    struct rt_agent_options agent = {
        .comm = options->comm,
        .nursery = options->nursery,
        .workers = options->workers,
        .beat_us = beat_us(options),
        .silence_us = ORPHAN * silence_us(options),
        .patience_us = PATIENCE * silence_us(options),
    };

    return rt_agent_new(&agent);
}

int rt_conducting_carry_out(struct rt_conducting *run, struct rt_err *err)
{
    struct rt_comm *comm = run->options->comm;
    uint64_t seq;
    int rc = 0;

    for (size_t i = 0; i < run->actions.count; i++) {
        struct rt_action *action = &run->actions.items[i];

        if (rc == 0 && action->kind == RT_ACTION_APPEND) {
            rc = rt_record(&run->recorder, action->event, rt_buf_span(&action->bytes), &seq, err);
            if (rc == 0)
                rt_conductor_appended(run->conductor, seq);
            if (rc == 0 && action->event == RT_EVENT_CHECKPOINT)
                rc = rt_depot_appended(run->depot, seq, rt_buf_span(&action->bytes), err);
            if (rc == 0 && run->driving && action->event == RT_EVENT_ATTEMPTS)
                rc = rt_driving_attempts(run->driving, seq, rt_buf_span(&action->bytes), err);
            if (rc == 0 && run->driving && action->event == RT_EVENT_REPORTS)
                rc = rt_driving_reports(run->driving, seq, rt_buf_span(&action->bytes), err);
            if (rc == 0 && action->event == RT_EVENT_AGENT)
                rt_conducting_joined(run, rt_buf_span(&action->bytes));
        } else if (rc == 0 && action->kind == RT_ACTION_SEND) {
            rc = comm->ops->send(comm, action->rank, rt_buf_span(&action->bytes), err);
            run->active |= comm->polled;
        } else if (rc == 0) {
            run->finished = true;
        }
        rt_buf_clear(&action->bytes);
    }
    run->actions.count = 0;
    return rc;
}

int rt_conducting_step(struct rt_conducting *run, const struct rt_input *input, struct rt_err *err)
{
    int rc = rt_conductor_step(run->conductor, input, rt_mono_us(), &run->actions, err);

    return rc < 0 ? rc : rt_conducting_carry_out(run, err);
}

/* What rank 0 has said to itself since is heard at once: hardly any turn follows a commit then. */
static int hear_late(struct rt_conducting *run, struct rt_buf *message, struct rt_err *err)
{
    if (run->options->comm->polled || run->finished)
        return 0;
    return rt_conducting_hear(run, true, message, err);
}

static int commit_if_due(struct rt_conducting *run, struct rt_err *err)
{
    struct rt_input input = {.kind = RT_INPUT_DURABLE};
    int rc;

    run->recorder.urgent |= rt_conductor_awaits(run->conductor);
    if (rt_record_due(&run->recorder, rt_mono_us()) &&
        (rc = rt_record_commit(&run->recorder, err)) < 0)
        return rc;
    if (run->recorder.durable == run->durable)
        return 0;
    run->durable = input.seq = run->recorder.durable; /* perhaps by a commit of the driver's */
    rt_depot_durable(run->depot, input.seq);
    run->active |= run->driving || run->options->comm->polled;
    if (run->driving)
        rt_driving_durable(run->driving, run->recorder.durable);
    return rt_conducting_step(run, &input, err);
}

/* 1 once the wall time, less its margin, has passed. */
static int time_is_up(struct rt_conducting *run)
{
    const struct rt_run_options *options = run->options;

    if (!options->stop_us || rt_mono_us() < options->stop_us)
        return 0;
    if (!run->time_up && options->notice)
        options->notice(options->context, "the wall time is nearly up: no more trials are started");
    run->time_up = true;
    return 1;
}

/* At once: some launchers leave no time for words at the end. */
static void tell_stop(const struct rt_conducting *run)
{
    const struct rt_run_options *options = run->options;
    char text[160];

    if (!options->notice || run->time_up || run->prepared.homing.lost)
        return;
    snprintf(text, sizeof text,
             "stopping: no more trials are started, and those that run may end within %" PRIu64
             " s; the same command goes on later",
             options->grace_us / 1000000u);
    options->notice(options->context, text);
}

static int pass_stops_on(struct rt_conducting *run, struct rt_err *err)
{
    int asked = run->options->stop ? (int)*run->options->stop : 0;
    struct rt_input input = {.kind = RT_INPUT_STOP};
    int rc = 0;

    asked += rt_serve_stops(run->serve);
    asked += time_is_up(run);
    asked += run->prepared.homing.lost ? 2 : 0;
    if (asked > run->stops && run->stops < 2) {
        if (run->stops++ == 0)
            tell_stop(run);
        if (run->driving)
            rt_driving_stop(run->driving);
        rc = rt_conducting_step(run, &input, err);
    }
    return rc;
}

static int conclude(struct rt_conducting *run, struct rt_err *err)
{
    const struct rt_run_options *options = run->options;
    struct rt_store *store = run->prepared.store;
    int rc;

    if (!options->conclude)
        return 0;
    rc = options->conclude(options->hook_context, store, run->prepared.study, err);
    return rc < 0 ? rc : rt_store_commit(store, err);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static int wait_for_more(struct rt_conducting *run, struct rt_err *err)
{
    struct pollfd fds[FDS_MAX];
    uint64_t now = rt_mono_us();
    uint64_t wake = rt_conductor_wake_us(run->conductor);
    uint64_t wait = least(RT_REPORT_US, wake > now ? wake - now : 0);
    uint64_t idle = rt_idle_sleep_us(&run->idle, run->active, now);
    size_t clients = rt_serve_fds(run->serve, fds, FDS_MAX);
    size_t count = clients;
    int rc;

    wait = least(wait, rt_agent_wait_us(run->agent, now));
    wait = least(wait, rt_record_wait_us(&run->recorder, now));
    if (run->options->comm->polled)
        wait = least(wait, idle);
    if (run->active)
        wait = 0;
    run->active = false;
    if (run->driving) {
        count += rt_driving_fds(run->driving, fds + count);
        wait = least(wait, rt_driving_wait_us(run->driving, now));
    }
    count += rt_agent_fds(run->agent, fds + count, FDS_MAX - count);
    rc = rt_idle_wait(fds, count, wait, err);
    for (size_t i = 0; i < clients && rc > 0; i++)
        run->asked |= fds[i].revents != 0;
    return rc < 0 ? rc : 0;
}

static int turn(struct rt_conducting *run, struct rt_buf *message, struct rt_err *err)
{
    struct rt_input tick = {.kind = RT_INPUT_TICK};
    int rc;

    if ((rc = rt_agent_step(run->agent, rt_mono_us(), err)) < 0 ||
        (rc = rt_conducting_hear(run, false, message, err)) < 0 ||
        (rc = pass_stops_on(run, err)) < 0 || (rc = rt_conducting_drive(run, err)) < 0 ||
        (rc = rt_conducting_step(run, &tick, err)) < 0 || (rc = commit_if_due(run, err)) < 0 ||
        (rc = hear_late(run, message, err)) < 0)
        return rc;
    if (run->asked)
        rt_serve_step(run->serve);
    run->asked = false;
    rt_store_beat(run->prepared.store);
    rt_homing_look(&run->prepared.homing, run->options, run->serve);
    rt_conducting_report(run, false);
    rt_conducting_look(run);
    return 0;
}

static int conduct(struct rt_conducting *run, struct rt_err *err)
{
    struct rt_input input = {.kind = RT_INPUT_START};
    struct rt_buf message = RT_BUF_INIT;
    int rc = rt_conducting_step(run, &input, err);

    if (rc == 0)
        rc = rt_agent_join(run->agent, rt_mono_us(), err);
    while (rc == 0 && !run->finished) {
        rc = turn(run, &message, err);
        if (rc == 0 && !run->finished)
            rc = wait_for_more(run, err);
    }
    rt_buf_clear(&message);
    return rc;
}

/* What was reported and kept before this launch counts, too. */
static int recall_past(struct rt_conducting *run, struct rt_err *err)
{
    struct rt_store *store = run->prepared.store;
    const struct rt_study *study = rt_state_study(rt_store_state(store), run->prepared.study);
    int rc = rt_pruning_new(rt_json_get(rt_plan_json(study->plan), "pruning"), &run->pruning, err);

    if (rc < 0 || !run->prepared.launch ||
        (rc = rt_depot_new(store, study->number, &run->depot, err)) < 0 || !run->pruning)
        return rc;
    return rt_pruning_recall(run->pruning, store, study->number, err);
}

static void set_up(struct rt_conducting *run)
{
    const struct rt_run_options *options = run->options;
    const struct rt_state *state = rt_store_state(run->prepared.store);
    const struct rt_study *study = rt_state_study(state, run->prepared.study);
    struct rt_conductor_options conductor = {
        .launch = run->prepared.launch,
        .study = run->prepared.study,
        .ranks = (uint32_t)options->comm->size,
        .silence_us = silence_us(options),
        .beat_us = beat_us(options),
        .grace_us = options->grace_us,
        .startup_us = STARTUP_US,
        .retry = options->retry,
        .pruning = run->pruning,
    };

    run->start_us = rt_mono_us();
    run->driven = run->prepared.launch && rt_plan_driven(study->plan) && !study->finished;
    run->conductor = rt_conductor_new(&conductor, state, rt_buf_span(&run->prepared.study_message));
    rt_conductor_set_open(run->conductor, run->driven);
    run->recorder = (struct rt_recorder){.store = run->prepared.store,
                                         .metric = run->prepared.metric,
                                         .maximize = run->prepared.maximize,
                                         .driven = run->driven,
                                         .study = run->prepared.study};
    run->recorder.durable = run->recorder.last = rt_store_durable(run->prepared.store);
    run->standing = (struct rt_standing){
        .study_name = study->name,
        .study_id = study->id,
        .metric = run->prepared.metric,
        .driven = rt_plan_driven(study->plan),
        .driver = {.asked = study->planned,
                   .limit = (uint64_t)rt_json_get_int(
                       rt_json_get(rt_plan_json(study->plan), "driver"), "trials", 0),
                   .finished = study->finished}};
    rt_conductor_progress(run->conductor, &run->standing.progress);
    run->standing.at_start = rt_conducting_decided(&run->standing.progress);
    run->agent = run->prepared.launch ? new_agent(options) : NULL;
    rt_findings_init(&run->findings, run->prepared.store, run->prepared.study);
    run->find_us = run->start_us + RT_FIND_US;
    run->notices.asks_gpus = run->prepared.asks_gpus;
    run->serve = run->prepared.launch ? rt_serve_new(run->prepared.store) : NULL;
}

static int verdict(struct rt_conducting *run, struct rt_err *err)
{
    struct rt_progress progress;
    uint64_t good;

    rt_conductor_progress(run->conductor, &progress);
    good = progress.done[RT_OUTCOME_OK] + progress.done[RT_OUTCOME_PRUNED] +
           progress.done[RT_OUTCOME_SKIPPED];
    if (progress.failure) {
        *err = progress.why;
        return err->code = progress.failure;
    }
    if (rt_conducting_decided(&progress) < progress.planned || run->driven ||
        (run->driving && rt_driving_open(run->driving)))
        return rt_err_set(err, RT_EINTERRUPTED, "interrupted; what was recorded is safe");
    if (good < progress.planned)
        return rt_err_set(err, RT_ETRIALS, "%llu of %llu trials did not succeed",
                          (unsigned long long)(progress.planned - good),
                          (unsigned long long)progress.planned);
    return 0;
}

/* What could not even be started takes no trial's place: a mistake on the command line would else
 * hide all results. */
static int take_plan_back(struct rt_conducting *run, struct rt_err *err)
{
    const struct rt_run_options *options = run->options;
    int rc;

    if (!run->prepared.revised || run->standing.progress.failure != RT_EUSAGE ||
        run->standing.ended)
        return 0;
    rc = rt_earlier_plan_restore(run->prepared.store, run->prepared.study, err);
    if (rc == 1 && options->notice)
        options->notice(options->context, "nothing could be started: the study is as it was");
    return rc < 0 ? rc : 0;
}

/* Tells ranks that wait for a study that there will be none. */
static void dismiss(struct rt_comm *comm, int code)
{
    struct rt_wire wire = {.kind = RT_WIRE_STOP, .stop = {0, code}};
    struct rt_buf message = RT_BUF_INIT;

    rt_wire_put(&message, &wire);
    for (int rank = 1; rank < comm->size; rank++)
        comm->ops->send(comm, rank, rt_buf_span(&message), NULL);
    rt_buf_clear(&message);
}

/* What keeps the record from being whole counts for more than how the trials ended. */
static int close_store(struct rt_prepared *prepared, int rc, struct rt_err *err)
{
    struct rt_err closing = {0};
    int closed = rt_homing_close(&prepared->homing, prepared->store, &closing);

    if (closed < 0 && (rc == 0 || rc == RT_ETRIALS || rc == RT_EINTERRUPTED)) {
        *err = closing;
        rc = closed;
    }
    return rc;
}

/* *missing: some agent was given up and may not be there any more. */
static int run_conductor(const struct rt_run_options *options, char **store_path, bool *missing,
                         struct rt_err *err)
{
    struct rt_conducting run = {.options = options};
    int rc = rt_prepare(options, &run.prepared, err);

    if (rc < 0) {
        dismiss(options->comm, rc);
        goto out;
    }
    if (store_path)
        *store_path = rt_strdup(rt_store_path(run.prepared.store));
    if ((rc = recall_past(&run, err)) < 0 || (rc = rt_conducting_begin(&run, err)) < 0) {
        dismiss(options->comm, rc);
        goto out;
    }
    set_up(&run);
    if (run.prepared.launch)
        rc = conduct(&run, err);
    else
        dismiss(options->comm, 0);
    if (rc == 0) {
        rt_conducting_report(&run, true);
        rt_conducting_sum_up(&run);
        *missing = run.standing.progress.missing > 0;
        if ((rc = take_plan_back(&run, err)) == 0 && (rc = conclude(&run, err)) == 0)
            rc = verdict(&run, err);
    }
out:
    rt_driving_free(run.driving);
    rt_serve_free(run.serve);
    rt_findings_clear(&run.findings);
    rt_agent_free(run.agent);
    rt_conductor_free(run.conductor);
    rt_pruning_free(run.pruning);
    rt_depot_free(run.depot);
    rt_actions_clear(&run.actions);
    rt_prepared_clear(&run.prepared);
    return close_store(&run.prepared, rc, err);
}

int rt_run(const struct rt_run_options *options, char **store_path, struct rt_err *err)
{
    struct rt_agent *agent;
    bool missing = false;
    bool orderly;
    int rc;

    if (options->comm->rank == 0) {
        rc = run_conductor(options, store_path, &missing, err);
    } else {
        agent = new_agent(options);
        rc = rt_agent_live(agent, err);
        rt_agent_free(agent);
    }
    orderly = rc == 0 || rc == RT_ETRIALS || rc == RT_EUSAGE || rc == RT_ECONFLICT ||
              rc == RT_ENOTFOUND || rc == RT_ELOCKED;
    /* A launch that was stopped, too: rank 0 may still have to publish, and whoever leaves earlier
     * takes it along. */
    orderly |= rc == RT_EINTERRUPTED;
    if (orderly && options->closing)
        options->closing(options->closing_context);
    /* Who is missing does not come to the end, either: the launcher ends those who wait there. */
    options->comm->ops->close(options->comm, !orderly || missing);
    return rc;
}
