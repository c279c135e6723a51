#ifndef RT_ENGINE_PACKET_H
#define RT_ENGINE_PACKET_H
/*
 * Packets: small messages between agent, nursery and template, over socket
 * pairs that keep their borders, with descriptors attached. The sender and
 * the receiver are the same program.
 */
#include <stdint.h>
#include "base/err.h"

#define RT_PACKET_FDS  6
#define RT_PACKET_TEXT 4096

enum rt_packet_kind {
    RT_PACKET_TEMPLATE = 1, /* agent to nursery: fork template `id`; fds: socket, task, output */
    RT_PACKET_END = 2,      /* agent to nursery: end template `id`; to template: worker `id` */
    RT_PACKET_STARTED = 3,  /* `id` runs as `pid`, or number is an errno */
    RT_PACKET_ENDED = 4,    /* `id`, `pid` is gone with all below it; status and use are set */
    RT_PACKET_READY = 5,    /* template: number is 0 or a negative code; text why;
                             * with 0 a file about the interpreter, if there is one */
    RT_PACKET_WORKER = 6,   /* agent to template: fork worker `id`; fds: ring, wake, bell, out, err;
                             * number is its nonce; text its folder */
    RT_PACKET_KEEPER = 7,   /* agent to nursery: fork the keeper of a driver, engine/keeper.h */
};

struct rt_packet {
    uint32_t kind; /* enum rt_packet_kind */
    uint32_t id;
    int32_t pid;
    int32_t status; /* as wait(2) gives it */
    uint64_t number;
    uint64_t user_us; /* resource use of an ended process */
    uint64_t sys_us;
    uint64_t max_rss_kib;
    uint32_t fd_count;
    uint32_t text_size;
    int fds[RT_PACKET_FDS];
    char text[RT_PACKET_TEXT];
};

/* A pair of connected sockets, both closed on exec. */
int rt_packet_pair(int fds[2], struct rt_err *err);

/* Sends without waiting. RT_EPEER if the other side is gone, RT_EIO otherwise. The descriptors
 * stay the caller's. */
int rt_packet_send(int fd, const struct rt_packet *packet, struct rt_err *err);

/* 1: *packet is set, its descriptors are the caller's; 0: nothing there (only without `wait`);
 * RT_EPEER: the other side is gone. The text ends with NUL. */
int rt_packet_receive(int fd, int wait, struct rt_packet *packet, struct rt_err *err);

void rt_packet_set_text(struct rt_packet *packet, const char *text); /* cut at its limit */

#endif
