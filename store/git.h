#ifndef RT_STORE_GIT_H
#define RT_STORE_GIT_H
/*
 * Git, twice. Door to libgit2.
 *
 * struct rt_git_work reads people's repositories: what is tracked, what is
 * ignored, which commit is near. It writes nothing there, runs no hook and
 * no filter, and does not mind whose repository it is.
 *
 * struct rt_git_store is a bare repository of ours. Objects are gathered in
 * memory until rt_git_store_keep() writes those that are new as one synced
 * pack and lets a reference point to them.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "store/git_list.h"

struct rt_git_work;

/* Opens the repository that the folder lies in. RT_ENOTFOUND if there is none with a work tree;
 * RT_EIO, with libgit2's reason, if there is one that it refuses. */
int rt_git_work_open(const char *folder, struct rt_git_work **out, struct rt_err *err);
void rt_git_work_close(struct rt_git_work *work);
const char *rt_git_work_path(const struct rt_git_work *work); /* its top folder, without final / */
bool rt_git_work_ignores(struct rt_git_work *work, const char *path, bool folder);
/* The index below a prefix ("" or "sub/"), paths relative to it. */
int rt_git_work_tracked(struct rt_git_work *work, const char *prefix, struct rt_git_list *list,
                        struct rt_err *err);
/* The tree of the HEAD commit below a prefix. Empty when there is no commit. */
int rt_git_work_head(struct rt_git_work *work, const char *prefix, struct rt_git_list *list,
                     struct rt_err *err);
/* The commit that a revision names: an id or the beginning of one, a branch, a tag, "HEAD~2".
 * RT_ENOTFOUND. */
int rt_git_work_resolve(struct rt_git_work *work, const char *revision, struct rt_git_id *commit,
                        struct rt_err *err);
/* The tree of any commit below a prefix, as rt_git_work_head(). */
int rt_git_work_tree(struct rt_git_work *work, const struct rt_git_id *commit, const char *prefix,
                     struct rt_git_list *list, struct rt_err *err);
/* Calls each() for the commits behind `good` up to `bad`, along first parents, the oldest first:
 * none if `bad` is part of what led to `good`. *summary may be NULL. */
typedef void rt_git_commit_fn(void *context, const struct rt_git_id *id, const char *summary);
int rt_git_work_between(struct rt_git_work *work, const struct rt_git_id *good,
                        const struct rt_git_id *bad, rt_git_commit_fn *each, void *context,
                        struct rt_err *err);
/* Appends the bytes of a blob as git keeps it; no filter runs. */
int rt_git_work_blob(struct rt_git_work *work, const struct rt_git_id *id, struct rt_buf *out,
                     struct rt_err *err);
/* The id that the file at path has for git, line ends as git would store them. */
int rt_git_work_hash(struct rt_git_work *work, const char *path, struct rt_git_id *id,
                     struct rt_err *err);
bool rt_git_work_trusts_modes(struct rt_git_work *work);
/* The id of the HEAD commit; false if there is none. */
bool rt_git_work_commit(struct rt_git_work *work, struct rt_git_id *id);
char *rt_git_work_branch(struct rt_git_work *work); /* yours; NULL if HEAD is detached */
char *rt_git_work_remote(struct rt_git_work *work); /* yours; no credentials in it; or NULL */

struct rt_git_store;

enum rt_git_kind {
    RT_GIT_KIND_COMMIT = 1,
    RT_GIT_KIND_TREE = 2,
    RT_GIT_KIND_BLOB = 3,
};

/* Opens the bare repository. If `make`, for writing, by the one writer of the store: makes one
 * where there is none, and clears away what a killed writer left. */
int rt_git_store_open(const char *path, bool make, struct rt_git_store **out, struct rt_err *err);
void rt_git_store_close(struct rt_git_store *store);
/* Gathers an object; store/git_tree.h makes trees and commits. */
int rt_git_store_put(struct rt_git_store *store, enum rt_git_kind kind, struct rt_span data,
                     struct rt_git_id *id, struct rt_err *err);
/* Writes what is new and lets `name` ("refs/retrial/...") be the commit; durable then. */
int rt_git_store_keep(struct rt_git_store *store, const char *name, const struct rt_git_id *commit,
                      struct rt_err *err);
/* The tree of the commit that `name` is. RT_ENOTFOUND. */
int rt_git_store_find(struct rt_git_store *store, const char *name, struct rt_git_id *tree,
                      struct rt_err *err);
/* All files below a tree. */
int rt_git_store_list(struct rt_git_store *store, const struct rt_git_id *tree,
                      struct rt_git_list *list, struct rt_err *err);
/* Appends the bytes of a blob. */
int rt_git_store_read(struct rt_git_store *store, const struct rt_git_id *id, struct rt_buf *out,
                      struct rt_err *err);
/* Appends the differences of two trees: "M path" lines, or a unified diff. */
int rt_git_store_diff(struct rt_git_store *store, const struct rt_git_id *a,
                      const struct rt_git_id *b, bool patch, struct rt_buf *out,
                      struct rt_err *err);

#endif
