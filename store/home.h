#ifndef RT_STORE_HOME_H
#define RT_STORE_HOME_H
/*
 * A home: the folder on any file system to which a hot store is published.
 *
 * It has writers, numbered 1, 2, 3, ...; each writes files of its own number
 * only, so that one which was taken for dead cannot disturb its successor.
 * Nothing in it is locked, and only objects and code are shared: files that
 * never change. docs/home.md has the layout and says why it is safe.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "store/lock.h"
#include "store/uuid.h"

#define RT_HOME_CHECK 16 /* bytes of the check of a frame */

/* What the file `home` says. */
struct rt_home {
    uint8_t uuid[RT_UUID_SIZE]; /* of its store */
    char id[RT_UUID_TEXT];      /* its own: a store may have been published to several */
};

/* How far the record of a writer goes. */
struct rt_home_head {
    uint64_t seq;   /* its last event */
    uint64_t bytes; /* of its journal file that count */
    uint8_t check[RT_HOME_CHECK];
};

struct rt_home_writer {
    uint32_t number;
    struct rt_lock_owner owner; /* heartbeat_us: its last sign of life */
    char *hot;                  /* path of the hot store on that host */
    uint64_t interval_us;
    bool begun;               /* else what follows is not set, and it does not count */
    uint32_t base;            /* whose record it continues; 0: nobody's */
    struct rt_home_head from; /* how far the record of `base` counts */
    struct rt_home_head head;
    uint64_t attempts; /* ended by then */
    uint64_t level_us; /* when the home was complete last; 0: not yet */
    uint64_t ended_us; /* when it gave the home back; 0: it has not */
};

void rt_home_writer_clear(struct rt_home_writer *writer);

/* Whether there is a home at a path. */
bool rt_home_is(const char *path);

/* Makes a home for the store with this UUID; it appears whole. If there is one already, that one
 * stays. */
int rt_home_make(const char *path, const uint8_t uuid[16], struct rt_err *err);

/* RT_ENOTFOUND, RT_ENEWER, RT_EDAMAGED. */
int rt_home_read(const char *path, struct rt_home *home, struct rt_err *err);

/* Number of the newest writer, whether it has begun or not; 0 if there is none. */
int rt_home_newest(const char *path, uint32_t *number, struct rt_err *err);

/* Another host may see a file that was replaced or added to as it was a moment ago, or with the
 * size that it had: what seems damaged is read again, so often, with pauses. */
#define RT_HOME_TRIES 6
void rt_home_pause(void);

/* Reads the file of a writer: 1; 0 if it names nobody yet, or there is none. */
int rt_home_writer(const char *path, uint32_t number, struct rt_home_writer *writer,
                   struct rt_err *err);
/* The newest writer up to `number` that has begun: 1, or 0 if there is none. */
int rt_home_begun(const char *path, uint32_t number, struct rt_home_writer *writer,
                  struct rt_err *err);

/* Makes the file of a writer: 1 if there is one already. Synced. */
int rt_home_writer_create(const char *path, const struct rt_home_writer *writer,
                          struct rt_err *err);
/* Replaces it. Synced. */
int rt_home_writer_replace(const char *path, const struct rt_home_writer *writer,
                           struct rt_err *err);

/* Paths of a writer's files; yours. */
char *rt_home_writer_path(const char *path, uint32_t number);
char *rt_home_journal_path(const char *path, uint32_t number);

#endif
