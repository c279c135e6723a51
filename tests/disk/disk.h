#ifndef RT_TESTS_DISK_H
#define RT_TESTS_DISK_H
/*
 * A library for LD_PRELOAD that counts the changes a program makes to the disk
 * and lets the one with a given number fail, tear, or stop or end the process.
 *
 *   DISK_UNDER   folders whose changes count, separated by colons
 *   DISK_STATE   a file of at least 16 bytes of zeros, shared by all processes: the count
 *   DISK_FAULT   N,HOW: what happens at the N-th change, see disk_faults in faults.c
 *   DISK_LOG     a file that gets a line for each change: its number, call, path, what became of it
 *   DISK_TRACE   a file that gets all that is done to the disk, for power cuts: record.h
 *
 * What is written through a mapping is not seen: LMDB writes its data by calls, and what it and
 * SQLite map to write (lock.mdb, index.sqlite-shm) is nothing that must survive.
 */
#include <stdbool.h>

enum disk_verdict {
    DISK_GO_ON,
    DISK_FAIL,  /* with errno as it is set */
    DISK_HALF,  /* a write puts only its first half; one that has no half fails */
    DISK_SHORT, /* a write puts only its first half, and nothing is wrong otherwise */
};

/* Asked before each change; does not return if the process is to end. */
enum disk_verdict disk_ask(const char *call, const char *path);

/* True if changes below this path count. */
bool disk_counts(const char *path);

#endif
