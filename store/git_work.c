/* Repositories of people, which are read. */
#include "store/git_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "store/git_url.h"

#include <stdlib.h>
#include <string.h>

struct rt_git_work {
    git_repository *repository;
    char *path;
};

int rt_git_work_open(const char *folder, struct rt_git_work **out, struct rt_err *err)
{
    struct rt_git_work *work = rt_calloc(1, sizeof *work);
    int result;
    int rc = 0;

    rt_git_start();
    result = git_repository_open_ext(&work->repository, folder, 0, NULL);
    if (result == GIT_ENOTFOUND)
        rc = rt_err_set(err, RT_ENOTFOUND, "\"%s\" is in no git repository", folder);
    else if (result < 0)
        rc = rt_git_fail(err, RT_EIO, "opening the git repository of", folder);
    else if (git_repository_is_bare(work->repository))
        rc = rt_err_set(err, RT_ENOTFOUND, "\"%s\" is in a git repository without files", folder);
    if (rc < 0) {
        rt_git_work_close(work);
        return rc;
    }
    work->path = rt_fs_absolute(git_repository_workdir(work->repository));
    *out = work;
    return 0;
}

void rt_git_work_close(struct rt_git_work *work)
{
    if (!work)
        return;
    git_repository_free(work->repository);
    free(work->path);
    free(work);
    git_libgit2_shutdown();
}

const char *rt_git_work_path(const struct rt_git_work *work)
{
    return work->path;
}

bool rt_git_work_ignores(struct rt_git_work *work, const char *path, bool folder)
{
    char *name = rt_printf("%s%s", path, folder ? "/" : "");
    int ignored = 0;

    if (git_ignore_path_is_ignored(&ignored, work->repository, name) < 0)
        ignored = 0;
    free(name);
    return ignored;
}

int rt_git_work_tracked(struct rt_git_work *work, const char *prefix, struct rt_git_list *list,
                        struct rt_err *err)
{
    size_t length = strlen(prefix);
    git_index *index = NULL;
    size_t at = 0;
    int rc = 0;

    if (git_repository_index(&index, work->repository) < 0) {
        rc = rt_git_fail(err, RT_EIO, "reading the git index of", work->path);
        goto out;
    }
    if (length && git_index_find_prefix(&at, index, prefix) < 0)
        goto out;
    for (; at < git_index_entrycount(index); at++) {
        const git_index_entry *entry = git_index_get_byindex(index, at);
        struct rt_git_id id;

        if (strncmp(entry->path, prefix, length) != 0)
            break;
        rt_git_to_id(&id, &entry->id);
        rt_git_list_add(list, entry->path + length, entry->mode, &id)->absent =
            entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE;
    }
    rt_git_list_sort(list);
out:
    git_index_free(index);
    return rc;
}

bool rt_git_work_commit(struct rt_git_work *work, struct rt_git_id *id)
{
    git_oid oid;

    if (git_reference_name_to_id(&oid, work->repository, "HEAD") < 0)
        return false;
    rt_git_to_id(id, &oid);
    return true;
}

/* Replaces *tree by its folder at prefix; by NULL if there is none. */
static int descend(git_tree **tree, git_repository *repository, const char *prefix)
{
    char *path = rt_strndup(prefix, strlen(prefix) - 1);
    git_tree_entry *entry = NULL;
    git_tree *below = NULL;
    int result = git_tree_entry_bypath(&entry, *tree, path);

    if (result == GIT_ENOTFOUND)
        result = 0;
    else if (result == 0 && git_tree_entry_type(entry) == GIT_OBJECT_TREE)
        result = git_tree_lookup(&below, repository, git_tree_entry_id(entry));
    git_tree_entry_free(entry);
    git_tree_free(*tree);
    *tree = below;
    free(path);
    return result;
}

static int read_tree(struct rt_git_work *work, const struct rt_git_id *id, const char *prefix,
                     struct rt_git_list *list, const char *doing, struct rt_err *err)
{
    git_commit *commit = NULL;
    git_tree *tree = NULL;
    git_oid oid = rt_git_to_oid(id);
    int rc = 0;

    if (git_commit_lookup(&commit, work->repository, &oid) < 0 ||
        git_commit_tree(&tree, commit) < 0 ||
        (prefix[0] && descend(&tree, work->repository, prefix) < 0) ||
        (tree && rt_git_list_tree(tree, list) < 0))
        rc = rt_git_fail(err, RT_EIO, doing, work->path);
    git_tree_free(tree);
    git_commit_free(commit);
    return rc;
}

int rt_git_work_tree(struct rt_git_work *work, const struct rt_git_id *commit, const char *prefix,
                     struct rt_git_list *list, struct rt_err *err)
{
    return read_tree(work, commit, prefix, list, "reading a commit of", err);
}

int rt_git_work_head(struct rt_git_work *work, const char *prefix, struct rt_git_list *list,
                     struct rt_err *err)
{
    struct rt_git_id id;

    if (!rt_git_work_commit(work, &id))
        return 0;
    return read_tree(work, &id, prefix, list, "reading the HEAD commit of", err);
}

