#include "engine/watch.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LOW_FDS 400 /* users' code closes low numbers now and then */

#define CHANGES                                                                                    \
    (IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MODIFY |             \
     IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF)

struct rt_watch {
    int fd;
};

struct rt_watch *rt_watch_new(void)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, LOW_FDS);
    struct rt_watch *watch;

    if (fd < 0)
        return NULL;
    if (high >= 0)
        close(fd);
    watch = rt_calloc(1, sizeof *watch);
    watch->fd = high >= 0 ? high : fd;
    return watch;
}

void rt_watch_free(struct rt_watch *watch)
{
    if (!watch)
        return;
    close(watch->fd);
    free(watch);
}

bool rt_watch_add(struct rt_watch *watch, int folder, const char *path)
{
    char *name = rt_printf("/proc/self/fd/%d/%s", folder, path);
    int rc = inotify_add_watch(watch->fd, name, CHANGES | IN_ONLYDIR | IN_DONT_FOLLOW);

    free(name);
    return rc >= 0;
}

/* Asks how much there is to read: that cannot block, whatever users' code made of the descriptor.
 */
bool rt_watch_is_quiet(const struct rt_watch *watch)
{
    int bytes;

    return ioctl(watch->fd, FIONREAD, &bytes) == 0 && bytes == 0;
}

void rt_watch_forget(struct rt_watch *watch)
{
    _Alignas(struct inotify_event) char events[4096];
    int bytes;

    while (ioctl(watch->fd, FIONREAD, &bytes) == 0 && bytes > 0) {
        if (read(watch->fd, events, sizeof events) <= 0 && errno != EINTR)
            return;
    }
}
