#include "engine/template.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/json.h"
#include "engine/entry.h"
#include "engine/kin.h"
#include "engine/packet.h"
#include "engine/worker.h"
#include "store/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOW_FDS 400 /* as in worker.c */

struct template
{
    int control;
    int signals;
    struct rt_json *task;
    struct rt_plan *plan;
    const char *study_id;
    const char *root;
    char *params; /* of the first point */
    struct rt_entry *entry;
    uint32_t *ids; /* of live workers */
    pid_t *pids;   /* at the same places */
    size_t count;
    size_t id_capacity;
    size_t pid_capacity;
};

const char *const rt_template_thread_variables[] = {
    "OMP_NUM_THREADS",   "OPENBLAS_NUM_THREADS",   "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",  "NUMEXPR_NUM_THREADS",    "RAYON_NUM_THREADS",
    "JULIA_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
    "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS",     NULL,
};

static void set_environment(uint32_t threads)
{
    char text[16];

    snprintf(text, sizeof text, "%u", threads);
    for (size_t i = 0; rt_template_thread_variables[i]; i++)
        setenv(rt_template_thread_variables[i], text, 1);
    setenv("PYTHONHASHSEED", "0", 0); /* for interpreters that models start */
}

static int read_task(struct template *self, int fd, struct rt_err *err)
{
    char path[64];
    int rc;

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if ((rc = rt_json_parse_file(path, &self->task, err)) < 0)
        return rc;
    self->study_id = rt_json_get_text(self->task, "study_id", "");
    self->root = rt_json_get_text(self->task, "root", "/");
    return rt_plan_new(rt_json_get(self->task, "plan"), &self->plan, err);
}

/* The names of the params of trials, as far as they are known before the first. */
static void put_sample(const struct rt_plan *plan, struct rt_buf *out)
{
    const struct rt_json *space = rt_json_get(rt_plan_json(plan), "space");

    if (!rt_plan_driven(plan))
        rt_plan_params(plan, 0, out);
    else if (!space || rt_plan_merge(plan, space, out, NULL) < 0)
        rt_buf_add(out, "null");
    rt_buf_put_u8(out, 0);
}

static int load_entry(struct template *self, const int *handed, rt_entry_load_fn *load,
                      struct rt_err *err)
{
    const struct rt_json *plan = rt_plan_json(self->plan);
    const struct rt_json *objective = rt_json_get(plan, "objective");
    struct rt_buf params = RT_BUF_INIT;
    struct rt_entry_task task = {.entry = rt_json_get(plan, "entry"), .folder = self->root};

    task.metric = rt_json_get_text(objective, "metric", "value");
    task.metric_needed = rt_json_get(objective, "metric") != NULL;
    task.seed = rt_plan_seed(self->plan, 0);
    task.handed = handed;
    put_sample(self->plan, &params);
    task.params = self->params = rt_buf_take(&params);
    set_environment(rt_plan_threads(self->plan));
    if (chdir(self->root) < 0)
        return rt_err_errno(err, RT_EIO, "entering \"%s\"", self->root);
    return load(&task, &self->entry, err);
}

