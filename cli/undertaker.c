#include "cli/undertaker.h"

#include "base/process.h"

#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOOK_MS     500
#define PATIENCE_MS 10000

static bool is_living_child(const char *number, pid_t parent)
{
    struct rt_process process;

    return rt_process_look((pid_t)strtol(number, NULL, 10), &process) && process.parent == parent &&
           process.state != 'Z' && process.state != 'X';
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

/* Whose child this process is once its own parent is gone has taken in the orphans of a launcher
 * that is gone, or started this launch as the first process of a container, and would never end. */
static _Noreturn void watch(pid_t launcher, int handle)
{
    struct pollfd gone = {.fd = handle, .events = POLLIN};
    int alone_ms = 0;

    while (alone_ms < PATIENCE_MS) {
        if (poll(&gone, 1, LOOK_MS) != 0 || getppid() == launcher)
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
