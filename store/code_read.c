#include "store/code.h"

#include "base/alloc.h"
#include "store/bundle.h"
#include "store/code_hash.h"
#include "store/git.h"

#include <stdlib.h>
#include <string.h>

static int find(struct rt_git_store *store, const struct rt_hash *code, struct rt_git_id *tree,
                struct rt_err *err)
{
    char hex[RT_HASH_HEX];
    char *name = rt_printf("refs/retrial/%s", rt_hash_hex(code, hex));
    int rc = rt_git_store_find(store, name, tree, err);

    if (rc == RT_ENOTFOUND)
        rt_err_set(err, rc, "the store has no code state %.12s", hex);
    free(name);
    return rc;
}

/* Opens the repository and lists a code state of it. */
static int open_state(const char *repository, const struct rt_hash *code,
                      struct rt_git_store **store, struct rt_git_list *list, struct rt_err *err)
{
    struct rt_git_id tree;
    int rc;

    if ((rc = rt_git_store_open(repository, false, store, err)) < 0 ||
        (rc = find(*store, code, &tree, err)) < 0)
        return rc;
    return rt_git_store_list(*store, &tree, list, err);
}

static size_t count_links(const struct rt_json *roots)
{
    size_t count = 0;

    for (size_t i = 0; i < rt_json_count(roots); i++)
        count += rt_json_count(rt_json_get(rt_json_at(roots, i), "linked"));
    return count;
}

static void put_links(struct rt_buf *out, const struct rt_json *roots)
{
    for (size_t i = 0; i < rt_json_count(roots); i++) {
        const struct rt_json *root = rt_json_at(roots, i);
        const struct rt_json *linked = rt_json_get(root, "linked");

        for (size_t k = 0; k < rt_json_count(linked); k++) {
            const char *name = rt_json_string(rt_json_at(linked, k));
            char *path = rt_printf("%s/%s", rt_json_get_text(root, "name", ""), name);
            char *target = rt_printf("%s/%s", rt_json_get_text(root, "path", ""), name);

            rt_bundle_put_link(out, path, target);
            free(target);
            free(path);
        }
    }
}

int rt_code_bundle(const char *repository, const struct rt_hash *code, const struct rt_json *record,
                   struct rt_buf *out, struct rt_err *err)
{
    const struct rt_json *roots = rt_json_get(record, "roots");
    struct rt_git_store *store = NULL;
    struct rt_git_list list = {NULL, 0, 0};
    struct rt_buf content = RT_BUF_INIT;
    size_t start;
    int rc;

    if ((rc = open_state(repository, code, &store, &list, err)) < 0)
        goto out;
    start = rt_bundle_start(out, rt_json_count(roots), list.count, count_links(roots));
    for (size_t i = 0; i < rt_json_count(roots); i++)
        rt_bundle_put_root(out, rt_json_get_text(rt_json_at(roots, i), "name", ""));
    for (size_t i = 0; rc == 0 && i < list.count; i++) {
        rt_buf_reset(&content);
        rc = rt_git_store_read(store, &list.entries[i].id, &content, err);
        rt_bundle_put_file(out, list.entries[i].path, list.entries[i].mode, rt_buf_span(&content));
    }
    put_links(out, roots);
    rt_bundle_end(out, start);
out:
    rt_buf_clear(&content);
    rt_git_list_clear(&list);
    rt_git_store_close(store);
    return rc < 0 ? rt_err_while(err, "bundling the code") : 0;
}

int rt_code_check(const char *repository, const struct rt_hash *code, struct rt_err *err)
{
    struct rt_hasher *hasher = rt_code_hash_new();
    struct rt_git_store *store = NULL;
    struct rt_git_list list = {NULL, 0, 0};
    struct rt_buf content = RT_BUF_INIT;
    struct rt_hash found;
    char hex[RT_HASH_HEX];
    int rc = open_state(repository, code, &store, &list, err);

    for (size_t i = 0; rc == 0 && i < list.count; i++) {
        struct rt_hash hash;

        rt_buf_reset(&content);
        if ((rc = rt_git_store_read(store, &list.entries[i].id, &content, err)) < 0)
            break;
        hash = rt_hash(rt_buf_span(&content));
        rt_code_hash_add(hasher, list.entries[i].path, list.entries[i].mode, &hash);
    }
    found = rt_hasher_end(hasher);
    if (rc == 0 && !rt_hash_equal(&found, code))
        rc = rt_err_set(err, RT_EDAMAGED, "code state %.12s does not match its hash",
                        rt_hash_hex(code, hex));
    rt_buf_clear(&content);
    rt_git_list_clear(&list);
    rt_git_store_close(store);
    return rc;
}

int rt_code_file(const char *repository, const struct rt_hash *code, const char *path,
                 struct rt_buf *out, struct rt_err *err)
{
    struct rt_git_store *store = NULL;
    struct rt_git_list list = {NULL, 0, 0};
    const struct rt_git_entry *entry;
    char hex[RT_HASH_HEX];
    int rc;

    if ((rc = open_state(repository, code, &store, &list, err)) < 0)
        goto out;
    entry = rt_git_list_get(&list, path);
    rc = entry ? rt_git_store_read(store, &entry->id, out, err)
               : rt_err_set(err, RT_ENOTFOUND, "code state %.12s has no file \"%s\"",
                            rt_hash_hex(code, hex), path);
out:
    rt_git_list_clear(&list);
    rt_git_store_close(store);
    return rc;
}

static int compare(const char *repository, const struct rt_hash *a, const struct rt_hash *b,
                   bool patch, struct rt_buf *out, struct rt_err *err)
{
    struct rt_git_store *store = NULL;
    struct rt_git_id tree_a;
    struct rt_git_id tree_b;
    int rc;

    if ((rc = rt_git_store_open(repository, false, &store, err)) == 0 &&
        (rc = find(store, a, &tree_a, err)) == 0 && (rc = find(store, b, &tree_b, err)) == 0)
        rc = rt_git_store_diff(store, &tree_a, &tree_b, patch, out, err);
    rt_git_store_close(store);
    return rc;
}

int rt_code_diff(const char *repository, const struct rt_hash *a, const struct rt_hash *b,
                 struct rt_buf *out, struct rt_err *err)
{
    return compare(repository, a, b, false, out, err);
}

int rt_code_patch(const char *repository, const struct rt_hash *a, const struct rt_hash *b,
                  struct rt_buf *out, struct rt_err *err)
{
    return compare(repository, a, b, true, out, err);
}
