#include "engine/driving_own.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_MAX       65536u      /* trials without an outcome; then the driver is not read */
#define OPEN_BYTES_MAX (64u << 20) /* of their params */
#define LINES          1000        /* heard in one step */
#define GOODBYE_US     2000000u    /* for a program that is asked to end */
#define SILENCE_US     60000000u
#define CHECK_US       5000000u /* the same where somebody waits for its decisions alone */

void rt_driving_say(struct rt_driving *driving, const char *format, ...)
{
    struct rt_buf text = RT_BUF_INIT;
    va_list args;
    char *line;

    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        abort();
    va_end(args);
    rt_buf_add(&text, line);
    free(line);
    if (driving->options.notice)
        driving->options.notice(driving->options.context, rt_buf_text(&text));
    rt_buf_clear(&text);
}

void rt_driving_fail(struct rt_driving *driving, int code, const char *format, ...)
{
    va_list args;

    if (driving->failure.code)
        return;
    va_start(args, format);
    rt_err_vset(&driving->failure, code, format, args);
    va_end(args);
}

int rt_driving_new(const struct rt_driving_options *options, struct rt_driving **out,
                   struct rt_err *err)
{
    struct rt_driving *driving = rt_calloc(1, sizeof *driving);
    int rc;

    driving->options = *options;
    driving->study = rt_state_study(rt_store_state(options->store), options->study);
    driving->settings = rt_json_get(rt_plan_json(driving->study->plan), "driver");
    driving->batch = 1;
    driving->began_us = driving->spoke_us = rt_mono_us();
    /* What the state knows and the journal has not yet would have no result. */
    rc = options->check ? 0 : options->commit(options->context, err);
    driving->durable = rt_store_durable(options->store);
    if (rc < 0 || (rc = rt_driving_survey(driving, err)) < 0 ||
        (rc = rt_driving_begin(driving, err)) < 0) {
        rt_driving_free(driving);
        driving = NULL;
    } else {
        rt_driving_prefer_again(driving);
    }
    *out = driving;
    return rc;
}

/* What it prints while it ends is shown. */
static void say_goodbye(struct rt_driver *program)
{
    struct pollfd fds[RT_DRIVER_FDS];
    uint64_t start = rt_mono_us();
    bool asked = false;

    rt_driver_close(program);
    while (!rt_driver_ended(program) && rt_mono_us() < start + GOODBYE_US) {
        struct rt_span line;

        if (!asked && rt_mono_us() > start + GOODBYE_US / 2) {
            rt_driver_signal(program, SIGTERM);
            asked = true;
        }
        rt_driver_step(program, true, NULL);
        while (rt_driver_line(program, &line, NULL) > 0)
            ;
        if (!rt_driver_ended(program))
            poll(fds, rt_driver_fds(program, true, fds), 20);
    }
}

void rt_driving_free(struct rt_driving *driving)
{
    if (!driving)
        return;
    if (driving->program && !driving->options.check)
        say_goodbye(driving->program);
    rt_driver_free(driving->program);
    rt_driving_drop_all(driving);
    rt_driving_drop_heard(driving);
    rt_driving_read_clear(driving);
    rt_survey_clear(&driving->survey);
    rt_beginning_clear(&driving->beginning);
    rt_buf_clear(&driving->proposals);
    rt_buf_clear(&driving->tells);
    free(driving->trials);
    free(driving->decided);
    free(driving->heard);
    free(driving);
}

/* A driver that floods waits until trials have ended. One that is replayed has been heard before.
 */
static bool listens(const struct rt_driving *driving)
{
    if (driving->stopping || driving->failure.code || driving->ended)
        return false;
    return !driving->live || (driving->open < OPEN_MAX && driving->open_bytes < OPEN_BYTES_MAX);
}

size_t rt_driving_fds(const struct rt_driving *driving, struct pollfd fds[RT_DRIVER_FDS])
{
    return rt_driver_fds(driving->program, listens(driving), fds);
}

/* Its turn: nothing runs that it could wait for, or it is replayed. */
static bool may_be_silent(const struct rt_driving *driving)
{
    return !driving->silent && !driving->finished && !driving->ended && !driving->stopping &&
           !driving->failure.code && !(driving->live && (driving->open || driving->decided_count));
}

static uint64_t silence_us(const struct rt_driving *driving)
{
    uint64_t limit = (uint64_t)rt_json_get_int(driving->settings, "silence_us", SILENCE_US);

    return driving->options.check && limit > CHECK_US ? CHECK_US : limit;
}

