#include "store/code_commit.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "store/code_making.h"
#include "store/code_rules.h"

#include <stdlib.h>
#include <string.h>

struct commit {
    const struct rt_code_commit_request *request;
    struct rt_code_making making;
    struct rt_json *roots;     /* of the record */
    struct rt_git_list before; /* the files of the recorded state; read when needed */
    struct rt_hash recorded;
    bool listed;
    size_t found; /* roots that are in the commit */
};

/* One root, as it goes into the commit's state. */
struct root {
    const struct rt_json *before; /* its record */
    const char *name;
    const char *path;
    struct rt_git_work *work;
    struct rt_git_list entries; /* of the commit, paths relative to the root */
    struct rt_git_list stored;
    struct rt_json *linked;
    uint64_t bytes;
    const char *module; /* the first submodule; borrowed from entries */
};

static void clear_root(struct root *root)
{
    rt_git_work_close(root->work);
    rt_git_list_clear(&root->entries);
    rt_git_list_clear(&root->stored);
    rt_json_free(root->linked);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool never_below(const char *path)
{
    bool never = false;
    char *copy = rt_strdup(path);
    char *rest = copy;
    char *part;

    while (!never && (part = strsep(&rest, "/")) != NULL)
        never = rt_code_is_never(part);
    free(copy);
    return never;
}

/* Itself, or a folder that it is in. */
static bool is_ignored(const struct rt_code_commit_request *request, const char *path)
{
    bool ignored = rt_code_ignored(request->ignore, request->ignore_count, path, false);
    char *above = rt_strdup(path);
    char *slash;

    while (!ignored && (slash = strrchr(above, '/')) != NULL) {
        *slash = '\0';
        ignored = rt_code_ignored(request->ignore, request->ignore_count, above, true);
    }
    free(above);
    return ignored;
}

/* As the walk through a root decides for files that git tracks. */
static bool is_code(const struct commit *commit, const struct root *root, const char *path)
{
    const struct rt_code_commit_request *request = commit->request;
    const char *name = last_part(path);
    bool out = never_below(path) || rt_code_is_notebook(name) || rt_code_is_secret(name, true) ||
               is_ignored(request, path);
    char *whole = rt_printf("%s/%s", root->path, path);

    for (size_t i = 0; !out && i < request->leave_out_count; i++)
        out = strcmp(request->leave_out[i], whole) == 0;
    free(whole);
    return !out;
}

static int add_file(struct commit *commit, struct root *root, const char *path, uint32_t mode,
                    struct rt_span content, struct rt_err *err)
{
    struct rt_git_id id;
    int rc = rt_code_making_add(&commit->making, root->name, path, mode, content, &id, err);

    if (rc < 0)
        return rc;
    rt_git_list_add(&root->stored, path, mode, &id);
    root->bytes += content.size;
    return 0;
}

static int add_entry(struct commit *commit, struct root *root, const struct rt_git_entry *entry,
                     struct rt_buf *content, struct rt_err *err)
{
    int rc;

    if (entry->mode == RT_GIT_MODULE && !root->module)
        root->module = entry->path;
    if (entry->mode == RT_GIT_MODULE || !is_code(commit, root, entry->path))
        return 0;
    rt_buf_reset(content);
    if ((rc = rt_git_work_blob(root->work, &entry->id, content, err)) < 0)
        return rc;
    if (content->size > RT_CODE_TRACKED_MAX) {
        rt_json_append(root->linked, rt_json_new_string(entry->path));
        return 0;
    }
    return add_file(commit, root, entry->path, entry->mode, rt_buf_span(content), err);
}

static int list_before(struct commit *commit, struct rt_err *err)
{
    char hex[RT_HASH_HEX];
    char *name = rt_printf("refs/retrial/%s", rt_hash_hex(&commit->recorded, hex));
    struct rt_git_id tree;
    int rc = 0;

    if (!commit->listed && (rc = rt_git_store_find(commit->making.store, name, &tree, err)) == 0)
        rc = rt_git_store_list(commit->making.store, &tree, &commit->before, err);
    commit->listed = true;
    free(name);
    return rc;
}

/* The root's files below a folder ("": all), as they were recorded. */
static int add_recorded(struct commit *commit, struct root *root, const char *below,
                        struct rt_err *err)
{
    char *prefix = rt_printf("%s/%s%s", root->name, below, below[0] ? "/" : "");
    size_t skip = strlen(root->name) + 1;
    size_t size = strlen(prefix);
    struct rt_buf content = RT_BUF_INIT;
    int rc = list_before(commit, err);

    for (size_t i = 0; rc == 0 && i < commit->before.count; i++) {
        const struct rt_git_entry *entry = &commit->before.entries[i];

        if (strncmp(entry->path, prefix, size) != 0)
            continue;
        rt_buf_reset(&content);
        if ((rc = rt_git_store_read(commit->making.store, &entry->id, &content, err)) == 0)
            rc =
                add_file(commit, root, entry->path + skip, entry->mode, rt_buf_span(&content), err);
    }
    rt_buf_clear(&content);
    free(prefix);
    return rc;
}

/* Submodules are commits of other repositories, which the revision does not name: they stay. */
static int add_commit(struct commit *commit, struct root *root, struct rt_err *err)
{
    struct rt_buf content = RT_BUF_INIT;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < root->entries.count; i++) {
        const struct rt_git_entry *entry = &root->entries.entries[i];

        rc = add_entry(commit, root, entry, &content, err);
        if (rc == 0 && entry->mode == RT_GIT_MODULE)
            rc = add_recorded(commit, root, entry->path, err);
    }
    rt_buf_clear(&content);
    return rc;
}

