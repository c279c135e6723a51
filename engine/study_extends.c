/* "extends": a study file that says how it differs from another one. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "engine/path.h"
#include "engine/yaml_tree.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/stat.h>

#define CHAIN_MAX 8

/* A file on the way from the study file to the one that is read. */
struct link {
    const struct link *above; /* the file that extends this one; NULL: none */
    const char *path;
    struct stat info;
    size_t depth;
};

static struct rt_yaml_node *find(struct rt_yaml_node *mapping, const char *key)
{
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->items[i].key && strcmp(mapping->items[i].key, key) == 0)
            return &mapping->items[i];
    }
    return NULL;
}

/* Moves a node; what it was in keeps a hole without a key. */
static void append(struct rt_yaml_node *items, size_t *count, struct rt_yaml_node *node)
{
    assert(node);
    items[(*count)++] = *node;
    memset(node, 0, sizeof *node);
}

/* Joins what two files say under one key; the first is the extending one's. */
typedef void join(struct rt_yaml_node *node, struct rt_yaml_node *base);

static void keep(struct rt_yaml_node *node, struct rt_yaml_node *base)
{
    (void)node;
    (void)base;
}

/* Gives a mapping the keys of its base, in the base's order; its own new ones come behind. With
 * `drops`, a null takes out what the base has. */
static void merge(struct rt_yaml_node *node, struct rt_yaml_node *base, bool drops,
                  join *(*join_of)(const char *key))
{
    struct rt_yaml_node *items = rt_calloc(node->count + base->count, sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < base->count; i++) {
        struct rt_yaml_node *under = &base->items[i];
        struct rt_yaml_node *own = find(node, under->key);

        if (!own) {
            append(items, &count, under);
        } else if (drops && own->kind == RT_JSON_NULL) {
            rt_yaml_node_clear(own);
            memset(own, 0, sizeof *own);
        } else {
            join_of(under->key)(own, under);
            append(items, &count, own);
        }
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->items[i].key)
            append(items, &count, &node->items[i]);
    }
    free(node->items);
    node->items = items;
    node->count = count;
}

static join *keep_all(const char *key)
{
    (void)key;
    return keep;
}

static void join_keys(struct rt_yaml_node *node, struct rt_yaml_node *base)
{
    if (node->kind == RT_JSON_OBJECT && base->kind == RT_JSON_OBJECT)
        merge(node, base, true, keep_all);
}

static void join_params(struct rt_yaml_node *node, struct rt_yaml_node *base);

static join *join_member(const char *key)
{
    (void)key;
    return join_params;
}

/* Null is a value of parameters. */
static void join_params(struct rt_yaml_node *node, struct rt_yaml_node *base)
{
    if (node->kind == RT_JSON_OBJECT && base->kind == RT_JSON_OBJECT)
        merge(node, base, false, join_member);
}

/* The mapping of a sweep's list that has the key; NULL if none has. */
static struct rt_yaml_node *holder_of(struct rt_yaml_node *list, const char *key)
{
    for (size_t i = 0; i < list->count; i++) {
        if (find(&list->items[i], key))
            return &list->items[i];
    }
    return NULL;
}

/* Keys replace those of their name, wherever they stand in the list; new ones come behind all. */
static void join_list(struct rt_yaml_node *node, struct rt_yaml_node *list)
{
    struct rt_yaml_node rest = *node;
    size_t kept = 0;

    for (size_t i = 0; i < node->count; i++) {
        struct rt_yaml_node one = {.kind = RT_JSON_OBJECT, .count = 1, .items = NULL};
        struct rt_yaml_node *holder = holder_of(list, node->items[i].key);

        if (!holder) {
            node->items[kept++] = node->items[i];
            continue;
        }
        one.items = rt_alloc(sizeof *one.items);
        one.items[0] = node->items[i];
        merge(&one, holder, true, keep_all);
        for (size_t under = 0; under < holder->count; under++)
            rt_yaml_node_clear(&holder->items[under]);
        free(holder->items);
        holder->items = one.items;
        holder->count = one.count;
    }
    rest.count = kept;
    rest.key = NULL;
    node->items = rt_calloc(list->count + 1, sizeof *node->items);
    node->count = 0;
    for (size_t i = 0; i < list->count; i++)
        append(node->items, &node->count, &list->items[i]);
    node->kind = RT_JSON_ARRAY;
    free(list->items);
    list->items = NULL;
    list->count = 0;
    if (kept)
        node->items[node->count++] = rest;
    else
        free(rest.items);
}

static void join_sweep(struct rt_yaml_node *node, struct rt_yaml_node *base)
{
    if (node->kind == RT_JSON_OBJECT && base->kind == RT_JSON_ARRAY && base->count)
        join_list(node, base);
    else
        join_keys(node, base);
}

static join *join_of(const char *key)
{
    static const struct {
        const char *key;
        join *how;
    } joins[] = {{"params", join_params}, {"sweep", join_sweep}, {"sample", join_keys},
                 {"limits", join_keys},   {"each", join_keys},   {NULL, NULL}};

    for (size_t i = 0; joins[i].key; i++) {
        if (strcmp(joins[i].key, key) == 0)
            return joins[i].how;
    }
    return keep;
}

