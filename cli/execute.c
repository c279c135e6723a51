#include "cli/execute.h"

#include "base/escape.h"
#include "base/quantity.h"
#include "cli/environments.h"
#include "cli/failures.h"
#include "cli/verdicts.h"
#include "cli/guard.h"
#include "cli/progress.h"
#include "cli/supervise.h"
#include "cli/surroundings.h"
#include "cli/walltime.h"
#include "engine/comm_launcher.h"
#include "engine/retry.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GRACE_S        30
#define SILENCE_MIN_S  3
#define PUBLISH_MIN_US 100000

static volatile sig_atomic_t stops;

static void ask_to_stop(int number)
{
    (void)number;
    stops = stops + 1;
}

/* The first signal asks for an orderly end, the second for one at once. Ranks other than the
 * conductor's leave the decision to it: their launcher signals all of them alike. */
static void catch_signals(bool conductor)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    struct sigaction action = {.sa_handler = conductor ? ask_to_stop : SIG_IGN};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int check(const struct rt_execute_options *execute, struct rt_err *err)
{
    if (execute->workers < 0 || execute->workers > 4096)
        return rt_err_set(err, RT_EUSAGE, "-j takes a number of workers from 1 to 4096, not %d",
                          execute->workers);
    if (execute->grace < 0)
        return rt_err_set(err, RT_EUSAGE, "--grace takes seconds, not %d", execute->grace);
    if (execute->silence != 0 && (execute->silence < SILENCE_MIN_S || execute->silence > 86400))
        return rt_err_set(err, RT_EUSAGE, "--silence takes seconds from %d to 86400, not %d",
                          SILENCE_MIN_S, execute->silence);
    return 0;
}

static int publish_interval(const char *text, uint64_t *us, struct rt_err *err)
{
    int64_t value;

    *us = 0;
    if (!text)
        return 0;
    if (!rt_quantity_parse(text, rt_durations, &value) || value < PUBLISH_MIN_US)
        return rt_err_set(err, RT_EUSAGE,
                          "--publish takes a duration from 100ms on, such as 5s, not \"%s\"", text);
    *us = (uint64_t)value;
    return 0;
}

/* What an agent has to say of itself is another matter: the launch goes on without it. */
static bool leaves_on_purpose(int rc)
{
    return rc == 0 || rc == RT_ETRIALS || rc == RT_EUSAGE || rc == RT_ECONFLICT ||
           rc == RT_ENOTFOUND || rc == RT_ELOCKED || rc == RT_EINTERRUPTED || rc == RT_EPEER;
}

/* Open MPI ends the others soon after the first rank that leaves with another code than 0, and rank
 * 0 may not have told yet what the study came to. */
static bool is_told_by_rank_0(int rc)
{
    return rc == RT_ETRIALS || rc == RT_EINTERRUPTED;
}

void rt_execute_say_next(const struct rt_cmd_context *context)
{
    struct rt_buf words = RT_BUF_INIT;
    bool options = true;

    for (int i = 0; i < context->argc; i++) {
        options = options && strcmp(context->argv[i], "--") != 0;
        if (options && strcmp(context->argv[i], "--fresh") == 0) /* that would begin once more */
            continue;
        rt_buf_add(&words, i ? " " : "");
        rt_escape_shell(&words, rt_span_text(context->argv[i]));
    }
    fprintf(stderr, "to go on, run the same command again%s: %s\n",
            context->guard ? ", by the same launcher" : "", rt_buf_text(&words));
    rt_buf_clear(&words);
}

static void say_aside(uint64_t count)
{
    if (count)
        fprintf(stderr,
                "%llu of them %s set aside, because agents were lost with %s: --retry lost tries "
                "%s again\n",
                (unsigned long long)count, count == 1 ? "was" : "were",
                count == 1 ? "it" : "each of them", count == 1 ? "it" : "them");
}

/* " --store FOLDER", if one was given; yours. */
static char *store_words(const struct rt_cmd_context *context)
{
    struct rt_buf words = RT_BUF_INIT;

    if (context->store_option) {
        rt_buf_add(&words, " --store ");
        rt_escape_shell(&words, rt_span_text(context->store_option));
    }
    return rt_buf_take(&words);
}

static void say_retry(const struct rt_cmd_context *context, const char *study)
{
    char *words = store_words(context);

    fprintf(stderr, "retrial%s resume %s --retry all tries them again\n", words, study);
    free(words);
}

/* A replay that verifies asks whether its trials came out as their originals did, good or bad. One
 * that could not be started has a verdict, too. */
