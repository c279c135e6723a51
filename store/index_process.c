#include "store/index_inside.h"

#include "base/alloc.h"

#include <stdlib.h>
#include "sql.h"

#define KNOWN 4096 /* workers whose processes are remembered; a power of two */

struct process {
    int64_t number; /* 0: none is remembered here */
    uint32_t launch;
    uint32_t rank;
    uint32_t worker;
    int32_t pid;
    bool lost; /* it stands for all that the rank lost, of no worker */
};

/* Where a worker's process is remembered depends on the worker alone: the next attempt is nearly
 * always made by the same. */
struct rt_index_processes {
    struct process known[KNOWN];
    struct rt_stmt *select;
    struct rt_stmt *insert;
};

static int prepare(struct rt_index *index, struct rt_err *err)
{
    struct rt_index_processes *processes = rt_calloc(1, sizeof *processes);
    int rc;

    index->processes = processes;
    if ((rc = rt_db_prepare(index->db, rt_sql_index_select_process, &processes->select, NULL,
                            err)) < 0)
        return rc;
    return rt_db_prepare(index->db, rt_sql_index_insert_process, &processes->insert, NULL, err);
}

/* 1 and the number that it returns, or 0. */
static int ask(struct rt_stmt *stmt, struct process *process, struct rt_err *err)
{
    int rc;

    rt_stmt_unbind(stmt);
    rt_stmt_int(stmt, ":launch", process->launch);
    rt_stmt_int(stmt, ":rank", process->rank);
    if (!process->lost) {
        rt_stmt_int(stmt, ":worker", process->worker);
        rt_stmt_int(stmt, ":pid", process->pid);
    }
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        process->number = rt_stmt_get_int(stmt, 0);
    rt_stmt_reset(stmt);
    return rc;
}

static bool is_same(const struct process *a, const struct process *b)
{
    return a->number && a->launch == b->launch && a->rank == b->rank && a->worker == b->worker &&
           a->pid == b->pid && a->lost == b->lost;
}

/* Remembers the process in *known. */
static int look_up(struct rt_index *index, const struct process *wanted, struct process *known,
                   struct rt_err *err)
{
    struct process process = *wanted;
    int rc;

    if ((rc = ask(index->processes->select, &process, err)) == 0)
        rc = ask(index->processes->insert, &process, err);
    if (rc < 0)
        return rc;
    *known = process;
    return 0;
}

static inline int find(struct rt_index *index, const struct process *wanted, int64_t *number,
                       struct rt_err *err)
{
    struct process *known;
    int rc;

    if (!index->processes && (rc = prepare(index, err)) < 0)
        return rc;
    known = &index->processes->known[(wanted->rank * 61 + wanted->worker) % KNOWN];
    if (!is_same(known, wanted) && (rc = look_up(index, wanted, known, err)) < 0)
        return rc;
    *number = known->number;
    return 0;
}

int rt_index_process_of(struct rt_index *index, const struct rt_attempt *attempt, int64_t *process,
                        struct rt_err *err)
{
    const struct process wanted = {.launch = attempt->launch,
                                   .rank = attempt->rank,
                                   .worker = attempt->worker,
                                   .pid = attempt->pid};

    return find(index, &wanted, process, err);
}

int rt_index_process_lost(struct rt_index *index, uint32_t launch, uint32_t rank, int64_t *process,
                          struct rt_err *err)
{
    const struct process wanted = {.launch = launch, .rank = rank, .lost = true};

    return find(index, &wanted, process, err);
}

void rt_index_processes_free(struct rt_index_processes *processes)
{
    if (!processes)
        return;
    rt_stmt_free(processes->select);
    rt_stmt_free(processes->insert);
    free(processes);
}
