#include "store/claim.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BEAT_US 5000000u
#define LOOK_US 200000u

struct rt_claim {
    char *home;
    struct rt_home_writer self;
    struct rt_home_writer base;
    rt_claim_notice_fn *notice;
    void *context;

    pthread_t thread;
    bool beating;
    pthread_mutex_t lock; /* guards `stop` */
    pthread_cond_t changed;
    bool stop;
    atomic_bool lost;
};

static void notice(const struct rt_claim *claim, const char *text)
{
    if (claim->notice)
        claim->notice(claim->context, text);
}

/* Opened each time: that makes network file systems ask the server. */
static uint64_t sign_of_life(const char *path)
{
    struct stat info;
    uint64_t sign = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return 0;
    if (fstat(fd, &info) == 0)
        sign = (uint64_t)info.st_mtim.tv_sec * 1000000000u + (uint64_t)info.st_mtim.tv_nsec;
    close(fd);
    return sign;
}

static int say_taken(const struct rt_claim *claim, const struct rt_home_writer *other,
                     const struct rt_lock_owner *self, struct rt_err *err)
{
    char since[RT_TIME_TEXT];

    if (!other->owner.host[0])
        return rt_err_set(err, RT_ELOCKED, "the home \"%s\" is being taken by somebody else",
                          claim->home);
    rt_time_text(other->owner.since_us, since);
    if (rt_owner_is_near(&other->owner, self))
        return rt_err_set(err, RT_ELOCKED,
                          "the home \"%s\" is being written by process %" PRId64
                          " on this host since %s",
                          claim->home, other->owner.pid, since);
    return rt_err_set(err, RT_ELOCKED,
                      "the home \"%s\" is being written by process %" PRId64
                      " on host \"%s\" since %s, and it lives",
                      claim->home, other->owner.pid, other->owner.host, since);
}

static void say_waiting(const struct rt_claim *claim, const struct rt_home_writer *other,
                        uint64_t us)
{
    char *text;

    if (other->owner.host[0])
        text = rt_printf("process %" PRId64 " on host \"%s\" has not given back the home \"%s\": "
                         "waiting %.0f s for a sign of life",
                         other->owner.pid, other->owner.host, claim->home, (double)us / 1e6);
    else
        text = rt_printf("somebody began to take the home \"%s\": waiting %.0f s for a sign of "
                         "life",
                         claim->home, (double)us / 1e6);
    notice(claim, text);
    free(text);
}

static int sleep_us(uint64_t us, struct rt_err *err)
{
    struct timespec span = {(time_t)(us / 1000000u), (long)(us % 1000000u) * 1000};

    if (nanosleep(&span, NULL) < 0 && errno == EINTR)
        return rt_err_set(err, RT_EINTERRUPTED, "interrupted while waiting for the home");
    return 0;
}

int rt_claim_watch(const char *home, uint32_t writer, uint64_t us, struct rt_err *err)
{
    char *path = rt_home_writer_path(home, writer);
    uint64_t until = rt_mono_us() + us;
    uint64_t sign = sign_of_life(path);
    int rc = 0;

    while (rc == 0 && rt_mono_us() < until) {
        if ((rc = sleep_us(LOOK_US, err)) == 0)
            rc = sign_of_life(path) != sign;
    }
    free(path);
    return rc;
}

/* 0 once the writer was silent for so long. */
static int watch(const struct rt_claim *claim, const struct rt_home_writer *other,
                 const struct rt_lock_owner *self, struct rt_err *err)
{
    int rc;

    say_waiting(claim, other, rt_owner_silence_us());
    rc = rt_claim_watch(claim->home, other->number, rt_owner_silence_us(), err);
    return rc == 1 ? say_taken(claim, other, self, err) : rc;
}

/* 0 if the home is free. `newest` may have no content yet. */
static int look_at_newest(const struct rt_claim *claim, uint32_t number,
                          const struct rt_lock_owner *self, struct rt_err *err)
{
    struct rt_home_writer newest = {0};
    int rc = number ? rt_home_writer(claim->home, number, &newest, err) : 0;

    if (rc < 0 || number == 0 || newest.ended_us)
        goto out;
    if (rc == 0 || !rt_owner_is_near(&newest.owner, self))
        rc = watch(claim, &newest, self, err);
    else
        rc = rt_owner_lives(&newest.owner, self) ? say_taken(claim, &newest, self, err) : 0;
out:
    rt_home_writer_clear(&newest);
    return rc < 0 ? rc : 0;
}

static bool has_successor(const struct rt_claim *claim)
{
    char *path = rt_home_writer_path(claim->home, claim->self.number + 1);
    char *folder = rt_fs_parent(path);
    /* Opening the folder makes NFS forget that the file was not there. */
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool has = fd >= 0;

    if (dir >= 0)
        close(dir);
    if (fd >= 0)
        close(fd);
    free(folder);
    free(path);
    return has;
}

/* A sign of life needs no room on the disk. */
static void beat(struct rt_claim *claim)
{
    char *path = rt_home_writer_path(claim->home, claim->self.number);

    utimensat(AT_FDCWD, path, NULL, 0);
    free(path);
    if (has_successor(claim))
        claim->lost = true;
}

