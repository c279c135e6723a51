#ifndef RT_ENGINE_SPOOL_H
#define RT_ENGINE_SPOOL_H
/*
 * The spool: batches of ended attempts that an agent has handed over and that
 * the conductor has not called durable yet, in a file on the agent's host.
 *
 * When agent or conductor die, the next launch's agent on the same host finds
 * the file and hands the batches over once more, so that a training that had
 * ended is not run again. The spool outlives processes, not hosts: it is not
 * synced. It lies in $RETRIAL_SPOOL, else in retrial-spool-UID below $TMPDIR
 * or /tmp. Layout: docs/spool.md.
 */
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

struct rt_spool;

/* Makes the file of one agent, held by a lock for as long as it lives. */
int rt_spool_open(const char *study_id, uint32_t launch, int rank, struct rt_spool **out,
                  struct rt_err *err);
/* Removes the file if nothing is in it. Accepts NULL, as all of these do. */
void rt_spool_close(struct rt_spool *spool);

/* Adds a batch. After a failure nothing more is added before the next clear. */
int rt_spool_put(struct rt_spool *spool, struct rt_span rows, struct rt_err *err);
int rt_spool_clear(struct rt_spool *spool, struct rt_err *err); /* all of it is durable */
uint64_t rt_spool_size(const struct rt_spool *spool);           /* bytes */

/* Files of a study that agents left behind which are gone. */
struct rt_harvest {
    char **paths;
    size_t count;
    size_t capacity;
};

void rt_harvest_find(struct rt_harvest *harvest, const char *study_id);
void rt_harvest_clear(struct rt_harvest *harvest); /* leaves the files alone */

/* Calls each() for every whole batch of a file, up to the first that is torn or changed. Returns 1
 * if that is not just the end that a kill left unwritten: the file is damaged. */
typedef void rt_harvest_fn(void *context, struct rt_span rows);
int rt_harvest_read(const char *path, rt_harvest_fn *each, void *context, struct rt_err *err);

/* The file is not found by a harvest any more. */
int rt_harvest_set_aside(const char *path, struct rt_err *err);

#endif
