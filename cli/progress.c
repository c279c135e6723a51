#include "cli/progress.h"

#include "base/buf.h"
#include "base/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CELLS     24        /* of the bar */
#define LINE_US   10000000u /* between lines where there is no terminal */
#define SECOND_US 1000000.0

void rt_progress_bar_init(struct rt_progress_bar *bar, bool quiet)
{
    memset(bar, 0, sizeof *bar);
    bar->terminal = isatty(2);
    bar->quiet = quiet;
}

static uint64_t decided(const struct rt_progress *progress)
{
    uint64_t sum = 0;

    for (int i = 0; i < RT_OUTCOMES; i++)
        sum += progress->done[i];
    return sum > progress->again ? sum - progress->again : 0;
}

/* "950 ms", "12.3 s", "4 min 05 s", "3 h 20 min" */
static void put_span(struct rt_buf *line, double seconds)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);

    if (seconds < 1)
        rt_buf_printf(line, "%.0f ms", seconds * 1000);
    else if (seconds < 60)
        rt_buf_printf(line, "%.1f s", seconds);
    else if (seconds < 3600)
        rt_buf_printf(line, "%lu min %02lu s", whole / 60, whole % 60);
    else
        rt_buf_printf(line, "%lu h %02lu min", whole / 3600, whole % 3600 / 60);
}

static void put_rate(struct rt_buf *line, double rate)
{
    if (rate >= 1000)
        rt_buf_printf(line, "%.0f/s", rate);
    else if (rate >= 1)
        rt_buf_printf(line, "%.1f/s", rate);
    else if (rate > 0)
        rt_buf_printf(line, "%.1f/min", rate * 60);
}

static void put_bar(struct rt_buf *line, double share)
{
    int full = (int)(share * CELLS);

    rt_buf_add(line, "[");
    for (int i = 0; i < CELLS; i++)
        rt_buf_add(line, i < full ? "#" : ".");
    rt_buf_add(line, "]");
}

static uint64_t bad(const struct rt_progress *progress)
{
    return progress->done[RT_OUTCOME_FAILED] + progress->done[RT_OUTCOME_CRASHED] +
           progress->done[RT_OUTCOME_TIMEOUT] + progress->done[RT_OUTCOME_LOST];
}

static void put_bad(struct rt_buf *line, const struct rt_progress *progress)
{
    for (int i = RT_OUTCOME_FAILED; i <= RT_OUTCOME_TIMEOUT; i++) {
        if (progress->done[i])
            rt_buf_printf(line, "  %llu %s", (unsigned long long)progress->done[i],
                          rt_outcome_name((enum rt_outcome)i));
    }
    if (progress->done[RT_OUTCOME_LOST])
        rt_buf_printf(line, "  %llu set aside",
                      (unsigned long long)progress->done[RT_OUTCOME_LOST]);
}

static void put_best(struct rt_buf *line, const struct rt_standing *standing)
{
    if (standing->best.known)
        rt_buf_printf(line, "  best %s %.6g (%s.%llu)", standing->metric, standing->best.value,
                      standing->study_id, (unsigned long long)standing->best.ordinal);
}

/* How many trials there will be at the end; 0: only the driver knows. */
static uint64_t expected(const struct rt_standing *standing)
{
    if (!standing->driven || standing->driver.finished)
        return standing->progress.planned;
    return standing->driver.limit;
}

/* "37/60  62 %"; without a limit for the driver "37 done". */
static void put_share(struct rt_buf *line, const struct rt_standing *standing, bool bar)
{
    uint64_t done = decided(&standing->progress);
    uint64_t all = expected(standing);
    double share = all ? (double)done / (double)all : 1;

    if (!all && standing->driven) {
        rt_buf_printf(line, "%llu done  ", (unsigned long long)done);
        return;
    }
    if (bar) {
        put_bar(line, share);
        rt_buf_add(line, "  ");
    }
    rt_buf_printf(line, "%llu/%llu  %.0f %%  ", (unsigned long long)done, (unsigned long long)all,
                  share * 100);
}

/* What a driver has asked for; "it" until it has caught up with what it asked before. */
static void put_driver(struct rt_buf *line, const struct rt_driving_progress *driver)
{
    if (!driver->live && driver->repeated)
        rt_buf_printf(line, "  driver catching up, %llu requests",
                      (unsigned long long)driver->repeated);
    else
        rt_buf_printf(line, "  %llu asked, %llu in flight", (unsigned long long)driver->asked,
                      (unsigned long long)driver->open);
}

static void put_memory(struct rt_buf *line, const struct rt_driving_progress *driver)
{
    if (driver->memory_kib)
        rt_buf_printf(line, "  driver %llu MiB", (unsigned long long)driver->memory_kib >> 10);
}

static void put_line(struct rt_buf *line, const struct rt_standing *standing, bool bar)
{
    const struct rt_progress *progress = &standing->progress;
    uint64_t done = decided(progress);
    uint64_t all = expected(standing);
    double rate = standing->elapsed_us
                      ? (double)standing->ended / ((double)standing->elapsed_us / SECOND_US)
                      : 0;

    rt_buf_printf(line, "%s  ", standing->study_name);
    put_share(line, standing, bar);
    put_rate(line, rate);
    if (rate > 0 && done < all && !progress->stopping) {
        rt_buf_add(line, "  ETA ");
        put_span(line, (double)(all - done) / rate);
    }
    if (progress->stopping && done < progress->planned)
        rt_buf_add(line, "  stopping");
    if (standing->driven)
        put_driver(line, &standing->driver);
    put_bad(line, progress);
    put_best(line, standing);
    if (standing->driven)
        put_memory(line, &standing->driver);
}

