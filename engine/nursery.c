#include "engine/nursery.h"

#include "base/alloc.h"
#include "engine/comm.h"
#include "engine/keeper.h"
#include "engine/kin.h"
#include "engine/packet.h"
#include "engine/template.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct rt_nursery {
    int fd;
    pid_t pid;
    uint32_t last_id; /* of a template or keeper */
};

/* The nursery's own side. */
struct tended {
    int control;
    int signals;
    uint32_t *ids; /* of live templates and keepers */
    pid_t *pids;   /* at the same places */
    size_t count;
    size_t id_capacity;
    size_t pid_capacity;
};

static void scrub_environment(void)
{
    for (size_t i = 0; environ && environ[i];) {
        char *name = rt_strndup(environ[i], strcspn(environ[i], "="));

        if (!rt_comm_is_launcher_variable(name) || unsetenv(name) < 0)
            i++;
        free(name);
    }
}

static void reset_signals(void)
{
    sigset_t all;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

/* A process that is stuck in the kernel dies when it comes back: it is not waited for for ever. */
static _Noreturn void end_all(void)
{
    for (int i = 0; i < 4 && rt_kin_end(NULL, 0) > 0; i++)
        ;
    _exit(0);
}

static _Noreturn void become(const struct rt_packet *packet)
{
    if (packet->kind == RT_PACKET_KEEPER)
        rt_keeper_main(packet->fds);
    rt_template_main(packet->fds[0], packet->fds[1], packet->fds[2], rt_entry_load);
}

static pid_t fork_child(struct tended *tended, const struct rt_packet *packet)
{
    pid_t nursery = getpid();
    pid_t pid = fork();
    sigset_t none;

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != nursery)
        _exit(1);
    close(tended->control);
    close(tended->signals);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    become(packet);
}

static void start_child(struct tended *tended, const struct rt_packet *packet)
{
    struct rt_packet answer = {.kind = RT_PACKET_STARTED, .id = packet->id};

    if (packet->fd_count != (packet->kind == RT_PACKET_KEEPER ? RT_KEEPER_FDS : 3))
        end_all();
    answer.pid = fork_child(tended, packet);
    answer.number = answer.pid < 0 ? (uint64_t)errno : 0;
    for (size_t i = 0; i < packet->fd_count; i++)
        close(packet->fds[i]);
    if (answer.pid > 0) {
        tended->ids =
            rt_grow(tended->ids, &tended->id_capacity, tended->count + 1, sizeof *tended->ids);
        tended->pids =
            rt_grow(tended->pids, &tended->pid_capacity, tended->count + 1, sizeof *tended->pids);
        tended->ids[tended->count] = packet->id;
        tended->pids[tended->count++] = answer.pid;
    }
    if (rt_packet_send(tended->control, &answer, NULL) < 0)
        end_all();
}

static void take_packets(struct tended *tended)
{
    struct rt_packet packet;
    int rc;

    while ((rc = rt_packet_receive(tended->control, 0, &packet, NULL)) == 1) {
        if (packet.kind == RT_PACKET_TEMPLATE || packet.kind == RT_PACKET_KEEPER)
            start_child(tended, &packet);
        for (size_t i = 0; packet.kind == RT_PACKET_END && i < tended->count; i++) {
            if (tended->ids[i] == packet.id)
                kill(tended->pids[i], SIGKILL);
        }
    }
    if (rc < 0)
        end_all();
}

static void tell_ended(struct tended *tended, size_t place, int status)
{
    struct rt_packet packet = {.kind = RT_PACKET_ENDED,
                               .id = tended->ids[place],
                               .pid = tended->pids[place],
                               .status = status};

    tended->count--;
    tended->ids[place] = tended->ids[tended->count];
    tended->pids[place] = tended->pids[tended->count];
    rt_kin_end(tended->pids, tended->count);
    if (rt_packet_send(tended->control, &packet, NULL) < 0)
        end_all();
}

static void take_signals(struct tended *tended)
{
    struct signalfd_siginfo info;
    int status;
    pid_t pid;

    while (read(tended->signals, &info, sizeof info) > 0) {
        if (info.ssi_signo == SIGTERM)
            end_all();
    }
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < tended->count; i++) {
            if (tended->pids[i] == pid) {
                tell_ended(tended, i, status);
                break;
            }
        }
    }
}

static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGCHLD);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Descriptors 0, 1, 2 are the null device, 3 the control socket; there are no others. */
static void keep_only(int control)
{
    int null;

    control = fcntl(control, F_DUPFD_CLOEXEC, 4);
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    dup3(control, 3, O_CLOEXEC);
    close_range(4, ~0u, 0);
}

static _Noreturn void tend(int control, pid_t agent)
{
    struct tended tended = {.control = 3};
    struct pollfd fds[2];

    setsid();
    reset_signals();
    keep_only(control);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    tended.signals = open_signals();
    if (getppid() != agent || tended.signals < 0)
        _exit(1);
    scrub_environment();
    fds[0] = (struct pollfd){tended.control, POLLIN, 0};
    fds[1] = (struct pollfd){tended.signals, POLLIN, 0};
    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            end_all();
        take_signals(&tended);
        if (fds[0].revents)
            take_packets(&tended);
    }
}

int rt_nursery_fork(struct rt_nursery **out, struct rt_err *err)
{
    pid_t agent = getpid();
    struct rt_nursery *nursery;
    int fds[2];
    pid_t pid;
    int rc;

    if ((rc = rt_packet_pair(fds, err)) < 0)
        return rc;
    pid = fork();
    if (pid == 0)
        tend(fds[1], agent);
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        return rt_err_errno(err, RT_EIO, "starting the process that starts workers");
    }
    nursery = rt_alloc(sizeof *nursery);
    *nursery = (struct rt_nursery){fds[0], pid, 0};
    *out = nursery;
    return 0;
}

void rt_nursery_free(struct rt_nursery *nursery)
{
    if (!nursery)
        return;
    close(nursery->fd);
    while (waitpid(nursery->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(nursery);
}

int rt_nursery_fd(const struct rt_nursery *nursery)
{
    return nursery->fd;
}

uint32_t rt_nursery_new_id(struct rt_nursery *nursery)
{
    return ++nursery->last_id;
}
