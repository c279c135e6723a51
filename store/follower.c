#include "store/follower.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "store/index.h"
#include "store/pinned.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define BATCH_US  300000 /* events come into the index at least this often */
#define PINNED_US 500000 /* between looks at a WAL that a reader keeps */

/* After being woken it waits for others, which follow soon: a transaction takes 0.3 ms. Together
 * with a batch that is less than the second that the index may be late. In the beginning, when
 * somebody may look at what has just been started, it waits for a tenth of the time that it
 * follows. */
#define GROUP_MIN_US 10000
#define GROUP_US     300000
#define GROUP_EVENTS 64 /* so many are company enough */

enum wish {
    GO_ON,
    STOP_LEVEL, /* when the index is level */
    STOP_NOW,
};

struct rt_follower {
    pthread_t thread;
    struct rt_store *store;
    char *path;
    struct rt_index *index; /* the thread's alone, like state */
    struct rt_state *state;
    uint64_t batch_until; /* monotonic, microseconds */
    uint64_t event_us;    /* time of the last event applied */
    atomic_int wish;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    uint64_t durable;      /* as last told by wake() */
    uint64_t indexed;      /* committed */
    uint64_t behind_since; /* monotonic; 0 when level */
    uint64_t level_us;     /* monotonic; when it last was */
    uint64_t began_us;     /* monotonic; when it began to follow */
    uint64_t wanted;       /* the thread sleeps until so much is durable */
    unsigned waiting;      /* callers of wait() */
    char pinned_by[64];
    bool held; /* by another program that writes to the index */
    bool renewed;
    struct rt_axis_check *checks;
    size_t check_count;
    size_t check_capacity;
    struct rt_err err; /* the latched one; code 0 if there is none */
};

/* Waits until somebody changes something, or for so long. Called with the lock held. */
static void wait_us(struct rt_follower *follower, uint64_t us)
{
    struct timespec until;
    uint64_t at;

    clock_gettime(CLOCK_MONOTONIC, &until);
    at = (uint64_t)until.tv_nsec / 1000 + us;
    until.tv_sec += (time_t)(at / 1000000);
    until.tv_nsec = (long)(at % 1000000) * 1000;
    pthread_cond_timedwait(&follower->changed, &follower->lock, &until);
}

static int get_payload(void *context, const struct rt_payload *payload, struct rt_buf *out,
                       struct rt_err *err)
{
    return rt_store_payload(context, payload, out, err);
}

/* The state as it was when the index was last committed. */
static int restore_state(struct rt_follower *follower, struct rt_err *err)
{
    uint64_t position = rt_index_position(follower->index);
    int rc;

    if ((rc = rt_store_state_at(follower->store, position, &follower->state, err)) < 0 ||
        rt_state_seq(follower->state) == position)
        return rc;
    return rt_err_set(err, RT_EDAMAGED, "it knows of event %llu, but the journal ends at %llu",
                      (unsigned long long)position,
                      (unsigned long long)rt_state_seq(follower->state));
}

static int follow_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct rt_follower *follower = context;
    int rc;

    if ((rc = rt_state_apply(follower->state, event, err)) < 0 ||
        (rc = rt_index_apply(follower->index, follower->state, event, err)) < 0)
        return rc;
    follower->event_us = event->time_us;
    return follower->wish == STOP_NOW || rt_mono_us() >= follower->batch_until;
}

static void clear_checks(struct rt_follower *follower)
{
    for (size_t i = 0; i < follower->check_count; i++) {
        free((char *)follower->checks[i].key);
        free((char *)follower->checks[i].left_out);
    }
    follower->check_count = 0;
}

static void keep_check(void *context, const struct rt_axis_check *check)
{
    struct rt_follower *follower = context;
    struct rt_axis_check *kept;

    follower->checks = rt_grow(follower->checks, &follower->check_capacity,
                               follower->check_count + 1, sizeof *follower->checks);
    kept = &follower->checks[follower->check_count++];
    *kept = *check;
    kept->key = rt_strdup(check->key);
    kept->left_out = check->left_out ? rt_strdup(check->left_out) : NULL;
}

/* Puts out what the index has found of swept parameters, for the thread that runs the study. */
static int note_checks(struct rt_follower *follower, struct rt_err *err)
{
    int rc;

    if (!rt_index_checks_changed(follower->index))
        return 0;
    pthread_mutex_lock(&follower->lock);
    clear_checks(follower);
    rc = rt_index_checks(follower->index, keep_check, follower, err);
    pthread_mutex_unlock(&follower->lock);
    return rc;
}

