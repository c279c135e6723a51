#include "store/git.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "store/git_files.h"
#include "store/git_url.h"

#include <errno.h>
#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct rt_git_work {
    git_repository *repository;
    char *path;
};

struct rt_git_store {
    git_repository *repository;
    git_odb *odb;
    git_odb_backend *memory; /* new objects, owned by odb */
    git_oid *fresh;          /* their ids */
    size_t fresh_count;
    size_t fresh_capacity;
};

/* Extensions of repositories that libgit2 need not understand for what we read. */
static const char *const harmless[] = {"partialclone", "worktreeconfig", "relativeworktrees"};

static void start_library(void)
{
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, harmless, sizeof harmless / sizeof harmless[0]);
}

static int fail(struct rt_err *err, int code, const char *doing, const char *what)
{
    const git_error *last = git_error_last();
    const char *text = last && last->message ? last->message : "libgit2 gives no reason";

    return rt_err_set(err, code, "%s \"%s\": %s", doing, what, text);
}

/* What was to be written lies below the path. */
static int fail_writing(struct rt_err *err, const char *doing, const char *path)
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
        return fail(err, RT_EIO, doing, path);
    errno = EIO; /* it does not always say why */
    return rt_fs_write_error(err, doing, path);
}

static void to_id(struct rt_git_id *id, const git_oid *oid)
{
    memcpy(id->bytes, oid->id, sizeof id->bytes);
}

static git_oid to_oid(const struct rt_git_id *id)
{
    git_oid oid;

    memcpy(oid.id, id->bytes, sizeof id->bytes);
    return oid;
}

int rt_git_work_open(const char *folder, struct rt_git_work **out, struct rt_err *err)
{
    struct rt_git_work *work = rt_calloc(1, sizeof *work);
    int result;
    int rc = 0;

    start_library();
    result = git_repository_open_ext(&work->repository, folder, 0, NULL);
    if (result == GIT_ENOTFOUND)
        rc = rt_err_set(err, RT_ENOTFOUND, "\"%s\" is in no git repository", folder);
    else if (result < 0)
        rc = fail(err, RT_EIO, "opening the git repository of", folder);
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
        rc = fail(err, RT_EIO, "reading the git index of", work->path);
        goto out;
    }
    if (length && git_index_find_prefix(&at, index, prefix) < 0)
        goto out;
    for (; at < git_index_entrycount(index); at++) {
        const git_index_entry *entry = git_index_get_byindex(index, at);
        struct rt_git_id id;

        if (strncmp(entry->path, prefix, length) != 0)
            break;
        to_id(&id, &entry->id);
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
    to_id(id, &oid);
    return true;
}

static int add_entry(const char *folder, const git_tree_entry *entry, void *list)
{
    struct rt_git_id id;
    char *path;

    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
        return 0;
    path = rt_printf("%s%s", folder, git_tree_entry_name(entry));
    to_id(&id, git_tree_entry_id(entry));
    rt_git_list_add(list, path, git_tree_entry_filemode(entry), &id);
    free(path);
    return 0;
}

static int list_tree(const git_tree *tree, struct rt_git_list *list)
{
    if (git_tree_walk(tree, GIT_TREEWALK_PRE, add_entry, list) < 0)
        return -1;
    rt_git_list_sort(list);
    return 0;
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
    git_oid oid = to_oid(id);
    int rc = 0;

    if (git_commit_lookup(&commit, work->repository, &oid) < 0 ||
        git_commit_tree(&tree, commit) < 0 ||
        (prefix[0] && descend(&tree, work->repository, prefix) < 0) ||
        (tree && list_tree(tree, list) < 0))
        rc = fail(err, RT_EIO, doing, work->path);
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
        to_id(commit, git_object_id(peeled));
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
    const git_oid from = to_oid(good);
    const git_oid to = to_oid(bad);
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
        to_id(&id, &oid);
        each(context, &id, git_commit_summary(commit));
        git_commit_free(commit);
    }
    git_revwalk_free(walk);
    return result == GIT_ITEROVER ? 0 : fail(err, RT_EIO, "reading commits of", work->path);
}

int rt_git_work_blob(struct rt_git_work *work, const struct rt_git_id *id, struct rt_buf *out,
                     struct rt_err *err)
{
    git_oid oid = to_oid(id);
    git_blob *blob = NULL;

