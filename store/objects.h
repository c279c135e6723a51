#ifndef RT_STORE_OBJECTS_H
#define RT_STORE_OBJECTS_H
/*
 * Objects: bytes known by their SHA-256, one file each: ab/cdef... below a
 * folder. A file appears under its name only when it is whole and synced.
 */
#include <stdbool.h>
#include "base/buf.h"
#include "base/hash.h"
#include "store/io.h"

struct rt_objects;

/* Makes the folder if `write` and it is missing, and removes what an earlier writer left. */
int rt_objects_open(const char *folder, bool write, const struct rt_io *io, struct rt_objects **out,
                    struct rt_err *err);
void rt_objects_close(struct rt_objects *objects);

/* Whether there is a file of that name and size; its bytes are not looked at. */
bool rt_objects_have(const struct rt_objects *objects, const struct rt_hash *hash,
                     uint64_t size_bytes);

/* Synced when it returns. */
int rt_objects_put(struct rt_objects *objects, struct rt_span data, struct rt_hash *hash,
                   struct rt_err *err);
/* From now on, what is put appears at rt_objects_settle(), synced then: two syncs for many. */
void rt_objects_gather(struct rt_objects *objects);
int rt_objects_settle(struct rt_objects *objects, struct rt_err *err);

/* Appends the bytes. RT_ENOTFOUND; RT_EDAMAGED if they do not match the hash. */
int rt_objects_get(const struct rt_objects *objects, const struct rt_hash *hash, struct rt_buf *out,
                   struct rt_err *err);

#endif
