#include "cli/guard.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/host.h"
#include "cli/undertaker.h"
#include "engine/comm_launcher.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_S      1         /* between looks at the launcher */
#define PATIENCE_US 15000000u /* with rank 0, once nobody waits for a rank that is dead */

struct rt_guard {
    _Atomic int *stage; /* in memory that both share */
};

/* The guard's own side. */
struct guarding {
    pid_t rank;     /* 0 once it is dead and done without */
    pid_t launcher; /* who started us */
    const char *number;
    const _Atomic int *stage;
    uint64_t end_us; /* when to end as the rank did (monotonic); 0: not by ourselves */
    int status;      /* of the dead rank */
};

/* With `mpiexec --enable-recovery` Open MPI ends nobody, and waits for all that it started. */
static bool is_wanted(void)
{
    struct rt_launcher launcher;

    return rt_launcher_detect(&launcher, NULL) == 0 && launcher.ranks > 1 &&
           !getenv("OMPI_MCA_orte_enable_recovery") && rt_launcher_rank()[0];
}

/* Ends as the rank did, so that the launcher can tell how that was. */
static _Noreturn void end_as(int status)
{
    const struct rlimit none = {0, 0};
    sigset_t all;

    if (WIFEXITED(status))
        _exit(WEXITSTATUS(status));
    setrlimit(RLIMIT_CORE, &none);
    signal(WTERMSIG(status), SIG_DFL);
    sigfillset(&all);
    sigprocmask(SIG_UNBLOCK, &all, NULL);
    raise(WTERMSIG(status));
    _exit(128 + WTERMSIG(status));
}

static void say_gone(const struct guarding *guarding, int status)
{
    char *host = rt_host_name();

    if (WIFSIGNALED(status))
        fprintf(stderr,
                "retrial: rank %s on %s was killed by signal %d (%s); the study goes on without "
                "it\n",
                guarding->number, host, WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        fprintf(stderr, "retrial: rank %s on %s gave up; the study goes on without it\n",
                guarding->number, host);
    free(host);
}

static void say_over(int status)
{
    char *host = rt_host_name();

    fprintf(
        stderr,
        "retrial: rank 0 on %s was killed by signal %d (%s), and the launch ends with it; what was "
        "recorded is safe: run the same command again, or have --supervise do that\n",
        host, WTERMSIG(status), strsignal(WTERMSIG(status)));
    free(host);
}

static void reap(struct guarding *guarding)
{
    int status;

    if (!guarding->rank || waitpid(guarding->rank, &status, WNOHANG) != guarding->rank)
        return;
    if (strcmp(guarding->number, "0") == 0 && WIFSIGNALED(status))
        say_over(status);
    if (*guarding->stage == RT_GUARD_STARTING && getenv("OMPI_COMM_WORLD_RANK"))
        rt_undertaker_leave(guarding->launcher);
    if (strcmp(guarding->number, "0") == 0 || *guarding->stage == RT_GUARD_STARTING ||
        *guarding->stage == RT_GUARD_LEAVING)
        end_as(status);
    guarding->rank = 0;
    guarding->status = status;
    /* The others may have met it at the end, and leave in good order: then nobody ends us. */
    if (*guarding->stage == RT_GUARD_CLOSING)
        guarding->end_us = rt_mono_us() + PATIENCE_US;
    say_gone(guarding, status);
}

/* Waits for signals, and for the launcher's end, which nothing else tells. */
static _Noreturn void guard(struct guarding *guarding)
{
    const struct timespec look = {LOOK_S, 0};
    sigset_t all;

    sigfillset(&all);
    for (;;) {
        int number = sigtimedwait(&all, NULL, &look);

        if (number == SIGCHLD)
            reap(guarding);
        else if (number > 0 && guarding->rank)
            kill(guarding->rank, number);
        if (guarding->end_us && rt_mono_us() >= guarding->end_us)
            end_as(guarding->status);
        if (getppid() != guarding->launcher) {
            if (guarding->rank)
                kill(guarding->rank, SIGKILL);
            _exit(1);
        }
    }
}

/* Launchers signal the group of what they started: the rank has one of its own, or it would
 * get each signal twice. */
static int become_rank(pid_t parent, const sigset_t *mask)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    setpgid(0, 0);
    sigprocmask(SIG_SETMASK, mask, NULL);
    return 0;
}

int rt_guard_fork(struct rt_guard **out, struct rt_err *err)
{
    struct guarding guarding = {.launcher = getppid(), .number = rt_launcher_rank()};
    pid_t self = getpid();
    _Atomic int *stage;
    sigset_t all;
    sigset_t mask;

    *out = NULL;
    if (!is_wanted())
        return 0;
    stage = mmap(NULL, sizeof *stage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (stage == MAP_FAILED)
        return rt_err_errno(err, RT_EINTERNAL, "mapping the guard's page");
    atomic_init(stage, RT_GUARD_STARTING);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask);
    guarding.stage = stage;
    guarding.rank = fork();
    if (guarding.rank < 0) {
        munmap((void *)stage, sizeof *stage);
        sigprocmask(SIG_SETMASK, &mask, NULL);
        return rt_err_errno(err, RT_EINTERNAL, "forking the rank from its guard");
    }
    if (guarding.rank > 0)
        guard(&guarding);
    *out = rt_calloc(1, sizeof **out);
    (*out)->stage = stage;
    return become_rank(self, &mask);
}

void rt_guard_free(struct rt_guard *guard)
{
    if (!guard)
        return;
    munmap((void *)guard->stage, sizeof *guard->stage);
    free(guard);
}

void rt_guard_note(struct rt_guard *guard, enum rt_guard_stage stage)
{
    if (guard)
        *guard->stage = stage;
}
