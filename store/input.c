#include "store/input.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/input_walk.h"
#include "store/store_inner.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES (1u << 20)

char *rt_input_folder(const struct rt_json *code_record, const char *root)
{
    const struct rt_json *roots = rt_json_get(code_record, "roots");
    size_t size = strcspn(root, "/");

    for (size_t i = 0; i < rt_json_count(roots); i++) {
        const char *name = rt_json_get_text(rt_json_at(roots, i), "name", "");
        const char *path = rt_json_get_text(rt_json_at(roots, i), "path", NULL);

        if (path && strlen(name) == size && strncmp(name, root, size) == 0)
            return rt_printf("%s%s", path, root + size);
    }
    return NULL;
}

int rt_input_hash(const char *path, struct rt_hash *hash, uint64_t *bytes, struct rt_err *err)
{
    struct rt_buf listing = RT_BUF_INIT;
    struct stat info;
    int rc;

    if (stat(path, &info) < 0)
        return rt_err_set(err, RT_EUSAGE, "there is no file or folder \"%s\" any more", path);
    if (!S_ISDIR(info.st_mode))
        return rt_hash_file(path, hash, bytes, err);
    if ((rc = rt_input_walk(path, &listing, bytes, NULL, NULL, err)) == 0)
        *hash = rt_hash(rt_buf_span(&listing));
    rt_buf_clear(&listing);
    return rc;
}

static int wanted_hash(const struct rt_json *input, struct rt_hash *hash, struct rt_err *err)
{
    const char *hex = rt_json_get_text(input, "sha256", NULL);

    if (hex && rt_hash_from_hex(hash, hex) == 0)
        return 0;
    return rt_err_set(err, RT_EUSAGE, "it is not recorded what was in the input \"%s\"",
                      rt_json_get_text(input, "path", ""));
}

/* Whether what is at a path is what was recorded; `why` says what is there instead. */
static bool is_recorded(const struct rt_json *input, const char *path, struct rt_err *why)
{
    struct rt_hash wanted;
    struct rt_hash found;
    uint64_t bytes;

    if (wanted_hash(input, &wanted, why) < 0 || rt_input_hash(path, &found, &bytes, why) < 0)
        return false;
    if (rt_hash_equal(&wanted, &found))
        return true;
    rt_err_set(why, RT_ECONFLICT, "\"%s\" has changed since it was recorded", path);
    return false;
}

