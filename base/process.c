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

bool rt_process_look(pid_t pid, struct rt_process *out)
{
    char path[32];
    char text[2048];
    ssize_t got;
    int fd;

    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    got = read(fd, text, sizeof text - 1);
    close(fd);
    if (got <= 0)
        return false;
    text[got] = '\0';
    return take_apart(text, out);
}
