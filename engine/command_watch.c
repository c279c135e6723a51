#include "engine/command_watch.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "engine/report_line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_US       10000000u /* between SIGTERM and SIGKILL */
#define TRIES          3         /* to write an answer */
#define PAUSE_US       100000u
#define PIECE          65536u
#define LINE_MAX_BYTES (64u << 10)

/* Both ends are held open here, so that the command need not wait for anybody. */
static int open_pipe(struct rt_command_watch *watch, struct rt_err *err)
{
    struct stat info;
    char stale[4096];

    if (lstat(watch->pipe, &info) < 0 || !S_ISFIFO(info.st_mode)) {
        int rc = rt_fs_remove(watch->pipe, err);

        if (rc < 0)
            return rc;
        if (mkfifo(watch->pipe, 0600) < 0)
            return rt_fs_write_error(err, "making", watch->pipe);
    }
    watch->fd = open(watch->pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (watch->fd < 0)
        return rt_err_errno(err, RT_EIO, "opening \"%s\"", watch->pipe);
    while (read(watch->fd, stale, sizeof stale) > 0)
        continue; /* of what a trial before has left running */
    return 0;
}

int rt_command_watch_begin(struct rt_command_watch *watch, const struct rt_call *call,
                           struct rt_err *err)
{
    int rc;

    *watch = RT_COMMAND_WATCH_INIT;
    watch->call = call;
    watch->pipe = rt_fs_join(call->scratch, "report");
    watch->answer = rt_fs_join(call->scratch, "answer.json");
    if ((rc = open_pipe(watch, err)) < 0)
        return rc;
    unlink(watch->answer);
    return rt_fs_write(watch->answer, rt_span("", 0), err);
}

void rt_command_watch_end(struct rt_command_watch *watch)
{
    if (watch->fd >= 0)
        close(watch->fd);
    rt_buf_clear(&watch->line);
    free(watch->pipe);
    free(watch->answer);
    free(watch->params);
    free(watch->stop);
}

static int write_answer(const char *path, struct rt_span text, struct rt_err *err)
{
    char *other = rt_printf("%s.new", path);
    int rc = rt_fs_write(other, text, err);

    if (rc == 0 && rename(other, path) < 0)
        rc = rt_fs_write_error(err, "replacing", path);
    free(other);
    return rc;
}

/* One error of the disk is not to cost a long trial. */
static int put_answer(const struct rt_command_watch *watch, struct rt_err *err)
{
    struct rt_json *object = rt_json_new_object();
    struct rt_json *params = NULL;
    struct rt_buf line = RT_BUF_INIT;
    char *text;
    int rc;

    if (watch->stop)
        rt_json_set_text(object, "stop", watch->stop);
    if (watch->params && rt_json_parse(rt_span_text(watch->params), &params, NULL) == 0)
        rt_json_set(object, "params", params);
    text = rt_json_text(object);
    rt_buf_printf(&line, "%s\n", text);
    for (int i = 1; i <= TRIES; i++) {
        if ((rc = write_answer(watch->answer, rt_buf_span(&line), err)) == 0)
            break;
        usleep(PAUSE_US);
    }
    rt_buf_clear(&line);
    free(text);
    rt_json_free(object);
    return rc;
}

/* What came is put where the command finds it. *stop_us is when it is killed. */
static void take_answer(struct rt_command_watch *watch, const struct rt_answer *answer, pid_t pid,
                        uint64_t *stop_us)
{
    struct rt_err err;

    if (answer->params) {
        free(watch->params);
        watch->params = rt_strdup(answer->params);
    }
    if (answer->stop && !watch->stop) {
        watch->stop = rt_strdup(answer->reason);
        *stop_us = rt_mono_us() + GRACE_US;
        if (put_answer(watch, &err) < 0)
            dprintf(watch->call->errors, "retrial: %s\n", err.text);
        kill(-pid, SIGTERM);
    } else if (answer->params && put_answer(watch, &err) < 0) {
        watch->untold = err;
        rt_err_while(&watch->untold, "the trial could not be told its new parameters");
        kill(-pid, SIGKILL);
    }
}

static void take_line(struct rt_command_watch *watch, struct rt_span line)
{
    struct rt_link *link = watch->call->link;
    struct rt_report_line said;
    struct rt_err err;
    int rc = rt_report_line_read(line, &said, &err);

    if (rc == 0 && said.path)
        rc = rt_link_keep(link, said.path, said.step, true, &err);
    else if (rc == 0)
        rc = rt_link_report(link, said.step, rt_buf_span(&said.values), said.count, false, NULL,
                            &err);
    if (rc < 0)
        dprintf(watch->call->errors, "retrial: $RETRIAL_REPORT: %s\n", err.text);
    rt_report_line_clear(&said);
}

/* Takes the lines that are there. What is to be told to the command is asked for afterwards: one
 * that has ended meanwhile has not been told. */
static void take_lines(struct rt_command_watch *watch)
{
    ssize_t got;
    char *end;

    for (;;) {
        rt_buf_reserve(&watch->line, PIECE);
        got = read(watch->fd, watch->line.data + watch->line.size, PIECE);
        if (got <= 0)
            return;
        watch->line.size += (size_t)got;
        while ((end = memchr(watch->line.data, '\n', watch->line.size)) != NULL) {
            size_t size = (size_t)(end - (char *)watch->line.data);

            take_line(watch, rt_span(watch->line.data, size));
            watch->line.size -= size + 1;
            memmove(watch->line.data, watch->line.data + size + 1, watch->line.size);
        }
        if (watch->line.size > LINE_MAX_BYTES) {
            dprintf(watch->call->errors, "retrial: $RETRIAL_REPORT: a line is longer than %u\n",
                    LINE_MAX_BYTES);
            rt_buf_reset(&watch->line);
        }
    }
}

static int wait_ms(uint64_t stop_us)
{
    uint64_t now = rt_mono_us();

    if (!stop_us)
        return -1;
    return stop_us > now ? (int)((stop_us - now) / 1000u) + 1 : 0;
}

/* Until the process has ended, which its descriptor tells. */
static void watch_process(struct rt_command_watch *watch, pid_t pid, int pidfd)
{
    struct rt_link *link = watch->call->link;
    struct rt_answer answer;
    struct rt_err err;
    uint64_t stop_us = 0;

    for (;;) {
        struct pollfd fds[3] = {{pidfd, POLLIN, 0}, {watch->fd, POLLIN, 0}, {-1, POLLIN, 0}};
        bool asleep = rt_link_sleep(link, &fds[2].fd);

        if (poll(fds, 3, asleep ? wait_ms(stop_us) : 0) < 0 && errno != EINTR)
            return;
        if (asleep)
            rt_link_awake(link);
        if (fds[0].revents)
            return;
        if (fds[1].revents)
            take_lines(watch);
        if (rt_link_look(link, &answer, &err) == 0)
            take_answer(watch, &answer, pid, &stop_us);
        if (stop_us && rt_mono_us() >= stop_us)
            kill(-pid, SIGKILL);
    }
}

int rt_command_watch_wait(struct rt_command_watch *watch, pid_t pid, int *status,
                          struct rusage *use, struct rt_err *err)
{
    int pidfd = watch->call->link ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;

    if (pidfd >= 0) {
        watch_process(watch, pid, pidfd);
        close(pidfd);
    }
    while (wait4(pid, status, 0, use) < 0) {
        if (errno != EINTR)
            return rt_err_errno(err, RT_EIO, "waiting for a command");
    }
    if (watch->call->link)
        take_lines(watch);
    return 0;
}
