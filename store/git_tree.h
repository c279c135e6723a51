#ifndef RT_STORE_GIT_TREE_H
#define RT_STORE_GIT_TREE_H
/* Trees and commits, made from lists of files. Format: git's gitformat-pack(5), "object types". */
#include "store/git.h"

/* A tree of the files of a sorted list, with a tree for each of their folders. */
int rt_git_tree_put(struct rt_git_store *store, const struct rt_git_list *list,
                    struct rt_git_id *id, struct rt_err *err);

/* A commit of the tree, without parents, of now. */
int rt_git_commit_put(struct rt_git_store *store, const struct rt_git_id *tree, const char *message,
                      struct rt_git_id *id, struct rt_err *err);

#endif
