#include "engine/packet.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD offsetof(struct rt_packet, fds)

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * RT_PACKET_FDS)];
};

int rt_packet_pair(int fds[2], struct rt_err *err)
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
        return rt_err_errno(err, RT_EIO, "making a pair of sockets");
    return 0;
}

void rt_packet_set_text(struct rt_packet *packet, const char *text)
{
    size_t size = strnlen(text, RT_PACKET_TEXT - 1);

    memcpy(packet->text, text, size);
    packet->text[size] = '\0';
    packet->text_size = (uint32_t)size;
}

int rt_packet_send(int fd, const struct rt_packet *packet, struct rt_err *err)
{
    union control control = {.bytes = {0}};
    struct iovec parts[2] = {{(void *)(uintptr_t)packet, HEAD},
                             {(void *)(uintptr_t)packet->text, packet->text_size}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    size_t fd_bytes = packet->fd_count * sizeof(int);

    if (packet->fd_count) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(fd_bytes);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(fd_bytes);
        memcpy(CMSG_DATA(&control.header), packet->fds, fd_bytes);
    }
    while (sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if (errno == EINTR)
            continue;
        return rt_err_errno(err, errno == EPIPE || errno == ECONNRESET ? RT_EPEER : RT_EIO,
                            "sending to a process of ours");
    }
    return 0;
}

static size_t take_fds(struct msghdr *message, int fds[RT_PACKET_FDS])
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    size_t size;

    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return 0;
    size = header->cmsg_len - CMSG_LEN(0);
    memcpy(fds, CMSG_DATA(header), size);
    return size / sizeof(int);
}

int rt_packet_receive(int fd, int wait, struct rt_packet *packet, struct rt_err *err)
{
    union control control;
    struct iovec parts[2] = {{packet, HEAD}, {packet->text, RT_PACKET_TEXT - 1}};
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = 2,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;
    size_t count;

    do {
        got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
    } while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN)
        return 0;
    if (got < 0 && errno != ECONNRESET)
        return rt_err_errno(err, RT_EIO, "receiving from a process of ours");
    if (got <= 0)
        return rt_err_set(err, RT_EPEER, "a process of ours is gone");
    count = take_fds(&message, packet->fds);
    packet->text[(size_t)got > HEAD ? (size_t)got - HEAD : 0] = '\0';
    if ((size_t)got < HEAD || count != packet->fd_count) {
        for (size_t i = 0; i < count; i++)
            close(packet->fds[i]);
        return rt_err_set(err, RT_EPEER, "a message of a process of ours is malformed");
    }
    return 1;
}
