/* Which change fails, and how. */
#include "tests/disk/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct state {
    atomic_ulong count; /* changes so far, of all processes */
};

static struct {
    struct state *state;
    unsigned long at; /* the change that fails; 0: none */
    const struct how *how;
    const char *under;
    const char *log;
} disk;

enum among { ALL, WRITES, SYNCS };

/* What may happen at a change. */
static const struct how {
    const char *name;
    enum among among; /* the changes that are counted */
    int number;       /* errno */
    bool lasts;       /* so do all that follow */
    bool halves;      /* a write is cut in half first, as on a disk that becomes full */
    bool shorts;      /* a write is cut in half, and the caller may go on with the rest */
    bool kills;       /* the process ends there, and the others at their next change */
    bool stops;       /* the process stops there until it is told to go on; the log has its pid */
} hows[] = {
    {.name = "eio", .number = EIO},
    {.name = "eio-on", .number = EIO, .lasts = true},
    {.name = "full", .number = ENOSPC, .lasts = true, .halves = true},
    {.name = "enospc", .number = ENOSPC},
    {.name = "quota", .number = EDQUOT, .lasts = true},
    {.name = "short", .among = WRITES, .shorts = true},
    {.name = "torn", .among = WRITES, .number = EIO, .lasts = true, .halves = true},
    {.name = "sync", .among = SYNCS, .number = EIO},
    {.name = "sync-on", .among = SYNCS, .number = EIO, .lasts = true},
    {.name = "kill", .lasts = true, .kills = true},
    {.name = "stop", .stops = true},
};

static void choose(const char *text)
{
    char *end;

    disk.at = strtoul(text, &end, 10);
    for (size_t i = 0; i < sizeof hows / sizeof hows[0]; i++) {
        if (*end == ',' && strcmp(end + 1, hows[i].name) == 0)
            disk.how = &hows[i];
    }
    if (!disk.how) {
        fprintf(stderr, "DISK_FAULT=%s is not understood\n", text);
        _exit(99);
    }
}

__attribute__((constructor)) static void start(void)
{
    const char *state = getenv("DISK_STATE");
    const char *fault = getenv("DISK_FAULT");
    const char *log = getenv("DISK_LOG");
    int fd = state ? (int)syscall(SYS_openat, AT_FDCWD, state, O_RDWR | O_CLOEXEC) : -1;

    if (fd < 0)
        return;
    disk.state = mmap(NULL, sizeof *disk.state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (disk.state == MAP_FAILED)
        _exit(99);
    disk.under = getenv("DISK_UNDER");
    if (fault)
        choose(fault);
    disk.log = log;
}

bool disk_counts(const char *path)
{
    const char *at = disk.state ? disk.under : NULL;

    while (at && *at) {
        size_t length = strcspn(at, ":");

        if (strncmp(path, at, length) == 0 && (path[length] == '/' || path[length] == '\0'))
            return true;
        at += length + (at[length] == ':');
    }
    return false;
}

static void note(unsigned long number, const char *call, const char *path, const char *what)
{
    char line[4400];
    int length;
    int fd;

    if (!disk.log)
        return;
    /* Opened each time: some of the processes close all that they do not know. */
    fd = (int)syscall(SYS_openat, AT_FDCWD, disk.log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    length = snprintf(line, sizeof line, "%lu %s %s %s\n", number, call, path, what);
    syscall(SYS_write, fd, line, (size_t)length);
    syscall(SYS_close, fd);
}

static enum disk_verdict stop_here(unsigned long number, const char *call, const char *path)
{
    char what[32];

    snprintf(what, sizeof what, "stop %d", (int)getpid());
    note(number, call, path, what);
    raise(SIGSTOP);
    return DISK_GO_ON;
}

static bool counts_among(enum among among, const char *call)
{
    switch (among) {
    case WRITES:
        return strcmp(call, "write") == 0 || strcmp(call, "pwrite") == 0 ||
               strcmp(call, "sendfile") == 0;
    case SYNCS:
        return strstr(call, "sync") != NULL;
    default:
        return true;
    }
}

static enum disk_verdict verdict(bool first)
{
    if (disk.how->shorts)
        return DISK_SHORT;
    errno = disk.how->number;
    return first && disk.how->halves ? DISK_HALF : DISK_FAIL;
}

enum disk_verdict disk_ask(const char *call, const char *path)
{
    unsigned long number;
    bool first;

    if (disk.at && !counts_among(disk.how->among, call))
        return DISK_GO_ON;
    number = atomic_fetch_add(&disk.state->count, 1) + 1;
    first = number == disk.at;
    if (!disk.at || !(first || (disk.how->lasts && number > disk.at))) {
        note(number, call, path, "done");
        return DISK_GO_ON;
    }
    if (disk.how->stops)
        return stop_here(number, call, path);
    note(number, call, path, disk.how->name);
    if (disk.how->kills)
        raise(SIGKILL);
    return verdict(first);
}
