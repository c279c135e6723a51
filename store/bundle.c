#include "store/bundle.h"

#include "base/alloc.h"
#include "base/reader.h"
#include "store/beneath.h"
#include "store/code_hash.h"
#include "store/git_list.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1

static const char magic[8] = {'r', 't', 'b', 'u', 'n', 'd', 'l', 'e'};

size_t rt_bundle_start(struct rt_buf *out, size_t roots, size_t files, size_t links)
{
    size_t start = out->size;

    rt_buf_put(out, magic, sizeof magic);
    rt_buf_put_u32(out, VERSION);
    rt_buf_put_varint(out, roots);
    rt_buf_put_varint(out, files);
    rt_buf_put_varint(out, links);
    return start;
}

void rt_bundle_put_root(struct rt_buf *out, const char *name)
{
    rt_buf_put_text(out, name);
}

void rt_bundle_put_file(struct rt_buf *out, const char *path, uint32_t mode, struct rt_span content)
{
    rt_buf_put_text(out, path);
    rt_buf_put_varint(out, mode);
    rt_buf_put_span(out, content);
}

void rt_bundle_put_link(struct rt_buf *out, const char *path, const char *target)
{
    rt_buf_put_text(out, path);
    rt_buf_put_text(out, target);
}

void rt_bundle_end(struct rt_buf *out, size_t start)
{
    struct rt_hash check = rt_hash(rt_span(out->data + start, out->size - start));

    rt_buf_put(out, check.bytes, sizeof check.bytes);
}

/* A path of the bundle must be clean, and begin with the name of a root. */
static bool path_is_good(const struct rt_bundle *bundle, const char *path)
{
    size_t length = strcspn(path, "/");

    if (!rt_beneath_valid(path) || path[length] == '\0')
        return false;
    for (size_t i = 0; i < bundle->root_count; i++) {
        if (strncmp(bundle->roots[i], path, length) == 0 && bundle->roots[i][length] == '\0')
            return true;
    }
    return false;
}

static int bad(struct rt_err *err, const char *what, const char *value)
{
    return rt_err_set(err, RT_EDAMAGED, "the code bundle has a bad %s: \"%s\"", what, value);
}

/* How many items there are room for, each of at least `smallest` bytes; marks a lie as bad. */
static size_t read_count(struct rt_reader *reader, size_t smallest)
{
    uint64_t count = rt_read_varint(reader);

    if (count > rt_reader_left(reader) / smallest) {
        reader->bad = true;
        return 0;
    }
    return (size_t)count;
}

static int read_roots(struct rt_reader *reader, struct rt_bundle *bundle, size_t count,
                      struct rt_err *err)
{
    bundle->roots = rt_calloc(count, sizeof *bundle->roots);
    while (bundle->root_count < count && !reader->bad) {
        char *name = rt_read_text(reader);

        bundle->roots[bundle->root_count++] = name;
        if (!reader->bad && (!rt_beneath_valid(name) || strchr(name, '/')))
            return bad(err, "name of a root", name);
    }
    return 0;
}

static bool file_is_good(const struct rt_bundle_file *file)
{
    if (file->mode == RT_GIT_LINK)
        return file->content.size > 0 && file->content.size < PATH_MAX &&
               !memchr(file->content.data, '\0', file->content.size);
    return file->mode == RT_GIT_FILE || file->mode == RT_GIT_EXECUTABLE;
}

static int read_files(struct rt_reader *reader, struct rt_bundle *bundle, size_t count,
                      struct rt_err *err)
{
    const char *before = "";

    bundle->files = rt_calloc(count, sizeof *bundle->files);
    while (bundle->file_count < count && !reader->bad) {
        struct rt_bundle_file *file = &bundle->files[bundle->file_count++];

        file->path = rt_read_text(reader);
        file->mode = rt_read_varint32(reader);
        file->content = rt_read_span(reader);
        if (reader->bad)
            break;
        if (!path_is_good(bundle, file->path) || strcmp(before, file->path) >= 0)
            return bad(err, "path", file->path);
        if (!file_is_good(file))
            return bad(err, "file", file->path);
        before = file->path;
    }
    return 0;
}

static int read_links(struct rt_reader *reader, struct rt_bundle *bundle, size_t count,
                      struct rt_err *err)
{
    bundle->links = rt_calloc(count, sizeof *bundle->links);
    while (bundle->link_count < count && !reader->bad) {
        struct rt_bundle_link *link = &bundle->links[bundle->link_count++];

        link->path = rt_read_text(reader);
        link->target = rt_read_text(reader);
        if (reader->bad)
            break;
        if (!path_is_good(bundle, link->path))
            return bad(err, "path", link->path);
        if (link->target[0] != '/' || strlen(link->target) >= PATH_MAX)
            return bad(err, "link", link->path);
    }
    return 0;
}

static int check_frame(struct rt_span *data, struct rt_err *err)
{
    const unsigned char *bytes = data->data;
    struct rt_hash check;
    struct rt_reader reader;
    uint32_t version;

    if (data->size < sizeof magic + 4 + RT_HASH_SIZE || memcmp(bytes, magic, sizeof magic) != 0)
        return rt_err_set(err, RT_EDAMAGED, "these %zu bytes are no code bundle", data->size);
    reader = rt_reader(rt_span(bytes + sizeof magic, 4));
    version = rt_read_u32(&reader);
    if (version > VERSION)
        return rt_err_set(err, RT_ENEWER, "the code bundle has version %u, of a newer retrial",
                          version);
    data->size -= RT_HASH_SIZE;
    check = rt_hash(*data);
    if (version == 0 || memcmp(check.bytes, bytes + data->size, RT_HASH_SIZE) != 0)
        return rt_err_set(err, RT_EDAMAGED, "the code bundle is damaged: its checksum is wrong");
    return 0;
}

int rt_bundle_read(struct rt_span data, struct rt_bundle *bundle, struct rt_err *err)
{
    struct rt_reader reader;
    size_t roots;
    size_t files;
    size_t links;
    int rc;

    memset(bundle, 0, sizeof *bundle);
    if ((rc = check_frame(&data, err)) < 0)
        return rc;
    reader = rt_reader(data);
    rt_read_bytes(&reader, sizeof magic + 4);
    roots = read_count(&reader, 1);
    files = read_count(&reader, 3);
    links = read_count(&reader, 2);
    if ((rc = read_roots(&reader, bundle, roots, err)) < 0 ||
        (rc = read_files(&reader, bundle, files, err)) < 0 ||
        (rc = read_links(&reader, bundle, links, err)) < 0 ||
        (rc = rt_reader_done(&reader, "the code bundle", err)) < 0)
        rt_bundle_clear(bundle);
    return rc;
}

void rt_bundle_clear(struct rt_bundle *bundle)
{
    for (size_t i = 0; i < bundle->root_count; i++)
        free(bundle->roots[i]);
    for (size_t i = 0; i < bundle->file_count; i++)
        free(bundle->files[i].path);
    for (size_t i = 0; i < bundle->link_count; i++) {
        free(bundle->links[i].path);
        free(bundle->links[i].target);
    }
    free(bundle->roots);
    free(bundle->files);
    free(bundle->links);
    memset(bundle, 0, sizeof *bundle);
}

struct rt_hash rt_bundle_code(const struct rt_bundle *bundle)
{
    struct rt_hasher *hasher = rt_code_hash_new();

    for (size_t i = 0; i < bundle->file_count; i++) {
        struct rt_hash content = rt_hash(bundle->files[i].content);

        rt_code_hash_add(hasher, bundle->files[i].path, bundle->files[i].mode, &content);
    }
    return rt_hasher_end(hasher);
}
