#ifndef RT_STORE_GIT_OWN_H
#define RT_STORE_GIT_OWN_H
/* What store/git.c, store/git_work.c and store/git_store.c share. No other includes it. */
#include "store/git.h"

#include <git2.h>

/* Each of them is paired with a git_libgit2_shutdown(). */
void rt_git_start(void);

/* Reports what libgit2 says of its last failure. */
int rt_git_fail(struct rt_err *err, int code, const char *doing, const char *what);
/* What was to be written lies below the path. */
int rt_git_fail_writing(struct rt_err *err, const char *doing, const char *path);

void rt_git_to_id(struct rt_git_id *id, const git_oid *oid);
git_oid rt_git_to_oid(const struct rt_git_id *id);

/* Adds all files below a tree. Returns a code of libgit2. */
int rt_git_list_tree(const git_tree *tree, struct rt_git_list *list);

#endif
