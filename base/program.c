#include "base/program.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECE      4096u
#define LOOK_MS    5 /* between looks at whether it has ended */
#define LOOKS      20
#define CANNOT_RUN 127 /* as shells say it */

struct asked {
    const char *name;
    pid_t pid;
    int from; /* its stdout */
};

static _Noreturn void become(const char *const argv[], pid_t parent, int to)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(CANNOT_RUN);
    setpgid(0, 0); /* it is killed with all that it has started */
    dup2(null, STDIN_FILENO);
    dup2(to, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(argv[0], (char *const *)argv); /* which changes none of them */
    _exit(CANNOT_RUN);
}

static int start(const char *const argv[], struct asked *asked, struct rt_err *err)
{
    pid_t parent = getpid();
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) < 0)
        return rt_err_errno(err, RT_EIO, "making a pipe");
    asked->pid = fork();
    if (asked->pid == 0)
        become(argv, parent, fds[1]);
    close(fds[1]);
    asked->from = fds[0];
    if (asked->pid < 0) {
        close(fds[0]);
        return rt_err_errno(err, RT_EIO, "starting \"%s\"", asked->name);
    }
    setpgid(asked->pid, asked->pid);
    fcntl(asked->from, F_SETFL, O_NONBLOCK);
    return 0;
}

static int take(const struct asked *asked, size_t most, struct rt_buf *out, struct rt_err *err)
{
    char piece[PIECE];
    ssize_t got;

    while ((got = read(asked->from, piece, sizeof piece)) > 0) {
        if ((size_t)got > most - out->size)
            return rt_err_set(err, RT_EPEER, "\"%s\" says too much", asked->name);
        rt_buf_put(out, piece, (size_t)got);
    }
    return 0;
}

/* It remains to be waited for. */
static bool has_ended(const struct asked *asked)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)asked->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid;
}

/* Until it has ended: what it leaves running may hold the pipe. */
static int hear(const struct asked *asked, uint64_t limit_us, size_t most, struct rt_buf *out,
                struct rt_err *err)
{
    struct pollfd from = {asked->from, POLLIN, 0};
    uint64_t end_us = rt_mono_us() + limit_us;
    bool ended = false;
    int rc = 0;

    while (rc == 0 && !ended) {
        if (rt_mono_us() >= end_us)
            return rt_err_set(err, RT_EPEER, "\"%s\" did not answer within %.3g s", asked->name,
                              (double)limit_us / 1e6);
        poll(&from, 1, LOOK_MS);
        ended = has_ended(asked);
        rc = take(asked, most, out, err);
        if (from.revents & POLLHUP)
            from.fd = -1;
    }
    return rc;
}

static int judge(const char *name, int status, struct rt_err *err)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_RUN)
        return rt_err_set(err, RT_ENOTFOUND, "\"%s\" cannot be run", name);
    if (WIFEXITED(status))
        return rt_err_set(err, RT_EPEER, "\"%s\" ended with %d", name, WEXITSTATUS(status));
    return rt_err_set(err, RT_EPEER, "\"%s\" was killed by signal %d", name, WTERMSIG(status));
}

/* It is killed, and given a moment to be gone. */
static void end(const struct asked *asked)
{
    kill(-asked->pid, SIGKILL);
    for (int i = 0; i < LOOKS && waitpid(asked->pid, NULL, WNOHANG) == 0; i++)
        poll(NULL, 0, LOOK_MS);
}

int rt_program_ask(const char *const argv[], uint64_t limit_us, size_t most, struct rt_buf *out,
                   struct rt_err *err)
{
    struct asked asked = {.name = argv[0]};
    int status = 0;
    int rc;

    most += out->size;
    if ((rc = start(argv, &asked, err)) < 0)
        return rc;
    if ((rc = hear(&asked, limit_us, most, out, err)) < 0)
        end(&asked);
    else if (waitpid(asked.pid, &status, 0) == asked.pid)
        rc = judge(asked.name, status, err);
    close(asked.from);
    return rc;
}
