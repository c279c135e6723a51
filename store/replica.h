#ifndef RT_STORE_REPLICA_H
#define RT_STORE_REPLICA_H
/*
 * Reading a home: from the hot store if that is on this host, else from a
 * replica on a local disk, which is brought level first.
 */
#include "store/check.h"
#include "store/home.h"

/* `where` is the home's path. *path is a store to be read, and yours; *writer tells of the newest
 * writer of the home, and how fresh what a replica shows is; *hot whether it is the hot store.
 * RT_ENOTFOUND if nothing was ever published. */
int rt_replica_open(const char *where, char **path, struct rt_home_writer *writer, bool *hot,
                    struct rt_err *err);

/* Whether all of a home is whole: makes a replica of it anew, in a folder of its own, and checks
 * that as rt_check() does. What cannot be read of the home is a finding, too. */
int rt_replica_check(const char *where, rt_check_fn *each, void *context,
                     struct rt_check_facts *facts, struct rt_err *err);

#endif