    if (git_blob_lookup(&blob, work->repository, &oid) < 0)
        return fail(err, RT_EIO, "reading a file of a commit of", work->path);
    rt_buf_put(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
    git_blob_free(blob);
    return 0;
}

int rt_git_work_hash(struct rt_git_work *work, const char *path, struct rt_git_id *id,
                     struct rt_err *err)
{
    git_oid oid;

    if (git_repository_hashfile(&oid, work->repository, path, GIT_OBJECT_BLOB, NULL) < 0)
        return fail(err, RT_EIO, "hashing", path);
    to_id(id, &oid);
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

/* Deltas would take three times as long as the rest of a snapshot, and save next to nothing in
 * files that are all different. libgit2 1.5 takes this number for the size (in bytes) above which
 * it tries none. */
static int without_deltas(git_repository *repository)
{
    git_config *config = NULL;
    int result = git_repository_config(&config, repository);

    if (result == 0)
        result = git_config_set_int32(config, "pack.deltaCacheSize", 1);
    git_config_free(config);
    return result;
}

static int make_bare(const char *path, struct rt_err *err)
{
    git_repository *repository = NULL;
    mode_t mask = umask(077); /* libgit2 knows no other way */
    int rc = 0;

    if (git_repository_init(&repository, path, 1) < 0 || without_deltas(repository) < 0)
        rc = fail_writing(err, "making the repository", path);
    git_repository_free(repository);
    umask(mask);
    return rc;
}

/* Under another name first: a repository that is there is whole. */
static int make_store(const char *path, struct rt_err *err)
{
    char *other = rt_printf("%s.new", path);
    int rc;

    if ((rc = rt_fs_remove(other, err)) == 0 && (rc = rt_fs_mkdirs(other, err)) == 0 &&
        (rc = make_bare(other, err)) == 0)
        rc = rt_git_files_name(other, path, err);
    if (rc < 0)
        rt_fs_remove(other, NULL);
    free(other);
    return rc;
}

int rt_git_store_open(const char *path, bool make, struct rt_git_store **out, struct rt_err *err)
{
    struct rt_git_store *store = rt_calloc(1, sizeof *store);
    int rc = 0;

    start_library();
    if (!rt_fs_exists(path))
        rc = make ? make_store(path, err)
                  : rt_err_set(err, RT_ENOTFOUND, "the store has no code: \"%s\" is missing", path);
    else if (make)
        rc = rt_git_files_sweep(path, err);
    if (rc == 0 && (git_repository_open_bare(&store->repository, path) < 0 ||
                    git_repository_odb(&store->odb, store->repository) < 0 ||
                    git_mempack_new(&store->memory) < 0 ||
                    git_odb_add_backend(store->odb, store->memory, 999) < 0))
        rc = fail(err, RT_EDAMAGED, "opening the repository", path);
    if (rc < 0) {
        rt_git_store_close(store);
        return rc;
    }
    *out = store;
    return 0;
}

void rt_git_store_close(struct rt_git_store *store)
{
    if (!store)
        return;
    git_odb_free(store->odb);
    git_repository_free(store->repository);
    free(store->fresh);
    free(store);
    git_libgit2_shutdown();
}

/* Notes an object that was just made, if the store did not have it. */
static void note(struct rt_git_store *store, const git_oid *oid)
{
    if (!store->memory->exists(store->memory, oid))
        return;
    store->fresh =
        rt_grow(store->fresh, &store->fresh_capacity, store->fresh_count + 1, sizeof *oid);
    store->fresh[store->fresh_count++] = *oid;
}

int rt_git_store_put(struct rt_git_store *store, enum rt_git_kind kind, struct rt_span data,
                     struct rt_git_id *id, struct rt_err *err)
{
    git_oid oid;

    if (git_odb_write(&oid, store->odb, data.size ? data.data : "", data.size, (git_object_t)kind) <
        0)
        return fail_writing(err, "storing code in", git_repository_path(store->repository));
    note(store, &oid);
    to_id(id, &oid);
    return 0;
}

static int write_pack(struct rt_git_store *store)
{
    git_packbuilder *pack = NULL;
    int result = git_packbuilder_new(&pack, store->repository);

    for (size_t i = 0; result == 0 && i < store->fresh_count; i++)
        result = git_packbuilder_insert(pack, &store->fresh[i], NULL);
    if (result == 0)
        result = git_packbuilder_write(pack, NULL, 0, NULL, NULL);
    git_packbuilder_free(pack);
    return result;
}

int rt_git_store_keep(struct rt_git_store *store, const char *name, const struct rt_git_id *commit,
                      struct rt_err *err)
{
    git_reference *reference = NULL;
    git_oid oid = to_oid(commit);
    mode_t mask = umask(077);
    int rc = 0;

