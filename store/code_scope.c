#include "store/code_scope.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <stdlib.h>
#include <string.h>

void rt_code_scope_clear(struct rt_code_scope *scope)
{
    rt_git_work_close(scope->work);
    rt_git_list_clear(&scope->tracked);
    free(scope->at);
    free(scope->prefix);
    free(scope->reason);
    memset(scope, 0, sizeof *scope);
}

static void without_git(struct rt_code_scope *scope, const char *reason)
{
    rt_git_work_close(scope->work);
    rt_git_list_clear(&scope->tracked);
    scope->work = NULL;
    if (!scope->reason)
        scope->reason = rt_strdup(reason);
}

/* The folder's path inside the work tree, with a final slash: "" for the tree itself, or NULL. */
static char *inside(const char *tree, const char *folder)
{
    size_t length = strlen(tree);

    if (strcmp(tree, "/") == 0)
        length = 0;
    if (strncmp(tree, folder, length) != 0)
        return NULL;
    if (folder[length] == '\0')
        return rt_strdup("");
    return folder[length] == '/' ? rt_printf("%s/", folder + length + 1) : NULL;
}

static bool whole_is_ignored(struct rt_code_scope *scope)
{
    char *path;
    bool ignored;

    if (scope->prefix[0] == '\0' || scope->tracked.count)
        return false;
    path = rt_strndup(scope->prefix, strlen(scope->prefix) - 1);
    ignored = rt_git_work_ignores(scope->work, path, true);
    free(path);
    return ignored;
}

static void read_index(struct rt_code_scope *scope)
{
    struct rt_err err;

    if (rt_git_work_tracked(scope->work, scope->prefix, &scope->tracked, &err) < 0)
        scope->reason = rt_strdup(err.text);
}

void rt_code_scope_root(struct rt_code_scope *scope, const char *folder)
{
    struct rt_err err;
    int rc;

    memset(scope, 0, sizeof *scope);
    scope->at = rt_strdup("");
    if ((rc = rt_git_work_open(folder, &scope->work, &err)) < 0) {
        without_git(scope, rc == RT_ENOTFOUND ? "no git repository" : err.text);
        return;
    }
    scope->prefix = inside(rt_git_work_path(scope->work), folder);
    if (!scope->prefix) {
        without_git(scope, "its git repository keeps its files elsewhere");
        return;
    }
    read_index(scope);
    if (whole_is_ignored(scope))
        without_git(scope, "ignored by the git repository that it lies in");
}

bool rt_code_scope_nested(struct rt_code_scope *scope, const char *folder, const char *at)
{
    memset(scope, 0, sizeof *scope);
    if (rt_git_work_open(folder, &scope->work, NULL) < 0)
        return false;
    if (strcmp(rt_git_work_path(scope->work), folder) != 0) {
        rt_code_scope_clear(scope);
        return false;
    }
    scope->at = rt_printf("%s/", at);
    scope->prefix = rt_strdup("");
    read_index(scope);
    return true;
}

static const char *below(const struct rt_code_scope *scope, const char *path)
{
    return path + strlen(scope->at);
}

bool rt_code_scope_tracks(const struct rt_code_scope *scope, const char *path)
{
    return rt_git_list_get(&scope->tracked, below(scope, path)) != NULL;
}

bool rt_code_scope_tracks_below(const struct rt_code_scope *scope, const char *folder)
{
    return rt_git_list_has_below(&scope->tracked, below(scope, folder));
}

bool rt_code_scope_ignores(const struct rt_code_scope *scope, const char *path, bool folder)
{
    char *full;
    bool ignores;

    if (!scope->work)
        return false;
    full = rt_printf("%s%s", scope->prefix, below(scope, path));
    ignores = rt_git_work_ignores(scope->work, full, folder);
    free(full);
    return ignores;
}
