#include "engine/drive_check.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "engine/driving.h"
#include "engine/same_study.h"

#include <stdlib.h>

#define TURN_MS 100

static int never_append(void *context, enum rt_event_kind kind, struct rt_span body, uint64_t *seq,
                        struct rt_err *err)
{
    (void)context;
    (void)kind;
    (void)body;
    (void)seq;
    return rt_err_set(err, RT_EINTERNAL, "a driver that is only looked at was to be recorded");
}

static int nothing_to_commit(void *context, struct rt_err *err)
{
    (void)context;
    (void)err;
    return 0;
}

static uint64_t one_worker(void *context)
{
    (void)context;
    return 1;
}

static void no_preference(void *context, uint64_t ordinal, int32_t priority)
{
    (void)context;
    (void)ordinal;
    (void)priority;
}

static int go_through(const struct rt_drive_check *check, struct rt_driving *driving,
                      uint64_t *repeated, struct rt_err *err)
{
    struct pollfd fds[RT_DRIVER_FDS];
    const struct rt_err *failure;
    bool all;
    int rc = 0;

    for (;;) {
        rc = rt_driving_step(driving, rt_mono_us(), err);
        *repeated = rt_driving_repeated(driving, &all);
        failure = rt_driving_failure(driving);
        if (rc < 0 || all || failure || (check->stop && *check->stop))
            break;
        if (rc == 0)
            poll(fds, rt_driving_fds(driving, fds), TURN_MS);
    }
    if (failure)
        *err = *failure;
    if (rc >= 0 && !failure && !all)
        return rt_err_set(err, RT_EINTERRUPTED, "interrupted");
    return failure ? failure->code : rc < 0 ? rc : 0;
}

int rt_drive_check(const struct rt_drive_check *check, uint64_t *repeated, struct rt_err *err)
{
    const struct rt_study *study = rt_state_study(rt_store_state(check->store), check->study);
    struct rt_driving_options options = {
        .nursery = check->nursery,
        .store = check->store,
        .study = check->study,
        .check = true,
        .append = never_append,
        .commit = nothing_to_commit,
        .workers = one_worker,
        .prefer = no_preference,
        .notice = check->notice,
        .context = check->context,
    };
    struct rt_driving *driving = NULL;
    char *folder = NULL;
    char *path = NULL;
    int rc;

    *repeated = 0;
    if (!study->plan || !rt_plan_driven(study->plan))
        return rt_err_set(err, RT_EUSAGE, "study \"%.100s\" has no driver", study->name);
    if ((rc = rt_same_study_source(check->store, study, &path, err)) < 0)
        goto out;
    folder = rt_fs_parent(path ? path : "./.");
    options.folder = folder;
    if ((rc = rt_driving_new(&options, &driving, err)) == 0)
        rc = go_through(check, driving, repeated, err);
out:
    rt_driving_free(driving);
    free(folder);
    free(path);
    return rc;
}