    if (write_pack(store) < 0 ||
        git_reference_create(&reference, store->repository, name, &oid, 1, NULL) < 0)
        rc = fail_writing(err, "storing code in", git_repository_path(store->repository));
    else
        rc = rt_git_files_sync_above(git_repository_path(store->repository), name, err);
    umask(mask);
    git_reference_free(reference);
    return rc;
}

int rt_git_store_find(struct rt_git_store *store, const char *name, struct rt_git_id *tree,
                      struct rt_err *err)
{
    git_commit *commit = NULL;
    git_oid oid;
    int rc = 0;

    if (git_reference_name_to_id(&oid, store->repository, name) < 0)
        rc = rt_err_set(err, RT_ENOTFOUND, "the store has no code state \"%s\"", name);
    else if (git_commit_lookup(&commit, store->repository, &oid) < 0)
        rc = fail(err, RT_EDAMAGED, "reading the code state", name);
    else
        to_id(tree, git_commit_tree_id(commit));
    git_commit_free(commit);
    return rc;
}

int rt_git_store_list(struct rt_git_store *store, const struct rt_git_id *tree,
                      struct rt_git_list *list, struct rt_err *err)
{
    git_oid oid = to_oid(tree);
    git_tree *object = NULL;
    int rc = 0;

    if (git_tree_lookup(&object, store->repository, &oid) < 0 || list_tree(object, list) < 0)
        rc = fail(err, RT_EDAMAGED, "reading code from", git_repository_path(store->repository));
    git_tree_free(object);
    return rc;
}

int rt_git_store_read(struct rt_git_store *store, const struct rt_git_id *id, struct rt_buf *out,
                      struct rt_err *err)
{
    git_oid oid = to_oid(id);
    git_odb_object *object = NULL;
    char hex[RT_GIT_HEX];

    if (git_odb_read(&object, store->odb, &oid) < 0)
        return fail(err, RT_EDAMAGED, "reading the stored file", rt_git_hex(id, hex));
    rt_buf_put(out, git_odb_object_data(object), git_odb_object_size(object));
    git_odb_object_free(object);
    return 0;
}

static int put_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
                    const git_diff_line *line, void *out)
{
    (void)delta;
    (void)hunk;
    if (line->origin == '+' || line->origin == '-' || line->origin == ' ')
        rt_buf_put_u8(out, (uint8_t)line->origin);
    rt_buf_put(out, line->content, line->content_len);
    return 0;
}

static int put_name(const git_diff_delta *delta, float progress, void *out)
{
    char status = git_diff_status_char(delta->status);

    (void)progress;
    rt_buf_printf(out, "%c %s\n", status,
                  status == 'A' ? delta->new_file.path : delta->old_file.path);
    return 0;
}

int rt_git_store_diff(struct rt_git_store *store, const struct rt_git_id *a,
                      const struct rt_git_id *b, bool patch, struct rt_buf *out, struct rt_err *err)
{
    git_oid old_oid = to_oid(a);
    git_oid new_oid = to_oid(b);
    git_tree *old_tree = NULL;
    git_tree *new_tree = NULL;
    git_diff *diff = NULL;
    int rc = 0;

    if (git_tree_lookup(&old_tree, store->repository, &old_oid) < 0 ||
        git_tree_lookup(&new_tree, store->repository, &new_oid) < 0 ||
        git_diff_tree_to_tree(&diff, store->repository, old_tree, new_tree, NULL) < 0 ||
        (patch ? git_diff_print(diff, GIT_DIFF_FORMAT_PATCH, put_line, out)
               : git_diff_foreach(diff, put_name, NULL, NULL, NULL, out)) < 0)
        rc = fail(err, RT_EDAMAGED, "comparing code in", git_repository_path(store->repository));
    git_diff_free(diff);
    git_tree_free(new_tree);
    git_tree_free(old_tree);
    return rc;
}