static void *keep_beating(void *context)
{
    struct rt_claim *claim = context;
    struct timespec until;

    pthread_mutex_lock(&claim->lock);
    while (!claim->stop) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += BEAT_US / 1000000u;
        while (!claim->stop &&
               pthread_cond_timedwait(&claim->changed, &claim->lock, &until) != ETIMEDOUT)
            ;
        if (claim->stop)
            break;
        pthread_mutex_unlock(&claim->lock);
        beat(claim);
        pthread_mutex_lock(&claim->lock);
    }
    pthread_mutex_unlock(&claim->lock);
    return NULL;
}

static int start_beating(struct rt_claim *claim, struct rt_err *err)
{
    pthread_condattr_t attributes;
    sigset_t all;
    sigset_t before;

    pthread_mutex_init(&claim->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&claim->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&claim->thread, NULL, keep_beating, claim);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    claim->beating = errno == 0;
    return errno ? rt_err_errno(err, RT_EIO, "starting the thread that gives signs of life") : 0;
}

static void stop_beating(struct rt_claim *claim)
{
    if (!claim->beating)
        return;
    pthread_mutex_lock(&claim->lock);
    claim->stop = true;
    pthread_cond_signal(&claim->changed);
    pthread_mutex_unlock(&claim->lock);
    pthread_join(claim->thread, NULL);
    pthread_cond_destroy(&claim->changed);
    pthread_mutex_destroy(&claim->lock);
    claim->beating = false;
}

static void free_claim(struct rt_claim *claim)
{
    stop_beating(claim);
    rt_home_writer_clear(&claim->self);
    rt_home_writer_clear(&claim->base);
    free(claim->home);
    free(claim);
}

static int take(struct rt_claim *claim, struct rt_err *err)
{
    uint32_t newest;
    int rc;

    if ((rc = rt_owner_self(&claim->self.owner, err)) < 0 ||
        (rc = rt_home_newest(claim->home, &newest, err)) < 0 ||
        (rc = look_at_newest(claim, newest, &claim->self.owner, err)) < 0)
        return rc;
    claim->self.number = newest + 1;
    claim->self.owner.since_us = rt_wall_us();
    if ((rc = rt_home_writer_create(claim->home, &claim->self, err)) < 0)
        return rt_err_while(err, "taking the home \"%s\"", claim->home);
    if (rc == 1)
        return rt_err_set(err, RT_ELOCKED, "the home \"%s\" was taken by somebody else just now",
                          claim->home);
    /* Not before: what the old writer publishes until it sees the new file, counts. */
    if ((rc = rt_home_begun(claim->home, newest, &claim->base, err)) < 0)
        return rc;
    return start_beating(claim, err);
}

int rt_claim_take(const struct rt_claim_request *request, struct rt_claim **out, struct rt_err *err)
{
    struct rt_claim *claim = rt_calloc(1, sizeof *claim);
    int rc;

    *out = NULL;
    claim->home = rt_strdup(request->home);
    claim->notice = request->notice;
    claim->context = request->context;
    claim->self.hot = rt_strdup(request->hot);
    claim->self.interval_us = request->interval_us;
    if ((rc = take(claim, err)) < 0) {
        free_claim(claim);
        return rc;
    }
    *out = claim;
    return 0;
}

const struct rt_home_writer *rt_claim_base(const struct rt_claim *claim)
{
    return &claim->base;
}

struct rt_home_writer *rt_claim_self(struct rt_claim *claim)
{
    return &claim->self;
}

const char *rt_claim_home(const struct rt_claim *claim)
{
    return claim->home;
}

int rt_claim_begin(struct rt_claim *claim, struct rt_err *err)
{
    struct rt_home_writer *self = &claim->self;

    self->begun = true;
    self->base = claim->base.number;
    self->from = claim->base.head;
    self->head = (struct rt_home_head){.seq = claim->base.head.seq};
    self->attempts = claim->base.attempts;
    return rt_claim_write(claim, err);
}

int rt_claim_check(struct rt_claim *claim, struct rt_err *err)
{
    struct rt_home_writer next;
    char since[RT_TIME_TEXT];
    int rc;

    if (!claim->lost)
        return 0;
    if (rt_home_writer(claim->home, claim->self.number + 1, &next, NULL) != 1)
        return rt_err_set(err, RT_ELOCKED, "the home \"%s\" was taken over by somebody else",
                          claim->home);
    rc = rt_err_set(err, RT_ELOCKED,
                    "the home \"%s\" was taken over by process %" PRId64
                    " on host \"%s\" at %s: what was recorded here and not published by then stays "
                    "in \"%s\" and will not be part of the home",
                    claim->home, next.owner.pid, next.owner.host,
                    rt_time_text(next.owner.since_us, since), claim->self.hot);
    rt_home_writer_clear(&next);
    return rc;
}

int rt_claim_write(struct rt_claim *claim, struct rt_err *err)
{
    int rc = rt_claim_check(claim, err);

    if (rc < 0 || (rc = rt_home_writer_replace(claim->home, &claim->self, err)) < 0)
        return rc;
    if (has_successor(claim))
        claim->lost = true;
    return rt_claim_check(claim, err);
}

int rt_claim_give_back(struct rt_claim *claim, bool level, struct rt_err *err)
{
    int rc = 0;

    if (!claim)
        return 0;
    stop_beating(claim);
    if (level) {
        claim->self.ended_us = rt_wall_us();
        rc = rt_claim_write(claim, err);
    }
    free_claim(claim);
    return rc;
}