static size_t columns(void)
{
    struct winsize size;

    return ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

/* What is no failure. */
static void put_others(struct rt_buf *line, const struct rt_progress *progress)
{
    if (progress->done[RT_OUTCOME_PRUNED])
        rt_buf_printf(line, ", %llu pruned", (unsigned long long)progress->done[RT_OUTCOME_PRUNED]);
    if (progress->done[RT_OUTCOME_SKIPPED])
        rt_buf_printf(line, ", %llu skipped",
                      (unsigned long long)progress->done[RT_OUTCOME_SKIPPED]);
}

/* The end of a study in one sentence. */
static void put_end(struct rt_buf *line, const struct rt_standing *standing)
{
    const struct rt_progress *progress = &standing->progress;
    double seconds = (double)standing->elapsed_us / SECOND_US;
    uint64_t done = decided(progress);
    bool over = !standing->driven || standing->driver.finished;

    rt_buf_printf(line, "%s (%s): ", standing->study_name, standing->study_id);
    if (standing->driven && progress->planned == 0) {
        rt_buf_printf(line, "the driver %s for no trial", over ? "asked" : "has so far asked");
        return;
    }
    if (over && standing->ended == 0 && done == progress->planned) {
        rt_buf_printf(line, "complete, nothing to do: %llu trials, %llu ok",
                      (unsigned long long)progress->planned,
                      (unsigned long long)progress->done[RT_OUTCOME_OK]);
        put_others(line, progress);
        put_bad(line, progress);
        return;
    }
    rt_buf_printf(line, "%llu of %llu trials done, %llu ok", (unsigned long long)done,
                  (unsigned long long)progress->planned,
                  (unsigned long long)progress->done[RT_OUTCOME_OK]);
    put_others(line, progress);
    put_bad(line, progress);
    rt_buf_printf(line, "; %llu now in ", (unsigned long long)standing->ended);
    put_span(line, seconds);
    if (standing->ended && seconds > 0) {
        rt_buf_add(line, " (");
        put_rate(line, (double)standing->ended / seconds);
        rt_buf_add(line, ")");
    }
    put_best(line, standing);
}

void rt_progress_bar_end(struct rt_progress_bar *bar)
{
    if (bar->drawn)
        fputs("\r\033[K", stderr);
    bar->drawn = false;
}

void rt_progress_bar_notice(void *context, const char *text)
{
    struct rt_progress_bar *bar = context;
    struct rt_buf shown = RT_BUF_INIT;

    rt_progress_bar_end(bar);
    rt_escape_text(&shown, rt_span_text(text));
    fprintf(stderr, "%s\n", rt_buf_text(&shown));
    rt_buf_clear(&shown);
}

/* A study is to find its best trial, and none has what tells. */
static bool lacks_objective(const struct rt_standing *standing)
{
    return standing->metric && !standing->best.known && standing->at_start == 0 &&
           standing->progress.done[RT_OUTCOME_OK] > 0;
}

static void say_end(const struct rt_standing *standing, struct rt_buf *line)
{
    put_end(line, standing);
    if (lacks_objective(standing))
        rt_buf_printf(
            line,
            "\nwarning: no trial has a value of the objective \"%s\"; retrial ls %s shows "
            "what they returned",
            standing->metric, standing->study_id);
    else if (standing->unmeasured && !standing->metric)
        rt_buf_add(line, "\nwarning: no trial gave a metric; a function returns them, a command "
                         "prints a number or a JSON object last, or \"result\" in its study file "
                         "says where they are");
}

static void report(struct rt_progress_bar *bar, const struct rt_standing *standing, bool last)
{
    struct rt_buf line = RT_BUF_INIT;
    size_t used;
    size_t fits;

    snprintf(bar->study, sizeof bar->study, "%s", standing->study_id);
    bar->aside = standing->progress.done[RT_OUTCOME_LOST];
    bar->bad = bad(&standing->progress);
    if (bar->quiet || (last && standing->progress.failure))
        return; /* a failure has words of its own */
    if (last) {
        rt_progress_bar_end(bar);
        say_end(standing, &line);
        fprintf(stderr, "%s\n", rt_buf_text(&line));
    } else if (bar->terminal) {
        put_line(&line, standing, true);
        fits = rt_escape_fit(rt_buf_span(&line), columns() - 1, &used);
        fprintf(stderr, "\r%.*s\033[K", (int)fits, rt_buf_text(&line));
        bar->drawn = true;
    } else if (standing->elapsed_us >= bar->next_us + LINE_US) {
        bar->next_us = standing->elapsed_us;
        put_line(&line, standing, false);
        fprintf(stderr, "%s\n", rt_buf_text(&line));
    }
    fflush(stderr);
    rt_buf_clear(&line);
}

void rt_progress_bar_report(void *context, const struct rt_standing *standing, bool last)
{
    struct rt_standing shown = *standing;
    char *name = rt_escaped(standing->study_name);
    char *metric = standing->metric ? rt_escaped(standing->metric) : NULL;

    shown.study_name = name;
    shown.metric = metric;
    report(context, &shown, last);
    free(name);
    free(metric);
}
