#include "cli/undertaker.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOOK_MS     500
#define PATIENCE_MS 10000

/* State and parent stand behind the name, which may hold anything: "PID (NAME) STATE PARENT ..." */
static bool is_living_child(const char *number, pid_t parent)
{
    char path[64];
    char text[512];
    char state;
    long of;
    const char *at;
    ssize_t got;
    int fd;

    snprintf(path, sizeof path, "/proc/%.20s/stat", number);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    got = read(fd, text, sizeof text - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    at = strrchr(text, ')');
    return at && sscanf(at, ") %c %ld", &state, &of) == 2 && of == parent && state != 'Z' &&
           state != 'X';
}

/* True also where that cannot be known. */
static bool has_children(pid_t parent)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    bool found = !proc;

    while (proc && !found && (entry = readdir(proc)) != NULL)
        found = isdigit((unsigned char)entry->d_name[0]) && is_living_child(entry->d_name, parent);
    if (proc)
        closedir(proc);
    return found;
}

static _Noreturn void watch(pid_t launcher, int handle)
{
    struct pollfd gone = {.fd = handle, .events = POLLIN};
    int alone_ms = 0;

    while (alone_ms < PATIENCE_MS) {
        if (poll(&gone, 1, LOOK_MS) != 0)
            _exit(0);
        alone_ms = has_children(launcher) ? 0 : alone_ms + LOOK_MS;
    }
    syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0);
    _exit(0);
}

/* Whoever waits for the end of what we write must not wait for us, nor signals to our group hit. */
static int withdraw(int handle)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    if (dup2(handle, STDIN_FILENO) < 0 || chdir("/") < 0)
        _exit(0);
    syscall(SYS_close_range, STDIN_FILENO + 1, ~0u, 0);
    return STDIN_FILENO;
}

void rt_undertaker_leave(pid_t launcher)
{
    int handle = (int)syscall(SYS_pidfd_open, launcher, 0);

    if (handle < 0)
        return;
    /* Its number is not yet another's. */
    if (getppid() == launcher && fork() == 0)
        watch(launcher, withdraw(handle));
    close(handle);
}
