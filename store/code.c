#include "store/code.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/beneath.h"
#include "store/code_making.h"
#include "store/code_near.h"
#include "store/code_rules.h"
#include "store/code_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct root {
    char *name;
    struct rt_code_walk walk;
    struct rt_git_list stored; /* paths relative to the root */
    uint64_t bytes;
};

/* A snapshot in the making. */
struct snapshot {
    struct rt_code_making making;
    struct root *roots;
    size_t count;
};

static void clear(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        free(snapshot->roots[i].name);
        rt_code_walk_clear(&snapshot->roots[i].walk);
        rt_git_list_clear(&snapshot->roots[i].stored);
    }
    free(snapshot->roots);
    rt_code_making_clear(&snapshot->making);
}

static bool name_is_taken(const struct snapshot *snapshot, const char *name)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        if (strcmp(snapshot->roots[i].name, name) == 0)
            return true;
    }
    return false;
}

/* The folder's own name, or with -2, -3 behind it when another root has that. */
static char *root_name(const struct snapshot *snapshot, const char *path)
{
    const char *last = strrchr(path, '/') + 1;
    struct rt_json *clean = rt_json_new_string(last[0] ? last : "root"); /* names are UTF-8 */
    const char *base = rt_json_string(clean);
    char *name = rt_strdup(base);

    for (unsigned i = 2; name_is_taken(snapshot, name); i++) {
        free(name);
        name = rt_printf("%s-%u", base, i);
    }
    rt_json_free(clean);
    return name;
}

static bool is_root(const struct snapshot *snapshot, const char *path)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        if (strcmp(snapshot->roots[i].walk.root, path) == 0)
            return true;
    }
    return false;
}

/* A path as it was given, and without symbolic links. */
static void add_both(struct rt_code_names *names, const char *given)
{
    char *path = rt_fs_absolute(given);

    rt_code_names_add(names, given);
    rt_code_names_add(names, path);
    free(path);
}

/* Study files and the store itself are no code. */
static void choose(const struct rt_code_request *request, struct rt_code_choice *choice)
{
    char *parent = rt_fs_parent(request->repository);
    char *store = rt_fs_absolute(parent);
    const char *base = strrchr(request->repository, '/');
    char *repository = rt_fs_join(store, base ? base + 1 : request->repository);

    rt_code_names_add(&choice->leave_out, repository);
    if (base && strcmp(base, "/code.git") == 0)
        rt_code_names_add(&choice->leave_out, store);
    for (size_t i = 0; i < request->leave_out_count; i++)
        add_both(&choice->leave_out, request->leave_out[i]);
    for (size_t i = 0; i < request->keep_count; i++)
        add_both(&choice->keep, request->keep[i]);
    for (size_t i = 0; i < request->ignore_count; i++)
        rt_code_names_add(&choice->ignore, request->ignore[i]);
    free(repository);
    free(store);
    free(parent);
}

static int walk_roots(struct snapshot *snapshot, const struct rt_code_request *request,
                      struct rt_err *err)
{
    struct rt_code_choice choice = {0};
    int rc = 0;

    choose(request, &choice);
    snapshot->roots = rt_calloc(request->count, sizeof *snapshot->roots);
    for (size_t i = 0; rc == 0 && i < request->count; i++) {
        char *path = rt_fs_absolute(request->roots[i]);

        if (!is_root(snapshot, path)) {
            struct root *root = &snapshot->roots[snapshot->count];

            root->name = root_name(snapshot, path);
            snapshot->count++;
            rc = rt_code_walk(&root->walk, path, &choice, err);
        }
        free(path);
    }
    rt_code_names_clear(&choice.leave_out);
    rt_code_names_clear(&choice.keep);
    rt_code_names_clear(&choice.ignore);
    return rc;
}

static int read_link(int root, const char *path, struct rt_buf *out)
{
    const char *name;
    int folder = rt_beneath_parent(root, path, 0, &name);
    ssize_t length;

    if (folder < 0)
        return -1;
    length = readlinkat(folder, name, rt_buf_extend(out, PATH_MAX), PATH_MAX);
    out->size = length < 0 ? 0 : (size_t)length;
    close(folder);
    return length < 0 ? -1 : 0;
}

