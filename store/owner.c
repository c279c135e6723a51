#include "store/owner.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/process.h"
#include "base/quantity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SILENCE_US 30000000u /* after which one of whom nothing else is known is dead */

/* Start of a process in clock ticks since boot; 0 if there is none, or it is dead but was not
 * waited for, as in containers whose first process waits for nobody; a thread may outlive the
 * first. */
static uint64_t start_of(int64_t pid)
{
    struct rt_process process;

    if (!rt_process_look((pid_t)pid, &process) || process.state == 'X' ||
        (process.state == 'Z' && process.threads <= 1))
        return 0;
    return process.start;
}

/* systemd's machine-id(5); "" where there is none. */
static void read_machine(char machine[33])
{
    struct rt_buf text = RT_BUF_INIT;

    machine[0] = '\0';
    if (rt_fs_read("/etc/machine-id", &text, NULL) == 0 && text.size >= 32 &&
        strspn(rt_buf_text(&text), "0123456789abcdef") == 32)
        snprintf(machine, 33, "%.32s", rt_buf_text(&text));
    rt_buf_clear(&text);
}

static int read_boot(char boot[37], struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    int rc = rt_fs_read("/proc/sys/kernel/random/boot_id", &text, err);

    if (rc == 0)
        snprintf(boot, 37, "%.36s", rt_buf_text(&text));
    rt_buf_clear(&text);
    return rc;
}

int rt_owner_self(struct rt_lock_owner *owner, struct rt_err *err)
{
    ssize_t size;
    int rc;

    memset(owner, 0, sizeof *owner);
    if (gethostname(owner->host, sizeof owner->host - 1) < 0)
        return rt_err_errno(err, RT_EIO, "asking for the name of this host");
    if ((rc = read_boot(owner->boot, err)) < 0)
        return rc;
    size = readlink("/proc/self/ns/pid", owner->namespace, sizeof owner->namespace - 1);
    if (size < 0)
        owner->namespace[0] = '\0';
    read_machine(owner->machine);
    owner->pid = getpid();
    owner->start = start_of(owner->pid);
    owner->since_us = rt_wall_us();
    owner->heartbeat_us = owner->since_us;
    return 0;
}

/* Processes of one kernel, since it booted, which see each other. The name of a host may change
 * meanwhile; a boot id is drawn anew at each start. */
static bool see_each_other(const struct rt_lock_owner *owner, const struct rt_lock_owner *self)
{
    return strcmp(owner->boot, self->boot) == 0 && owner->namespace[0] &&
           strcmp(owner->namespace, self->namespace) == 0;
}

/* The host of this name has another boot id than the owner's. Images of hosts share machine ids and
 * containers names, but hardly two hosts both. Where nothing tells, it may live: clocks may have
 * been set meanwhile. */
static bool survived_boot(const struct rt_lock_owner *owner, const struct rt_lock_owner *self)
{
    return rt_owner_is_doubtful(owner, self) || strcmp(owner->machine, self->machine) != 0;
}

uint64_t rt_owner_silence_us(void)
{
    const char *text = getenv("RETRIAL_TAKEOVER");
    int64_t value;

    if (text && rt_quantity_parse(text, rt_durations, &value) && value > 0)
        return (uint64_t)value;
    return SILENCE_US;
}

bool rt_owner_lives(const struct rt_lock_owner *owner, const struct rt_lock_owner *self)
{
    if (see_each_other(owner, self))
        return owner->start && start_of(owner->pid) == owner->start;
    if (strcmp(owner->host, self->host) != 0)
        return true;
    if (strcmp(owner->boot, self->boot) != 0)
        return survived_boot(owner, self);
    if (strcmp(owner->namespace, self->namespace) != 0)
        return true;
    return owner->start && start_of(owner->pid) == owner->start;
}

bool rt_owner_is_near(const struct rt_lock_owner *owner, const struct rt_lock_owner *self)
{
    return see_each_other(owner, self);
}

bool rt_owner_is_doubtful(const struct rt_lock_owner *owner, const struct rt_lock_owner *self)
{
    return strcmp(owner->host, self->host) == 0 && strcmp(owner->boot, self->boot) != 0 &&
           !(owner->machine[0] && self->machine[0]);
}

uint64_t rt_owner_age_us(const struct rt_lock_owner *owner)
{
    uint64_t ticks = (uint64_t)sysconf(_SC_CLK_TCK);
    uint64_t start_us = owner->start / ticks * 1000000u + owner->start % ticks * 1000000u / ticks;
    struct timespec now;
    uint64_t now_us;

    clock_gettime(CLOCK_BOOTTIME, &now);
    now_us = (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
    return now_us > start_us ? now_us - start_us : 0;
}

bool rt_owner_was_here(const struct rt_lock_owner *owner, const struct rt_lock_owner *self)
{
    return strcmp(owner->host, self->host) == 0 || strcmp(owner->boot, self->boot) == 0 ||
           (owner->machine[0] && strcmp(owner->machine, self->machine) == 0);
}

struct rt_json *rt_owner_json(const struct rt_lock_owner *owner)
{
    struct rt_json *object = rt_json_new_object();

    rt_json_set_text(object, "host", owner->host);
    rt_json_set_text(object, "boot", owner->boot);
    rt_json_set_text(object, "machine", owner->machine);
    rt_json_set_text(object, "namespace", owner->namespace);
    rt_json_set_int(object, "pid", owner->pid);
    rt_json_set_int(object, "start", (int64_t)owner->start);
    rt_json_set_int(object, "since_us", (int64_t)owner->since_us);
    rt_json_set_int(object, "fence", (int64_t)owner->fence);
    return object;
}

int rt_owner_from(const struct rt_json *object, struct rt_lock_owner *owner)
{
    memset(owner, 0, sizeof *owner);
    snprintf(owner->host, sizeof owner->host, "%s", rt_json_get_text(object, "host", ""));
    snprintf(owner->boot, sizeof owner->boot, "%s", rt_json_get_text(object, "boot", ""));
    snprintf(owner->machine, sizeof owner->machine, "%s", rt_json_get_text(object, "machine", ""));
    snprintf(owner->namespace, sizeof owner->namespace, "%s",
             rt_json_get_text(object, "namespace", ""));
    owner->pid = rt_json_get_int(object, "pid", 0);
    owner->start = (uint64_t)rt_json_get_int(object, "start", 0);
    owner->since_us = (uint64_t)rt_json_get_int(object, "since_us", 0);
    owner->fence = (uint64_t)rt_json_get_int(object, "fence", 0);
    return owner->pid > 0 && owner->host[0] ? 0 : -1;
}

void rt_owner_put(struct rt_buf *out, const struct rt_lock_owner *owner)
{
    struct rt_json *object = rt_owner_json(owner);

    rt_json_canonical(object, out);
    rt_buf_add(out, "\n");
    rt_json_free(object);
}

int rt_owner_get(struct rt_span text, struct rt_lock_owner *owner)
{
    struct rt_json *object;
    int rc;

    memset(owner, 0, sizeof *owner);
    if (rt_json_parse(text, &object, NULL) < 0)
        return -1;
    rc = rt_owner_from(object, owner);
    rt_json_free(object);
    return rc;
}