int rt_git_work_resolve(struct rt_git_work *work, const char *revision, struct rt_git_id *commit,
                        struct rt_err *err)
{
    git_object *object = NULL;
    git_object *peeled = NULL;
    char clip[RT_UTF8_CLIP];
    int result = git_revparse_single(&object, work->repository, revision);

    if (result == 0)
        result = git_object_peel(&peeled, object, GIT_OBJECT_COMMIT);
    if (result == 0)
        rt_git_to_id(commit, git_object_id(peeled));
    git_object_free(peeled);
    git_object_free(object);
    if (result == 0)
        return 0;
    rt_utf8_clip(revision, clip);
    if (result == GIT_EAMBIGUOUS)
        return rt_err_set(err, RT_EUSAGE, "more than one commit of \"%s\" begins with %s",
                          work->path, clip);
    return rt_err_set(err, RT_ENOTFOUND, "the repository \"%s\" has no commit \"%s\"", work->path,
                      clip);
}

int rt_git_work_between(struct rt_git_work *work, const struct rt_git_id *good,
                        const struct rt_git_id *bad, rt_git_commit_fn *each, void *context,
                        struct rt_err *err)
{
    const git_oid from = rt_git_to_oid(good);
    const git_oid to = rt_git_to_oid(bad);
    git_revwalk *walk = NULL;
    git_commit *commit = NULL;
    struct rt_git_id id;
    git_oid oid;
    int result = git_revwalk_new(&walk, work->repository);

    if (result == 0)
        result = git_revwalk_simplify_first_parent(walk);
    if (result == 0 && (result = git_revwalk_push(walk, &to)) == 0 &&
        (result = git_revwalk_hide(walk, &from)) == 0)
        git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
    while (result == 0 && (result = git_revwalk_next(&oid, walk)) == 0 &&
           (result = git_commit_lookup(&commit, work->repository, &oid)) == 0) {
        rt_git_to_id(&id, &oid);
        each(context, &id, git_commit_summary(commit));
        git_commit_free(commit);
    }
    git_revwalk_free(walk);
    return result == GIT_ITEROVER ? 0 : rt_git_fail(err, RT_EIO, "reading commits of", work->path);
}

int rt_git_work_blob(struct rt_git_work *work, const struct rt_git_id *id, struct rt_buf *out,
                     struct rt_err *err)
{
    git_oid oid = rt_git_to_oid(id);
    git_blob *blob = NULL;

    if (git_blob_lookup(&blob, work->repository, &oid) < 0)
        return rt_git_fail(err, RT_EIO, "reading a file of a commit of", work->path);
    rt_buf_put(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
    git_blob_free(blob);
    return 0;
}

int rt_git_work_hash(struct rt_git_work *work, const char *path, struct rt_git_id *id,
                     struct rt_err *err)
{
    git_oid oid;

    if (git_repository_hashfile(&oid, work->repository, path, GIT_OBJECT_BLOB, NULL) < 0)
        return rt_git_fail(err, RT_EIO, "hashing", path);
    rt_git_to_id(id, &oid);
    return 0;
}

bool rt_git_work_trusts_modes(struct rt_git_work *work)
{
    git_config *config = NULL;
    int trusts = 1;

    if (git_repository_config_snapshot(&config, work->repository) == 0 &&
        git_config_get_bool(&trusts, config, "core.filemode") < 0)
        trusts = 1;
    git_config_free(config);
    return trusts;
}

char *rt_git_work_branch(struct rt_git_work *work)
{
    static const char heads[] = "refs/heads/";
    git_reference *head = NULL;
    const char *target = NULL;
    char *branch = NULL;

    if (git_reference_lookup(&head, work->repository, "HEAD") == 0)
        target = git_reference_symbolic_target(head);
    if (target && strncmp(target, heads, sizeof heads - 1) == 0)
        branch = rt_strdup(target + sizeof heads - 1);
    git_reference_free(head);
    return branch;
}

/* Whether a variable is the address of a remote: "remote.NAME.url". */
static bool is_address(const char *name)
{
    size_t length = strlen(name);

    return strncmp(name, "remote.", 7) == 0 && length > 11 &&
           strcmp(name + length - 4, ".url") == 0;
}

/* Read from the configuration: git_remote_lookup() leaks 20 KiB each time, by way of its regular
 * expressions, and puts in what url.*.insteadOf says. */
char *rt_git_work_remote(struct rt_git_work *work)
{
    git_config_iterator *iterator = NULL;
    git_config_entry *entry;
    git_config *config = NULL;
    bool origin = false;
    char *url = NULL;

    if (git_repository_config_snapshot(&config, work->repository) < 0 ||
        git_config_iterator_new(&iterator, config) < 0)
        goto out;
    while (!origin && git_config_next(&entry, iterator) == 0) {
        origin = strcmp(entry->name, "remote.origin.url") == 0;
        if (origin || (!url && is_address(entry->name))) {
            free(url);
            url = rt_git_clean_url(entry->value ? entry->value : "");
        }
    }
out:
    git_config_iterator_free(iterator);
    git_config_free(config);
    return url;
}
