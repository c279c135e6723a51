#ifndef RT_STORE_KEPT_H
#define RT_STORE_KEPT_H
/*
 * Kept files: checkpoints of trials, one file each by SHA-256 in the store's
 * folder kept/ (docs/store-format.md). Of each trial the last one stays. They
 * may be of any size: they are written, read and hashed in pieces. Unlike
 * objects they come and go, and nothing is damaged when one is missing: its
 * trial starts anew.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/span.h"

/* One on its way into the folder, as kept/new.NUMBER. */
struct rt_kept_file {
    char *path; /* NULL: none */
    int fd;
    struct rt_hasher *hasher;
    uint64_t size;
};

int rt_kept_begin(struct rt_kept_file *file, const char *store, unsigned number,
                  struct rt_err *err);
int rt_kept_add(struct rt_kept_file *file, struct rt_span bytes, struct rt_err *err);
/* Syncs it and gives it its name. */
int rt_kept_end(struct rt_kept_file *file, const char *store, struct rt_hash *hash,
                struct rt_err *err);
void rt_kept_drop(struct rt_kept_file *file); /* removes what is not whole; accepts an empty one */

char *rt_kept_path(const char *store, const struct rt_hash *hash); /* yours */
/* Appends `size` bytes at most from an offset on. RT_ENOTFOUND; RT_EIO */
int rt_kept_read(const char *store, const struct rt_hash *hash, uint64_t offset, size_t size,
                 struct rt_buf *out, struct rt_err *err);
bool rt_kept_any(const char *store); /* whether there may be some: the folder is there */

/* The last checkpoint of each trial, as the events say. */
struct rt_kept_entry {
    uint32_t study;
    uint64_t ordinal;
    uint32_t attempt;
    bool folder;
    uint64_t bytes;
    struct rt_hash hash;
    char *name; /* of the file that the trial named */
};
struct rt_kept_table {
    struct rt_kept_entry *items; /* by study and ordinal */
    size_t count;
    size_t capacity;
};
/* Takes the body of a CHECKPOINT event. 1: *before (yours: free its name) was replaced; 0: it is
 * the trial's first. RT_EDAMAGED */
int rt_kept_take(struct rt_kept_table *table, struct rt_span body, struct rt_kept_entry *before,
                 struct rt_err *err);
const struct rt_kept_entry *rt_kept_find(const struct rt_kept_table *table, uint32_t study,
                                         uint64_t ordinal);
bool rt_kept_names(const struct rt_kept_table *table, const struct rt_hash *hash);
void rt_kept_clear(struct rt_kept_table *table);

/* Removes files that the table does not name. Calls each() for every file that it names, if it is
 * not NULL; then nothing is removed. */
typedef void rt_kept_fn(void *context, const struct rt_hash *hash, const char *path);
void rt_kept_walk(const char *store, const struct rt_kept_table *table, rt_kept_fn *each,
                  void *context);

#endif
