#ifndef RT_STORE_INPUT_WALK_H
#define RT_STORE_INPUT_WALK_H
/* The entries of an input that is a folder, in the order of its listing. For input*.c alone. */
#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

#define RT_INPUT_MAGIC "retrial input 1" /* and its NUL begin a listing */

struct rt_input_entry {
    bool link;         /* not followed, and known by its text */
    const char *below; /* path below the input */
    const char *path;
    struct rt_hash hash;
    uint64_t bytes; /* of a file */
};

/* Called for each entry, hashed already. */
typedef int rt_input_entry_fn(void *context, const struct rt_input_entry *entry,
                              struct rt_err *err);

/* Appends the listing of a folder; *bytes is the size of all files. each() may be NULL. */
int rt_input_walk(const char *path, struct rt_buf *listing, uint64_t *bytes,
                  rt_input_entry_fn *each, void *context, struct rt_err *err);

/* Reads a listing: true if it is one. each() gets entries with neither path nor bytes. */
bool rt_input_listing(struct rt_span listing, rt_input_entry_fn *each, void *context, int *rc,
                      struct rt_err *err);

#endif
