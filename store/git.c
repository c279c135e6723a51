/* What both sides of the door share: the library, its errors, its ids, its trees. */
#include "store/git_own.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Extensions of repositories that libgit2 need not understand for what we read. */
static const char *const harmless[] = {"partialclone", "worktreeconfig", "relativeworktrees"};

void rt_git_start(void)
{
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, harmless, sizeof harmless / sizeof harmless[0]);
}

int rt_git_fail(struct rt_err *err, int code, const char *doing, const char *what)
{
    const git_error *last = git_error_last();
    const char *text = last && last->message ? last->message : "libgit2 gives no reason";

    return rt_err_set(err, code, "%s \"%s\": %s", doing, what, text);
}

int rt_git_fail_writing(struct rt_err *err, const char *doing, const char *path)
{
    static const int numbers[] = {ENOSPC, EDQUOT, EIO};
    const git_error *last = git_error_last();
    const char *text = last && last->message ? last->message : "";

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        errno = numbers[i];
        if (strstr(text, strerror(errno)))
            return rt_fs_write_error(err, doing, path);
    }
    if (text[0])
        return rt_git_fail(err, RT_EIO, doing, path);
    errno = EIO; /* it does not always say why */
    return rt_fs_write_error(err, doing, path);
}

void rt_git_to_id(struct rt_git_id *id, const git_oid *oid)
{
    memcpy(id->bytes, oid->id, sizeof id->bytes);
}

git_oid rt_git_to_oid(const struct rt_git_id *id)
{
    git_oid oid;

    memcpy(oid.id, id->bytes, sizeof id->bytes);
    return oid;
}

static int add_entry(const char *folder, const git_tree_entry *entry, void *list)
{
    struct rt_git_id id;
    char *path;

    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
        return 0;
    path = rt_printf("%s%s", folder, git_tree_entry_name(entry));
    rt_git_to_id(&id, git_tree_entry_id(entry));
    rt_git_list_add(list, path, git_tree_entry_filemode(entry), &id);
    free(path);
    return 0;
}

int rt_git_list_tree(const git_tree *tree, struct rt_git_list *list)
{
    if (git_tree_walk(tree, GIT_TREEWALK_PRE, add_entry, list) < 0)
        return -1;
    rt_git_list_sort(list);
    return 0;
}
