/* The asking end of control. */
#include "store/control.h"

#include "base/clock.h"
#include "store/control_address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX (256 * (size_t)RT_CONTROL_LINE_MAX)

int rt_control_address_init(struct rt_control_address *address, const char *folder,
                            struct rt_err *err)
{
    address->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (address->folder < 0)
        return rt_err_errno(err, errno == ENOENT ? RT_ENOTFOUND : RT_EIO, "opening \"%s\"", folder);
    address->name = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->name.sun_path, sizeof address->name.sun_path, "/proc/self/fd/%d/control",
             address->folder);
    return 0;
}

void rt_control_address_clear(struct rt_control_address *address)
{
    if (address->folder >= 0)
        close(address->folder);
    address->folder = -1;
}

/* A full queue of the listener is no answer yet: waits for room in it. */
static int connect_until(int fd, const struct rt_control_address *address, uint64_t until_us)
{
    const struct timespec moment = {0, 5000000};

    while (connect(fd, (const struct sockaddr *)&address->name, sizeof address->name) < 0) {
        if (errno != EAGAIN || rt_mono_us() >= until_us)
            return -1;
        nanosleep(&moment, NULL);
    }
    return 0;
}

static int connect_to(const char *folder, uint64_t until_us, int *out, struct rt_err *err)
{
    struct rt_control_address address;
    int fd;
    int rc;

    if ((rc = rt_control_address_init(&address, folder, err)) < 0)
        return rc;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        rc = rt_err_errno(err, RT_EIO, "making a socket");
    else if (connect_until(fd, &address, until_us) < 0)
        rc = errno == ENOENT || errno == ECONNREFUSED
                 ? rt_err_set(err, RT_ENOTFOUND, "nothing is running in the store \"%s\"", folder)
                 : rt_err_errno(err, errno == EAGAIN ? RT_EPEER : RT_EIO,
                                "asking the writer of \"%s\"", folder);
    rt_control_address_clear(&address);
    if (rc < 0 && fd >= 0)
        close(fd);
    *out = fd;
    return rc;
}

/* Waits until the socket is ready, or the time is up: RT_EPEER. */
static int wait_for(int fd, short events, uint64_t until_us, struct rt_err *err)
{
    for (;;) {
        uint64_t now = rt_mono_us();
        struct pollfd item = {fd, events, 0};
        int ready = poll(&item, 1, now < until_us ? (int)((until_us - now) / 1000) + 1 : 0);

        if (ready > 0)
            return 0;
        if (ready < 0 && errno != EINTR)
            return rt_err_errno(err, RT_EIO, "waiting for an answer");
        if (ready == 0 && rt_mono_us() >= until_us)
            return rt_err_set(err, RT_EPEER, "the running writer does not answer");
    }
}

static int send_line(int fd, struct rt_span line, uint64_t until_us, struct rt_err *err)
{
    size_t sent = 0;
    int rc;

    while (sent < line.size) {
        ssize_t put;

        if ((rc = wait_for(fd, POLLOUT, until_us, err)) < 0)
            return rc;
        put = send(fd, (const char *)line.data + sent, line.size - sent, MSG_NOSIGNAL);
        if (put < 0 && errno != EAGAIN && errno != EINTR)
            return rt_err_errno(err, RT_EPEER, "asking the running writer");
        sent += put > 0 ? (size_t)put : 0;
    }
    return 0;
}

static int receive_line(int fd, struct rt_buf *line, uint64_t until_us, struct rt_err *err)
{
    int rc;

    for (;;) {
        ssize_t got;

        if ((rc = wait_for(fd, POLLIN, until_us, err)) < 0)
            return rc;
        rt_buf_reserve(line, 1 << 16);
        got = recv(fd, line->data + line->size, 1 << 16, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got <= 0)
            return rt_err_set(err, RT_EPEER, "the running writer hung up");
        line->size += (size_t)got;
        if (line->data[line->size - 1] == '\n')
            return 0;
        if (line->size > ANSWER_MAX)
            return rt_err_set(err, RT_EPEER, "the running writer does not come to an end");
    }
}

int rt_control_ask(const char *folder, const struct rt_json *request, uint64_t timeout_us,
                   struct rt_json **answer, struct rt_err *err)
{
    uint64_t until = rt_mono_us() + timeout_us;
    struct rt_buf line = RT_BUF_INIT;
    int fd = -1;
    int rc;

    *answer = NULL;
    if ((rc = connect_to(folder, until, &fd, err)) < 0)
        return rc;
    rt_json_canonical(request, &line);
    rt_buf_put_u8(&line, '\n');
    rc = send_line(fd, rt_buf_span(&line), until, err);
    rt_buf_reset(&line);
    if (rc == 0)
        rc = receive_line(fd, &line, until, err);
    if (rc == 0 && rt_json_parse(rt_buf_span(&line), answer, err) < 0)
        rc = rt_err_set(err, RT_EPEER, "the running writer answers with what is not JSON");
    rt_buf_clear(&line);
    close(fd);
    return rc;
}
