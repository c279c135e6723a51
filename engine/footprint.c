#include "engine/footprint.h"

#include "base/alloc.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROCESSES_MAX 65536u /* looked at below one worker */
#define FILL_PER_US   4096u  /* bytes that a process touches for the first time in a microsecond */
#define PAUSE_MIN_US  5000u
#define PAUSE_MAX_US  200000u

struct family {
    pid_t *pids;
    size_t count;
    size_t capacity;
};

static void add(struct family *family, pid_t pid)
{
    if (family->count == PROCESSES_MAX)
        return;
    family->pids =
        rt_grow(family->pids, &family->capacity, family->count + 1, sizeof *family->pids);
    family->pids[family->count++] = pid;
}

/* A thread's children; proc(5) says how they are listed. */
static void add_children(struct family *family, pid_t pid, const char *thread)
{
    char path[96];
    FILE *file;
    long child;

    snprintf(path, sizeof path, "/proc/%ld/task/%.20s/children", (long)pid, thread);
    file = fopen(path, "re");
    while (file && fscanf(file, "%ld", &child) == 1)
        add(family, (pid_t)child);
    if (file)
        fclose(file);
}

/* The process and all below it, each behind its parent. */
static void gather(struct family *family, pid_t pid)
{
    add(family, pid);
    for (size_t i = 0; i < family->count; i++) {
        char path[64];
        struct dirent *thread;
        DIR *threads;

        snprintf(path, sizeof path, "/proc/%ld/task", (long)family->pids[i]);
        threads = opendir(path);
        while (threads && (thread = readdir(threads)) != NULL) {
            if (thread->d_name[0] != '.')
                add_children(family, family->pids[i], thread->d_name);
        }
        if (threads)
            closedir(threads);
    }
}

static uint64_t resident(pid_t pid)
{
    unsigned long long pages = 0;
    char path[64];
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    file = fopen(path, "re");
    if (!file || fscanf(file, "%*u %llu", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The process's share; its resident size where the kernel does not tell. */
static uint64_t proportional(pid_t pid)
{
    unsigned long long kib;
    bool found = false;
    char path[64];
    char line[256];
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
    file = fopen(path, "re");
    while (file && !found && fgets(line, sizeof line, file))
        found = sscanf(line, "Pss: %llu kB", &kib) == 1;
    if (file)
        fclose(file);
    return found ? kib * 1024u : resident(pid);
}

uint64_t rt_footprint_bytes(pid_t pid, uint64_t enough)
{
    struct family family = {0};
    uint64_t bytes = 0;

    gather(&family, pid);
    for (size_t i = 0; i < family.count; i++)
        bytes += resident(family.pids[i]);
    if (bytes > enough) {
        bytes = 0;
        for (size_t i = 0; i < family.count; i++)
            bytes += proportional(family.pids[i]);
    }
    free(family.pids);
    return bytes;
}

uint64_t rt_footprint_pause_us(uint64_t used, uint64_t limit)
{
    uint64_t pause_us = used < limit ? (limit - used) / FILL_PER_US : 0;

    if (pause_us < PAUSE_MIN_US)
        return PAUSE_MIN_US;
    return pause_us < PAUSE_MAX_US ? pause_us : PAUSE_MAX_US;
}
