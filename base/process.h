#ifndef RT_BASE_PROCESS_H
#define RT_BASE_PROCESS_H
/* What the kernel tells of any process: /proc/PID/stat and statm, proc(5). Nothing is allocated, so
 * that it may be asked in a process that was just forked. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rt_process {
    char name[64]; /* of its program; the kernel cuts it after 15 bytes */
    char state;    /* 'R', 'S', ...; 'Z': dead, and its parent has not waited for it; 'X': gone */
    pid_t parent;
    long threads;
    uint64_t start; /* clock ticks from boot until it began */
};

/* False if there is no such process, or it is hidden. */
bool rt_process_look(pid_t pid, struct rt_process *out);
/* What it has of the memory of its host, shared pages included; 0 if that is not known. */
uint64_t rt_process_resident_kib(pid_t pid);

#endif
