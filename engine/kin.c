#include "engine/kin.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/process.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_US 5000000u

struct process {
    pid_t pid;
    pid_t parent;
    bool doomed;
};

struct processes {
    struct process *items;
    size_t count;
    size_t capacity;
};

static void list_processes(struct processes *list)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;

    list->count = 0;
    while (proc && (entry = readdir(proc)) != NULL) {
        struct rt_process found;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10); /* 0: no process */

        if (pid <= 0 || !rt_process_look(pid, &found))
            continue;
        list->items = rt_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
        list->items[list->count++] = (struct process){pid, found.parent, false};
    }
    if (proc)
        closedir(proc);
}

static bool is_kept(pid_t pid, const pid_t *keep, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (keep[i] == pid)
            return true;
    }
    return false;
}

static bool is_doomed(const struct processes *list, pid_t pid)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].pid == pid)
            return list->items[i].doomed;
    }
    return false;
}

/* Marks the children of this process, then theirs, until no more are found. */
static size_t mark(struct processes *list, const pid_t *keep, size_t count)
{
    pid_t self = getpid();
    size_t marked = 0;
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < list->count; i++) {
            struct process *process = &list->items[i];

            if (process->doomed || is_kept(process->pid, keep, count))
                continue;
            if (process->parent != self && !is_doomed(list, process->parent))
                continue;
            process->doomed = more = true;
            marked++;
        }
    }
    return marked;
}

size_t rt_kin_end(const pid_t *keep, size_t count)
{
    struct processes list = {0};
    uint64_t limit = rt_mono_us() + PATIENCE_US;
    size_t left;

    for (;;) {
        list_processes(&list);
        left = mark(&list, keep, count);
        for (size_t i = 0; i < list.count; i++) {
            if (!list.items[i].doomed)
                continue;
            kill(list.items[i].pid, SIGKILL);
            waitpid(list.items[i].pid, NULL, WNOHANG); /* fails for those further below: fine */
        }
        if (left == 0 || rt_mono_us() > limit)
            break;
        usleep(500);
    }
    free(list.items);
    return left;
}

int rt_kin_any(void)
{
    siginfo_t info;

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}
