#ifndef RT_ENGINE_ENTRY_H
#define RT_ENGINE_ENTRY_H
/*
 * Entries: what a study runs, in one of three kinds: a Python function, a
 * command, a C function. An entry is loaded once, in the template, and called
 * in the workers forked from it. docs/entries.md tells authors of models.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"
#include "engine/ended.h"
#include "engine/link.h"
#include "store/reads.h"

/* What an entry is loaded from. Texts must outlive the entry. */
struct rt_entry_task {
    const struct rt_json *entry; /* the plan's "entry" */
    const char *folder;          /* where its paths start: the code root in the checkout */
    const char *metric;          /* name of a bare number that comes back */
    bool metric_needed;          /* the study has an objective, which is that metric */
    const char *params;          /* a sample of their names; "null": a driver will tell */
    const char *python;          /* interpreter that fits our build; NULL: the build's own */
    uint32_t seed;               /* for random numbers drawn while loading */
    const int *handed;           /* control and task of this template (engine/template.h), for an
                                  * interpreter that takes its place; NULL: none may */
};

/* One call: a trial. */
struct rt_call {
    const char *id; /* "k3f9.17" */
    uint64_t ordinal;
    uint32_t attempt;
    uint32_t replicate;
    uint32_t seed;
    struct rt_span params; /* canonical JSON object, followed by a NUL */
    const char *scratch;   /* folder for files of ours beside the trial's working directory */
    int output;            /* the file that stdout goes to, for reading */
    uint64_t output_base;  /* where this trial's part of it starts */
    int errors;            /* the same of stderr */
    uint64_t errors_base;
    struct rt_reads *reads; /* of all trials of this worker: to be added to */
    struct rt_buf *live;    /* empty; for modules from past the snapshot that were not seen before,
                             * as a JSON object of name to path */
    struct rt_link *link;   /* what the trial may say and ask while it runs */
    /* rt_link_ask_json(), for entries in modules that are linked by themselves */
    void (*ask)(struct rt_link *link, struct rt_span question, struct rt_buf *answer);
};

struct rt_entry;

struct rt_entry_ops {
    void (*run)(struct rt_entry *entry, const struct rt_call *call, struct rt_ended *ended);
    /* All below may be NULL. */
    /* In a worker, before a trial is started, which may then be taken back, and prepared for again.
     * What fails here is no fault of the trial: the worker gives up, and others try. */
    int (*prepare)(struct rt_entry *entry, const struct rt_call *call, struct rt_err *err);
    pid_t (*fork)(struct rt_entry *entry);             /* as fork(2) */
    void (*idle)(struct rt_entry *entry, bool begins); /* around waits of the worker */
    void (*flush)(struct rt_entry *entry);             /* output that is still buffered */
    void (*environment)(struct rt_entry *entry);       /* the process's environment was put back */
    /* All trials of this worker have a variable that the template had not. */
    void (*variable)(struct rt_entry *entry, const char *name, const char *value);
    void (*free)(struct rt_entry *entry);
};

struct rt_entry {
    const struct rt_entry_ops *ops;
    const char *about; /* the interpreter as JSON, or NULL; the entry's */
};

/* Loads an entry of any kind. RT_EUSAGE with the reason, e.g. the traceback of an import. */
typedef int rt_entry_load_fn(const struct rt_entry_task *task, struct rt_entry **out,
                             struct rt_err *err);
rt_entry_load_fn rt_entry_load;
void rt_entry_free(struct rt_entry *entry);

/* One kind each. */
rt_entry_load_fn rt_entry_c_load;
rt_entry_load_fn rt_entry_command_load;
rt_entry_load_fn rt_entry_python_load;

#endif
