/*
 * Preloaded: the wall clock is ahead by the seconds that the file $CLOCK_FILE says (less than none:
 * it is behind), from the moment they are written there on. The monotonic clock goes on as it is.
 * Signs of life, which are set by the kernel's clock, follow.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char path[PATH_MAX]; /* workers do not get to see the variable */

__attribute__((constructor)) static void remember(void)
{
    const char *said = getenv("CLOCK_FILE");

    snprintf(path, sizeof path, "%s", said ? said : "");
}

static time_t ahead(void)
{
    int before = errno;
    int fd = path[0] ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    char text[32] = "";

    if (fd >= 0 && read(fd, text, sizeof text - 1) < 0)
        text[0] = '\0';
    if (fd >= 0)
        close(fd);
    errno = before;
    return (time_t)strtoll(text, NULL, 10);
}

int clock_gettime(clockid_t id, struct timespec *now)
{
    long rc = syscall(SYS_clock_gettime, id, now);

    if (rc == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        now->tv_sec += ahead();
    return (int)rc;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    int rc = clock_gettime(CLOCK_REALTIME, &exact);

    (void)zone;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return rc;
}

time_t time(time_t *out)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

/* The times that "now" means. */
static const struct timespec *shifted(const struct timespec given[2], struct timespec now[2])
{
    if (given)
        return given;
    clock_gettime(CLOCK_REALTIME, &now[0]);
    now[1] = now[0];
    return now;
}

int futimens(int fd, const struct timespec times[2])
{
    int (*real)(int, const struct timespec[2]) =
        (int (*)(int, const struct timespec[2]))dlsym(RTLD_NEXT, "futimens");
    struct timespec now[2];

    return real(fd, shifted(times, now));
}

int utimensat(int folder, const char *name, const struct timespec times[2], int flags)
{
    int (*real)(int, const char *, const struct timespec[2], int) =
        (int (*)(int, const char *, const struct timespec[2], int))dlsym(RTLD_NEXT, "utimensat");
    struct timespec now[2];

    return real(folder, name, shifted(times, now), flags);
}