/* Files may be larger than memory. */
static int keep_file(struct rt_store *store, const char *path, struct rt_hash *hash,
                     struct rt_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *data = MAP_FAILED;
    struct stat info;
    size_t size = 0;
    int rc = 0;

    if (fd < 0 || fstat(fd, &info) < 0)
        rc = rt_err_errno(err, RT_EIO, "reading \"%s\"", path);
    else if ((size = (size_t)info.st_size) != 0 &&
             (data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
        rc = rt_err_errno(err, RT_EIO, "reading \"%s\"", path);
    else
        rc = rt_store_put_object(store, rt_span(size ? data : "", size), hash, err);
    if (data != MAP_FAILED)
        munmap(data, size);
    if (fd >= 0)
        close(fd);
    return rc;
}

static int keep_entry(void *context, const struct rt_input_entry *entry, struct rt_err *err)
{
    char target[PATH_MAX];
    struct rt_hash hash;
    ssize_t size;

    if (!entry->link)
        return keep_file(context, entry->path, &hash, err);
    size = readlink(entry->path, target, sizeof target);
    if (size < 0)
        return rt_err_errno(err, RT_EIO, "reading the link \"%s\"", entry->path);
    return rt_store_put_object(context, rt_span(target, (size_t)size), &hash, err);
}

int rt_input_keep(struct rt_store *store, const struct rt_json *input, const char *path,
                  struct rt_err *err)
{
    struct rt_buf listing = RT_BUF_INIT;
    struct rt_hash wanted;
    struct rt_hash hash;
    struct stat info;
    uint64_t bytes;
    int rc;

    if ((rc = wanted_hash(input, &wanted, err)) < 0 || rt_input_kept(store, input))
        return rc;
    if (!is_recorded(input, path, err))
        return err->code = RT_ECONFLICT;
    if (stat(path, &info) < 0)
        rc = rt_err_errno(err, RT_EIO, "reading \"%s\"", path);
    else if (!S_ISDIR(info.st_mode))
        rc = keep_file(store, path, &hash, err);
    else if ((rc = rt_input_walk(path, &listing, &bytes, keep_entry, store, err)) == 0)
        rc = rt_store_put_object(store, rt_buf_span(&listing), &hash, err);
    rt_buf_clear(&listing);
    if (rc == 0 && !rt_hash_equal(&hash, &wanted))
        rc = rt_err_set(err, RT_ECONFLICT, "\"%s\" changes while it is read", path);
    return rc;
}

static char *object_path(const struct rt_store *store, const struct rt_hash *hash)
{
    char hex[RT_HASH_HEX];

    rt_hash_hex(hash, hex);
    return rt_printf("%s/objects/%.2s/%s", store->path, hex, hex + 2);
}

/* Reads an object if it is a listing. A file whose content begins like one has all its bytes in
 * itself, a listing has none of them. */
static bool read_listing(const struct rt_store *store, const struct rt_json *input,
                         const struct rt_hash *hash, struct rt_buf *listing)
{
    char *path = object_path(store, hash);
    char magic[sizeof RT_INPUT_MAGIC];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is = fd >= 0 && read(fd, magic, sizeof magic) == (ssize_t)sizeof magic &&
              memcmp(magic, RT_INPUT_MAGIC, sizeof magic) == 0;

    if (fd >= 0)
        close(fd);
    free(path);
    return is && rt_objects_get(store->objects, hash, listing, NULL) == 0 &&
           listing->size != (size_t)rt_json_get_int(input, "bytes", 0);
}

static int look_for(void *context, const struct rt_input_entry *entry, struct rt_err *err)
{
    char *path = object_path(context, &entry->hash);
    bool there = rt_fs_exists(path);

    (void)err;
    free(path);
    return there ? 0 : 1;
}

bool rt_input_kept(struct rt_store *store, const struct rt_json *input)
{
    struct rt_buf listing = RT_BUF_INIT;
    struct rt_hash hash;
    bool kept = false;
    int rc = 0;

    if (wanted_hash(input, &hash, NULL) == 0) {
        if (read_listing(store, input, &hash, &listing))
            kept = rt_input_listing(rt_buf_span(&listing), look_for, store, &rc, NULL) && rc == 0;
        else
            kept = rt_objects_have(store->objects, &hash,
                                   (uint64_t)rt_json_get_int(input, "bytes", 0));
    }
    rt_buf_clear(&listing);
    return kept;
}

struct mirroring {
    struct rt_store *from;
    struct rt_store *to;
};

static int mirror_entry(void *context, const struct rt_input_entry *entry, struct rt_err *err)
{
    const struct mirroring *mirroring = context;
    char *path = object_path(mirroring->from, &entry->hash);
    struct rt_hash hash;
    int rc = keep_file(mirroring->to, path, &hash, err);

    free(path);
    return rc;
}

static int not_kept(const struct rt_json *input, struct rt_err *err)
{
    return rt_err_set(err, RT_ENOTFOUND, "the store does not keep what was in the input \"%s\"",
                      rt_json_get_text(input, "path", ""));
}

int rt_input_mirror(struct rt_store *from, struct rt_store *to, const struct rt_json *input,
                    struct rt_err *err)
{
    struct mirroring mirroring = {from, to};
    struct rt_input_entry whole = {.link = false};
    struct rt_buf listing = RT_BUF_INIT;
    int rc;

    if ((rc = wanted_hash(input, &whole.hash, err)) < 0)
        return rc;
    if (!rt_input_kept(from, input))
        return not_kept(input, err);
    if (read_listing(from, input, &whole.hash, &listing))
        rt_input_listing(rt_buf_span(&listing), mirror_entry, &mirroring, &rc, err);
    if (rc == 0)
        rc = mirror_entry(&mirroring, &whole, err);
    rt_buf_clear(&listing);
    return rc;
}

static int copy_bytes(int from, int to, struct rt_hasher *hasher, const char *path,
                      struct rt_err *err)
{
    char *piece = rt_alloc(PIECE_BYTES);
    ssize_t size;
    int rc = 0;

    while (rc == 0 && (size = read(from, piece, PIECE_BYTES)) != 0) {
        if (size < 0) {
            rc = rt_err_errno(err, RT_EUSAGE, "reading what is to be \"%s\"", path);
            break;
        }
        rt_hasher_add(hasher, piece, (size_t)size);
        rc = rt_fs_write_all(to, rt_span(piece, (size_t)size), path, err);
    }
    free(piece);
    return rc;
}

/* Copies a file; RT_ECONFLICT if it was not what the hash says, RT_EUSAGE if it cannot be read. */
static int copy_file(const char *from, const struct rt_hash *hash, const char *to,
                     struct rt_err *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    struct rt_hasher *hasher = rt_hasher_new();
    struct rt_hash found;
    int rc = 0;

    if (in < 0)
        rc = rt_err_errno(err, RT_EUSAGE, "reading \"%s\"", from);
    else if (out < 0)
        rc = rt_fs_write_error(err, "making", to);
    else
        rc = copy_bytes(in, out, hasher, to, err);
    found = rt_hasher_end(hasher);
    if (rc == 0 && !rt_hash_equal(&found, hash))
        rc = rt_err_set(err, RT_ECONFLICT, "\"%s\" is not what was recorded", from);
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) < 0 && rc == 0)
        rc = rt_fs_write_error(err, "writing", to);
    return rc;
}

