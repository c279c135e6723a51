#ifndef RT_STORE_BUNDLE_H
#define RT_STORE_BUNDLE_H
/*
 * The form in which a code state travels to agents: all its files, and where
 * the entries that were not stored are. Versioned and checksummed; its layout
 * is in docs/code-state.md. Pure: no file is touched.
 */
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/span.h"

struct rt_bundle_file {
    char *path; /* "root/file" */
    uint32_t mode;
    struct rt_span content; /* borrowed from the bundle */
};

struct rt_bundle_link {
    char *path;   /* "root/file" */
    char *target; /* absolute */
};

struct rt_bundle {
    char **roots; /* names of folders, made even if there is nothing in them */
    size_t root_count;
    struct rt_bundle_file *files; /* sorted by path, each once */
    size_t file_count;
    struct rt_bundle_link *links;
    size_t link_count;
};

/* Appends: start, then each root, each file in order, each link, then end with the position that
 * start returned. */
size_t rt_bundle_start(struct rt_buf *out, size_t roots, size_t files, size_t links);
void rt_bundle_put_root(struct rt_buf *out, const char *name);
void rt_bundle_put_file(struct rt_buf *out, const char *path, uint32_t mode,
                        struct rt_span content);
void rt_bundle_put_link(struct rt_buf *out, const char *path, const char *target);
void rt_bundle_end(struct rt_buf *out, size_t start);

/* Reads and checks everything that can be checked without the code's hash: RT_EDAMAGED, or
 * RT_ENEWER. Paths in *bundle are clean, relative and lie in a root. */
int rt_bundle_read(struct rt_span data, struct rt_bundle *bundle, struct rt_err *err);
void rt_bundle_clear(struct rt_bundle *bundle);

/* The hash of the code state that the files are. */
struct rt_hash rt_bundle_code(const struct rt_bundle *bundle);

#endif
