#include "engine/keeper.h"

#include "base/alloc.h"
#include "engine/kin.h"
#include "engine/packet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define IN_FD  3 /* numbers that the program finds its descriptors under */
#define OUT_FD 4
#define ABOVE  10

/* The program could not be started, for this reason. */
static _Noreturn void refuse(int socket, const char *text)
{
    struct rt_packet packet = {.kind = RT_PACKET_READY};

    rt_packet_set_text(&packet, text);
    rt_packet_send(socket, &packet, NULL);
    _exit(1);
}

static char **words_of(const struct rt_json *list)
{
    char **words = rt_calloc(rt_json_count(list) + 1, sizeof *words);

    for (size_t i = 0; i < rt_json_count(list); i++)
        words[i] = rt_strdup(rt_json_string(rt_json_at(list, i)));
    return words;
}

static void put(int fd, int number)
{
    dup2(fd, number); /* which is not closed on exec */
}

static void set_environment(const struct rt_json *task)
{
    const struct rt_json *env = rt_json_get(task, "env");
    char number[8];

    for (void *i = rt_json_first(env); i; i = rt_json_next(env, i))
        setenv(rt_json_iter_key(i), rt_json_string(rt_json_iter_value(i)), 1);
    snprintf(number, sizeof number, "%d", IN_FD);
    setenv("RETRIAL_DRIVER_IN", number, 1);
    snprintf(number, sizeof number, "%d", OUT_FD);
    setenv("RETRIAL_DRIVER_OUT", number, 1);
}

/* In the child: becomes the program, or tells the keeper by the pipe why not. */
static _Noreturn void become(const struct rt_json *task, const int fds[RT_KEEPER_FDS], int failed)
{
    const char *folder = rt_json_get_text(task, "folder", "/");
    char **argv = words_of(rt_json_get(task, "argv"));
    pid_t keeper = getppid();
    sigset_t none;
    int error;

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(1);
    put(fds[RT_KEEPER_STDOUT], STDOUT_FILENO);
    put(fds[RT_KEEPER_STDERR], STDERR_FILENO);
    put(fds[RT_KEEPER_IN], IN_FD);
    put(fds[RT_KEEPER_OUT], OUT_FD);
    set_environment(task);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (chdir(folder) == 0)
        execvp(argv[0], argv);
    error = errno;
    if (write(failed, &error, sizeof error) < 0)
        _exit(2);
    _exit(1);
}

/* Starts the program; the pipe tells nothing if that went well. */
static pid_t start(const struct rt_json *task, const int fds[RT_KEEPER_FDS])
{
    const char *program = rt_json_string(rt_json_at(rt_json_get(task, "argv"), 0));
    int failed[2];
    int error = 0;
    pid_t pid;

    if (pipe2(failed, O_CLOEXEC) < 0)
        refuse(fds[RT_KEEPER_SOCKET], "no pipe could be made");
    pid = fork();
    if (pid == 0)
        become(task, fds, failed[1]);
    close(failed[1]);
    if (pid < 0)
        error = errno;
    else if (read(failed[0], &error, sizeof error) != sizeof error)
        error = 0;
    close(failed[0]);
    if (error) {
        char *text =
            rt_printf("\"%s\" could not be started: %s", program ? program : "", strerror(error));

        refuse(fds[RT_KEEPER_SOCKET], text);
    }
    return pid;
}

static struct rt_json *read_task(const int fds[RT_KEEPER_FDS])
{
    struct rt_json *task = NULL;
    struct rt_err err;
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fds[RT_KEEPER_TASK]);
    if (rt_json_parse_file(path, &task, &err) < 0)
        refuse(fds[RT_KEEPER_SOCKET], err.text);
    return task;
}

static void tell_start(int socket, pid_t program)
{
    struct rt_packet packet = {.kind = RT_PACKET_STARTED, .pid = program};

    rt_packet_send(socket, &packet, NULL);
}

/* Tells of the program's end once nothing is left of it. */
static _Noreturn void tell_end(int socket, int status)
{
    struct rt_packet packet = {.kind = RT_PACKET_ENDED, .status = status};

    rt_kin_end(NULL, 0);
    rt_packet_send(socket, &packet, NULL);
    _exit(0);
}

static void reap(int socket, int signals, pid_t program)
{
    struct signalfd_siginfo info;
    int status;
    pid_t pid;

    while (read(signals, &info, sizeof info) > 0)
        ;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == program)
            tell_end(socket, status);
    }
}

static _Noreturn void keep(int socket, int signals, pid_t program)
{
    struct pollfd fds[] = {{socket, POLLIN, 0}, {signals, POLLIN, 0}};
    struct rt_packet packet;
    int rc;

    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break;
        reap(socket, signals, program);
        while ((rc = rt_packet_receive(socket, 0, &packet, NULL)) == 1) {
            if (packet.kind == RT_PACKET_END)
                kill(-program, (int)packet.number);
        }
        if (rc < 0)
            break;
    }
    rt_kin_end(NULL, 0);
    _exit(0);
}

/* Descriptors that are handed over stay clear of the numbers that they get in the program. */
static void raise_fds(const int from[RT_KEEPER_FDS], int to[RT_KEEPER_FDS])
{
    for (int i = 0; i < RT_KEEPER_FDS; i++) {
        to[i] = fcntl(from[i], F_DUPFD_CLOEXEC, ABOVE);
        close(from[i]);
    }
}

void rt_keeper_main(const int handed[RT_KEEPER_FDS])
{
    struct rt_json *task;
    int fds[RT_KEEPER_FDS];
    sigset_t set;
    int signals;
    pid_t program;

    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    raise_fds(handed, fds);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    task = read_task(fds);
    program = start(task, fds);
    tell_start(fds[RT_KEEPER_SOCKET], program);
    rt_json_free(task);
    for (int i = RT_KEEPER_TASK; i < RT_KEEPER_FDS; i++)
        close(fds[i]);
    keep(fds[RT_KEEPER_SOCKET], signals, program);
}