/* It may be that the program hangs, or that it thinks: only people can tell. */
static void notice_silence(struct rt_driving *driving, uint64_t mono_us)
{
    uint64_t limit = silence_us(driving);
    char *was;

    if (!may_be_silent(driving) || mono_us < driving->spoke_us + limit)
        return;
    driving->silent = true;
    if (driving->live) {
        rt_driving_say(
            driving,
            "the driver has said nothing for %" PRIu64
            " s, while no trial runs and it has been told all outcomes; it may think, or "
            "hang: Ctrl-C stops the launch",
            limit / 1000000);
        return;
    }
    was = rt_driving_shown(driving->script.turns[driving->script.at].text);
    rt_driving_say(driving,
                   "the driver has said nothing for %" PRIu64
                   " s, and before it went on with %s; Ctrl-C %s",
                   limit / 1000000, was, driving->options.check ? "ends this" : "stops the launch");
    free(was);
}

uint64_t rt_driving_wait_us(const struct rt_driving *driving, uint64_t mono_us)
{
    uint64_t limit = silence_us(driving);
    uint64_t left = rt_driving_time_left(driving, mono_us);
    uint64_t quiet = mono_us < driving->spoke_us + limit ? driving->spoke_us + limit - mono_us : 0;

    return may_be_silent(driving) && quiet < left ? quiet : left;
}

/* It is ended, and started once more, to be told what there is. */
static int start_afresh(struct rt_driving *driving, struct rt_err *err)
{
    int rc;

    rt_driver_free(driving->program);
    driving->program = NULL;
    if ((rc = driving->options.commit(driving->options.context, err)) < 0)
        return rc;
    driving->durable = rt_store_durable(driving->options.store);
    driving->decided_first = driving->decided_count = driving->ready = 0;
    driving->batch = 1;
    driving->repeated = 0;
    driving->stopped = driving->finished = driving->live = driving->reports = false;
    driving->spoke_us = rt_mono_us();
    rc = rt_driving_begin(driving, err);
    driving->diverged = false;
    return rc;
}

static int hear_all(struct rt_driving *driving, struct rt_err *err)
{
    struct rt_span line;
    int rc = 0;
    int i;

    for (i = 0; rc == 0 && i < LINES && listens(driving); i++) {
        int got = rt_driver_line(driving->program, &line, err);

        if (got == 0)
            return i > 0;
        driving->silent = false;
        driving->spoke_us = rt_mono_us();
        if (got < 0) {
            rt_driving_fail(driving, RT_ETRIALS, "the driver wrote what is no request (%s): %.*s",
                            err->text, (int)(line.size < 300 ? line.size : 300),
                            line.data ? (const char *)line.data : "");
            return 1;
        }
        /* What it says after its end is not asked for. */
        if (!driving->finished)
            rc = rt_driving_hear(driving, line, err);
        if (rc == 0 && driving->diverged && !driving->failure.code)
            return start_afresh(driving, err) < 0 ? err->code : 1;
    }
    return rc < 0 ? rc : i > 0;
}

/* In a replay it is of use to know where it was. */
static void fail_ended(struct rt_driving *driving, const char *how)
{
    const struct rt_script *script = &driving->script;
    char *before;

    if (driving->live || script->at >= script->count) {
        rt_driving_fail(driving, RT_ETRIALS, "the driver %s", how);
        return;
    }
    before = rt_driving_shown(script->turns[script->at].text);
    rt_driving_fail(driving, RT_ETRIALS,
                    "after %" PRIu64 " requests that were as before, where it had gone on with %s, "
                    "the driver %s",
                    driving->repeated, before, how);
    free(before);
}

/* Its end, once nothing that it wrote is left. */
static int see_end(struct rt_driving *driving, struct rt_err *err)
{
    struct rt_buf how = RT_BUF_INIT;
    int rc = 0;
    bool good;

    if (driving->ended || !rt_driver_ended(driving->program))
        return 0;
    driving->ended = true;
    good = rt_driver_describe_end(driving->program, &how);
    if (good && !driving->stopping && !driving->failure.code) {
        rc = rt_driving_hear_end(driving, err);
        if (rc == 0 && driving->diverged && !driving->failure.code) {
            driving->ended = false;
            rc = start_afresh(driving, err);
        }
    } else if (!driving->finished && !driving->stopping && !driving->failure.code) {
        fail_ended(driving, rt_buf_text(&how));
    } else if (!good && driving->finished) {
        rt_driving_say(driving, "the driver, which had finished, %s", rt_buf_text(&how));
    }
    rt_buf_clear(&how);
    return rc < 0 ? rc : 1;
}