/* What the interpreter says of itself is too long for a packet. */
static int write_about(const char *about)
{
    int fd = memfd_create("retrial-about", MFD_CLOEXEC);

    if (fd >= 0 && rt_fs_write_all(fd, rt_span_text(about), "about an interpreter", NULL) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void tell_ready(struct template *self, int code, const char *text)
{
    struct rt_packet packet = {.kind = RT_PACKET_READY};

    packet.number = (uint64_t)(int64_t)code;
    if (code == 0 && text && (packet.fds[0] = write_about(text)) >= 0)
        packet.fd_count = 1;
    else if (code != 0)
        rt_packet_set_text(&packet, text);
    if (rt_packet_send(self->control, &packet, NULL) < 0)
        _exit(1);
    if (packet.fd_count)
        close(packet.fds[0]);
}

/* Reading the entry may have changed how signals arrive; workers start with none blocked. */
static int watch_children(struct rt_err *err)
{
    sigset_t set;
    int fd;

    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_SETMASK, &set, NULL);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? rt_err_errno(err, RT_EIO, "watching for ended workers") : fd;
}

static pid_t fork_worker(struct template *self, const struct rt_packet *packet)
{
    struct rt_worker_task task = {.entry = self->entry,
                                  .plan = self->plan,
                                  .study_id = self->study_id,
                                  .root = self->root,
                                  .folder = packet->text,
                                  .devices = rt_json_get(self->task, "devices"),
                                  .number = packet->id,
                                  .nonce = packet->number,
                                  .parent = getpid(),
                                  .ring = packet->fds[0],
                                  .wake = packet->fds[1],
                                  .bell = packet->fds[2],
                                  .output = packet->fds[3],
                                  .errors = packet->fds[4]};
    pid_t pid;

    fflush(stdout);
    pid = self->entry->ops->fork ? self->entry->ops->fork(self->entry) : fork();
    if (pid != 0)
        return pid;
    close(self->control);
    close(self->signals);
    rt_worker_main(&task);
}

static void start_worker(struct template *self, const struct rt_packet *packet)
{
    struct rt_packet answer = {.kind = RT_PACKET_STARTED, .id = packet->id};

    if (packet->fd_count != 5)
        _exit(1);
    answer.pid = fork_worker(self, packet);
    answer.number = answer.pid < 0 ? (uint64_t)errno : 0;
    for (size_t i = 0; i < packet->fd_count; i++)
        close(packet->fds[i]);
    if (answer.pid > 0) {
        self->ids = rt_grow(self->ids, &self->id_capacity, self->count + 1, sizeof *self->ids);
        self->pids = rt_grow(self->pids, &self->pid_capacity, self->count + 1, sizeof *self->pids);
        self->ids[self->count] = packet->id;
        self->pids[self->count++] = answer.pid;
    }
    if (rt_packet_send(self->control, &answer, NULL) < 0)
        _exit(1);
}

static void end_worker(struct template *self, uint32_t id)
{
    for (size_t i = 0; i < self->count; i++) {
        if (self->ids[i] == id)
            kill(self->pids[i], SIGKILL);
    }
}

static void take_packets(struct template *self)
{
    struct rt_packet packet;
    int rc;

    while ((rc = rt_packet_receive(self->control, 0, &packet, NULL)) == 1) {
        if (packet.kind == RT_PACKET_WORKER)
            start_worker(self, &packet);
        else if (packet.kind == RT_PACKET_END)
            end_worker(self, packet.id);
    }
    if (rc < 0) {
        rt_kin_end(NULL, 0);
        _exit(0);
    }
}

static uint64_t time_us(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_usec;
}

/* Forgets a worker, ends what it left behind, and only then says that it is gone. */
static void tell_ended(struct template *self, size_t place, int status, const struct rusage *use)
{
    struct rt_packet packet = {.kind = RT_PACKET_ENDED,
                               .id = self->ids[place],
                               .pid = self->pids[place],
                               .status = status,
                               .user_us = time_us(use->ru_utime),
                               .sys_us = time_us(use->ru_stime),
                               .max_rss_kib = (uint64_t)use->ru_maxrss};

    self->count--;
    self->ids[place] = self->ids[self->count];
    self->pids[place] = self->pids[self->count];
    rt_kin_end(self->pids, self->count);
    if (rt_packet_send(self->control, &packet, NULL) < 0)
        _exit(1);
}

static bool is_worker(const struct template *self, pid_t pid, size_t *place)
{
    for (*place = 0; *place < self->count; (*place)++) {
        if (self->pids[*place] == pid)
            return true;
    }
    return false;
}

static void reap(struct template *self)
{
    struct signalfd_siginfo ignored;
    struct rusage use;
    size_t place;
    int status;
    pid_t pid;

    while (read(self->signals, &ignored, sizeof ignored) > 0)
        ;
    while ((pid = wait4(-1, &status, WNOHANG, &use)) > 0) {
        if (is_worker(self, pid, &place))
            tell_ended(self, place, status, &use);
    }
}

static _Noreturn void serve(struct template *self)
{
    struct pollfd fds[2] = {{self->control, POLLIN, 0}, {self->signals, POLLIN, 0}};

    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            _exit(1);
        reap(self);
        if (fds[0].revents)
            take_packets(self);
    }
}

void rt_template_go_on(int control, int task, rt_entry_load_fn *load)
{
    struct template self = {.control = fcntl(control, F_DUPFD_CLOEXEC, LOW_FDS)};
    int handed[2] = {self.control, task};
    struct rt_err err;
    int rc;

    if (self.control < 0)
        self.control = handed[0] = control;
    else
        close(control);
    rc = read_task(&self, task, &err);
    if (rc == 0)
        rc = load_entry(&self, handed, load, &err);
    close(task);
    if (rc == 0)
        rc = self.signals = watch_children(&err);
    tell_ready(&self, rc < 0 ? rc : 0, rc < 0 ? err.text : self.entry->about);
    if (rc < 0) {
        rt_kin_end(NULL, 0);
        _exit(0);
    }
    serve(&self);
}

void rt_template_main(int control, int task, int output, rt_entry_load_fn *load)
{
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    close(output);
    rt_template_go_on(control, task, load);
}
