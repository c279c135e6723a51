#ifndef RT_STORE_GIT_LEFTOVERS_H
#define RT_STORE_GIT_LEFTOVERS_H
#include "base/err.h"

/* Removes what a writer that was killed left in a bare repository of ours: packs half written, and
 * locks, which would keep out every writer to come. Only for the one writer of the store. */
int rt_git_leftovers_remove(const char *repository, struct rt_err *err);

#endif
