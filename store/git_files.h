#ifndef RT_STORE_GIT_FILES_H
#define RT_STORE_GIT_FILES_H
/* What our bare repository needs done to its files that libgit2 does not do. */
#include "base/err.h"

/* Syncs a repository that was just made, and gives it its name. */
int rt_git_files_name(const char *made, const char *name, struct rt_err *err);

/* Syncs the folders of a reference that was just made; libgit2 syncs the last one of them only. */
int rt_git_files_sync_above(const char *repository, const char *name, struct rt_err *err);

/* Removes what a writer that was killed left: packs half written, and locks, which would keep out
 * every writer to come. Only for the one writer of the store. */
int rt_git_files_sweep(const char *repository, struct rt_err *err);

#endif
