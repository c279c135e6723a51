/* A part of the check in a process of its own. */
#include "store/check_inner.h"

#include "base/fs.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What comes through the pipe; written at once, since it is smaller than PIPE_BUF. */
struct message {
    bool end; /* the part is through: facts count, else the finding does */
    struct rt_check_facts facts;
    struct rt_check_finding finding;
};

static void send(const struct rt_checking *checking, const struct message *message)
{
    if (rt_fs_write_all(checking->to, rt_span(message, sizeof *message), "a pipe", NULL) < 0)
        _exit(1);
}

void rt_check_say(struct rt_checking *checking, int code, const char *remedy, const char *format,
                  ...)
{
    struct message message = {0};
    va_list args;

    if (checking->said++ >= RT_CHECK_SAID_MAX)
        return;
    message.finding.code = code == RT_ENEWER || code == RT_EIO ? code : RT_EDAMAGED;
    message.finding.repairable = code != RT_EIO && strcmp(remedy, RT_CHECK_REPAIR) == 0;
    snprintf(message.finding.part, sizeof message.finding.part, "%s", checking->part);
    snprintf(message.finding.remedy, sizeof message.finding.remedy, "%s",
             code == RT_ENEWER ? "use a newer version of retrial"
             : code == RT_EIO  ? "see to that, then check again"
                               : remedy);
    va_start(args, format);
    vsnprintf(message.finding.what, sizeof message.finding.what, format, args);
    va_end(args);
    send(checking, &message);
}

static void run_child(struct rt_checking *checking, rt_check_part_fn *run, pid_t parent)
{
    static const int deadly[] = {SIGBUS, SIGSEGV, SIGABRT, SIGFPE, SIGILL};
    struct rlimit none = {0, 0};
    struct message end = {.end = true};

    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++)
        signal(deadly[i], SIG_DFL);
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    run(checking);
    if (checking->said > RT_CHECK_SAID_MAX) {
        uint64_t more = checking->said - RT_CHECK_SAID_MAX;

        checking->said = 0;
        rt_check_say(checking, RT_EDAMAGED, "see above", "and %llu more like these",
                     (unsigned long long)more);
    }
    end.facts = checking->facts;
    send(checking, &end);
    _exit(0);
}

/* 1 and *message; 0 at the end. */
static int receive(int from, struct message *message)
{
    size_t size = 0;

    while (size < sizeof *message) {
        ssize_t got = read(from, (char *)message + size, sizeof *message - size);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return 0;
        size += (size_t)got;
    }
    return 1;
}

static void tell_death(const struct rt_checking *checking, int status, rt_check_fn *each,
                       void *context)
{
    struct rt_check_finding finding = {.code = RT_EDAMAGED};
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

    snprintf(finding.part, sizeof finding.part, "%s", checking->part);
    snprintf(finding.remedy, sizeof finding.remedy, "%s", RT_CHECK_RESTORE);
    if (number == SIGBUS || number == SIGSEGV)
        snprintf(finding.what, sizeof finding.what,
                 "reading it ended by signal %d (%s): a file of it is cut short or damaged", number,
                 strsignal(number));
    else
        snprintf(finding.what, sizeof finding.what, "reading it ended early (%s %d)",
                 number ? "signal" : "status", number ? number : WEXITSTATUS(status));
    if (strcmp(checking->part, "index") == 0) {
        finding.repairable = true;
        snprintf(finding.remedy, sizeof finding.remedy, "%s", RT_CHECK_REPAIR);
    }
    each(context, &finding);
}

int rt_check_in_child(struct rt_checking *checking, rt_check_part_fn *run, rt_check_fn *each,
                      void *context, struct rt_err *err)
{
    struct message message;
    pid_t parent = getpid();
    bool through = false;
    int status = 0;
    int ends[2];
    pid_t child;

    if (pipe(ends) < 0)
        return rt_err_errno(err, RT_EIO, "making a pipe");
    child = fork();
    if (child == 0) {
        close(ends[0]);
        checking->to = ends[1];
        run_child(checking, run, parent);
    }
    close(ends[1]);
    while (child > 0 && receive(ends[0], &message)) {
        if (message.end) {
            checking->facts = message.facts;
            through = true;
        } else {
            each(context, &message.finding);
        }
    }
    close(ends[0]);
    if (child < 0)
        return rt_err_errno(err, RT_EIO, "starting a process that reads the %s", checking->part);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (!through)
        tell_death(checking, status, each, context);
    return 0;
}
