#include "store/code_near.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct near {
    const struct rt_code_walk *walk;
    const struct rt_git_list *stored;
    size_t modules; /* nested repositories that are submodules */
    struct rt_err err;
};

/* The number of the innermost scope that a path lies in. */
static size_t scope_of(const struct rt_code_walk *walk, const char *path)
{
    size_t best = 0;

    for (size_t i = 1; i < walk->scope_count; i++) {
        const char *at = walk->scopes[i].at;

        if (strncmp(path, at, strlen(at)) == 0 && strlen(at) > strlen(walk->scopes[best].at))
            best = i;
    }
    return best;
}

/* Whether a file is what the commit has, perhaps but for its line ends. */
static bool same_content(const struct rt_code_scope *scope, const struct rt_git_entry *file,
                         const struct rt_git_entry *committed)
{
    struct rt_git_id id;
    char *path;
    int rc;

    if (rt_git_id_equal(&file->id, &committed->id))
        return true;
    if (file->mode == RT_GIT_LINK)
        return false;
    path = rt_printf("%s%s", scope->prefix, committed->path);
    rc = rt_git_work_hash(scope->work, path, &id, NULL);
    free(path);
    return rc == 0 && rt_git_id_equal(&id, &committed->id);
}

static bool same_mode(uint32_t a, uint32_t b, bool trusts_modes)
{
    return a == b || (!trusts_modes && a != RT_GIT_LINK && b != RT_GIT_LINK);
}

static bool files_differ(const struct near *near, size_t number, const struct rt_git_list *head)
{
    const struct rt_code_scope *scope = &near->walk->scopes[number];
    bool trusts = rt_git_work_trusts_modes(scope->work);

    for (size_t i = 0; i < near->stored->count; i++) {
        const struct rt_git_entry *file = &near->stored->entries[i];
        const struct rt_git_entry *committed;

        if (scope_of(near->walk, file->path) != number)
            continue;
        committed = rt_git_list_get(head, file->path + strlen(scope->at));
        if (!committed || !same_mode(file->mode, committed->mode, trusts) ||
            !same_content(scope, file, committed))
            return true;
    }
    return false;
}

/* Whether the commit's file is gone from the work tree. */
static bool is_gone(const struct near *near, const struct rt_code_scope *scope,
                    const struct rt_git_entry *committed)
{
    const struct rt_git_entry *tracked = rt_git_list_get(&scope->tracked, committed->path);
    char *path = rt_printf("%s/%s%s", near->walk->root, scope->at, committed->path);
    struct stat info;
    bool gone = lstat(path, &info) < 0 && !(tracked && tracked->absent);

    free(path);
    return gone;
}

static bool module_differs(struct near *near, const struct rt_code_scope *scope,
                           const struct rt_git_entry *committed)
{
    char *at = rt_printf("%s%s/", scope->at, committed->path);
    bool differs = false;

    for (size_t i = 1; i < near->walk->scope_count; i++) {
        const struct rt_code_scope *module = &near->walk->scopes[i];
        struct rt_git_id id;

        if (strcmp(module->at, at) != 0)
            continue;
        near->modules++;
        differs = !rt_git_work_commit(module->work, &id) || !rt_git_id_equal(&id, &committed->id);
    }
    free(at);
    return differs;
}

static bool scope_differs(struct near *near, size_t number)
{
    const struct rt_code_scope *scope = &near->walk->scopes[number];
    struct rt_git_list head = {NULL, 0, 0};
    bool differs = rt_git_work_head(scope->work, scope->prefix, &head, &near->err) < 0 ||
                   files_differ(near, number, &head);

    for (size_t i = 0; i < head.count; i++) {
        if (head.entries[i].mode == RT_GIT_MODULE)
            differs |= module_differs(near, scope, &head.entries[i]);
        else if (!differs)
            differs = is_gone(near, scope, &head.entries[i]);
    }
    rt_git_list_clear(&head);
    return differs;
}

/* A repository inside that is no submodule is, to the outer one, an untracked file. */
static bool differs(struct near *near)
{
    bool any = false;

    for (size_t i = 0; i < near->walk->scope_count; i++)
        any |= scope_differs(near, i);
    return any || near->modules + 1 < near->walk->scope_count;
}

static void set_taken(struct rt_json *record, const char *key, char *text)
{
    rt_json_set_text(record, key, text);
    free(text);
}

static const char *reason(const struct near *near, bool commit)
{
    for (size_t i = 0; i < near->walk->scope_count; i++) {
        if (near->walk->scopes[i].reason)
            return near->walk->scopes[i].reason;
    }
    if (near->err.code)
        return near->err.text;
    if (!commit && near->walk->scopes[0].work)
        return "no commit yet";
    return near->walk->reason;
}

void rt_code_near(const struct rt_code_walk *walk, const struct rt_git_list *stored,
                  struct rt_json *record)
{
    struct near near = {.walk = walk, .stored = stored};
    struct rt_git_work *work = walk->scopes[0].work;
    char hex[RT_GIT_HEX];
    struct rt_git_id id;
    bool commit = work && rt_git_work_commit(work, &id);
    bool dirty = work && differs(&near);

    rt_json_set_text(record, "repository", work ? rt_git_work_path(work) : NULL);
    rt_json_set_text(record, "commit", commit ? rt_git_hex(&id, hex) : NULL);
    set_taken(record, "branch", work ? rt_git_work_branch(work) : NULL);
    set_taken(record, "remote", work ? rt_git_work_remote(work) : NULL);
    rt_json_set(record, "dirty", rt_json_new_bool(dirty));
    rt_json_set_text(record, "reason", reason(&near, commit));
}
