#ifndef RT_CLI_PROGRESS_H
#define RT_CLI_PROGRESS_H
/*
 * Progress on stderr: one line that is drawn again on a terminal, a line
 * every now and then elsewhere, and a sentence at the end.
 */
#include <stdbool.h>
#include "engine/run.h"

struct rt_progress_bar {
    bool terminal;
    bool quiet;
    bool drawn;       /* a line stands on the terminal and is not ended */
    uint64_t next_us; /* when to print a line elsewhere */
    uint64_t aside;   /* trials that two agents were lost with */
    uint64_t bad;     /* trials that did not succeed */
    char study[16];   /* id of the study that was reported on; "" before the first report */
};

void rt_progress_bar_init(struct rt_progress_bar *bar, bool quiet);
/* Fits rt_run_options.report and .notice; context is the bar. */
void rt_progress_bar_report(void *context, const struct rt_standing *standing, bool last);
void rt_progress_bar_notice(void *context, const char *text);
/* Ends a line that was drawn. */
void rt_progress_bar_end(struct rt_progress_bar *bar);

#endif
