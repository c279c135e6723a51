#ifndef RT_STORE_INDEX_INSIDE_H
#define RT_STORE_INDEX_INSIDE_H
/*
 * What the files of the index share: store/index.c opens, begins and
 * commits; index_plan.c, index_attempts.c, index_pending.c and index_view.c
 * each keep one part of the schema (docs/schema.md) level with the events.
 */
#include "store/db.h"
#include "store/index.h"
#include "store/index_bulk.h"
#include "store/index_pairs.h"
#include "store/index_table.h"
#include "store/index_verdicts.h"

/* Trials that an agent has: a row of table lease, once it is committed. */
struct rt_index_lease {
    uint32_t study;
    uint32_t attempt;
    uint64_t first; /* ordinal */
    uint64_t count;
    uint64_t at; /* the next ordinal to look at: all before have ended */
    uint32_t launch;
    uint32_t rank;
    bool written; /* it is in the table */
};

struct rt_index {
    struct rt_db *db;
    uint64_t position;
    bool begun;                   /* a transaction is open */
    bool failed;                  /* nothing can be committed any more */
    bool renewed;                 /* the file was of an older format, and made anew */
    const struct rt_state *state; /* of the last event applied; borrowed */
    struct rt_index_table **tables;
    size_t table_count; /* by number less one; NULL: not loaded */
    struct rt_index_lease *leases;
    size_t lease_count;
    size_t lease_capacity;
    struct rt_index_bulk *bulk; /* rows that are not in their table yet */
    struct rt_index_pairs *pairs;
    struct rt_index_verdicts *verdicts;
    struct rt_index_insert past; /* into past_attempt */
    struct rt_index_processes *processes;
    struct rt_metrics metrics; /* of the attempt at hand */
    struct rt_buf result;      /* its payloads, if they had to be fetched */
    struct rt_buf reason;
    struct rt_stmt *insert_step; /* of index_steps.c, prepared when needed */
    struct rt_stmt *keep_first;  /* of index_checks.c, prepared when needed */
    struct rt_stmt *find_first;
    struct rt_stmt *proposals[3]; /* of index_proposals.c, likewise */
    bool checks_changed;          /* since rt_index_checks() was last asked */
    rt_index_payload_fn *payload;
    void *payload_context;
};

/* The table of a study, loaded when it is first asked for; borrowed. */
int rt_index_table_of(struct rt_index *index, uint32_t study, struct rt_index_table **out,
                      struct rt_err *err);

/* Runs a statement of sql/index/ with the parameters :record, :time, :event and :study of an
 * event; others stay NULL. */
int rt_index_run(struct rt_index *index, const char *sql, const struct rt_event *event,
                 uint32_t study, struct rt_err *err);

/* The member of the plan object that describes an axis. */
const struct rt_json *rt_index_axis_json(const struct rt_plan *plan, size_t axis);
int rt_index_insert_axes(struct rt_index *index, const struct rt_event *event,
                         struct rt_index_table *table, const struct rt_plan *plan,
                         struct rt_err *err);
int rt_index_apply_agent(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
int rt_index_apply_plan(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
int rt_index_apply_attempts(struct rt_index *index, const struct rt_event *event,
                            struct rt_err *err);
/* The trials of a replay and their originals, after a plan; verdicts and floors. */
int rt_index_apply_pairs(struct rt_index *index, const struct rt_event *event,
                         const struct rt_study *study, struct rt_err *err);
int rt_index_apply_verdict(struct rt_index *index, const struct rt_event *event,
                           struct rt_err *err);
int rt_index_apply_floor(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
/* REPORTS; and DECISIONS, CHECKPOINT and RESTORE. */
int rt_index_apply_reports(struct rt_index *index, const struct rt_event *event,
                           struct rt_err *err);
int rt_index_apply_told(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
int rt_index_load_steps(struct rt_index_table *table, struct rt_err *err);
/* index_process.c: the number of the process that made an attempt, in table process; of those that
 * a rank lost, one stands for all. */
struct rt_index_processes;
int rt_index_process_of(struct rt_index *index, const struct rt_attempt *attempt, int64_t *process,
                        struct rt_err *err);
int rt_index_process_lost(struct rt_index *index, uint32_t launch, uint32_t rank, int64_t *process,
                          struct rt_err *err);
void rt_index_processes_free(struct rt_index_processes *processes); /* accepts NULL */

/* Attempts that the event, the start or end of a launch, made lost. */
int rt_index_apply_lost(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
int rt_index_apply_lease(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
int rt_index_apply_return(struct rt_index *index, const struct rt_event *event, struct rt_err *err);

/* Binds the value that a parameter in the table has at a point of the plan; nothing if none. */
void rt_index_bind_param(struct rt_stmt *stmt, int number, const struct rt_index_column *column,
                         const struct rt_plan *plan, uint64_t point);

/* index_proposals.c: what drivers do. */
int rt_index_apply_propose(struct rt_index *index, const struct rt_event *event,
                           struct rt_err *err);
int rt_index_apply_driver(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
int rt_index_apply_cancel(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
/* Binds the values that proposed parameters have at a point; `by_name`: to :p1, ... of any
 * statement, else to the parameters of the table's insert. */
void rt_index_bind_proposed(struct rt_index_table *table, struct rt_stmt *stmt,
                            const struct rt_plan *plan, uint64_t point, bool by_name);
/* Into table->proposed: all params of a point, as columns have them; none of a point that is not
 * in the plan. */
void rt_index_read_proposed(struct rt_index_table *table, const struct rt_plan *plan,
                            uint64_t point);

/* A column for a parameter, which is there if it can be. */
int rt_index_param_column(struct rt_index_table *table, struct rt_span name,
                          enum rt_column_type type, struct rt_index_column **out,
                          struct rt_err *err);

/* Brings `retired` and `again` of the rows first..last level with the state. */
int rt_index_refresh_rows(struct rt_index *index, struct rt_index_table *table, uint64_t first,
                          uint64_t last, struct rt_err *err);

/* The start or end of a launch leaves none open. */
int rt_index_drop_leases(struct rt_index *index, const struct rt_event *event, struct rt_err *err);
int rt_index_load_leases(struct rt_index *index, struct rt_err *err);
/* At commit: leases and ranges of which nothing is open any more leave their tables. */
int rt_index_settle_leases(struct rt_index *index, struct rt_err *err);
int rt_index_settle_pending(struct rt_index *index, struct rt_index_table *table,
                            struct rt_err *err);
/* Reads the first range that is left into the table's cursor. */
int rt_index_load_pending(struct rt_index_table *table, struct rt_err *err);

/* Finds a free name for the study's view. */
int rt_index_name_view(struct rt_index *index, struct rt_index_table *table, struct rt_err *err);
/* Gives every column that belongs into the view a name of its own there. */
void rt_index_name_columns(struct rt_index_table *table);
/* The name of the column beside it that holds its states; yours. */
char *rt_index_name_state(const struct rt_index_table *table, const struct rt_index_column *column);
/* At commit: defines the study's views anew. */
int rt_index_define_views(struct rt_index *index, struct rt_index_table *table, struct rt_err *err);

#endif
