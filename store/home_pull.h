#ifndef RT_STORE_HOME_PULL_H
#define RT_STORE_HOME_PULL_H
/*
 * Bringing a store on a local disk level with a home, and the file
 * `published` that says to which home a store belongs.
 */
#include "store/home.h"

/* What `published` says. */
struct rt_published {
    char *home;            /* its path, as it was then */
    char id[RT_UUID_TEXT]; /* of the home */
    uint32_t writer; /* as which the store wrote to it, or (a replica) up to which it has read */
    uint32_t base;   /* whom that writer continues */
};

void rt_published_set(struct rt_published *published, const char *path, const struct rt_home *home,
                      uint32_t writer, uint32_t base);
/* 1; 0 if the store belongs to no home. */
int rt_published_read(const char *store, struct rt_published *published, struct rt_err *err);
int rt_published_write(const char *store, const struct rt_published *published,
                       struct rt_err *err); /* synced */
void rt_published_clear(struct rt_published *published);

/* Number of the last event of a store on this host. */
int rt_home_last(const char *store, uint64_t *seq, struct rt_err *err);

/* Makes a store at a path where there is none; it has the first event of the history that ends
 * with `newest` (NULL: one of its own), and belongs to the home. */
int rt_home_found(const char *path, const struct rt_home *home, const struct rt_home_writer *newest,
                  const char *store, struct rt_err *err);

/* Adds to a store what it lacks of the history: its events must be part of it. */
int rt_home_pull(const char *path, const struct rt_home *home, const struct rt_home_writer *newest,
                 const char *store, struct rt_err *err);

#endif