static void note_progress(struct rt_follower *follower)
{
    uint64_t now = rt_mono_us();
    uint64_t wall = rt_wall_us();
    uint64_t age = wall > follower->event_us ? wall - follower->event_us : 0;

    pthread_mutex_lock(&follower->lock);
    follower->indexed = rt_index_position(follower->index);
    if (follower->indexed >= follower->durable) {
        follower->behind_since = 0;
        follower->level_us = now;
    } else if (follower->event_us) { /* by a clock that may have jumped */
        follower->behind_since = now > follower->level_us + age ? now - age : follower->level_us;
    }
    pthread_cond_broadcast(&follower->changed);
    pthread_mutex_unlock(&follower->lock);
}

/* Notes who stands in the way of the index, and gives them a moment. */
static void wait_for_others(struct rt_follower *follower, bool held)
{
    char who[sizeof follower->pinned_by];

    rt_pinned_by(follower->path, who, sizeof who);
    pthread_mutex_lock(&follower->lock);
    memcpy(follower->pinned_by, who, sizeof who);
    follower->held = held;
    pthread_cond_broadcast(&follower->changed);
    wait_us(follower, PINNED_US);
    pthread_mutex_unlock(&follower->lock);
}

static void nobody_in_the_way(struct rt_follower *follower)
{
    pthread_mutex_lock(&follower->lock);
    follower->pinned_by[0] = '\0';
    follower->held = false;
    pthread_mutex_unlock(&follower->lock);
}

/* Waits while a reader keeps the WAL from being emptied and it has grown too large. */
static int tidy(struct rt_follower *follower, struct rt_err *err)
{
    int rc;

    while ((rc = rt_index_tidy(follower->index, err)) > 0 && follower->wish == GO_ON)
        wait_for_others(follower, false);
    nobody_in_the_way(follower);
    return rc < 0 ? rc : 0;
}

/* Waits while another program writes to the index, which is none of its business. */
static int begin(struct rt_follower *follower, struct rt_err *err)
{
    int rc;

    while ((rc = rt_index_begin(follower->index, err)) == RT_ELOCKED && follower->wish == GO_ON)
        wait_for_others(follower, true);
    nobody_in_the_way(follower);
    return rc;
}

/* One transaction: what came in the last moments. */
static int follow(struct rt_follower *follower, struct rt_err *err)
{
    int rc;

    if ((rc = begin(follower, err)) < 0)
        return rc;
    follower->batch_until = rt_mono_us() + BATCH_US;
    rc = rt_store_read(follower->store, rt_index_position(follower->index) + 1, follow_event,
                       follower, err);
    if (rc < 0 || (rc = rt_index_commit(follower->index, err)) < 0 ||
        (rc = note_checks(follower, err)) < 0)
        return rc;
    note_progress(follower);
    return tidy(follower, err);
}

/* Whoever waits for the index, or for this thread to end, does not wait for more to come. */
static uint64_t group_us(uint64_t following_us)
{
    uint64_t us = following_us / 10;

    if (us < GROUP_MIN_US)
        return GROUP_MIN_US;
    return us < GROUP_US ? us : GROUP_US;
}

static void wait_for_company(struct rt_follower *follower)
{
    uint64_t now = rt_mono_us();
    uint64_t until = now + group_us(now - follower->began_us);

    follower->wanted = follower->indexed + GROUP_EVENTS;
    while (follower->wish == GO_ON && follower->waiting == 0 &&
           follower->durable < follower->wanted && (now = rt_mono_us()) < until)
        wait_us(follower, until - now);
}

/* False when the thread is to end. */
static bool wait_for_events(struct rt_follower *follower)
{
    bool level;

    pthread_mutex_lock(&follower->lock);
    if (follower->indexed >= follower->durable && follower->wish == GO_ON) {
        follower->wanted = follower->indexed + 1;
        while (follower->durable < follower->wanted && follower->wish == GO_ON)
            pthread_cond_wait(&follower->changed, &follower->lock);
        wait_for_company(follower);
    }
    follower->wanted = UINT64_MAX;
    level = follower->indexed >= follower->durable;
    pthread_mutex_unlock(&follower->lock);
    return follower->wish == GO_ON || (follower->wish == STOP_LEVEL && !level);
}

static void note_renewed(struct rt_follower *follower)
{
    pthread_mutex_lock(&follower->lock);
    follower->renewed = rt_index_renewed(follower->index);
    pthread_mutex_unlock(&follower->lock);
}

static int work(struct rt_follower *follower, struct rt_err *err)
{
    int rc;

    if ((rc = rt_index_open(follower->path, rt_store_uuid(follower->store), &follower->index,
                            err)) < 0)
        return rc;
    note_renewed(follower);
    rt_index_set_payload(follower->index, get_payload, follower->store);
    if ((rc = restore_state(follower, err)) < 0 || (rc = note_checks(follower, err)) < 0)
        return rc;
    note_progress(follower);
    while (rc == 0 && wait_for_events(follower))
        rc = follow(follower, err);
    /* The study need not wait for it: who asks next brings the index level. */
    return rc == RT_ELOCKED ? 0 : rc;
}

