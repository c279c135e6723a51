/* Door to system call user dispatch. */
#include "engine/quiet.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define PAUSE_MAX   64
#define TASK_LINKS  3 /* of /proc/self/task with one thread in it */
#define INSTRUCTION 2 /* bytes of `syscall` */

#ifdef __x86_64__

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif
#ifndef SYS_USER_DISPATCH
#define SYS_USER_DISPATCH 2
#endif

enum {
    LET = 0,   /* SYSCALL_DISPATCH_FILTER_ALLOW */
    CATCH = 1, /* SYSCALL_DISPATCH_FILTER_BLOCK */
};

/* The kernel reads it, and the handler writes: there is one. */
static volatile sig_atomic_t noticed;
static volatile char selector;

static bool dispatch(bool on)
{
    return prctl(PR_SET_SYSCALL_USER_DISPATCH, on, 0, 0, on ? &selector : NULL) == 0;
}

/* The registers are as they were before the call, but for the next instruction: it is made again.
 */
static void notice(int number, siginfo_t *info, void *context)
{
    ucontext_t *user = context;
    int before = errno;

    selector = LET;
    if (info->si_code != SYS_USER_DISPATCH) { /* a filter of seccomp(2) refuses it */
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    noticed = 1;
    dispatch(false);
    user->uc_mcontext.gregs[REG_RIP] -= INSTRUCTION;
    errno = before;
}

/* Sees to it that SIGSYS comes here. False if somebody else wants it. */
static bool own_signal(void)
{
    struct sigaction now;
    struct sigaction ours = {.sa_sigaction = notice, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    if (sigaction(SIGSYS, NULL, &now) < 0)
        return false;
    if (now.sa_flags & SA_SIGINFO)
        return now.sa_sigaction == notice;
    return now.sa_handler == SIG_DFL && sigaction(SIGSYS, &ours, NULL) == 0;
}

/* valgrind's own system calls would be caught, too; it preloads libraries of this name. */
static bool in_valgrind(void)
{
    const char *preloaded = getenv("LD_PRELOAD");

    return preloaded && strstr(preloaded, "/vgpreload_");
}

static bool has_company(void)
{
    siginfo_t info;
    struct stat tasks;

    return stat("/proc/self/task", &tasks) < 0 || tasks.st_nlink != TASK_LINKS ||
           waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

/* The kernel would kill the process. */
static bool is_blocked(void)
{
    sigset_t mask;

    return sigprocmask(SIG_BLOCK, NULL, &mask) < 0 || sigismember(&mask, SIGSYS);
}

static void go_unobserved(struct rt_quiet *quiet)
{
    quiet->alone = false;
    quiet->next = quiet->next < PAUSE_MAX / 2 ? quiet->next * 2 + 1 : PAUSE_MAX;
    quiet->pause = quiet->next;
}

void rt_quiet_begin(struct rt_quiet *quiet)
{
    if (quiet->unable)
        return;
    if (quiet->pause) {
        quiet->pause--;
        return;
    }
    if (!quiet->alone && (has_company() || is_blocked())) {
        go_unobserved(quiet);
        return;
    }
    if (!quiet->alone && (in_valgrind() || !own_signal() || !dispatch(true))) {
        quiet->unable = true;
        return;
    }
    noticed = 0;
    quiet->armed = true;
    selector = CATCH;
}

bool rt_quiet_so_far(const struct rt_quiet *quiet)
{
    return quiet->armed && !noticed;
}

bool rt_quiet_end(struct rt_quiet *quiet)
{
    bool armed = quiet->armed;

    selector = LET;
    quiet->alone = rt_quiet_so_far(quiet);
    quiet->armed = false;
    if (quiet->alone)
        quiet->next = 0;
    else if (armed)
        go_unobserved(quiet);
    return quiet->alone;
}

#else

void rt_quiet_begin(struct rt_quiet *quiet)
{
    quiet->unable = true;
}

bool rt_quiet_so_far(const struct rt_quiet *quiet)
{
    (void)quiet;
    return false;
}

bool rt_quiet_end(struct rt_quiet *quiet)
{
    (void)quiet;
    return false;
}

#endif
