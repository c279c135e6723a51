#include "store/code_making.h"

#include "base/alloc.h"
#include "store/code_hash.h"
#include "store/git_tree.h"

#include <stdlib.h>
#include <string.h>

struct rt_code_made {
    char *path; /* root's name and the file's path */
    struct rt_hash content;
};

int rt_code_making_open(struct rt_code_making *making, const char *repository, struct rt_err *err)
{
    memset(making, 0, sizeof *making);
    return rt_git_store_open(repository, true, &making->store, err);
}

void rt_code_making_clear(struct rt_code_making *making)
{
    for (size_t i = 0; i < making->count; i++)
        free(making->files[i].path);
    free(making->files);
    rt_git_list_clear(&making->tree);
    rt_git_store_close(making->store);
    memset(making, 0, sizeof *making);
}

int rt_code_making_add(struct rt_code_making *making, const char *root, const char *path,
                       uint32_t mode, struct rt_span content, struct rt_git_id *id,
                       struct rt_err *err)
{
    int rc = rt_git_store_put(making->store, RT_GIT_KIND_BLOB, content, id, err);
    char *whole;

    if (rc < 0)
        return rc;
    whole = rt_printf("%s/%s", root, path);
    rt_git_list_add(&making->tree, whole, mode, id);
    making->files =
        rt_grow(making->files, &making->capacity, making->count + 1, sizeof *making->files);
    making->files[making->count++] = (struct rt_code_made){whole, rt_hash(content)};
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct rt_code_made *)a)->path, ((const struct rt_code_made *)b)->path);
}

static struct rt_hash hash_files(struct rt_code_making *making)
{
    struct rt_hasher *hasher = rt_code_hash_new();

    rt_git_list_sort(&making->tree);
    if (making->count)
        qsort(making->files, making->count, sizeof *making->files, by_path);
    for (size_t i = 0; i < making->count; i++)
        rt_code_hash_add(hasher, making->files[i].path, making->tree.entries[i].mode,
                         &making->files[i].content);
    return rt_hasher_end(hasher);
}

int rt_code_making_keep(struct rt_code_making *making, struct rt_hash *code, struct rt_err *err)
{
    char hex[RT_HASH_HEX];
    char *message;
    char *name;
    struct rt_git_id commit;
    struct rt_git_id known;
    struct rt_git_id tree;
    int rc;

    *code = hash_files(making);
    name = rt_printf("refs/retrial/%s", rt_hash_hex(code, hex));
    message = rt_printf("code state %s\n", hex);
    rc = rt_git_tree_put(making->store, &making->tree, &tree, err);
    if (rc == 0 && rt_git_store_find(making->store, name, &known, NULL) == 0 &&
        rt_git_id_equal(&known, &tree))
        goto out;
    if (rc == 0 && (rc = rt_git_commit_put(making->store, &tree, message, &commit, err)) == 0)
        rc = rt_git_store_keep(making->store, name, &commit, err);
out:
    free(message);
    free(name);
    return rc;
}
