/* The bare repository of ours. */
#include "store/git_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/git_files.h"

#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <stdlib.h>
#include <sys/stat.h>

struct rt_git_store {
    git_repository *repository;
    git_odb *odb;
    git_odb_backend *memory; /* new objects, owned by odb */
    git_oid *fresh;          /* their ids */
    size_t fresh_count;
    size_t fresh_capacity;
};

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
        rc = rt_git_fail_writing(err, "making the repository", path);
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

    rt_git_start();
    if (!rt_fs_exists(path))
        rc = make ? make_store(path, err)
                  : rt_err_set(err, RT_ENOTFOUND, "the store has no code: \"%s\" is missing", path);
    else if (make)
        rc = rt_git_files_sweep(path, err);
    if (rc == 0 && (git_repository_open_bare(&store->repository, path) < 0 ||
                    git_repository_odb(&store->odb, store->repository) < 0 ||
                    git_mempack_new(&store->memory) < 0 ||
                    git_odb_add_backend(store->odb, store->memory, 999) < 0))
        rc = rt_git_fail(err, RT_EDAMAGED, "opening the repository", path);
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
        return rt_git_fail_writing(err, "storing code in", git_repository_path(store->repository));
    note(store, &oid);
    rt_git_to_id(id, &oid);
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
    git_oid oid = rt_git_to_oid(commit);
    mode_t mask = umask(077);
    int rc = 0;

    if (write_pack(store) < 0 ||
        git_reference_create(&reference, store->repository, name, &oid, 1, NULL) < 0)
        rc = rt_git_fail_writing(err, "storing code in", git_repository_path(store->repository));
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
        rc = rt_git_fail(err, RT_EDAMAGED, "reading the code state", name);
    else
        rt_git_to_id(tree, git_commit_tree_id(commit));
    git_commit_free(commit);
    return rc;
}

int rt_git_store_list(struct rt_git_store *store, const struct rt_git_id *tree,
                      struct rt_git_list *list, struct rt_err *err)
{
    git_oid oid = rt_git_to_oid(tree);
    git_tree *object = NULL;
    int rc = 0;

    if (git_tree_lookup(&object, store->repository, &oid) < 0 || rt_git_list_tree(object, list) < 0)
        rc = rt_git_fail(err, RT_EDAMAGED, "reading code from",
                         git_repository_path(store->repository));
    git_tree_free(object);
    return rc;
}

int rt_git_store_read(struct rt_git_store *store, const struct rt_git_id *id, struct rt_buf *out,
                      struct rt_err *err)
{
    git_oid oid = rt_git_to_oid(id);
    git_odb_object *object = NULL;
    char hex[RT_GIT_HEX];

    if (git_odb_read(&object, store->odb, &oid) < 0)
        return rt_git_fail(err, RT_EDAMAGED, "reading the stored file", rt_git_hex(id, hex));
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
    git_oid old_oid = rt_git_to_oid(a);
    git_oid new_oid = rt_git_to_oid(b);
    git_tree *old_tree = NULL;
    git_tree *new_tree = NULL;
    git_diff *diff = NULL;
    int rc = 0;

    if (git_tree_lookup(&old_tree, store->repository, &old_oid) < 0 ||
        git_tree_lookup(&new_tree, store->repository, &new_oid) < 0 ||
        git_diff_tree_to_tree(&diff, store->repository, old_tree, new_tree, NULL) < 0 ||
        (patch ? git_diff_print(diff, GIT_DIFF_FORMAT_PATCH, put_line, out)
               : git_diff_foreach(diff, put_name, NULL, NULL, NULL, out)) < 0)
        rc = rt_git_fail(err, RT_EDAMAGED, "comparing code in",
                         git_repository_path(store->repository));
    git_diff_free(diff);
    git_tree_free(new_tree);
    git_tree_free(old_tree);
    return rc;
}
