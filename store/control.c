#include "store/control.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/control_address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct client {
    int fd; /* -1: none */
    struct rt_buf in;
    struct rt_buf out;
    bool ended; /* it asks nothing more */
};

struct rt_control {
    char *path;
    int fd;
    struct client clients[RT_CONTROL_CLIENTS];
};

static int listen_at(struct rt_control *control, const char *folder, struct rt_err *err)
{
    struct rt_control_address address;
    int rc;

    if (unlink(control->path) < 0 && errno != ENOENT)
        return rt_err_errno(err, RT_EIO, "removing the old socket \"%s\"", control->path);
    control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (control->fd < 0)
        return rt_err_errno(err, RT_EIO, "making a socket");
    if ((rc = rt_control_address_init(&address, folder, err)) < 0)
        return rc;
    fchmod(control->fd, 0600); /* the mode that bind() gives the file, less the umask */
    if (bind(control->fd, (struct sockaddr *)&address.name, sizeof address.name) < 0 ||
        chmod(control->path, 0600) < 0 || listen(control->fd, RT_CONTROL_CLIENTS) < 0)
        rc = rt_err_errno(err, RT_EIO, "listening on the socket \"%s\"", control->path);
    rt_control_address_clear(&address);
    return rc;
}

int rt_control_open(const char *folder, struct rt_control **out, struct rt_err *err)
{
    struct rt_control *control = rt_calloc(1, sizeof *control);
    int rc;

    *out = NULL;
    control->fd = -1;
    control->path = rt_fs_join(folder, "control");
    for (size_t i = 0; i < RT_CONTROL_CLIENTS; i++)
        control->clients[i].fd = -1;
    if ((rc = listen_at(control, folder, err)) < 0) {
        rt_control_close(control);
        return rc;
    }
    *out = control;
    return 0;
}

static void end_client(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    rt_buf_clear(&client->in);
    rt_buf_clear(&client->out);
    client->fd = -1;
    client->ended = false;
}

void rt_control_close(struct rt_control *control)
{
    if (!control)
        return;
    for (size_t i = 0; i < RT_CONTROL_CLIENTS; i++)
        end_client(&control->clients[i]);
    if (control->fd >= 0) {
        unlink(control->path);
        close(control->fd);
    }
    free(control->path);
    free(control);
}

static struct client *free_client(const struct rt_control *control)
{
    for (size_t i = 0; i < RT_CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd < 0)
            return (struct client *)&control->clients[i];
    }
    return NULL;
}

size_t rt_control_fds(const struct rt_control *control, struct pollfd *fds, size_t room)
{
    size_t count = 0;

    if (count < room && free_client(control))
        fds[count++] = (struct pollfd){control->fd, POLLIN, 0};
    for (size_t i = 0; i < RT_CONTROL_CLIENTS && count < room; i++) {
        const struct client *client = &control->clients[i];
        short events = (short)(client->out.size ? POLLOUT : POLLIN);

        if (client->fd >= 0)
            fds[count++] = (struct pollfd){client->fd, events, 0};
    }
    return count;
}

/* The folder keeps strangers out already; this holds even if somebody opened it to them. */
static bool is_friend(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

static void accept_clients(struct rt_control *control)
{
    struct client *client;

    while ((client = free_client(control)) != NULL) {
        int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd < 0)
            return;
        if (is_friend(fd))
            client->fd = fd;
        else
            close(fd);
    }
}

static void answer_line(struct client *client, struct rt_span line, rt_control_answer_fn *answer,
                        void *context)
{
    struct rt_json *request = NULL;
    struct rt_json *reply;
    struct rt_err err;

    if (rt_json_parse(line, &request, &err) < 0 || rt_json_kind(request) != RT_JSON_OBJECT) {
        reply = rt_json_new_object();
        rt_json_set_text(reply, "error", "a request is one JSON object on one line");
    } else {
        reply = answer(context, request);
    }
    rt_json_canonical(reply, &client->out);
    rt_buf_put_u8(&client->out, '\n');
    rt_json_free(reply);
    rt_json_free(request);
}

static void answer_lines(struct client *client, rt_control_answer_fn *answer, void *context)
{
    size_t done = 0;
    unsigned char *newline;

    while (client->in.size > done &&
           (newline = memchr(client->in.data + done, '\n', client->in.size - done)) != NULL) {
        size_t size = (size_t)(newline - client->in.data) - done;

        answer_line(client, rt_span(client->in.data + done, size), answer, context);
        done += size + 1;
    }
    if (done)
        memmove(client->in.data, client->in.data + done, client->in.size - done);
    client->in.size -= done;
}

/* Reads what there is, up to the longest line allowed. */
static void read_client(struct client *client)
{
    while (!client->ended && client->in.size <= RT_CONTROL_LINE_MAX) {
        ssize_t got;

        rt_buf_reserve(&client->in, 4096);
        got = recv(client->fd, client->in.data + client->in.size, 4096, 0);
        if (got > 0)
            client->in.size += (size_t)got;
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            client->ended = true;
        else if (errno == EAGAIN)
            return;
    }
}

static void write_client(struct client *client)
{
    size_t sent = 0;

    while (sent < client->out.size) {
        ssize_t put = send(client->fd, client->out.data + sent, client->out.size - sent,
                           MSG_NOSIGNAL | MSG_DONTWAIT);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            if (errno != EAGAIN) {
                end_client(client);
                return;
            }
            break;
        }
        sent += (size_t)put;
    }
    if (sent)
        memmove(client->out.data, client->out.data + sent, client->out.size - sent);
    client->out.size -= sent;
}

static void step_client(struct client *client, rt_control_answer_fn *answer, void *context)
{
    if (client->out.size == 0)
        read_client(client);
    answer_lines(client, answer, context);
    if (client->in.size > RT_CONTROL_LINE_MAX) {
        end_client(client);
        return;
    }
    write_client(client);
    if (client->fd >= 0 && client->ended && client->out.size == 0)
        end_client(client);
}

void rt_control_step(struct rt_control *control, rt_control_answer_fn *answer, void *context)
{
    accept_clients(control);
    for (size_t i = 0; i < RT_CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd >= 0)
            step_client(&control->clients[i], answer, context);
    }
}
