#include "base/host.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

char *rt_host_name(void)
{
    char name[256] = "";

    gethostname(name, sizeof name - 1);
    return rt_strdup(name);
}

char *rt_host_path(const char *path)
{
    const char *root = getenv("RETRIAL_HOST_ROOT");

    return rt_printf("%s%s", root ? root : "", path);
}

/* A file of /proc, or "" if it cannot be read. */
static char *read_proc(const char *path)
{
    struct rt_buf text = RT_BUF_INIT;

    if (rt_fs_read(path, &text, NULL) < 0)
        rt_buf_reset(&text);
    return rt_buf_take(&text);
}

static char *read_told(const char *path)
{
    char *full = rt_host_path(path);
    char *text = read_proc(full);

    free(full);
    return text;
}

char *rt_host_boot(void)
{
    char *text = read_proc("/proc/sys/kernel/random/boot_id");

    text[strcspn(text, "\n")] = '\0';
    return text;
}

char *rt_host_system(void)
{
    struct utsname names;

    if (uname(&names) < 0)
        return rt_strdup("");
    return rt_printf("%s %s %s", names.sysname, names.release, names.machine);
}

/* The value of a "name : value" line. */
static char *field(const char *text, const char *name)
{
    const char *line = text;
    size_t length = strlen(name);

    while (line && strncmp(line, name, length) != 0) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (!line)
        return rt_strdup("");
    line += length;
    line += strspn(line, " \t:");
    return rt_strndup(line, strcspn(line, "\n"));
}

char *rt_host_cpu(void)
{
    static const char *const names[] = {"model name", "cpu model", "cpu\t", "CPU part"};
    char *text = read_proc("/proc/cpuinfo");
    char *cpu = rt_strdup("");

    for (size_t i = 0; !cpu[0] && i < sizeof names / sizeof names[0]; i++) {
        free(cpu);
        cpu = field(text, names[i]);
    }
    free(text);
    return cpu;
}

char *rt_host_user(void)
{
    char memory[4096];
    struct passwd *found = NULL;
    struct passwd entry;

    if (getpwuid_r(geteuid(), &entry, memory, sizeof memory, &found) == 0 && found)
        return rt_strdup(found->pw_name);
    return rt_printf("uid %lu", (unsigned long)geteuid());
}

unsigned rt_host_cores(void)
{
    unsigned count = rt_host_cores_of(0);

    return count ? count : 1;
}

unsigned rt_host_cores_of(pid_t pid)
{
    for (size_t most = 1024; most <= 1 << 20; most *= 2) {
        cpu_set_t *set = CPU_ALLOC(most);
        size_t size = CPU_ALLOC_SIZE(most);
        int result = set ? sched_getaffinity(pid, size, set) : -1;
        int number = errno;
        int count = result == 0 ? CPU_COUNT_S(size, set) : 0;

        CPU_FREE(set);
        if (count > 0)
            return (unsigned)count;
        if (number != EINVAL) /* EINVAL: the kernel knows more CPUs than the set has room for */
            break;
    }
    return 0;
}

static uint64_t memory_kib(const char *name)
{
    char *text = read_told("/proc/meminfo");
    char *value = field(text, name);
    uint64_t kib = strtoull(value, NULL, 10);

    free(value);
    free(text);
    return kib;
}

uint64_t rt_host_memory_kib(void)
{
    return memory_kib("MemTotal");
}

/* The least limit of a control group and of those above it; UINT64_MAX if there is none. */
static uint64_t least_limit(const char *mount, char *group, const char *file)
{
    uint64_t least = UINT64_MAX;

    for (;;) {
        char *path = rt_printf("%s%s/%s", mount, strcmp(group, "/") == 0 ? "" : group, file);
        char *text = read_told(path);
        uint64_t limit = isdigit((unsigned char)text[0]) ? strtoull(text, NULL, 10) : UINT64_MAX;

        least = limit < least ? limit : least;
        free(text);
        free(path);
        if (!strrchr(group, '/') || strcmp(group, "/") == 0)
            return least;
        strrchr(group, '/')[strrchr(group, '/') == group] = '\0';
    }
}

/* Lines of /proc/self/cgroup: "0::/path" in version 2, "9:cpu,memory:/path" in version 1. */
static uint64_t group_limit(void)
{
    char *text = read_told("/proc/self/cgroup");
    uint64_t least = UINT64_MAX;
    char *rest = text;
    char *line;

    while ((line = strsep(&rest, "\n")) != NULL) {
        char *names = strchr(line, ':');
        char *group = names ? strchr(names + 1, ':') : NULL;
        uint64_t limit = UINT64_MAX;

        if (!group)
            continue;
        *group++ = '\0';
        if (strcmp(names, ":") == 0)
            limit = least_limit("/sys/fs/cgroup", group, "memory.max");
        else if (strstr(names, "memory"))
            limit = least_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
        least = limit < least ? limit : least;
    }
    free(text);
    return least;
}

uint64_t rt_host_memory_available(void)
{
    uint64_t available = memory_kib("MemAvailable") * 1024;
    uint64_t limit = group_limit();

    if (available == 0)
        return limit == UINT64_MAX ? 0 : limit;
    return limit < available ? limit : available;
}
