#ifndef RT_ENGINE_COMMAND_WATCH_H
#define RT_ENGINE_COMMAND_WATCH_H
/*
 * A command that runs: the lines that it writes to its pipe are passed on,
 * what it is to know is put into a file, and it is ended when it is to stop.
 * docs/intermediate-results.md is for authors of commands.
 */
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>
#include "base/err.h"
#include "engine/entry.h"

struct rt_command_watch {
    const struct rt_call *call;
    char *pipe; /* paths */
    char *answer;
    int fd; /* of the pipe; -1: none */
    struct rt_buf line;
    char *params;         /* new ones, so far the last */
    char *stop;           /* why it is to stop */
    struct rt_err untold; /* code other than 0: new params could not be put where the command finds
                           * them, and it was killed: what it gives is of params nobody knows */
};

#define RT_COMMAND_WATCH_INIT ((struct rt_command_watch){.fd = -1})

/* Makes pipe and file in the call's scratch folder, or empties those that are there. */
int rt_command_watch_begin(struct rt_command_watch *watch, const struct rt_call *call,
                           struct rt_err *err);
/* Waits for a process, which leads a group of its own. */
int rt_command_watch_wait(struct rt_command_watch *watch, pid_t pid, int *status,
                          struct rusage *use, struct rt_err *err);
void rt_command_watch_end(struct rt_command_watch *watch);

#endif
