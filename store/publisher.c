#include "store/publisher.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/home_frame.h"
#include "store/mirror.h"
#include "store/store_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FRAME_BYTES (8u << 20) /* a frame holds about so much at most */
#define LAST_TRIES  3          /* at the end */
#define LAST_US     1000000u   /* between them */

struct rt_publisher {
    pthread_t thread;
    struct rt_claim *claim;
    struct rt_store *store;
    uint64_t interval_us;

    /* The thread's alone, and of whoever stopped it. */
    struct rt_objects *objects; /* of the home */
    bool code_is_there;         /* all code was published by this publisher */
    bool doubt;                 /* whether the writer's file was replaced */
    struct rt_buf frame;
    size_t start; /* of the frame, in its buffer */
    uint64_t count;
    uint64_t last;     /* nothing behind it is published this time */
    uint64_t attempts; /* that ended in the frame */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    bool stop;
    struct rt_publisher_status status;
};

static struct rt_home_writer *self(struct rt_publisher *publisher)
{
    return rt_claim_self(publisher->claim);
}

static int publish_code(struct rt_publisher *publisher, struct rt_err *err)
{
    char *from = rt_fs_join(publisher->store->path, "code.git");
    char *to = rt_fs_join(rt_claim_home(publisher->claim), "code.git");
    int rc = rt_mirror_code(from, to, err);

    publisher->code_is_there = rc == 0;
    free(from);
    free(to);
    return rc;
}

static int open_objects(struct rt_publisher *publisher, struct rt_err *err)
{
    char *path;
    int rc;

    if (publisher->objects)
        return 0;
    path = rt_fs_join(rt_claim_home(publisher->claim), "objects");
    rc = rt_objects_open(path, true, &rt_io_plain, &publisher->objects, err);
    free(path);
    return rc;
}

/* Puts a frame behind what counts so far. A part that could not be written is overwritten by the
 * next try. */
static int write_frame(struct rt_publisher *publisher, struct rt_err *err)
{
    const struct rt_home_writer *writer = self(publisher);
    char *path = rt_home_journal_path(rt_claim_home(publisher->claim), writer->number);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int rc = 0;

    if (fd < 0)
        rc = rt_fs_write_error(err, "opening", path);
    else if (fchmod(fd, 0600) < 0 || ftruncate(fd, (off_t)writer->head.bytes) < 0 ||
             lseek(fd, 0, SEEK_END) < 0)
        rc = rt_fs_write_error(err, "preparing", path);
    else if ((rc = rt_fs_write_all(fd, rt_buf_span(&publisher->frame), path, err)) == 0 &&
             fsync(fd) < 0)
        rc = rt_fs_write_error(err, "syncing", path);
    if (fd >= 0 && close(fd) < 0 && rc == 0)
        rc = rt_fs_write_error(err, "closing", path);
    if (rc == 0 && writer->head.bytes == 0) {
        char *folder = rt_fs_parent(path);

        rc = rt_fs_sync_dir(folder, err);
        free(folder);
    }
    free(path);
    return rc;
}

static void note(struct rt_publisher *publisher, uint64_t bytes)
{
    pthread_mutex_lock(&publisher->lock);
    publisher->status.seq = self(publisher)->head.seq;
    publisher->status.bytes += bytes;
    pthread_mutex_unlock(&publisher->lock);
}

/* Publishes the frame that was filled. Only when the writer's file says so does it count. */
static int end_frame(struct rt_publisher *publisher, struct rt_err *err)
{
    struct rt_home_writer *writer = self(publisher);
    struct rt_home_head before = writer->head;
    uint64_t attempts = writer->attempts;
    int rc;

    if (publisher->count == 0)
        return 0;
    rt_home_frame_end(&publisher->frame, publisher->start, publisher->count, writer->head.check);
    if ((rc = write_frame(publisher, err)) == 0) {
        writer->head.seq += publisher->count;
        writer->head.bytes += publisher->frame.size;
        writer->attempts += publisher->attempts;
        rc = rt_claim_write(publisher->claim, err);
        publisher->doubt = rc < 0;
    }
    if (rc < 0) {
        writer->head = before;
        writer->attempts = attempts;
    } else {
        note(publisher, publisher->frame.size);
    }
    rt_buf_reset(&publisher->frame);
    publisher->count = 0;
    publisher->attempts = 0;
    return rc;
}

static uint64_t attempts_in(const struct rt_event *event)
{
    struct rt_reader reader = rt_reader(event->body);

    return event->kind == RT_EVENT_ATTEMPTS ? rt_read_varint(&reader) : 0;
}

static int take_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct rt_publisher *publisher = context;
    int rc;

    if (event->seq > publisher->last)
        return 1;
    if (event->kind == RT_EVENT_CODE)
        publisher->code_is_there = false;
    if ((rc = rt_mirror_objects(event, publisher->store->objects, publisher->objects, err)) < 0 ||
        (!publisher->code_is_there && (rc = publish_code(publisher, err)) < 0))
        return rc;
    if (publisher->count == 0)
        publisher->start =
            rt_home_frame_start(&publisher->frame, event->seq, self(publisher)->head.check);
    rt_home_frame_put(&publisher->frame, event, publisher->store->uuid);
    publisher->count++;
    publisher->attempts += attempts_in(event);
    return publisher->frame.size >= FRAME_BYTES ? end_frame(publisher, err) : 0;
}