int rt_execute_compare(const char *store, const char *study, int rc, struct rt_err *err)
{
    struct rt_err own;
    struct rt_verdicts_end end;
    int judged = rt_verdicts_after(store, study, true, &end, &own);

    if (judged < 0)
        return rt_err_set(err, judged,
                          "%s; what it came to is recorded: retrial verdict %s shows it", own.text,
                          study);
    return rt_verdicts_conclusion(&end, rc, err);
}

/* What is wrong is told before anything is started. */
static int supervise(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                     struct rt_run_options *options, struct rt_err *err)
{
    const struct rt_supervise_options supervise = {
        .restarts = execute->supervise,
        .launcher = execute->launcher,
        .walltime = execute->walltime,
    };
    const struct rt_walltime walltime = {execute->walltime, execute->margin, options->grace_us,
                                         .elsewhere = !execute->margin};
    uint64_t stop_us;
    int rc;

    options->store_path = context->store_option;
    if ((rc = check(execute, err)) < 0 || (rc = rt_walltime(&walltime, &stop_us, err)) < 0)
        return rc;
    return rt_supervise(context, &supervise, options, err);
}

/* Rank 0 stops for all. */
static int find_end(const struct rt_execute_options *execute, const char *comm,
                    struct rt_run_options *options, struct rt_err *err)
{
    const char *rank = rt_launcher_rank();
    const struct rt_walltime walltime = {execute->walltime, execute->margin, options->grace_us,
                                         .elsewhere = strcmp(comm, "local") != 0 && rank[0] &&
                                                      strcmp(rank, "0") != 0};

    return rt_walltime(&walltime, &options->stop_us, err);
}

static void note_closing(void *guard)
{
    rt_guard_note(guard, RT_GUARD_CLOSING);
}

int rt_execute(struct rt_cmd_context *context, const struct rt_execute_options *execute,
               struct rt_run_options *options, struct rt_err *err)
{
    struct rt_surroundings surroundings = {.options = options};
    struct rt_progress_bar bar;
    const char *comm;
    char *store = NULL;
    bool first;
    int rc;

    if (execute->supervise || execute->launcher)
        return supervise(context, execute, options, err);
    rt_progress_bar_init(&bar, execute->quiet);
    options->grace_us = (uint64_t)(execute->grace ? execute->grace : GRACE_S) * 1000000u;
    if ((rc = check(execute, err)) < 0 ||
        (rc = publish_interval(execute->publish, &options->publish_us, err)) < 0 ||
        (execute->retry && (rc = rt_retry_parse(execute->retry, &options->retry, err)) < 0) ||
        (rc = rt_comm_detect(&comm, err)) < 0 || (rc = find_end(execute, comm, options, err)) < 0 ||
        (rc = rt_comm_open(comm, &options->comm, err)) < 0)
        return rc;
    rt_guard_note(context->guard, RT_GUARD_JOINED);
    catch_signals(options->comm->rank == 0);
    options->closing = note_closing;
    options->closing_context = context->guard;
    options->nursery = context->nursery;
    options->argc = context->argc;
    options->argv = context->argv;
    options->store_path = context->store_option;
    options->home = execute->home;
    options->workers = (uint32_t)execute->workers;
    options->restarted = execute->restarted;
    options->strict = execute->strict;
    options->silence_us = (uint64_t)execute->silence * 1000000u;
    options->stop = &stops;
    options->report = rt_progress_bar_report;
    options->notice = rt_progress_bar_notice;
    options->context = &bar;
    options->conclude = rt_verdicts_conclude;
    options->begin = rt_surroundings_begin;
    options->joined = rt_surroundings_joined;
    options->surroundings = &surroundings;
    first = options->comm->rank == 0;
    rc = rt_run(options, &store, err);
    rt_surroundings_clear(&surroundings);
    if (leaves_on_purpose(rc))
        rt_guard_note(context->guard, RT_GUARD_LEAVING);
    if (!first && is_told_by_rank_0(rc))
        rc = 0;
    rt_progress_bar_end(&bar);
    if ((rc == 0 || rc == RT_ETRIALS) && store && bar.study[0])
        rt_environments_print(store, bar.study, stderr, NULL);
    if (rc == RT_ETRIALS && store) {
        rt_failures_print(store, bar.study, stderr, NULL);
        say_aside(bar.aside);
    }
    if (rc == RT_ETRIALS && store && bar.bad && !execute->quiet)
        say_retry(context, bar.study);
    /* All trials are well: it was the driver that failed. */
    if (store && (rc == RT_EINTERRUPTED || (rc == RT_ETRIALS && !bar.bad && !execute->quiet)))
        rt_execute_say_next(context);
    if ((rc == 0 || rc == RT_ETRIALS || rc == RT_EUSAGE) && store && bar.study[0])
        rc = rt_execute_compare(store, bar.study, rc, err);
    free(store);
    return rc;
}