/* What was linked and is not stored now is linked again: data and whatever git ignores. */
static void link_again(struct root *root)
{
    const struct rt_json *before = rt_json_get(root->before, "linked");

    rt_git_list_sort(&root->stored);
    for (size_t i = 0; i < rt_json_count(before); i++) {
        const char *path = rt_json_string(rt_json_at(before, i));

        if (path && !rt_git_list_get(&root->stored, path) &&
            !rt_git_list_has_below(&root->stored, path))
            rt_json_append(root->linked, rt_json_new_string(path));
    }
}

static void record_root(struct commit *commit, struct root *root, const struct rt_git_id *id)
{
    struct rt_json *record = rt_json_copy(root->before);
    char hex[RT_GIT_HEX];

    rt_json_set_int(record, "files", (int64_t)root->stored.count);
    rt_json_set_int(record, "bytes", (int64_t)root->bytes);
    rt_json_set(record, "linked", rt_json_keep(root->linked));
    if (id) {
        char *why =
            root->module ? rt_printf("submodule \"%s\" as it was recorded", root->module) : NULL;

        rt_json_set_text(record, "commit", rt_git_hex(id, hex));
        rt_json_set_text(record, "branch", NULL);
        rt_json_set(record, "dirty", rt_json_new_bool(root->module != NULL));
        rt_json_set_text(record, "reason", why);
        rt_json_set(record, "left_out", rt_json_new_array());
        free(why);
    }
    rt_json_append(commit->roots, record);
}

/* Where the root is in its repository: "" or "sub/". Yours. */
static char *prefix_of(const struct root *root)
{
    const char *top = rt_git_work_path(root->work);
    size_t size = strlen(top);

    if (strncmp(root->path, top, size) != 0 || root->path[size] != '/')
        return rt_strdup("");
    return rt_printf("%s/", root->path + size + 1);
}

/* 1: the repository has the revision; 0: it has not, or there is none any more. */
static int resolve(const struct commit *commit, struct root *root, struct rt_git_id *id,
                   struct rt_err *err)
{
    const char *repository = rt_json_get_text(root->before, "repository", NULL);
    int rc;

    if (!repository || rt_git_work_open(repository, &root->work, NULL) < 0)
        return 0;
    rc = rt_git_work_resolve(root->work, commit->request->revision, id, err);
    return rc == RT_ENOTFOUND ? 0 : rc < 0 ? rc : 1;
}

static int add_root(struct commit *commit, const struct rt_json *before, struct rt_err *err)
{
    struct root root = {.before = before,
                        .name = rt_json_get_text(before, "name", ""),
                        .path = rt_json_get_text(before, "path", ""),
                        .linked = rt_json_new_array()};
    struct rt_git_id id;
    char *prefix = NULL;
    int rc = resolve(commit, &root, &id, err);
    bool found = rc > 0;

    if (found) {
        prefix = prefix_of(&root);
        commit->found++;
        if ((rc = rt_git_work_tree(root.work, &id, prefix, &root.entries, err)) == 0)
            rc = add_commit(commit, &root, err);
    } else if (rc == 0) {
        rc = add_recorded(commit, &root, "", err);
    }
    if (rc == 0) {
        link_again(&root);
        record_root(commit, &root, found ? &id : NULL);
    }
    free(prefix);
    clear_root(&root);
    return rc;
}

