#include "engine/inputs.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"
#include "engine/path.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 200

struct listing {
    struct rt_hasher *hasher;
    uint64_t bytes;
    int depth;
};

static int list_folder(struct listing *listing, const char *path, const char *below,
                       struct rt_err *err);

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static void put(struct listing *listing, char kind, const char *below, struct rt_hash hash)
{
    rt_hasher_add(listing->hasher, &kind, 1);
    rt_hasher_add(listing->hasher, below, strlen(below) + 1);
    rt_hasher_add(listing->hasher, hash.bytes, sizeof hash.bytes);
}

static int list_link(struct listing *listing, const char *path, const char *below,
                     struct rt_err *err)
{
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof target);

    if (size < 0)
        return rt_err_errno(err, RT_EUSAGE, "reading the link \"%s\"", path);
    put(listing, 'l', below, rt_hash(rt_span(target, (size_t)size)));
    return 0;
}

static int list_file(struct listing *listing, const char *path, const char *below,
                     struct rt_err *err)
{
    struct rt_hash hash;
    uint64_t bytes;
    int rc = rt_hash_file(path, &hash, &bytes, err);

    if (rc < 0)
        return rc;
    put(listing, 'f', below, hash);
    listing->bytes += bytes;
    return 0;
}

/* Links to folders are not followed, so that the walk ends; those to files are. */
static int list_entry(struct listing *listing, const char *path, const char *below,
                      struct rt_err *err)
{
    struct stat own;
    struct stat info;

    if (lstat(path, &own) < 0)
        return rt_err_errno(err, RT_EUSAGE, "looking at \"%s\"", path);
    if (S_ISDIR(own.st_mode))
        return list_folder(listing, path, below, err);
    if (S_ISLNK(own.st_mode) && (stat(path, &info) < 0 || !S_ISREG(info.st_mode)))
        return list_link(listing, path, below, err);
    if (S_ISLNK(own.st_mode) || S_ISREG(own.st_mode))
        return list_file(listing, path, below, err);
    return 0; /* sockets, pipes and devices have no content */
}

static int list_folder(struct listing *listing, const char *path, const char *below,
                       struct rt_err *err)
{
    struct dirent **entries = NULL;
    int count;
    int rc = 0;

    if (++listing->depth > DEPTH_MAX)
        return rt_err_set(err, RT_EUSAGE, "\"%s\" lies more than %d folders deep", path, DEPTH_MAX);
    count = scandir(path, &entries, is_entry, by_bytes);
    if (count < 0)
        return rt_err_errno(err, RT_EUSAGE, "reading the folder \"%s\"", path);
    for (int i = 0; i < count; i++) {
        char *child = rt_fs_join(path, entries[i]->d_name);
        char *name =
            below[0] ? rt_fs_join(below, entries[i]->d_name) : rt_strdup(entries[i]->d_name);

        if (rc == 0)
            rc = list_entry(listing, child, name, err);
        free(entries[i]);
        free(child);
        free(name);
    }
    free(entries);
    listing->depth--;
    return rc;
}

static int read_folder(const char *path, struct rt_hash *hash, uint64_t *bytes, struct rt_err *err)
{
    static const char magic[] = "retrial input 1";
    struct listing listing = {.hasher = rt_hasher_new()};
    int rc;

    rt_hasher_add(listing.hasher, magic, sizeof magic);
    rc = list_folder(&listing, path, "", err);
    if (rc < 0) {
        rt_hasher_free(listing.hasher);
        return rc;
    }
    *hash = rt_hasher_end(listing.hasher);
    *bytes = listing.bytes;
    return 0;
}

static int read_input(struct rt_json *input, const char *folder, struct rt_err *err)
{
    const char *name = rt_json_get_text(input, "path", "");
    char *path = rt_path_resolve(folder, name);
    char hex[RT_HASH_HEX];
    struct rt_hash hash;
    uint64_t bytes = 0;
    struct stat info;
    int rc;

    if (stat(path, &info) < 0)
        rc = rt_err_set(err, RT_EUSAGE, "there is no file or folder \"%s\" any more", path);
    else if (S_ISDIR(info.st_mode))
        rc = read_folder(path, &hash, &bytes, err);
    else
        rc = rt_hash_file(path, &hash, &bytes, err);
    if (rc == 0) {
        rt_json_set_text(input, "sha256", rt_hash_hex(&hash, hex));
        rt_json_set_int(input, "bytes", (int64_t)bytes);
    } else {
        rt_err_while(err, "reading the input \"%s\"", name);
        rc = err->code = RT_EUSAGE;
    }
    free(path);
    return rc;
}

int rt_inputs_read(struct rt_json *plan, const char *folder, struct rt_err *err)
{
    const struct rt_json *inputs = rt_json_get(plan, "inputs");
    struct rt_json *read;
    int rc = 0;

    if (!inputs)
        return 0;
    read = rt_json_new_array();
    for (size_t i = 0; rc == 0 && i < rt_json_count(inputs); i++) {
        struct rt_json *input = rt_json_copy(rt_json_at(inputs, i));

        rc = read_input(input, folder, err);
        rt_json_append(read, input);
    }
    if (rc < 0)
        rt_json_free(read);
    else
        rt_json_set(plan, "inputs", read);
    return rc;
}

const char *rt_inputs_changed(const struct rt_json *before, const struct rt_json *now)
{
    const struct rt_json *old = rt_json_get(before, "inputs");
    const struct rt_json *new = rt_json_get(now, "inputs");

    for (size_t i = 0; i < rt_json_count(new); i++) {
        const char *path = rt_json_get_text(rt_json_at(new, i), "path", "");

        for (size_t j = 0; j < rt_json_count(old); j++) {
            const struct rt_json *input = rt_json_at(old, j);

            if (strcmp(rt_json_get_text(input, "path", ""), path) == 0 &&
                !rt_json_equal(input, rt_json_at(new, i)))
                return path;
        }
    }
    return NULL;
}
