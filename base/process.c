#include "base/process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "PID (NAME) STATE PARENT ...": the name may hold anything, parentheses and line ends, too. */
static bool take_apart(char *text, struct rt_process *out)
{
    const char *open = strchr(text, '(');
    char *close = strrchr(text, ')');
    long parent;

    if (!open || !close || close < open)
        return false;
    snprintf(out->name, sizeof out->name, "%.*s", (int)(close - open - 1), open + 1);
    if (sscanf(close,
               ") %c %ld %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %ld %*s "
               "%" SCNu64,
               &out->state, &parent, &out->threads, &out->start) != 4)
        return false;
    out->parent = (pid_t)parent;
    return true;
}

static bool read_file(pid_t pid, const char *name, char *text, size_t size)
{
    char path[48];
    ssize_t got;
    int fd;

    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    got = read(fd, text, size - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

bool rt_process_look(pid_t pid, struct rt_process *out)
{
    char text[2048];

    return read_file(pid, "stat", text, sizeof text) && take_apart(text, out);
}

uint64_t rt_process_resident_kib(pid_t pid)
{
    unsigned long pages;
    char text[256];

    if (!read_file(pid, "statm", text, sizeof text) || sscanf(text, "%*s %lu", &pages) != 1)
        return 0;
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}
