#ifndef RT_ENGINE_KEEPER_H
#define RT_ENGINE_KEEPER_H
/*
 * The keeper: a process between the nursery and a driver, the program that proposes trials.
 *
 * It starts the program in a session of its own, tells how it ended, and ends it with all that
 * descends from it when the engine lets go of the socket, or dies.
 */
#include "base/json.h"

enum rt_keeper_fd {
    RT_KEEPER_SOCKET, /* packets: END with a signal in `number` comes, ENDED or READY (it could not
                         be started; text says why) goes */
    RT_KEEPER_TASK,   /* a file with {"argv": [..], "folder": path, "env": {name: text}} */
    RT_KEEPER_IN,     /* what the driver reads messages from */
    RT_KEEPER_OUT,    /* what it writes them to */
    RT_KEEPER_STDOUT,
    RT_KEEPER_STDERR,
    RT_KEEPER_FDS
};

_Noreturn void rt_keeper_main(const int fds[RT_KEEPER_FDS]);

#endif
