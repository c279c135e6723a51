#include "engine/idle.h"

#include <errno.h>
#include <time.h>

uint64_t rt_idle_sleep_us(struct rt_idle *idle, bool active, uint64_t mono_us)
{
    uint64_t quiet_us;

    if (active || idle->since_us == 0)
        idle->since_us = mono_us;
    if (active)
        return 0;
    quiet_us = mono_us - idle->since_us;
    if (quiet_us < RT_IDLE_SLEEP_MIN_US)
        return RT_IDLE_SLEEP_MIN_US;
    return quiet_us < RT_IDLE_SLEEP_MAX_US ? quiet_us : RT_IDLE_SLEEP_MAX_US;
}

int rt_idle_wait(struct pollfd *fds, size_t count, uint64_t timeout_us, struct rt_err *err)
{
    struct timespec timeout = {(time_t)(timeout_us / 1000000u),
                               (long)(timeout_us % 1000000u) * 1000};
    int ready = ppoll(fds, count, timeout_us == UINT64_MAX ? NULL : &timeout, NULL);

    if (ready < 0 && errno != EINTR)
        return rt_err_errno(err, RT_EINTERNAL, "cannot poll %zu descriptors", count);
    return ready < 0 ? 0 : ready;
}
