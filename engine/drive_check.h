#ifndef RT_ENGINE_DRIVE_CHECK_H
#define RT_ENGINE_DRIVE_CHECK_H
/*
 * Running a study's driver against what was recorded: its decisions alone.
 *
 * The program is started from its beginning, and answered from the journal. No trial runs, and
 * nothing is recorded.
 */
#include <signal.h>
#include <stdbool.h>
#include "engine/nursery.h"
#include "store/store.h"

struct rt_drive_check {
    struct rt_nursery *nursery;
    struct rt_store *store; /* open for reading */
    uint32_t study;
    const volatile sig_atomic_t *stop;               /* ends it when it is not 0; may be NULL */
    void (*notice)(void *context, const char *text); /* may be NULL */
    void *context;
};

/* *repeated: requests that were as before. RT_ECONFLICT says which one was not; RT_ETRIALS that the
 * program failed; RT_EUSAGE that nothing is recorded of a driver. */
int rt_drive_check(const struct rt_drive_check *check, uint64_t *repeated, struct rt_err *err);

#endif