static int record_failure(struct rt_driving *driving, struct rt_err *err)
{
    struct rt_json *body;

    if (!driving->failure.code || driving->recorded || driving->options.check)
        return 0;
    driving->recorded = true;
    body = rt_json_new_object();
    rt_json_set_text(body, "text", driving->failure.text);
    return rt_driving_append(driving, "fail", body, err);
}

int rt_driving_step(struct rt_driving *driving, uint64_t mono_us, struct rt_err *err)
{
    bool was_finished = driving->finished;
    bool was_failed = driving->failure.code != 0;
    int done = rt_driver_step(driving->program, listens(driving), err);
    int told = rt_driving_tell(driving, err); /* a new program is told first what there is */
    int heard = told < 0 ? told : hear_all(driving, err);
    bool quiet; /* nothing that it wrote is left, or is wanted */
    int rc;

    done |= told > 0;
    if (heard >= 0 && driving->options.check && driving->live)
        return 1; /* what would be next is of no interest */
    if (heard >= 0 && rt_driving_time_left(driving, mono_us) == 0)
        heard = (rc = rt_driving_check_limits(driving, err)) < 0 ? rc : 1;
    if (heard < 0 || (rc = rt_driving_flush(driving, err)) < 0)
        return heard < 0 ? heard : rc;
    if ((told = rt_driving_tell(driving, err)) < 0 || (rc = rt_driving_flush(driving, err)) < 0)
        return told < 0 ? told : rc;
    if ((driving->finished && !was_finished) || (driving->failure.code && !was_failed))
        rt_driver_close(driving->program);
    quiet = !heard && (listens(driving) || driving->stopping || driving->failure.code);
    if ((quiet && (rc = see_end(driving, err)) < 0) || (rc = record_failure(driving, err)) < 0)
        return rc;
    if (done || told)
        driving->spoke_us = mono_us; /* it has something to think about */
    notice_silence(driving, mono_us);
    return done || heard || told;
}

/* A trial that will be tried again has no outcome yet. */
static int take_attempt(struct rt_driving *driving, uint64_t seq, const struct rt_attempt *attempt)
{
    uint64_t point = rt_study_index(driving->study, attempt->ordinal);
    const struct rt_proposed *proposed = rt_driving_trial(driving, point);
    struct rt_trial trial = rt_state_trial(driving->study, attempt->ordinal);

    if (attempt->study != driving->study->number || !proposed || proposed->told ||
        proposed->result || trial.status != RT_TRIAL_DONE || trial.outcome != attempt->outcome)
        return 0;
    rt_driving_note(driving, point, attempt, attempt->result.data, attempt->reason.data, seq);
    rt_driving_decide(driving, point);
    return 1;
}

int rt_driving_attempts(struct rt_driving *driving, uint64_t seq, struct rt_span body,
                        struct rt_err *err)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    int rc;

    if (!driving->live) /* read from the journal when it has caught up */
        return 0;
    if ((rc = rt_attempts_open(&reader, body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0)
        take_attempt(driving, seq, &attempt);
    return rc;
}

void rt_driving_durable(struct rt_driving *driving, uint64_t seq)
{
    driving->durable = seq;
}

void rt_driving_stop(struct rt_driving *driving)
{
    if (driving->stopping)
        return;
    driving->stopping = true;
    rt_driver_close(driving->program);
}

void rt_driving_progress(const struct rt_driving *driving, struct rt_driving_progress *progress)
{
    *progress = (struct rt_driving_progress){
        .asked = driving->live ? driving->count : rt_plan_count(driving->study->plan),
        .limit = (uint64_t)rt_json_get_int(driving->settings, "trials", 0),
        .open = driving->live ? driving->open : rt_study_unfinished(driving->study),
        .repeated = driving->repeated,
        .live = driving->live,
        .finished = driving->finished,
        .memory_kib = rt_driver_memory_kib(driving->program),
    };
}

bool rt_driving_answered(const struct rt_driving *driving)
{
    uint64_t workers = driving->options.workers(driving->options.context);
    int64_t most = rt_json_get_int(driving->settings, "in_flight", (int64_t)workers);

    return driving->live && (driving->finished || driving->stopped ||
                             (int64_t)(driving->open + driving->decided_count) >= most);
}

bool rt_driving_open(const struct rt_driving *driving)
{
    return !driving->finished && !driving->failure.code;
}

const struct rt_err *rt_driving_failure(const struct rt_driving *driving)
{
    return driving->failure.code ? &driving->failure : NULL;
}

uint64_t rt_driving_repeated(const struct rt_driving *driving, bool *all)
{
    *all = driving->live;
    return driving->repeated;
}