static void *run(void *context)
{
    struct rt_follower *follower = context;
    struct rt_err err = {0};

    if (work(follower, &err) < 0) {
        rt_err_while(&err, "the index \"%s\", which can be removed and is then made anew",
                     follower->path);
        pthread_mutex_lock(&follower->lock);
        follower->err = err;
        pthread_cond_broadcast(&follower->changed);
        pthread_mutex_unlock(&follower->lock);
    }
    rt_index_close(follower->index);
    rt_state_free(follower->state);
    return NULL;
}

static void init_lock(struct rt_follower *follower)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&follower->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&follower->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void free_follower(struct rt_follower *follower)
{
    pthread_cond_destroy(&follower->changed);
    pthread_mutex_destroy(&follower->lock);
    clear_checks(follower);
    free(follower->checks);
    free(follower->path);
    free(follower);
}

int rt_follower_start(struct rt_store *store, const char *index_path, struct rt_follower **out,
                      struct rt_err *err)
{
    struct rt_follower *follower = rt_calloc(1, sizeof *follower);
    sigset_t all;
    sigset_t before;

    follower->store = store;
    follower->path = rt_strdup(index_path);
    follower->durable = rt_store_durable(store);
    follower->behind_since = rt_mono_us();
    follower->level_us = 1;
    follower->began_us = rt_mono_us();
    init_lock(follower);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&follower->thread, NULL, run, follower);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *out = NULL;
    if (errno) {
        free_follower(follower);
        return rt_err_errno(err, RT_EIO, "starting the thread of the index");
    }
    *out = follower;
    return 0;
}

void rt_follower_wake(struct rt_follower *follower)
{
    uint64_t durable = rt_store_durable(follower->store);

    pthread_mutex_lock(&follower->lock);
    if (!follower->behind_since && durable > follower->indexed)
        follower->behind_since = rt_mono_us();
    follower->durable = durable;
    if (durable >= follower->wanted)
        pthread_cond_broadcast(&follower->changed);
    pthread_mutex_unlock(&follower->lock);
}

void rt_follower_status(struct rt_follower *follower, struct rt_index_status *status)
{
    uint64_t now = rt_mono_us();

    pthread_mutex_lock(&follower->lock);
    status->indexed = follower->indexed;
    status->lag_us = follower->behind_since ? now - follower->behind_since : 0;
    memcpy(status->pinned_by, follower->pinned_by, sizeof status->pinned_by);
    status->renewed = follower->renewed;
    pthread_mutex_unlock(&follower->lock);
}

void rt_follower_checks(struct rt_follower *follower, rt_axis_check_fn *each, void *context)
{
    pthread_mutex_lock(&follower->lock);
    for (size_t i = 0; i < follower->check_count; i++)
        each(context, &follower->checks[i]);
    pthread_mutex_unlock(&follower->lock);
}

bool rt_follower_wait(struct rt_follower *follower, uint64_t us)
{
    uint64_t until = rt_mono_us() + us;
    uint64_t now;
    bool level;

    rt_follower_wake(follower);
    pthread_mutex_lock(&follower->lock);
    follower->waiting++;
    pthread_cond_broadcast(&follower->changed);
    while (follower->indexed < follower->durable && follower->err.code == 0 && !follower->held &&
           (now = rt_mono_us()) < until)
        wait_us(follower, until - now);
    follower->waiting--;
    level = follower->indexed >= follower->durable;
    pthread_mutex_unlock(&follower->lock);
    return level;
}

int rt_follower_failure(struct rt_follower *follower, struct rt_err *err)
{
    int rc;

    pthread_mutex_lock(&follower->lock);
    if ((rc = follower->err.code) < 0 && err)
        *err = follower->err;
    pthread_mutex_unlock(&follower->lock);
    return rc;
}

int rt_follower_stop(struct rt_follower *follower, bool level, struct rt_err *err)
{
    int rc;

    if (!follower)
        return 0;
    rt_follower_wake(follower);
    pthread_mutex_lock(&follower->lock);
    follower->wish = level ? STOP_LEVEL : STOP_NOW;
    pthread_cond_signal(&follower->changed);
    pthread_mutex_unlock(&follower->lock);
    pthread_join(follower->thread, NULL);
    rc = follower->err.code;
    if (rc < 0 && err)
        *err = follower->err;
    free_follower(follower);
    return rc;
}