/* Says since when the home is complete. */
static int say_level(struct rt_publisher *publisher, uint64_t level_us, struct rt_err *err)
{
    struct rt_home_writer *writer = self(publisher);
    uint64_t before = writer->level_us;
    int rc;

    writer->level_us = level_us;
    if ((rc = rt_claim_write(publisher->claim, err)) < 0)
        writer->level_us = before;
    return rc;
}

/* A file may have been replaced though that failed: what it counts must not be written over. */
static int settle_doubt(struct rt_publisher *publisher, struct rt_err *err)
{
    struct rt_home_writer *writer = self(publisher);
    struct rt_home_writer there;
    int rc;

    if (!publisher->doubt)
        return 0;
    if ((rc = rt_home_writer(rt_claim_home(publisher->claim), writer->number, &there, err)) < 0)
        return rc;
    if (rc == 1 && there.begun && there.head.seq > writer->head.seq) {
        writer->head = there.head;
        writer->attempts = there.attempts;
    }
    rt_home_writer_clear(&there);
    publisher->doubt = false;
    return 0;
}

static int publish(struct rt_publisher *publisher, struct rt_err *err)
{
    uint64_t now = rt_wall_us();
    int rc;

    rt_buf_reset(&publisher->frame);
    publisher->count = 0;
    publisher->attempts = 0;
    publisher->last = rt_store_durable(publisher->store);
    if ((rc = rt_claim_check(publisher->claim, err)) < 0 ||
        (rc = settle_doubt(publisher, err)) < 0 || (rc = open_objects(publisher, err)) < 0)
        return rc;
    if (self(publisher)->head.seq < publisher->last &&
        ((rc = rt_store_read(publisher->store, self(publisher)->head.seq + 1, take_event, publisher,
                             err)) < 0 ||
         (rc = end_frame(publisher, err)) < 0))
        return rc;
    return say_level(publisher, now, err);
}

static int try(struct rt_publisher *publisher, struct rt_err *err)
{
    int rc = publish(publisher, err);

    pthread_mutex_lock(&publisher->lock);
    publisher->status.failing = (struct rt_err){0};
    if (rc < 0)
        publisher->status.failing = *err;
    publisher->status.lost |= rc == RT_ELOCKED;
    pthread_mutex_unlock(&publisher->lock);
    return rc;
}

/* False when it is time to stop. */
static bool wait_us(struct rt_publisher *publisher, uint64_t us)
{
    struct timespec until;
    bool go_on;
    uint64_t at;

    clock_gettime(CLOCK_MONOTONIC, &until);
    at = (uint64_t)until.tv_sec * 1000000u + (uint64_t)until.tv_nsec / 1000u + us;
    until.tv_sec = (time_t)(at / 1000000u);
    until.tv_nsec = (long)(at % 1000000u) * 1000;
    pthread_mutex_lock(&publisher->lock);
    while (!publisher->stop &&
           pthread_cond_timedwait(&publisher->changed, &publisher->lock, &until) != ETIMEDOUT)
        ;
    go_on = !publisher->stop && !publisher->status.lost;
    pthread_mutex_unlock(&publisher->lock);
    return go_on;
}

/* The interval runs from start to start of two publications, so that a slow home costs no more
 * than its own slowness. */
static void *run(void *context)
{
    struct rt_publisher *publisher = context;
    uint64_t due = rt_mono_us();
    uint64_t now = due;
    struct rt_err err;

    while (wait_us(publisher, due > now ? due - now : 0)) {
        due = rt_mono_us() + publisher->interval_us;
        try(publisher, &err);
        now = rt_mono_us();
    }
    return NULL;
}

static void init_lock(struct rt_publisher *publisher)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&publisher->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&publisher->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void free_publisher(struct rt_publisher *publisher)
{
    pthread_cond_destroy(&publisher->changed);
    pthread_mutex_destroy(&publisher->lock);
    rt_objects_close(publisher->objects);
    rt_buf_clear(&publisher->frame);
    free(publisher);
}

int rt_publisher_start(struct rt_claim *claim, struct rt_store *store, struct rt_publisher **out,
                       struct rt_err *err)
{
    struct rt_publisher *publisher = rt_calloc(1, sizeof *publisher);
    sigset_t all;
    sigset_t before;

    publisher->claim = claim;
    publisher->store = store;
    publisher->interval_us = rt_claim_self(claim)->interval_us;
    publisher->status.seq = rt_claim_self(claim)->head.seq;
    init_lock(publisher);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&publisher->thread, NULL, run, publisher);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *out = NULL;
    if (errno) {
        free_publisher(publisher);
        return rt_err_errno(err, RT_EIO, "starting the thread that publishes");
    }
    *out = publisher;
    return 0;
}

void rt_publisher_status(struct rt_publisher *publisher, struct rt_publisher_status *status)
{
    pthread_mutex_lock(&publisher->lock);
    *status = publisher->status;
    pthread_mutex_unlock(&publisher->lock);
}

int rt_publisher_stop(struct rt_publisher *publisher, struct rt_err *err)
{
    struct timespec pause = {LAST_US / 1000000u, 0};
    int rc;

    if (!publisher)
        return 0;
    pthread_mutex_lock(&publisher->lock);
    publisher->stop = true;
    pthread_cond_signal(&publisher->changed);
    pthread_mutex_unlock(&publisher->lock);
    pthread_join(publisher->thread, NULL);
    rc = try(publisher, err);
    for (int tries = 1; rc < 0 && rc != RT_ELOCKED && tries < LAST_TRIES; tries++) {
        nanosleep(&pause, NULL);
        rc = try(publisher, err);
    }
    free_publisher(publisher);
    return rc;
}
