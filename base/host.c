#include "base/host.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"

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

/* A file of /proc, or "" if it cannot be read. */
static char *read_proc(const char *path)
{
    struct rt_buf text = RT_BUF_INIT;

    if (rt_fs_read(path, &text, NULL) < 0)
        rt_buf_reset(&text);
    return rt_buf_take(&text);
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
    for (size_t most = 1024; most <= 1 << 20; most *= 2) {
        cpu_set_t *set = CPU_ALLOC(most);
        size_t size = CPU_ALLOC_SIZE(most);
        int result = set ? sched_getaffinity(0, size, set) : -1;
        int number = errno;
        int count = result == 0 ? CPU_COUNT_S(size, set) : 0;

        CPU_FREE(set);
        if (count > 0)
            return (unsigned)count;
        if (number != EINVAL) /* EINVAL: the kernel knows more CPUs than the set has room for */
            break;
    }
    return 1;
}

uint64_t rt_host_memory_kib(void)
{
    char *text = read_proc("/proc/meminfo");
    char *total = field(text, "MemTotal");
    uint64_t kib = strtoull(total, NULL, 10);

    free(total);
    free(text);
    return kib;
}

uint64_t rt_host_start(pid_t pid)
{
    char *path = rt_printf("/proc/%ld/stat", (long)pid);
    char *text = read_proc(path);
    char *at = strrchr(text, ')'); /* the name before it may hold anything */
    uint64_t start = 0;

    for (int i = 2; at && i < 22; i++)
        at = strchr(at + 1, ' ');
    if (at)
        start = strtoull(at + 1, NULL, 10);
    free(text);
    free(path);
    return start;
}
