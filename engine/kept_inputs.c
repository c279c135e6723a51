#include "engine/kept_inputs.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/inputs.h"
#include "engine/path.h"
#include "engine/recorded_code.h"
#include "engine/same_study.h"
#include "store/bundle.h"
#include "store/input.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The links of a bundle, which gets others. */
struct links {
    const struct rt_bundle *bundle;
    struct rt_bundle_link *items;
    size_t count;
    size_t capacity;
};

static void add(struct links *links, char *path, char *target)
{
    links->items = rt_grow(links->items, &links->capacity, links->count + 1, sizeof *links->items);
    links->items[links->count++] = (struct rt_bundle_link){path, target};
}

static void drop(struct links *links, size_t i)
{
    free(links->items[i].path);
    free(links->items[i].target);
    links->items[i] = links->items[--links->count];
}

static bool is_code(const struct links *links, const char *path)
{
    for (size_t i = 0; i < links->bundle->file_count; i++) {
        if (strcmp(links->bundle->files[i].path, path) == 0)
            return true;
    }
    return false;
}

static bool has_code_below(const struct links *links, const char *path)
{
    for (size_t i = 0; i < links->bundle->file_count; i++) {
        if (rt_path_below(links->bundle->files[i].path, path))
            return true;
    }
    return false;
}

/* A link to a folder that holds the path: links to all in it, but for what leads to the path. */
static void open_link(struct links *links, const char *above, const char *target, const char *path)
{
    const char *rest = path + strlen(above) + 1;
    size_t size = strcspn(rest, "/");
    DIR *dir = opendir(target);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;
        char *below = rt_fs_join(above, name);
        char *child = rt_fs_join(target, name);

        bool inside = strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
        bool leads = strlen(name) == size && strncmp(name, rest, size) == 0;

        if (inside && !leads)
            add(links, rt_strdup(below), rt_strdup(child));
        else if (inside && rest[size])
            open_link(links, below, child, path);
        free(below);
        free(child);
    }
    if (dir)
        closedir(dir);
}

/* Takes away all links at the path, below it and above it. */
static void make_room(struct links *links, const char *path)
{
    for (size_t i = links->count; i-- > 0;) {
        char *above = rt_strdup(links->items[i].path);
        char *target = rt_strdup(links->items[i].target);

        if (rt_path_below(above, path)) {
            drop(links, i);
        } else if (rt_path_below(path, above)) {
            drop(links, i);
            open_link(links, above, target, path);
        }
        free(above);
        free(target);
    }
}

/* Links to what is in a folder, but for what is code. */
static void link_entries(struct links *links, const char *path, const char *target)
{
    DIR *dir = opendir(target);
    struct dirent *entry;
    struct stat info;

    while (dir && (entry = readdir(dir)) != NULL) {
        char *below = rt_fs_join(path, entry->d_name);
        char *child = rt_fs_join(target, entry->d_name);
        bool is = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
                  lstat(child, &info) == 0;

        if (is && S_ISDIR(info.st_mode))
            link_entries(links, below, child);
        else if (is && !is_code(links, below))
            add(links, rt_strdup(below), rt_strdup(child));
        free(below);
        free(child);
    }
    if (dir)
        closedir(dir);
}

/* Where the store has written what it keeps; anew if somebody changed it. Yours. */
static int restore(struct rt_store *store, const struct rt_json *input, char **path,
                   struct rt_err *err)
{
    char *folder = rt_printf("%s/work/inputs", rt_store_path(store));
    char *made = NULL;
    struct rt_hash wanted;
    struct rt_hash found;
    uint64_t bytes;
    int rc;