/* A study keeps its name to itself: two studies of one name would be one. */
static void drop(struct rt_yaml_node *root, const char *key)
{
    struct rt_yaml_node *node = find(root, key);

    if (!node)
        return;
    rt_yaml_node_clear(node);
    root->count--;
    memmove(node, node + 1, (size_t)(root->items + root->count - node) * sizeof *node);
}

static int check_link(const struct rt_yaml *yaml, const struct rt_yaml_node *node,
                      const struct link *link, struct rt_err *err)
{
    if (link->depth > CHAIN_MAX)
        return rt_yaml_error(yaml, node->offset, err,
                             "more than %d files extend one another; write what they say in fewer",
                             CHAIN_MAX);
    for (const struct link *at = link->above; at; at = at->above) {
        if (at->info.st_dev == link->info.st_dev && at->info.st_ino == link->info.st_ino)
            return rt_yaml_error(yaml, node->offset, err,
                                 "\"%s\" extends itself; name another file", link->path);
    }
    return 0;
}

static int extend(struct rt_study_file *file, struct rt_yaml *yaml, const struct link *above,
                  struct rt_err *err);

static bool is_json(const char *path)
{
    size_t size = strlen(path);

    return size > 5 && strcmp(path + size - 5, ".json") == 0;
}

/* Reads the base, with all that it extends itself. */
static int read_base(struct rt_study_file *file, const char *absolute, const struct link *link,
                     struct rt_yaml **base, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    int rc = rt_study_read_other(file, absolute, &text, err);

    *base = NULL;
    if (rc == 0)
        rc = rt_yaml_parse(rt_buf_span(&text), link->path, is_json(absolute), base, err);
    rt_buf_clear(&text);
    if (rc < 0)
        return rc;
    assert(*base);
    if (rt_yaml_root(*base)->kind != RT_JSON_OBJECT)
        rc = rt_yaml_error(*base, rt_yaml_root(*base)->offset, err,
                           "expected a mapping with the keys of a study: name, entry, ...");
    return rc < 0 ? rc : extend(file, *base, link, err);
}

static int join_base(struct rt_study_file *file, struct rt_yaml *yaml,
                     const struct rt_yaml_node *node, const struct link *above, struct rt_err *err)
{
    char *parent = rt_fs_parent(above->path);
    char *path = node->text[0] == '/' ? rt_strdup(node->text) : rt_fs_join(parent, node->text);
    char *absolute = rt_fs_absolute(path);
    struct link link = {.above = above, .path = path, .depth = above->depth + 1};
    struct rt_yaml *base = NULL;
    int rc;

    if (stat(path, &link.info) < 0)
        rc = rt_yaml_error(yaml, node->offset, err,
                           "there is no file \"%s\"; paths start at the study file", path);
    else if ((rc = check_link(yaml, node, &link, err)) == 0)
        rc = read_base(file, absolute, &link, &base, err);
    if (rc == 0) {
        rt_yaml_chain(yaml, base, path);
        drop(base->root, "name");
        drop(base->root, "extends");
        merge(yaml->root, base->root, true, join_of);
    } else {
        rt_yaml_free(base);
    }
    free(absolute);
    free(path);
    free(parent);
    return rc;
}

static int extend(struct rt_study_file *file, struct rt_yaml *yaml, const struct link *above,
                  struct rt_err *err)
{
    const struct rt_yaml_node *node = find(yaml->root, "extends");
    struct rt_study_reader reader = {.yaml = yaml};
    int rc;

    if (!node)
        return 0;
    rc = rt_study_expect(&reader, node, RT_JSON_STRING, "a study file such as base.yaml", err);
    if (rc < 0)
        return rc;
    if (!node->text[0])
        return rt_yaml_error(yaml, node->offset, err, "the name of the file is empty");
    return join_base(file, yaml, node, above, err);
}

int rt_study_extend(struct rt_study_file *file, struct rt_yaml *yaml, bool on_disk,
                    struct rt_err *err)
{
    struct link link = {.path = file->path};
    const struct rt_yaml_node *node = find(yaml->root, "extends");

    if (!node)
        return 0;
    file->extends = true;
    if (!on_disk || stat(file->path, &link.info) < 0)
        return rt_yaml_error(yaml, node->key_offset, err,
                             "only a study in a file can extend another one");
    return extend(file, yaml, &link, err);
}

char *rt_study_folder_of(const struct rt_study_reader *reader, const struct rt_yaml_node *node)
{
    const char *label = rt_yaml_label(reader->yaml, node->offset);
    char *parent;
    char *absolute;
    char *folder;

    if (label == rt_yaml_label(reader->yaml, 0))
        return rt_strdup(reader->file->folder);
    parent = rt_fs_parent(label);
    absolute = rt_fs_absolute(parent);
    folder = rt_path_resolve(absolute, ".");
    free(absolute);
    free(parent);
    return folder;
}

char *rt_study_resolve(const struct rt_study_reader *reader, const struct rt_yaml_node *node)
{
    char *folder = rt_study_folder_of(reader, node);
    char *path = rt_path_resolve(folder, node->text);

    free(folder);
    return path;
}