static int no_such(const struct commit *commit, struct rt_err *err)
{
    const struct rt_json *roots = rt_json_get(commit->request->like, "roots");
    char clip[RT_UTF8_CLIP];
    char path[RT_UTF8_CLIP];

    rt_utf8_clip(commit->request->revision, clip);
    for (size_t i = 0; i < rt_json_count(roots); i++) {
        const char *repository = rt_json_get_text(rt_json_at(roots, i), "repository", NULL);

        if (repository)
            return rt_err_set(
                err, RT_ENOTFOUND,
                "there is no commit \"%s\" in the repository \"%s\" that the code was "
                "from",
                clip, rt_utf8_clip(repository, path));
    }
    return rt_err_set(err, RT_ENOTFOUND,
                      "there is no commit \"%s\": the code was in no git repository", clip);
}

int rt_code_commit(const struct rt_code_commit_request *request, struct rt_hash *code,
                   struct rt_json **record, struct rt_err *err)
{
    struct commit commit = {.request = request, .roots = rt_json_new_array()};
    const struct rt_json *roots = rt_json_get(request->like, "roots");
    char hex[RT_HASH_HEX];
    int rc = rt_code_making_open(&commit.making, request->repository, err);

    *record = NULL;
    if (rc == 0 &&
        rt_hash_from_hex(&commit.recorded, rt_json_get_text(request->like, "code", "")) < 0)
        rc = rt_err_set(err, RT_EDAMAGED, "the record of the code names no code state");
    for (size_t i = 0; rc == 0 && i < rt_json_count(roots); i++)
        rc = add_root(&commit, rt_json_at(roots, i), err);
    if (rc == 0 && !commit.found)
        rc = no_such(&commit, err);
    if (rc == 0 && (rc = rt_code_making_keep(&commit.making, code, err)) == 0) {
        *record = rt_json_new_object();
        rt_json_set_text(*record, "code", rt_hash_hex(code, hex));
        rt_json_set(*record, "roots", rt_json_keep(commit.roots));
    }
    rt_json_free(commit.roots);
    rt_git_list_clear(&commit.before);
    rt_code_making_clear(&commit.making);
    return rc;
}

static bool lies_below(const char *path, const char *folder)
{
    size_t size = strlen(folder);

    return strncmp(path, folder, size) == 0 && (path[size] == '/' || !path[size]);
}

/* Itself or a folder that it is in was linked, which it will be again. */
static bool was_linked(const struct root *root, const char *path)
{
    const struct rt_json *linked = rt_json_get(root->before, "linked");

    for (size_t i = 0; i < rt_json_count(linked); i++) {
        if (lies_below(path, rt_json_string(rt_json_at(linked, i))))
            return true;
    }
    return false;
}

/* 1: the root has the file in this commit. */
static int has_file(const struct commit *commit, struct root *root, const struct rt_git_id *id,
                    const char *path, struct rt_err *err)
{
    char *prefix = prefix_of(root);
    int rc = rt_git_work_tree(root->work, id, prefix, &root->entries, err);
    bool has = was_linked(root, path);

    for (size_t i = 0; rc == 0 && !has && i < root->entries.count; i++) {
        const struct rt_git_entry *entry = &root->entries.entries[i];

        has = entry->mode == RT_GIT_MODULE
                  ? lies_below(path, entry->path)
                  : strcmp(path, entry->path) == 0 && is_code(commit, root, entry->path);
    }
    free(prefix);
    return rc < 0 ? rc : has;
}

static int check_file(const struct commit *commit, struct root *root, const struct rt_git_id *id,
                      const char *file, struct rt_err *err)
{
    size_t size = strlen(root->name);
    char clip[RT_UTF8_CLIP];
    int rc;

    if (!file || strncmp(file, root->name, size) != 0 || file[size] != '/')
        return 0;
    if ((rc = has_file(commit, root, id, file + size + 1, err)) != 0)
        return rc < 0 ? rc : 0;
    return rt_err_set(err, RT_ENOTFOUND, "the entry \"%s\" is not in %s", file + size + 1,
                      rt_utf8_clip(commit->request->revision, clip));
}

int rt_code_commit_known(const struct rt_code_commit_request *request, const char *file,
                         struct rt_err *err)
{
    const struct commit commit = {.request = request};
    const struct rt_json *roots = rt_json_get(request->like, "roots");
    bool known = false;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < rt_json_count(roots); i++) {
        struct root root = {.before = rt_json_at(roots, i)};
        struct rt_git_id id;

        root.name = rt_json_get_text(root.before, "name", "");
        root.path = rt_json_get_text(root.before, "path", "");
        if ((rc = resolve(&commit, &root, &id, err)) > 0) {
            known = true;
            rc = check_file(&commit, &root, &id, file, err);
        }
        clear_root(&root);
    }
    return rc < 0 ? rc : known ? 0 : no_such(&commit, err);
}
