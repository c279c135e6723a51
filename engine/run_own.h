#ifndef RT_ENGINE_RUN_OWN_H
#define RT_ENGINE_RUN_OWN_H
/* Rank 0 while it completes a study: the inside of run.c and run_*.c. */
#include "engine/agent.h"
#include "engine/conductor.h"
#include "engine/depot.h"
#include "engine/driving.h"
#include "engine/findings.h"
#include "engine/idle.h"
#include "engine/notices.h"
#include "engine/prepare.h"
#include "engine/record.h"
#include "engine/run.h"
#include "engine/serve.h"

#define RT_REPORT_US 100000u /* between reports */
#define RT_FIND_US   500000u /* between looks at parameters that do not matter */

/* Rank 0 at work. */
struct rt_conducting {
    const struct rt_run_options *options;
    struct rt_prepared prepared;
    struct rt_conductor *conductor;
    struct rt_driving *driving; /* NULL: nothing drives the study, or not yet */
    bool driven;                /* a driver is to propose trials */
    struct rt_pruning *pruning;
    struct rt_depot *depot;
    struct rt_agent *agent;
    struct rt_recorder recorder;
    struct rt_actions actions;
    uint64_t durable; /* the last event that the conductor knows to be so */
    struct rt_serve *serve;
    struct rt_idle idle;
    struct rt_findings findings;
    struct rt_notices notices;
    uint64_t find_us;
    bool asked;  /* somebody is at the control socket */
    bool late;   /* most of this turn is over: a message may ask for another */
    bool active; /* something happened in this turn: do not sleep before the next */
    struct rt_standing standing;
    int stops; /* requests to stop that were passed on */
    uint64_t report_us;
    uint64_t start_us;
    bool time_up; /* the wall time, less its margin */
    bool finished;
};

/* Gives the conductor an input, and carries out what it decides. */
int rt_conducting_step(struct rt_conducting *run, const struct rt_input *input, struct rt_err *err);
/* run_hear.c: delivers all messages that have come. `late`: the turn is nearly over. */
int rt_conducting_hear(struct rt_conducting *run, bool late, struct rt_buf *message,
                       struct rt_err *err);
/* Carries out what the conductor decided, in order. */
int rt_conducting_carry_out(struct rt_conducting *run, struct rt_err *err);

/* run_drive.c: the driver's turn. The program starts once there are workers, of which it is told
 * how many. */
int rt_conducting_drive(struct rt_conducting *run, struct rt_err *err);

/* run_report.c. For the hooks of those names. */
int rt_conducting_begin(struct rt_conducting *run, struct rt_err *err);
void rt_conducting_joined(struct rt_conducting *run, struct rt_span agent);
/* Reports what is durable: called right after a commit, or when nothing is pending.
 */
void rt_conducting_report(struct rt_conducting *run, bool last);
/* Looks for parameters that do not matter. */
void rt_conducting_look(struct rt_conducting *run);
/* Says what holds at the end, the index included. */
void rt_conducting_sum_up(struct rt_conducting *run);
/* Trials that are done and stay so. */
uint64_t rt_conducting_decided(const struct rt_progress *progress);

#endif