/* A folder in the making. */
struct restore {
    struct rt_store *store;
    const char *original; /* NULL: from the store */
    const char *path;
};

static int make_link(const struct restore *restore, const struct rt_input_entry *entry,
                     const char *path, struct rt_err *err)
{
    struct rt_buf target = RT_BUF_INIT;
    int rc = 0;

    if (entry->path) {
        char text[PATH_MAX];
        ssize_t size = readlink(entry->path, text, sizeof text);

        rt_buf_put(&target, text, size > 0 ? (size_t)size : 0);
    } else {
        rc = rt_store_get_object(restore->store, &entry->hash, &target, err);
    }
    if (rc == 0 && symlink(rt_buf_text(&target), path) < 0)
        rc = rt_fs_write_error(err, "making the link", path);
    rt_buf_clear(&target);
    return rc;
}

static int restore_entry(void *context, const struct rt_input_entry *entry, struct rt_err *err)
{
    const struct restore *restore = context;
    char *path = rt_fs_join(restore->path, entry->below);
    char *from = entry->path ? rt_strdup(entry->path) : object_path(restore->store, &entry->hash);
    char *folder = rt_fs_parent(path);
    int rc = rt_fs_mkdirs(folder, err);

    if (rc == 0)
        rc = entry->link ? make_link(restore, entry, path, err)
                         : copy_file(from, &entry->hash, path, err);
    free(folder);
    free(from);
    free(path);
    return rc;
}

int rt_input_restore(struct rt_store *store, const struct rt_json *input, const char *path,
                     struct rt_err *err)
{
    struct restore restore = {.store = store, .path = path};
    struct rt_buf listing = RT_BUF_INIT;
    struct rt_hash hash;
    char *object;
    int rc;

    if ((rc = wanted_hash(input, &hash, err)) < 0)
        return rc;
    if (!rt_input_kept(store, input))
        return not_kept(input, err);
    if (read_listing(store, input, &hash, &listing)) {
        if ((rc = rt_fs_mkdirs(path, err)) == 0 &&
            !rt_input_listing(rt_buf_span(&listing), restore_entry, &restore, &rc, err))
            rc = rt_err_set(err, RT_EDAMAGED, "what the store keeps of \"%s\" is no listing", path);
    } else {
        object = object_path(store, &hash);
        rc = copy_file(object, &hash, path, err);
        free(object);
    }
    rt_buf_clear(&listing);
    return rc;
}

static int copy_original(const char *original, const struct rt_json *input, const char *path,
                         struct rt_err *err)
{
    struct restore restore = {.original = original, .path = path};
    struct rt_buf listing = RT_BUF_INIT;
    struct rt_hash hash;
    struct stat info;
    uint64_t bytes;
    int rc;

    if ((rc = wanted_hash(input, &hash, err)) < 0)
        return rc;
    if (stat(original, &info) < 0)
        return rt_err_errno(err, RT_EUSAGE, "reading \"%s\"", original);
    if (!S_ISDIR(info.st_mode))
        return copy_file(original, &hash, path, err);
    if ((rc = rt_fs_mkdirs(path, err)) == 0)
        rc = rt_input_walk(original, &listing, &bytes, restore_entry, &restore, err);
    rt_buf_clear(&listing);
    return rc;
}

int rt_input_copy(struct rt_store *store, const struct rt_json *input, const char *original,
                  const char *path, struct rt_err *err)
{
    if (is_recorded(input, original, err))
        return copy_original(original, input, path, err);
    if (rt_input_kept(store, input))
        return rt_input_restore(store, input, path, err);
    return err->code = RT_ECONFLICT;
}
