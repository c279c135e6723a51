#ifndef RT_STORE_CHECK_INNER_H
#define RT_STORE_CHECK_INNER_H
/* What the parts of a check share; for store/check*.c alone. */
#include "store/check.h"
#include "store/journal.h"
#include "store/uuid.h"

#define RT_CHECK_SAID_MAX 20 /* findings of one part that are told one by one */

#define RT_CHECK_RESTORE "restore it from a copy of the store: it cannot be made anew"
#define RT_CHECK_REPAIR  "retrial check --repair makes it anew"

/* One part being checked, in its own process. */
struct rt_checking {
    const char *path; /* of the store */
    uint8_t uuid[RT_UUID_SIZE];
    bool live;        /* somebody writes */
    const char *part; /* which */
    int to;           /* findings go there */
    uint64_t said;
    struct rt_check_facts facts; /* what this part learned */
};

/* Tells of something that is wrong. */
void rt_check_say(struct rt_checking *checking, int code, const char *remedy, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

/* The parts. */
void rt_check_journal(struct rt_checking *checking);
void rt_check_objects(struct rt_checking *checking);
void rt_check_kept(struct rt_checking *checking);
void rt_check_code(struct rt_checking *checking);
void rt_check_index(struct rt_checking *checking);

/* Opens the journal to read. */
int rt_check_open_journal(const struct rt_checking *checking, struct rt_journal **out,
                          struct rt_err *err);

/* Runs a part in a process of its own and takes what it tells. A process that dies is a finding. */
typedef void rt_check_part_fn(struct rt_checking *checking);
int rt_check_in_child(struct rt_checking *checking, rt_check_part_fn *run, rt_check_fn *each,
                      void *context, struct rt_err *err);

#endif