/* Reads a regular file that may have changed since the walk; too large now is EFBIG. */
static int read_file(int root, const struct rt_code_file *file, struct rt_buf *out)
{
    size_t limit = file->tracked ? RT_CODE_TRACKED_MAX : RT_CODE_UNTRACKED_MAX;
    int fd = rt_beneath_open(root, file->path, O_RDONLY | O_NONBLOCK, 0);
    struct stat info;
    ssize_t got = 1;

    if (fd < 0)
        return -1;
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    while (got > 0 && out->size <= limit) {
        size_t piece = file->size > 4095 ? 1 << 16 : 4096;

        rt_buf_reserve(out, piece);
        got = read(fd, out->data + out->size, piece);
        out->size += got > 0 ? (size_t)got : 0;
        if (got < 0 && errno == EINTR)
            got = 1;
    }
    close(fd);
    if (got > 0)
        errno = EFBIG;
    return got == 0 ? 0 : -1;
}

static int store_file(struct snapshot *snapshot, struct root *root, const struct rt_code_file *file,
                      struct rt_buf *content, struct rt_err *err)
{
    struct rt_git_id id;
    int rc;

    rt_buf_reset(content);
    if ((file->mode == RT_GIT_LINK ? read_link(root->walk.fd, file->path, content)
                                   : read_file(root->walk.fd, file, content)) < 0) {
        if (errno == ENOENT)
            return 0; /* gone since the walk: it is as if it had been gone then */
        rt_code_walk_trouble(&root->walk, "reading", file->path);
        rt_code_names_add(&root->walk.linked, file->path);
        return 0;
    }
    if ((rc = rt_code_making_add(&snapshot->making, root->name, file->path, file->mode,
                                 rt_buf_span(content), &id, err)) < 0)
        return rc;
    rt_git_list_add(&root->stored, file->path, file->mode, &id);
    root->bytes += content->size;
    return 0;
}

static int store_roots(struct snapshot *snapshot, struct rt_err *err)
{
    struct rt_buf content = RT_BUF_INIT;
    int rc = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        struct root *root = &snapshot->roots[i];

        for (size_t k = 0; rc == 0 && k < root->walk.count; k++)
            rc = store_file(snapshot, root, &root->walk.files[k], &content, err);
        rt_git_list_sort(&root->stored);
        rt_code_names_sort(&root->walk.linked);
    }
    rt_buf_clear(&content);
    return rc;
}

/* Names as many as a record may hold, and says how many more there are. */
static void set_names(struct rt_json *record, const char *key, const struct rt_code_names *names)
{
    struct rt_json *list = rt_json_new_array();

    for (size_t i = 0; i < names->count && i < RT_CODE_NAMED; i++)
        rt_json_append(list, rt_json_new_string(names->names[i]));
    rt_json_set(record, key, list);
    if (names->count > RT_CODE_NAMED) {
        char *more = rt_printf("%s_more", key);

        rt_json_set_int(record, more, (int64_t)(names->count - RT_CODE_NAMED));
        free(more);
    }
}

static struct rt_json *record_of(const struct snapshot *snapshot, const struct rt_hash *code)
{
    struct rt_json *record = rt_json_new_object();
    struct rt_json *list = rt_json_new_array();
    char hex[RT_HASH_HEX];

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct root *root = &snapshot->roots[i];
        struct rt_json *object = rt_json_new_object();

        rt_json_set_text(object, "name", root->name);
        rt_json_set_text(object, "path", root->walk.root);
        rt_json_set_int(object, "files", (int64_t)root->stored.count);
        rt_json_set_int(object, "bytes", (int64_t)root->bytes);
        rt_code_near(&root->walk, &root->stored, object);
        set_names(object, "linked", &root->walk.linked);
        set_names(object, "left_out", &root->walk.left_out);
        rt_json_append(list, object);
    }
    rt_json_set_text(record, "code", rt_hash_hex(code, hex));
    rt_json_set(record, "roots", list);
    return record;
}

int rt_code_snapshot(const struct rt_code_request *request, struct rt_hash *code,
                     struct rt_json **record, struct rt_err *err)
{
    struct snapshot snapshot = {.count = 0};
    int rc;

    if ((rc = walk_roots(&snapshot, request, err)) < 0 ||
        (rc = rt_code_making_open(&snapshot.making, request->repository, err)) < 0 ||
        (rc = store_roots(&snapshot, err)) < 0 ||
        (rc = rt_code_making_keep(&snapshot.making, code, err)) < 0)
        goto out;
    *record = record_of(&snapshot, code);
out:
    clear(&snapshot);
    return rc < 0 ? rt_err_while(err, "taking a snapshot of the code") : 0;
}
