#include "engine/use.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t time_us(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_usec;
}

/* What was assumed before may have been too much. */
static uint64_t since(uint64_t before, uint64_t now)
{
    return now > before ? now - before : 0;
}

void rt_use_add(int who, struct rt_use *before, struct rt_attempt *attempt)
{
    struct rusage use;
    struct rt_use now;

    getrusage(who, &use);
    now = (struct rt_use){time_us(use.ru_utime), time_us(use.ru_stime), (uint64_t)use.ru_maxrss};
    attempt->user_us += since(before->user_us, now.user_us);
    attempt->sys_us += since(before->sys_us, now.sys_us);
    /* The largest child there ever was tells nothing of this attempt unless it is a new one. */
    if (now.max_rss_kib > attempt->max_rss_kib &&
        (who == RUSAGE_SELF || now.max_rss_kib > before->max_rss_kib))
        attempt->max_rss_kib = now.max_rss_kib;
    *before = now;
}

void rt_use_assume(struct rt_use *before, struct rt_attempt *attempt)
{
    attempt->user_us += attempt->duration_us;
    attempt->max_rss_kib = before->max_rss_kib;
    before->user_us += attempt->duration_us;
}

void rt_use_forget_peak(void)
{
    int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    ssize_t ignored;

    if (fd < 0)
        return;
    ignored = write(fd, "5", 1); /* proc(5): resets the peak resident set size */
    (void)ignored;
    close(fd);
}