    *path = rt_fs_join(folder, rt_json_get_text(input, "sha256", ""));
    made = rt_printf("%s.%ld.new", *path, (long)getpid());
    if (rt_hash_from_hex(&wanted, rt_json_get_text(input, "sha256", "")) == 0 &&
        rt_input_hash(*path, &found, &bytes, NULL) == 0 && rt_hash_equal(&wanted, &found))
        rc = 0;
    else if ((rc = rt_fs_mkdirs(folder, err)) == 0 && (rc = rt_fs_remove(made, err)) == 0 &&
             (rc = rt_fs_remove(*path, err)) == 0 &&
             (rc = rt_input_restore(store, input, made, err)) == 0 && rename(made, *path) < 0)
        rc = rt_fs_write_error(err, "renaming", made);
    free(made);
    free(folder);
    return rc;
}

/* Where bundles have an input, "root/data/rows.csv"; NULL: outside the code. Yours. */
static char *path_inside(const char *root, const char *name)
{
    char *top = rt_printf("/%s", root);
    char *whole = rt_path_resolve(top, name);
    char *first = rt_strndup(root, strcspn(root, "/"));
    char *path = name[0] == '/' || !rt_path_below(whole + 1, first) ? NULL : rt_strdup(whole + 1);

    free(first);
    free(whole);
    free(top);
    return path;
}

static int place(struct links *links, struct rt_store *store, const struct rt_json *input,
                 const char *root, const char *original, struct rt_err *err)
{
    const char *name = rt_json_get_text(input, "path", "");
    char *path = path_inside(root, name);
    char *target = NULL;
    int rc = 0;

    if (!path)
        rc = rt_err_set(
            err, RT_ECONFLICT,
            "the input \"%s\" is not what was recorded, and lies outside the code, where "
            "trials read it as it is: put \"%s\" back",
            name, original);
    else if (!is_code(links, path) && (rc = restore(store, input, &target, err)) == 0) {
        make_room(links, path);
        if (has_code_below(links, path))
            link_entries(links, path, target);
        else
            add(links, rt_strdup(path), rt_strdup(target));
    }
    free(target);
    free(path);
    return rc;
}

static bool is_as_recorded(const struct rt_json *input, const char *original)
{
    struct rt_hash wanted;
    struct rt_hash found;
    uint64_t bytes;

    return rt_hash_from_hex(&wanted, rt_json_get_text(input, "sha256", "")) == 0 &&
           rt_input_hash(original, &found, &bytes, NULL) == 0 && rt_hash_equal(&wanted, &found);
}

static void put_bundle(const struct links *links, struct rt_buf *out)
{
    const struct rt_bundle *bundle = links->bundle;
    size_t start = rt_bundle_start(out, bundle->root_count, bundle->file_count, links->count);

    for (size_t i = 0; i < bundle->root_count; i++)
        rt_bundle_put_root(out, bundle->roots[i]);
    for (size_t i = 0; i < bundle->file_count; i++)
        rt_bundle_put_file(out, bundle->files[i].path, bundle->files[i].mode,
                           bundle->files[i].content);
    for (size_t i = 0; i < links->count; i++)
        rt_bundle_put_link(out, links->items[i].path, links->items[i].target);
    rt_bundle_end(out, start);
}

/* Those of the inputs that are kept and needed; *changed if there are any. */
static int place_all(struct links *links, struct rt_store *store, const struct rt_json *plan,
                     const char *folder, bool *changed, struct rt_err *err)
{
    const struct rt_json *inputs = rt_json_get(plan, "inputs");
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < rt_json_count(inputs); i++) {
        const struct rt_json *input = rt_json_at(inputs, i);
        char *original = rt_path_resolve(folder, rt_json_get_text(input, "path", ""));

        if (rt_input_kept(store, input) && !is_as_recorded(input, original)) {
            rc = place(links, store, input, rt_json_get_text(plan, "root", ""), original, err);
            *changed = true;
        }
        free(original);
    }
    return rc;
}

/* Where relative paths of inputs start: the study file's folder, or, of a study without a file, the
 * folder of the code that the entry is relative to. Yours. */
