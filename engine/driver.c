#include "engine/driver.h"

#include "base/alloc.h"
#include "base/escape.h"
#include "base/fs.h"
#include "base/process.h"
#include "engine/keeper.h"
#include "engine/packet.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK      (64u << 10)
#define CHUNKS     16         /* read in one step */
#define PIPE_BYTES (1 << 20)  /* asked for, so that a burst of lines needs few turns */
#define WORDS_KEPT (4u << 10) /* bytes of the end of what it prints */
#define PRINT_MAX  (2u << 10) /* bytes of a printed line that are shown */

struct rt_driver {
    struct rt_driver_options options;
    int socket; /* to its keeper */
    int in;     /* that we write to; -1: closed */
    int out;    /* that we read from; -1: its end was found */
    int printed[2];
    struct rt_buf unsent;
    size_t sent; /* bytes at the start of `unsent` that are gone */
    bool closing;
    struct rt_buf inbox;
    size_t taken;           /* bytes at the start of `inbox` that were lines */
    size_t looked;          /* no line ends before */
    struct rt_buf lines[2]; /* being printed */
    struct rt_buf words;
    pid_t pid; /* 0: not known yet */
    bool ended;
    int status;
    char *refused; /* why it could not be started */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int make_pipe(int fds[2], int ours, struct rt_err *err)
{
    if (pipe2(fds, O_CLOEXEC) < 0)
        return rt_err_errno(err, RT_EIO, "making a pipe for the driver");
    fcntl(fds[ours], F_SETPIPE_SZ, PIPE_BYTES); /* as far as it may be had */
    if (fcntl(fds[ours], F_SETFL, O_NONBLOCK) < 0)
        return rt_err_errno(err, RT_EIO, "making a pipe for the driver");
    return 0;
}

static int write_task(const struct rt_driver_options *options, int *fd, struct rt_err *err)
{
    struct rt_json *task = rt_json_new_object();
    struct rt_buf text = RT_BUF_INIT;
    int rc = 0;

    rt_json_set(task, "argv", rt_json_copy(options->argv));
    rt_json_set_text(task, "folder", options->folder);
    if (options->env)
        rt_json_set(task, "env", rt_json_copy(options->env));
    rt_json_canonical(task, &text);
    *fd = memfd_create("retrial-driver", MFD_CLOEXEC);
    if (*fd < 0)
        rc = rt_err_errno(err, RT_EIO, "making a file for the driver");
    else
        rc = rt_fs_write_all(*fd, rt_buf_span(&text), "a driver's task", err);
    rt_json_free(task);
    rt_buf_clear(&text);
    return rc;
}

static int hand_over(struct rt_driver *driver, struct rt_err *err)
{
    struct rt_packet packet = {.kind = RT_PACKET_KEEPER, .fd_count = RT_KEEPER_FDS};
    int socket[2] = {-1, -1};
    int pipes[4][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    int task = -1;
    int rc;

    if ((rc = rt_packet_pair(socket, err)) < 0 || (rc = make_pipe(pipes[0], 1, err)) < 0 ||
        (rc = make_pipe(pipes[1], 0, err)) < 0 || (rc = make_pipe(pipes[2], 0, err)) < 0 ||
        (rc = make_pipe(pipes[3], 0, err)) < 0 ||
        (rc = write_task(&driver->options, &task, err)) < 0)
        goto out;
    driver->socket = socket[0];
    driver->in = pipes[0][1];
    driver->out = pipes[1][0];
    driver->printed[0] = pipes[2][0];
    driver->printed[1] = pipes[3][0];
    socket[0] = pipes[0][1] = pipes[1][0] = pipes[2][0] = pipes[3][0] = -1;
    packet.id = rt_nursery_new_id(driver->options.nursery);
    packet.fds[RT_KEEPER_SOCKET] = socket[1];
    packet.fds[RT_KEEPER_TASK] = task;
    packet.fds[RT_KEEPER_IN] = pipes[0][0];
    packet.fds[RT_KEEPER_OUT] = pipes[1][1];
    packet.fds[RT_KEEPER_STDOUT] = pipes[2][1];
    packet.fds[RT_KEEPER_STDERR] = pipes[3][1];
    rc = rt_packet_send(rt_nursery_fd(driver->options.nursery), &packet, err);
out:
    close_fd(&task);
    for (int i = 0; i < 2; i++) {
        close_fd(&socket[i]);
        for (int k = 0; k < 4; k++)
            close_fd(&pipes[k][i]);
    }
    return rc;
}

int rt_driver_start(const struct rt_driver_options *options, struct rt_driver **out,
                    struct rt_err *err)
{
    struct rt_driver *driver = rt_calloc(1, sizeof *driver);
    int rc;

    driver->options = *options;
    driver->socket = driver->in = driver->out = driver->printed[0] = driver->printed[1] = -1;
    if ((rc = hand_over(driver, err)) < 0) {
        rt_driver_free(driver);
        driver = NULL;
    }
    *out = driver;
    return rc;
}

void rt_driver_free(struct rt_driver *driver)
{
    if (!driver)
        return;
    close_fd(&driver->in);
    close_fd(&driver->out);
    close_fd(&driver->printed[0]);
    close_fd(&driver->printed[1]);
    close_fd(&driver->socket);
    rt_buf_clear(&driver->unsent);
    rt_buf_clear(&driver->inbox);
    rt_buf_clear(&driver->lines[0]);
    rt_buf_clear(&driver->lines[1]);
    rt_buf_clear(&driver->words);
    free(driver->refused);
    free(driver);
}

static size_t add_fd(struct pollfd *fds, size_t count, int fd, short events)
{
    if (fd >= 0 && events)
        fds[count++] = (struct pollfd){fd, events, 0};
    return count;
}

size_t rt_driver_fds(const struct rt_driver *driver, bool reading, struct pollfd *fds)
{
    size_t count = 0;

    count = add_fd(fds, count, driver->ended ? -1 : driver->socket, POLLIN);
    count = add_fd(fds, count, driver->in, rt_driver_unsent(driver) ? POLLOUT : 0);
    count = add_fd(fds, count, driver->out, reading ? POLLIN : 0);
    count = add_fd(fds, count, driver->printed[0], POLLIN);
    return add_fd(fds, count, driver->printed[1], POLLIN);
}

static int hear_keeper(struct rt_driver *driver)
{
    struct rt_packet packet;
    int done = 0;
    int rc;

    while (!driver->ended && (rc = rt_packet_receive(driver->socket, 0, &packet, NULL)) != 0) {
        if (rc > 0 && packet.kind == RT_PACKET_STARTED) {
            driver->pid = packet.pid;
            continue;
        }
        driver->ended = true;
        done = 1;
        if (rc < 0) {
            driver->refused = rt_strdup("vanished with the process that kept it");
        } else if (packet.kind == RT_PACKET_READY) {
            driver->refused = rt_strdup(packet.text);
        } else {
            driver->status = packet.status;
        }
    }
    return done;
}

/* A program that does not read any more is left to its end. */
static int write_some(struct rt_driver *driver)
{
    int done = 0;

    while (driver->in >= 0 && rt_driver_unsent(driver)) {
        ssize_t size =
            write(driver->in, driver->unsent.data + driver->sent, rt_driver_unsent(driver));

        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && errno == EAGAIN)
            return done;
        done = 1;
        if (size < 0) {
            close_fd(&driver->in);
            break;
        }
        driver->sent += (size_t)size;
    }
    rt_buf_reset(&driver->unsent);
    driver->sent = 0;
    if (driver->closing)
        close_fd(&driver->in);
    return done;
}

/* Reads a chunk; 0: nothing is there now, or the end was found. */
static size_t read_some(int *fd, struct rt_buf *out)
{
    size_t before = out->size;
    ssize_t size;

    if (*fd < 0)
        return 0;
    do {
        size = read(*fd, rt_buf_extend(out, CHUNK), CHUNK);
        out->size = before;
    } while (size < 0 && errno == EINTR);
    if (size > 0)
        out->size += (size_t)size;
    else if (size == 0 || errno != EAGAIN)
        close_fd(fd);
    return size > 0 ? (size_t)size : 0;
}

static void show(struct rt_driver *driver, const unsigned char *line, size_t size)
{
    struct rt_buf text = RT_BUF_INIT;
    size_t shown = size < PRINT_MAX ? size : PRINT_MAX;

    while (shown && line[shown - 1] == '\r')
        shown--;
    rt_escape_text(&text, rt_span(line, shown));
    if (size > PRINT_MAX)
        rt_buf_add(&text, " ...");
    if (driver->options.printed && text.size)
        driver->options.printed(driver->options.context, rt_buf_text(&text));
    rt_buf_clear(&text);
}

static void keep_words(struct rt_driver *driver, const unsigned char *data, size_t size)
{
    struct rt_buf *words = &driver->words;

    rt_buf_put(words, data, size);
    if (words->size > 2 * WORDS_KEPT) {
        memmove(words->data, words->data + words->size - WORDS_KEPT, WORDS_KEPT);
        words->size = WORDS_KEPT;
    }
}

/* What it printed, line by line; at the end what has no end of line, too. */
static int hear_print(struct rt_driver *driver, int stream)
{
    struct rt_buf *lines = &driver->lines[stream];
    size_t from = lines->size;
    size_t got = read_some(&driver->printed[stream], lines);
    size_t start = 0;

    if (got)
        keep_words(driver, lines->data + from, got);
    for (size_t i = from; i < lines->size; i++) {
        if (lines->data[i] != '\n' && i - start < RT_DRIVER_LINE_MAX)
            continue;
        show(driver, lines->data + start, i - start);
        start = i + 1;
    }
    if (driver->printed[stream] < 0 && start < lines->size) {
        show(driver, lines->data + start, lines->size - start);
        start = lines->size;
    }
    if (start) {
        memmove(lines->data, lines->data + start, lines->size - start);
        lines->size -= start;
    }
    return got > 0;
}

static void compact(struct rt_driver *driver)
{
    if (!driver->taken)
        return;
    memmove(driver->inbox.data, driver->inbox.data + driver->taken,
            driver->inbox.size - driver->taken);
    driver->inbox.size -= driver->taken;
    driver->looked -= driver->taken;
    driver->taken = 0;
}

int rt_driver_step(struct rt_driver *driver, bool reading, struct rt_err *err)
{
    int done = hear_keeper(driver) | write_some(driver);

    (void)err;
    if (reading && driver->out >= 0) {
        compact(driver);
        for (int i = 0; i < CHUNKS && driver->inbox.size <= RT_DRIVER_LINE_MAX; i++) {
            if (!read_some(&driver->out, &driver->inbox))
                break;
            done = 1;
        }
    }
    for (int stream = 0; stream < 2; stream++) {
        for (int i = 0; i < CHUNKS && hear_print(driver, stream); i++)
            done = 1;
    }
    return done;
}

int rt_driver_line(struct rt_driver *driver, struct rt_span *line, struct rt_err *err)
{
    const unsigned char *start = driver->inbox.data + driver->taken;
    size_t left = driver->inbox.size - driver->taken;
    const unsigned char *end =
        driver->inbox.size > driver->looked
            ? memchr(driver->inbox.data + driver->looked, '\n', driver->inbox.size - driver->looked)
            : NULL;

    driver->looked = driver->inbox.size;
    *line = rt_span(left ? start : NULL, left);
    if (!end && left > RT_DRIVER_LINE_MAX)
        return rt_err_set(err, RT_EPEER, "a line has more than %zu MiB", RT_DRIVER_LINE_MAX >> 20);
    if (!end && driver->out < 0 && left) {
        driver->taken = driver->inbox.size;
        return rt_err_set(err, RT_EPEER, "its last line has no end");
    }
    if (!end)
        return 0;
    line->size = (size_t)(end - start);
    driver->taken += line->size + 1;
    driver->looked = driver->taken;
    return 1;
}

void rt_driver_send(struct rt_driver *driver, struct rt_span bytes)
{
    if (driver->in >= 0 && !driver->closing)
        rt_buf_put(&driver->unsent, bytes.data, bytes.size);
}

void rt_driver_close(struct rt_driver *driver)
{
    driver->closing = true;
}

size_t rt_driver_unsent(const struct rt_driver *driver)
{
    return driver->unsent.size - driver->sent;
}

void rt_driver_signal(struct rt_driver *driver, int number)
{
    struct rt_packet packet = {.kind = RT_PACKET_END, .number = (uint64_t)number};

    if (!driver->ended)
        rt_packet_send(driver->socket, &packet, NULL); /* a keeper that is gone says so itself */
}

uint64_t rt_driver_memory_kib(const struct rt_driver *driver)
{
    return driver->pid && !driver->ended ? rt_process_resident_kib(driver->pid) : 0;
}

bool rt_driver_ended(const struct rt_driver *driver)
{
    return driver->ended && driver->out < 0 && driver->printed[0] < 0 && driver->printed[1] < 0;
}

struct rt_span rt_driver_last_words(const struct rt_driver *driver)
{
    size_t size = driver->words.size < WORDS_KEPT ? driver->words.size : WORDS_KEPT;

    while (size && driver->words.data[driver->words.size - 1] == '\n' && size > 1 &&
           driver->words.data[driver->words.size - size] == '\n')
        size--;
    return rt_span(size ? driver->words.data + driver->words.size - size : NULL, size);
}

bool rt_driver_describe_end(const struct rt_driver *driver, struct rt_buf *out)
{
    struct rt_span words = rt_driver_last_words(driver);
    bool good = !driver->refused && WIFEXITED(driver->status) && WEXITSTATUS(driver->status) == 0;

    if (driver->refused)
        rt_buf_add(out, driver->refused);
    else if (WIFSIGNALED(driver->status))
        rt_buf_printf(out, "was ended by signal %d (%s)", WTERMSIG(driver->status),
                      strsignal(WTERMSIG(driver->status)));
    else
        rt_buf_printf(out, "exited with status %d", WEXITSTATUS(driver->status));
    while (words.size && ((const char *)words.data)[words.size - 1] == '\n')
        words.size--;
    if (!driver->refused && words.size) {
        rt_buf_add(out, "; the end of what it printed:\n");
        rt_escape_text(out, words);
    }
    return good;
}
