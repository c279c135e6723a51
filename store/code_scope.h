#ifndef RT_STORE_CODE_SCOPE_H
#define RT_STORE_CODE_SCOPE_H
/*
 * A scope: the part of a code root that one git repository speaks for, or
 * none does. A root is one scope, and each repository inside it (a
 * submodule, a clone) is one more.
 */
#include <stdbool.h>
#include "base/err.h"
#include "store/git.h"

struct rt_code_scope {
    struct rt_git_work *work;   /* NULL: plain files */
    char *at;                   /* where it starts in the root: "" or "sub/" */
    char *prefix;               /* where that is in the repository: "" or "src/" */
    struct rt_git_list tracked; /* paths relative to `at` */
    char *reason;               /* why git was of less help than it might have been, or NULL */
};

/* The scope of a root folder: of the repository that it lies in, if that will do. */
void rt_code_scope_root(struct rt_code_scope *scope, const char *folder);
/* The scope of a folder of a root that has a .git of its own; false, and none, if it is broken. */
bool rt_code_scope_nested(struct rt_code_scope *scope, const char *folder, const char *at);
void rt_code_scope_clear(struct rt_code_scope *scope);

/* These take paths relative to the root, which must be in the scope. */
bool rt_code_scope_tracks(const struct rt_code_scope *scope, const char *path);
bool rt_code_scope_tracks_below(const struct rt_code_scope *scope, const char *folder);
bool rt_code_scope_ignores(const struct rt_code_scope *scope, const char *path, bool folder);

#endif
