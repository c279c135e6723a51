#include "store/lock.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BEAT_US 5000000u
#define LOOK_US 200000u

struct rt_lock {
    const struct rt_io *io;
    char *folder;
    char *path;
    int fd;
    struct rt_lock_owner self;
    uint64_t beaten_us; /* monotonic */
};

/* Who a lock file names: 1 and *owner; 0 if there is no file, or only the beginning of one,
 * which its maker did not live to finish: they are only looked at under the guard. */
static int read_owner(const char *path, struct rt_lock_owner *owner, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct stat info;
    int rc;

    rc = rt_fs_read(path, &text, err);
    if (rc < 0 || rt_owner_get(rt_buf_span(&text), owner) < 0) {
        rt_buf_clear(&text);
        return rc == RT_ENOTFOUND ? 0 : rc;
    }
    rt_buf_clear(&text);
    if (stat(path, &info) < 0)
        return errno == ENOENT ? 0 : rt_err_errno(err, RT_EIO, "looking at \"%s\"", path);
    owner->heartbeat_us =
        (uint64_t)info.st_mtim.tv_sec * 1000000u + (uint64_t)info.st_mtim.tv_nsec / 1000u;
    return 1;
}

int rt_lock_owner(const char *folder, struct rt_lock_owner *owner, struct rt_err *err)
{
    char *path = rt_fs_join(folder, "lock");
    struct rt_lock_owner self;
    int rc;

    if ((rc = rt_owner_self(&self, err)) == 0 && (rc = read_owner(path, owner, err)) == 1)
        rc = rt_owner_lives(owner, &self);
    free(path);
    return rc;
}

static int say_locked(const struct rt_lock *lock, const struct rt_lock_owner *owner,
                      struct rt_err *err)
{
    char since[RT_TIME_TEXT];
    char beat[RT_TIME_TEXT];

    rt_time_text(owner->since_us, since);
    if (rt_owner_is_near(owner, &lock->self))
        return rt_err_set(err, RT_ELOCKED,
                          "the store \"%s\" is being written by process %" PRId64
                          " on this host since %s; \"retrial status\" tells what it does, and "
                          "\"retrial stop\" ends it",
                          lock->folder, owner->pid, since);
    return rt_err_set(err, RT_ELOCKED,
                      "the store \"%s\" is being written by process %" PRId64
                      " on host \"%s\" since %s (last sign of life %s); if it is dead for "
                      "certain, remove \"%s\"",
                      lock->folder, owner->pid, owner->host, since,
                      rt_time_text(owner->heartbeat_us, beat), lock->path);
}

/* 1 if the lock's owner gives a sign of life, 0 if it gives none for so long. Its time is compared
 * with what it was, never with a clock. */
static int watch(const struct rt_lock *lock, const struct rt_lock_owner *owner, struct rt_err *err)
{
    const struct timespec pause = {0, LOOK_US * 1000};
    uint64_t until = rt_mono_us() + rt_owner_silence_us();
    struct rt_lock_owner now = *owner;
    int rc = 1;

    while (rc == 1 && now.heartbeat_us == owner->heartbeat_us && rt_mono_us() < until) {
        if (nanosleep(&pause, NULL) < 0 && errno == EINTR)
            return rt_err_set(err, RT_EINTERRUPTED, "interrupted while waiting for the lock \"%s\"",
                              lock->path);
        rc = read_owner(lock->path, &now, err);
    }
    return rc == 1 ? now.heartbeat_us != owner->heartbeat_us : rc;
}

/* 1 if the owner lives, as far as can be told. */
static int lives(const struct rt_lock *lock, const struct rt_lock_owner *owner, struct rt_err *err)
{
    if (rt_owner_is_doubtful(owner, &lock->self))
        return watch(lock, owner, err);
    return rt_owner_lives(owner, &lock->self);
}

/* Makes the lock file, after removing that of a dead owner. Runs under the guard. */
static int make(struct rt_lock *lock, struct rt_err *err)
{
    struct rt_lock_owner owner;
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    if ((rc = read_owner(lock->path, &owner, err)) < 0 ||
        (rc == 1 && (rc = lives(lock, &owner, err)) < 0))
        return rc;
    if (rc == 1)
        return say_locked(lock, &owner, err);
    if (rt_fs_exists(lock->path) && (rc = rt_io_remove(lock->io, lock->path, err)) < 0)
        return rc;
    rt_owner_put(&text, &lock->self);
    rc = rt_io_create(lock->io, lock->path, rt_buf_span(&text), &lock->fd, err);
    rt_buf_clear(&text);
    if (rc == 1)
        return rt_err_set(err, RT_ELOCKED, "the store \"%s\" was locked by another host just now",
                          lock->folder);
    return rc < 0 ? rc : rt_io_sync_dir(lock->io, lock->folder, err);
}

/* Two takers on this host could both find the same dead owner: one at a time, by flock() on the
 * file `format`. Between hosts O_EXCL decides. */
static int make_guarded(struct rt_lock *lock, struct rt_err *err)
{
    char *path = rt_fs_join(lock->folder, "format");
    int guard = open(path, O_RDONLY | O_CLOEXEC);
    int rc;

    if (guard < 0) {
        rc = rt_err_errno(err, RT_EIO, "opening \"%s\"", path);
        free(path);
        return rc;
    }
    while (flock(guard, LOCK_EX) < 0 && errno == EINTR)
        continue;
    rc = make(lock, err);
    close(guard);
    free(path);
    return rc;
}

int rt_lock_take(const char *folder, const struct rt_io *io, struct rt_lock **out,
                 struct rt_err *err)
{
    struct rt_lock *lock = rt_calloc(1, sizeof *lock);
    int rc;

    *out = NULL;
    lock->io = io;
    lock->fd = -1;
    lock->folder = rt_strdup(folder);
    lock->path = rt_fs_join(folder, "lock");
    lock->beaten_us = rt_mono_us();
    if ((rc = rt_owner_self(&lock->self, err)) < 0 || (rc = make_guarded(lock, err)) < 0) {
        rt_lock_release(lock);
        return rc;
    }
    *out = lock;
    return 0;
}

int rt_lock_set_fence(struct rt_lock *lock, uint64_t fence, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    lock->self.fence = fence;
    rt_owner_put(&text, &lock->self);
    rc = rt_io_rewrite(lock->io, lock->fd, lock->path, rt_buf_span(&text), err);
    rt_buf_clear(&text);
    return rc;
}

static bool is_ours(const struct rt_lock *lock)
{
    struct stat ours;
    struct stat there;

    return lock->fd >= 0 && fstat(lock->fd, &ours) == 0 && stat(lock->path, &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

int rt_lock_check(const struct rt_lock *lock, struct rt_err *err)
{
    if (is_ours(lock))
        return 0;
    return rt_err_set(err, RT_ELOCKED, "the lock \"%s\" was taken away from this process",
                      lock->path);
}

void rt_lock_beat(struct rt_lock *lock)
{
    uint64_t now = rt_mono_us();

    if (now - lock->beaten_us < BEAT_US)
        return;
    futimens(lock->fd, NULL);
    lock->beaten_us = now;
}

int rt_lock_remove(struct rt_lock *lock, struct rt_err *err)
{
    if (is_ours(lock) && unlink(lock->path) < 0)
        return rt_fs_write_error(err, "removing", lock->path);
    return 0;
}

void rt_lock_release(struct rt_lock *lock)
{
    if (!lock)
        return;
    if (is_ours(lock))
        unlink(lock->path);
    if (lock->fd >= 0)
        close(lock->fd);
    free(lock->folder);
    free(lock->path);
    free(lock);
}
