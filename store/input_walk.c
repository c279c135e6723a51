#include "store/input_walk.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 200

struct walk {
    struct rt_buf *listing;
    uint64_t bytes;
    int depth;
    rt_input_entry_fn *each;
    void *context;
};

static int walk_folder(struct walk *walk, const char *path, const char *below, struct rt_err *err);

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int put(struct walk *walk, const struct rt_input_entry *entry, struct rt_err *err)
{
    rt_buf_put_u8(walk->listing, entry->link ? 'l' : 'f');
    rt_buf_put(walk->listing, entry->below, strlen(entry->below) + 1);
    rt_buf_put(walk->listing, entry->hash.bytes, sizeof entry->hash.bytes);
    walk->bytes += entry->bytes;
    return walk->each ? walk->each(walk->context, entry, err) : 0;
}

static int walk_link(struct walk *walk, const char *path, const char *below, struct rt_err *err)
{
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof target);
    struct rt_input_entry entry = {.link = true, .below = below, .path = path};

    if (size < 0)
        return rt_err_errno(err, RT_EUSAGE, "reading the link \"%s\"", path);
    entry.hash = rt_hash(rt_span(target, (size_t)size));
    return put(walk, &entry, err);
}

static int walk_file(struct walk *walk, const char *path, const char *below, struct rt_err *err)
{
    struct rt_input_entry entry = {.below = below, .path = path};
    int rc = rt_hash_file(path, &entry.hash, &entry.bytes, err);

    return rc < 0 ? rc : put(walk, &entry, err);
}

/* Links to folders are not followed, so that the walk ends; those to files are. */
static int walk_entry(struct walk *walk, const char *path, const char *below, struct rt_err *err)
{
    struct stat own;
    struct stat info;

    if (lstat(path, &own) < 0)
        return rt_err_errno(err, RT_EUSAGE, "looking at \"%s\"", path);
    if (S_ISDIR(own.st_mode))
        return walk_folder(walk, path, below, err);
    if (S_ISLNK(own.st_mode) && (stat(path, &info) < 0 || !S_ISREG(info.st_mode)))
        return walk_link(walk, path, below, err);
    if (S_ISLNK(own.st_mode) || S_ISREG(own.st_mode))
        return walk_file(walk, path, below, err);
    return 0; /* sockets, pipes and devices have no content */
}

static int walk_folder(struct walk *walk, const char *path, const char *below, struct rt_err *err)
{
    struct dirent **entries = NULL;
    int count;
    int rc = 0;

    if (++walk->depth > DEPTH_MAX)
        return rt_err_set(err, RT_EUSAGE, "\"%s\" lies more than %d folders deep", path, DEPTH_MAX);
    count = scandir(path, &entries, is_entry, by_bytes);
    if (count < 0)
        return rt_err_errno(err, RT_EUSAGE, "reading the folder \"%s\"", path);
    for (int i = 0; i < count; i++) {
        char *child = rt_fs_join(path, entries[i]->d_name);
        char *name =
            below[0] ? rt_fs_join(below, entries[i]->d_name) : rt_strdup(entries[i]->d_name);

        if (rc == 0)
            rc = walk_entry(walk, child, name, err);
        free(entries[i]);
        free(child);
        free(name);
    }
    free(entries);
    walk->depth--;
    return rc;
}

int rt_input_walk(const char *path, struct rt_buf *listing, uint64_t *bytes,
                  rt_input_entry_fn *each, void *context, struct rt_err *err)
{
    struct walk walk = {.listing = listing, .each = each, .context = context};
    int rc;

    rt_buf_put(listing, RT_INPUT_MAGIC, sizeof RT_INPUT_MAGIC);
    rc = walk_folder(&walk, path, "", err);
    *bytes = walk.bytes;
    return rc;
}

/* A path that stays below the folder it is joined to. */
static bool is_below(const char *path)
{
    while (*path) {
        size_t size = strcspn(path, "/");

        if (size == 0 || (size == 1 && path[0] == '.') ||
            (size == 2 && strncmp(path, "..", 2) == 0))
            return false;
        path += size;
        if (*path == '/' && !*++path)
            return false;
    }
    return true;
}

bool rt_input_listing(struct rt_span listing, rt_input_entry_fn *each, void *context, int *rc,
                      struct rt_err *err)
{
    const char *at = listing.data;
    const char *end = at + listing.size;

    *rc = 0;
    if (listing.size < sizeof RT_INPUT_MAGIC ||
        memcmp(at, RT_INPUT_MAGIC, sizeof RT_INPUT_MAGIC) != 0)
        return false;
    at += sizeof RT_INPUT_MAGIC;
    while (at < end && *rc == 0) {
        const char *nul = memchr(at + 1, 0, (size_t)(end - at - 1));
        struct rt_input_entry entry = {.link = *at == 'l', .below = at + 1};

        if (!nul || (size_t)(end - nul - 1) < RT_HASH_SIZE || (*at != 'l' && *at != 'f') ||
            nul == at + 1 || !is_below(entry.below))
            return false;
        memcpy(entry.hash.bytes, nul + 1, RT_HASH_SIZE);
        at = nul + 1 + RT_HASH_SIZE;
        *rc = each(context, &entry, err);
    }
    return true;
}