static int input_folder(struct rt_store *store, const struct rt_study *study, char **folder,
                        struct rt_err *err)
{
    const struct rt_json *plan = rt_plan_json(study->plan);
    const char *code = rt_json_get_text(plan, "code", "");
    struct rt_json *record = NULL;
    char *path = NULL;
    int rc;

    *folder = NULL;
    if ((rc = rt_same_study_source(store, study, &path, err)) == 0 && path)
        *folder = rt_fs_parent(path);
    else if (rc == 0 && (rc = rt_recorded_code(store, code, &record, err)) == 0)
        *folder = rt_input_folder(record, rt_json_get_text(plan, "root", ""));
    if (rc == 0 && !*folder)
        *folder = rt_strdup("/");
    rt_json_free(record);
    free(path);
    return rc;
}

struct rt_json *rt_kept_inputs_others(struct rt_store *store, const struct rt_json *plan)
{
    const struct rt_json *inputs = rt_json_get(plan, "inputs");
    struct rt_json *alone = rt_json_new_object();
    struct rt_json *list = rt_json_new_array();

    for (size_t i = 0; i < rt_json_count(inputs); i++) {
        const struct rt_json *input = rt_json_at(inputs, i);
        char *path =
            path_inside(rt_json_get_text(plan, "root", ""), rt_json_get_text(input, "path", ""));

        if (!path || !rt_input_kept(store, input))
            rt_json_append(list, rt_json_copy(input));
        free(path);
    }
    rt_json_set(alone, "inputs", list);
    return alone;
}

int rt_kept_inputs_check(struct rt_store *store, const struct rt_study *study, struct rt_err *err)
{
    struct rt_json *before = NULL;
    struct rt_json *now = NULL;
    char *folder = NULL;
    const char *changed;
    int rc;

    if (!rt_json_get(rt_plan_json(study->plan), "inputs"))
        return 0;
    before = rt_kept_inputs_others(store, rt_plan_json(study->plan));
    now = rt_json_copy(before);
    if ((rc = input_folder(store, study, &folder, err)) == 0 &&
        (rc = rt_inputs_read(now, folder, err)) == 0 &&
        (changed = rt_inputs_changed(before, now)) != NULL)
        rc = rt_err_set(
            err, RT_ECONFLICT,
            "the input \"%s\" has changed since it was recorded; put back what it was, or "
            "run the study file with --code current to start anew",
            changed);
    rt_json_free(before);
    rt_json_free(now);
    free(folder);
    return rc;
}

/* *out is the bundle with other links, or empty if it can stay as it is. */
static int place_in(struct rt_store *store, const struct rt_json *plan, const char *folder,
                    const struct rt_bundle *content, struct rt_buf *out, struct rt_err *err)
{
    struct links links = {.bundle = content};
    bool changed = false;
    int rc;

    for (size_t i = 0; i < content->link_count; i++)
        add(&links, rt_strdup(content->links[i].path), rt_strdup(content->links[i].target));
    rc = place_all(&links, store, plan, folder, &changed, err);
    if (rc == 0 && changed)
        put_bundle(&links, out);
    while (links.count)
        drop(&links, links.count - 1);
    free(links.items);
    return rc;
}

int rt_kept_inputs_place(struct rt_store *store, const struct rt_json *plan,
                         const struct rt_json *code_record, struct rt_buf *bundle,
                         struct rt_err *err)
{
    struct rt_buf made = RT_BUF_INIT;
    struct rt_bundle content;
    char *folder;
    int rc;

    if (!rt_json_get(plan, "inputs"))
        return 0;
    if ((rc = rt_bundle_read(rt_buf_span(bundle), &content, err)) < 0)
        return rc;
    folder = rt_input_folder(code_record, rt_json_get_text(plan, "root", ""));
    rc = place_in(store, plan, folder ? folder : "/", &content, &made, err);
    free(folder);
    rt_bundle_clear(&content);
    if (made.size) {
        rt_buf_clear(bundle);
        *bundle = made;
    }
    return rc;
}
