#include "store/git_tree.h"

#include "base/clock.h"

#include <assert.h>
#include <string.h>

struct maker {
    struct rt_git_store *store;
    const struct rt_git_list *list;
    size_t at; /* the next entry */
};

static void put_entry(struct rt_buf *tree, uint32_t mode, const char *name, size_t length,
                      const struct rt_git_id *id)
{
    rt_buf_printf(tree, "%o ", (unsigned)mode);
    rt_buf_put(tree, name, length);
    rt_buf_put_u8(tree, 0);
    rt_buf_put(tree, id->bytes, sizeof id->bytes);
}

/* The tree of the next entries that share the first `depth` bytes of their paths. Git sorts the
 * names in a tree as if folders ended in '/', which is the order that paths have. */
static int make_tree(struct maker *maker, size_t depth, struct rt_git_id *id, struct rt_err *err)
{
    const struct rt_git_list *list = maker->list;
    const char *first = list->count ? list->entries[maker->at].path : "";
    struct rt_buf tree = RT_BUF_INIT;
    int rc = 0;

    while (rc == 0 && maker->at < list->count &&
           strncmp(list->entries[maker->at].path, first, depth) == 0) {
        const struct rt_git_entry *entry = &list->entries[maker->at];
        const char *name = entry->path + depth;
        size_t length = strcspn(name, "/");
        struct rt_git_id below = {{0}};

        if (name[length] == '/') {
            rc = make_tree(maker, depth + length + 1, &below, err);
            put_entry(&tree, RT_GIT_TREE, name, length, &below);
        } else {
            put_entry(&tree, entry->mode, name, length, &entry->id);
            maker->at++;
        }
    }
    if (rc == 0)
        rc = rt_git_store_put(maker->store, RT_GIT_KIND_TREE, rt_buf_span(&tree), id, err);
    rt_buf_clear(&tree);
    return rc;
}

int rt_git_tree_put(struct rt_git_store *store, const struct rt_git_list *list,
                    struct rt_git_id *id, struct rt_err *err)
{
    struct maker maker = {store, list, 0};
    int rc = make_tree(&maker, 0, id, err);

    assert(rc < 0 || maker.at == list->count);
    return rc;
}

int rt_git_commit_put(struct rt_git_store *store, const struct rt_git_id *tree, const char *message,
                      struct rt_git_id *id, struct rt_err *err)
{
    unsigned long long now = rt_wall_us() / 1000000;
    struct rt_buf commit = RT_BUF_INIT;
    char hex[RT_GIT_HEX];
    int rc;

    rt_buf_printf(&commit, "tree %s\n", rt_git_hex(tree, hex));
    rt_buf_printf(&commit, "author retrial <retrial> %llu +0000\n", now);
    rt_buf_printf(&commit, "committer retrial <retrial> %llu +0000\n\n%s", now, message);
    rc = rt_git_store_put(store, RT_GIT_KIND_COMMIT, rt_buf_span(&commit), id, err);
    rt_buf_clear(&commit);
    return rc;
}
