#ifndef RT_TESTS_RECORD_H
#define RT_TESTS_RECORD_H
/*
 * The recorder of the library (disk.h): with DISK_TRACE, a file that gets all that is done to the
 * disk.
 *
 * A change is recorded after it was made and before its caller goes on, a sync both before and
 * after: what a program can know to be over, stands before what it does next.
 */
#include <stdbool.h>
#include <sys/types.h>

enum disk_record {
    DISK_WROTE = 'w',
    DISK_WROTE_THROUGH = 'd', /* the write before, by a descriptor with O_DSYNC */
    DISK_RESIZED = 't',
    DISK_SYNCS = 'b', /* at: the thread */
    DISK_SYNCS_ALL = 'a',
    DISK_SYNCED = 'e', /* the last sync that the thread began */
    DISK_MADE = 'c',
    DISK_MADE_FOLDER = 'm',
    DISK_MADE_LINK = 's', /* other: its text */
    DISK_RENAMED = 'r',   /* other: from */
    DISK_REMOVED = 'u',
};

void disk_wrote(int fd, const char *path, const void *data, ssize_t size,
                off_t at); /* at < 0: there */
void disk_resized(int fd, const char *path);
void disk_syncs(int fd, const char *path, bool all);
void disk_synced(int fd, const char *path);
void disk_made(const char *path, const char *other);
void disk_renamed(const char *from, const char *path);
void disk_removed(const char *path);

#endif
