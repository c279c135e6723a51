#ifndef RT_ENGINE_RUN_H
#define RT_ENGINE_RUN_H
/*
 * One launch: completes a study, from its file to the last durable result.
 *
 * rt_run() is called by every rank with the same options. Rank 0 opens the
 * store, records launch, code and plan, conducts, and runs the agent of its
 * own node; all other ranks are agents alone and open nothing.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "engine/comm.h"
#include "engine/conductor.h"
#include "engine/driving.h"
#include "engine/nursery.h"
#include "store/store.h"

/* What to do when the code is not what an unfinished study ran with so far. */
enum rt_code_choice {
    RT_CODE_ASK,      /* stop with RT_ECONFLICT and say what changed */
    RT_CODE_RECORDED, /* go on with the code of the current plan */
    RT_CODE_CURRENT,  /* a new plan revision with the code as it is; its trials are new */
};

/* The best result so far, by the study's objective. */
struct rt_best {
    bool known;
    double value;
    uint64_t ordinal;
};

/* How the launch stands; all of it is durable. */
struct rt_standing {
    const char *study_name;
    const char *study_id;
    const char *metric; /* of the objective, or NULL */
    struct rt_progress progress;
    struct rt_best best;
    bool driven; /* by a driver, and how that stands */
    struct rt_driving_progress driver;
    bool unmeasured;     /* trials of this launch were ok, and none gave a metric */
    uint64_t elapsed_us; /* since trials could start */
    uint64_t ended;      /* attempts that ended in this launch */
    uint64_t at_start;   /* trials that were done before it */
};

struct rt_run_options {
    struct rt_comm *comm;
    struct rt_nursery *nursery;
    int argc; /* the command line, for the record */
    char **argv;
    const char *study_path; /* study file; or NULL */
    char *const *words;     /* without a file: an entry or a command, ended by NULL; or NULL to
                             * complete `study_name` as recorded */
    const struct rt_study_option *options; /* with words: further keys of a study file, or NULL */
    const char *study_name;                /* name or id; for resuming without a file */
    /* In place of them all: appends a study to the store, which is open for writing, and says which
     * it is. Rank 0 only; NULL: there is none. */
    int (*derive)(void *context, struct rt_store *store, uint32_t *study, struct rt_err *err);
    /* Called on rank 0 when no more trials of this launch will run and the index is level: may
     * append facts on the study, which are then committed. NULL: nothing is to be said. */
    int (*conclude)(void *context, struct rt_store *store, uint32_t study, struct rt_err *err);
    void *hook_context; /* of these two */
    /* Called on rank 0 before the first trial of a launch, and once an agent has told of itself,
     * before it gets a trial: the body of its AGENT event. May be NULL. */
    int (*begin)(void *context, struct rt_store *store, uint32_t study, struct rt_err *err);
    void (*joined)(void *context, const struct rt_json *agent);
    void *surroundings;     /* context of these two */
    const char *store_path; /* NULL: the nearest .retrial above the study file, else beside it */
    const char *home;       /* where to publish; NULL: as the store's folder or the store says */
    uint64_t publish_us;    /* between publications; 0: 5 s */
    char *const *settings;  /* -S, ended by NULL; may be NULL */
    uint64_t replicates;    /* instead of the file's; 0: the file's */
    uint64_t samples;       /* likewise */
    uint32_t workers;       /* of this rank; 0: as many as there are cores for */
    enum rt_code_choice code;
    unsigned retry;              /* outcomes whose trials get further attempts (engine/retry.h) */
    uint64_t stop_us;            /* asks to stop by itself then (monotonic); 0: never */
    uint64_t grace_us;           /* after a request to stop */
    bool strict;                 /* a driver that decides otherwise than before ends the launch */
    bool restarted;              /* the launch before died, and perhaps its host with it */
    uint64_t silence_us;         /* an agent silent for so long is given up; 0: the default */
    volatile sig_atomic_t *stop; /* counts requests to stop; may be NULL */
    /* Called on rank 0 at most every 100 ms, and at the end with `last` set. May be NULL. */
    void (*report)(void *context, const struct rt_standing *standing, bool last);
    /* Called on every rank that leaves in good order, before it waits for the others. May be NULL.
     */
    void (*closing)(void *context);
    void *closing_context;
    /* Words for the person at the keyboard: a notice, one line. May be NULL. */
    void (*notice)(void *context, const char *text);
    void *context;
};

/* Returns 0, RT_ETRIALS when some trials did not succeed, RT_EINTERRUPTED, or an error. The comm
 * is closed in any case. *store_path (rank 0, may be NULL) is the store that was used; yours. */
int rt_run(const struct rt_run_options *options, char **store_path, struct rt_err *err);

/* The plan that a run of this file would complete, as JSON; nothing is opened or written. */
int rt_run_plan(const struct rt_run_options *options, struct rt_json **plan, struct rt_err *err);

/* Writes the study file that says what a run would complete. */
int rt_run_save(const struct rt_run_options *options, const char *path, struct rt_err *err);

#endif
