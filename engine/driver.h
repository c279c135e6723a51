#ifndef RT_ENGINE_DRIVER_H
#define RT_ENGINE_DRIVER_H
/*
 * The program that drives a study, and the lines that go to and fro.
 *
 * Nothing here blocks: lines to it are queued, and what it writes is taken as it comes. What the
 * lines mean is engine/driving.h's business. It runs under the nursery (engine/keeper.h).
 */
#include <poll.h>
#include <stdbool.h>
#include "base/buf.h"
#include "base/json.h"
#include "engine/nursery.h"

#define RT_DRIVER_LINE_MAX ((size_t)64 << 20) /* bytes */
#define RT_DRIVER_FDS      5

struct rt_driver;

struct rt_driver_options {
    struct rt_nursery *nursery;
    const struct rt_json *argv;
    const char *folder;        /* where it runs */
    const struct rt_json *env; /* texts by name, besides what the nursery has; or NULL */
    /* A line that it printed, to stdout or stderr; may be NULL. */
    void (*printed)(void *context, const char *line);
    void *context;
};

int rt_driver_start(const struct rt_driver_options *options, struct rt_driver **out,
                    struct rt_err *err);
/* Ends the program, with all that descends from it. */
void rt_driver_free(struct rt_driver *driver);

/* Appends what to poll for (RT_DRIVER_FDS at most); `reading`: whether lines are wanted. */
size_t rt_driver_fds(const struct rt_driver *driver, bool reading, struct pollfd *fds);
/* Reads and writes what can be; returns 1 if something was done. */
int rt_driver_step(struct rt_driver *driver, bool reading, struct rt_err *err);

/* 1: *line is the next whole line, without its end; borrowed until the next step. 0: there is none.
 * RT_EPEER: it is too long; *line is its start. */
int rt_driver_line(struct rt_driver *driver, struct rt_span *line, struct rt_err *err);

/* Queues bytes for it. After close() it finds the end of its input behind them. */
void rt_driver_send(struct rt_driver *driver, struct rt_span bytes);
void rt_driver_close(struct rt_driver *driver);
size_t rt_driver_unsent(const struct rt_driver *driver);

void rt_driver_signal(struct rt_driver *driver, int number);
/* What its program has of memory; 0 if that is not known. */
uint64_t rt_driver_memory_kib(const struct rt_driver *driver);

/* It has ended, and all that it wrote has been read. */
bool rt_driver_ended(const struct rt_driver *driver);
/* Appends how: "exited with status 3, and the end of what it printed is: ...". True: status 0. */
bool rt_driver_describe_end(const struct rt_driver *driver, struct rt_buf *out);
/* The end of what it printed, as it is. */
struct rt_span rt_driver_last_words(const struct rt_driver *driver);

#endif
